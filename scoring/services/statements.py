"""The self-statement of a unit (单位自评): written by its officers, submitted by its secretary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from common import audit, clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.sentences import written as _
from orgs import access
from scoring import inputs, statements
from scoring.models import Scheme, SelfStatement, Stage

if TYPE_CHECKING:
    from orgs.models import Organisation, User

State = SelfStatement.State


class Stale(Conflict):
    """Somebody else saved meanwhile; the input is kept and may be sent again."""

    code = "stale"


@transaction.atomic
def save_statement(
    *, actor: User, scheme: Scheme, organisation: Organisation, achieved: str, lacking: str, seen: int
) -> SelfStatement:
    """Keep a draft. ``seen``: the version that the writer read, 0 for none yet.

    Raises ``NotAllowed`` without RECORD there, ``Conflict`` (stage, submitted already), ``Stale``, ``InvalidInput``
    by field. The same words sent twice change nothing. Side effects: one audited row.
    """
    access.require(actor, access.RECORD, organisation)
    held = _open(scheme, organisation)
    return _save(actor, held, organisation, achieved, lacking, seen)


@transaction.atomic
def submit_statement(
    *, actor: User, scheme: Scheme, organisation: Organisation, achieved: str, lacking: str, seen: int
) -> SelfStatement:
    """Keep the words and submit them, by the secretary (a deputy while there is none).

    Raises as ``save_statement``; ``NotAllowed`` for other officers; ``InvalidInput`` where the rules of length are
    broken (``scoring.statements``). Submitted twice with the same words it stays as it is.
    """
    _require_secretary(actor, organisation)
    person = inputs.person_of(actor)
    held = _open(scheme, organisation)
    words = _clean(achieved, lacking)
    if faults := statements.faults(*words):
        raise InvalidInput(errors={field: _words(fault, *words) for field, fault in faults.items()})
    found = SelfStatement.objects.filter(scheme=held, organisation=organisation, state=State.SUBMITTED).first()
    if found is not None and (found.achieved, found.lacking) == words:
        return found
    found = _save(actor, held, organisation, *words, seen)
    found.state, found.submitted_by, found.submitted_at = State.SUBMITTED, person, clock.now()
    return audit.save(found, actor=actor, reason=_("提交单位自评"))


@transaction.atomic
def reopen_statement(*, actor: User, scheme: Scheme, organisation: Organisation) -> SelfStatement:
    """Take a submitted statement back for changes, while the stage lasts. Raises ``NotAllowed``, ``Conflict``."""
    _require_secretary(actor, organisation)
    held = _open(scheme, organisation)
    found = _held(held, organisation)
    if found is None or found.state != State.SUBMITTED:
        raise Conflict(_("单位自评还没有提交，可以直接修改。"))
    found.state, found.submitted_by, found.submitted_at = State.DRAFT, None, None
    found.version += 1
    return audit.save(found, actor=actor, reason=_("取回修改"))


def _save(
    actor: User, scheme: Scheme, organisation: Organisation, achieved: str, lacking: str, seen: int
) -> SelfStatement:
    words = _clean(achieved, lacking)
    found = _held(scheme, organisation)
    if found is not None and found.state == State.SUBMITTED:
        raise Conflict(_("单位自评已经提交。要修改的，请先取回。"))
    if found is not None and (found.achieved, found.lacking) == words:
        return found
    if (found.version if found is not None else 0) != seen:
        raise Stale(_("另一个人刚改过这份自评。您的输入还在，请和已保存的内容核对后再保存一次。"))
    if found is None:
        found = SelfStatement(scheme=scheme, organisation=organisation)
    else:
        found.version += 1
    found.achieved, found.lacking = words
    return audit.save(found, actor=actor, reason=_("保存单位自评"))


def _open(scheme: Scheme, organisation: Organisation) -> Scheme:
    held = inputs.hold(scheme)
    inputs.require_assessed(held, organisation)
    if held.stage != Stage.STATEMENT:
        raise Conflict(_("现在是“%s”阶段，不能写单位自评。") % held.get_stage_display())
    return held


def _held(scheme: Scheme, organisation: Organisation) -> SelfStatement | None:
    rows = SelfStatement.objects.select_for_update(of=("self",))
    return rows.filter(scheme=scheme, organisation=organisation).first()


def _require_secretary(actor: User, organisation: Organisation) -> None:
    if not access.may_confirm(actor, organisation):
        raise NotAllowed(_("单位自评由本单位书记提交，请提请书记办理。"))


def _clean(achieved: str, lacking: str) -> tuple[str, str]:
    first, second = (text.replace("\x00", "").replace("\r\n", "\n").strip() for text in (achieved, lacking))
    if len(first) + len(second) > statements.DRAFT_MOST:
        raise InvalidInput(errors={"achieved": _("草稿最多%d字，请删减。") % statements.DRAFT_MOST})
    return first, second


def _words(fault: str, achieved: str, lacking: str) -> str:
    counted = statements.lengths(achieved, lacking)
    if fault == "too_long":
        words = _("两部分合计%(total)d字，超过%(most)d字，请删减%(over)d字。")
        return words % {"total": counted.total, "most": statements.MOST, "over": counted.total - statements.MOST}
    if fault == "too_little":
        words = _("问题部分%(lacking)d字，不到全文%(total)d字的四分之一，请写具体。")
        return words % {"lacking": counted.lacking, "total": counted.total}
    return _("请填写这一部分。")
