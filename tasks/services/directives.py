"""Directives from the draft to the approval: draft, edit, submit, return, discard, and the files of the text."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy

from common import audit, clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.sentences import written as _
from tasks import directive_rights as rights
from tasks import directive_states as states
from tasks.models import Directive, DirectiveType, DirectiveUnit, Rhythm, TaskFile
from tasks.services.changes import require_text
from tasks.services.decision_messages import tell_approvers, tell_drafter
from tasks.services.directive_units import Picks, tops, unfold, write_units
from tasks.services.files import remove_file, store_file
from tasks.signers import structural_gap

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from orgs.models import Organisation, Person, User
    from tasks.models import PlanCategory

LONGEST = datetime.timedelta(days=3 * 366)  # a later due date is a slip of the pen
_TRIES = 5
_SAME_CLICK = datetime.timedelta(minutes=1)
_NEEDED = {
    "title": (200, gettext_lazy("请写明事项。")),
    "standard": (500, gettext_lazy("请写明完成标准：做到什么算完成。")),
}
_OPTIONAL = {"text": 5000, "source_note": 200, "output": 200, "measure": 200}


@dataclass(frozen=True)
class DirectiveText:
    """Everything that is typed about a directive beside its units."""

    title: str
    standard: str
    source: str
    type: DirectiveType
    starts_on: datetime.date
    due_on: datetime.date
    text: str = ""
    source_note: str = ""
    rhythm: str = Rhythm.MONTHLY.value
    leader: Person | None = None
    is_important: bool = False
    category: PlanCategory | None = None
    plan_number: int | None = None
    output: str = ""
    measure: str = ""


@transaction.atomic
def draft_directive(
    *, organisation: Organisation, text: DirectiveText, lead: Picks, support: Picks, actor: User
) -> Directive:
    """Draft a directive of ``organisation``; it gets the next number of the year (DB2026-001).

    Raises ``NotAllowed``; ``InvalidInput`` with every fault by field (``lead``, ``support`` for the units). Two at
    once get two numbers. Side effects: history.
    """
    rights.require_assign(actor, organisation)
    columns, units = _checked(organisation, text, lead, support)
    directive = _numbered(organisation=organisation, drafted_by=actor, **columns)
    write_units(directive, units)
    return directive


@transaction.atomic
def edit_directive(*, directive: Directive, text: DirectiveText, lead: Picks, support: Picks, actor: User) -> Directive:
    """Replace text and units of a draft; who wrote the last text cannot approve it.

    Raises as ``draft_directive``, and ``Conflict`` (no draft any more). Side effects: history, the next version.
    """
    directive = locked(directive)
    rights.require_assign(actor, directive.organisation)
    require_state(directive, states.EDIT)
    columns, units = _checked(directive.organisation, text, lead, support)
    move_directive(
        directive,
        verb=states.EDIT,
        actor=actor,
        cause=_("修改"),
        drafted_by=actor,
        version=directive.version + 1,
        **columns,
    )
    write_units(directive, units)
    return directive


@transaction.atomic
def draft_directive_once(
    *, organisation: Organisation, text: DirectiveText, lead: Picks, support: Picks, actor: User
) -> Directive:
    """Draft as ``draft_directive`` does, unless ``actor`` sent the same a moment ago: then that draft, once.

    Two clicks on *save* are one draft; two at once wait for each other on the account. Raises as ``draft_directive``.
    """
    get_user_model().objects.select_for_update().get(pk=actor.pk)
    same = {name: getattr(text, name) for name in ("type", "source", "starts_on", "due_on")}
    twin = Directive.objects.filter(
        organisation=organisation,
        drafted_by=actor,
        state=states.DRAFT,
        version=1,
        title=text.title.strip(),
        standard=text.standard.strip(),
        created_at__gte=clock.now() - _SAME_CLICK,
        **same,
    ).first()
    if twin is not None:
        _columns, units = _checked(organisation, text, lead, support)
        if _addressed(units) == _addressed(twin.units.all()):
            return twin
    return draft_directive(organisation=organisation, text=text, lead=lead, support=support, actor=actor)


def _addressed(units: Iterable[DirectiveUnit]) -> set[tuple[str, int | None, int | None, str]]:
    """To whom, for telling whether two drafts are the same."""
    return {(unit.part, unit.organisation_id, unit.department_id, unit.name) for unit in units}


def _checked(
    organisation: Organisation, text: DirectiveText, lead: Picks, support: Picks
) -> tuple[dict[str, Any], list[DirectiveUnit]]:
    """Columns and units, or ``InvalidInput`` with the faults of both."""
    errors = faults_of(text)
    units: list[DirectiveUnit] = []
    try:
        units = unfold(organisation, lead=lead, support=support)
    except InvalidInput as error:
        errors |= error.errors
    if errors:
        raise InvalidInput(errors=errors)
    words = {name: getattr(text, name).strip() for name in (*_NEEDED, *_OPTIONAL)}
    kept = ("source", "type", "rhythm", "leader", "starts_on", "due_on", "is_important", "category", "plan_number")
    return words | {name: getattr(text, name) for name in kept}, units


def faults_of(text: DirectiveText) -> dict[str, str]:
    """What is wrong with the text, by field name."""
    errors = {name: str(message) for name, (_count, message) in _NEEDED.items() if not getattr(text, name).strip()}
    limits = {name: count for name, (count, _message) in _NEEDED.items()} | _OPTIONAL
    for name, count in limits.items():
        now = len(getattr(text, name).strip())
        if now > count:
            errors[name] = _("最多%(count)d字，现在是%(now)d字。") % {"count": count, "now": now}
    if text.source not in Directive.Source.values:
        errors["source"] = _("请选择立项来源。")
    if text.rhythm not in Rhythm.values:
        errors["rhythm"] = _("请选择反馈周期。")
    if text.due_on < text.starts_on:
        errors["due_on"] = _("完成时限不能早于交办日期%(day)s。") % {"day": text.starts_on}
    elif text.due_on - text.starts_on > LONGEST:
        errors["due_on"] = _("完成时限离交办日期超过三年，请检查年份。")
    return errors


def _numbered(**columns: Any) -> Directive:
    """A new draft with the next number; who meets a number just taken takes the one after."""
    for _attempt in range(_TRIES):
        directive = Directive(number=_next_number(columns["starts_on"].year), **columns)
        try:
            with transaction.atomic():
                return audit.save(directive, actor=columns["drafted_by"], reason=_("起草"))
        except IntegrityError:
            if not Directive.objects.filter(number=directive.number).exists():
                raise
    raise Conflict(_("刚刚有几份交办同时起草，没有取到编号。请再保存一次。"))


def _next_number(year: int) -> str:
    prefix = f"DB{year}-"
    used = Directive.objects.filter(number__startswith=prefix).order_by().values_list("number", flat=True)
    numbers = [int(number[len(prefix) :]) for number in used if number[len(prefix) :].isdecimal()]
    return f"{prefix}{max(numbers, default=0) + 1:03d}"


@transaction.atomic
def submit_directive(*, directive: Directive, actor: User, quietly: bool = False) -> Directive:
    """Submit a draft for approval; ``quietly`` when the caller tells those who approve itself.

    Raises ``NotAllowed``; ``InvalidInput`` (already past its date; important, and a lead unit that can have no
    administrative head); ``Conflict`` (no draft). Side effects: history, a message to who may approve it.
    """
    directive = locked(directive)
    rights.require_assign(actor, directive.organisation)
    require_state(directive, states.SUBMIT)
    require_issuable(directive)
    move_directive(directive, verb=states.SUBMIT, actor=actor, cause=_("提交审批"), return_cause="")
    if not quietly:
        tell_approvers(directive)
    return directive


def require_issuable(directive: Directive) -> None:
    """Raise ``InvalidInput`` when it could not be carried out as it stands: too late, or nobody could sign."""
    if directive.due_on < clock.today():
        message = _("完成时限%(day)s已经过了，请先修改时限。") % {"day": directive.due_on}
        raise InvalidInput(errors={"due_on": message})
    if not directive.is_important:
        return
    units = directive.units.filter(part=DirectiveUnit.Part.LEAD).select_related("organisation__college", "department")
    gaps = [unit.name for unit in tops(units) if structural_gap(unit)]
    if gaps:
        message = _(
            "重要事项由牵头单位的书记和行政负责人双签，%(names)s没有行政负责人，不能双签。"
            "请把它改为协办，或另发一份不双签的交办。"
        )
        raise InvalidInput(errors={"is_important": message % {"names": "、".join(gaps)}})


@transaction.atomic
def return_directive(*, directive: Directive, actor: User, reason: str) -> Directive:
    """Return it to draft, with the reason.

    Raises ``NotAllowed`` (four eyes), ``InvalidInput`` (no reason), ``Conflict`` (not awaiting). Side effects:
    history, the reason on the directive.
    """
    directive = locked(directive)
    rights.require_decide(actor, directive)
    require_state(directive, states.RETURN)
    words = require_text(reason, "reason", _("请写明退回原因，让起草人知道要改什么。"))
    move_directive(directive, verb=states.RETURN, actor=actor, cause=_("退回：%s") % words, return_cause=words)
    tell_drafter(directive, words)
    return directive


@transaction.atomic
def discard_directive(*, directive: Directive, actor: User, reason: str) -> Directive:
    """Give up a draft, with the reason; its number stays used. Raises ``NotAllowed``, ``InvalidInput``, ``Conflict``."""
    directive = locked(directive)
    rights.require_assign(actor, directive.organisation)
    require_state(directive, states.DISCARD)
    words = require_text(reason, "reason", _("请写明撤销草拟的原因。"))
    return move_directive(
        directive,
        verb=states.DISCARD,
        actor=actor,
        cause=_("撤销草拟：%s") % words,
        return_cause=words,
        closed_on=clock.today(),
    )


@transaction.atomic
def attach_to_directive(*, directive: Directive, actor: User, upload: UploadedFile) -> TaskFile:
    """Attach a file to the text of a draft. Raises ``NotAllowed``, ``InvalidInput`` on ``upload``, ``Conflict``."""
    directive = locked(directive)
    rights.require_assign(actor, directive.organisation)
    require_state(directive, states.EDIT)
    kept = store_file(upload=upload, actor=actor, organisation=directive.organisation, directive=directive)
    _note_new_text(directive, actor, _("附件：%s") % kept.name)
    return kept


@transaction.atomic
def remove_directive_file(*, kept: TaskFile, actor: User) -> None:
    """Remove a file from the text of a draft. Raises ``NotAllowed`` (not one's own), ``Conflict`` (no draft)."""
    if kept.directive is None:
        raise NotAllowed(_("这个文件不是交办的附件，请刷新页面再试。"))
    directive = locked(kept.directive)
    rights.require_assign(actor, directive.organisation)
    require_state(directive, states.EDIT)
    remove_file(kept=kept, actor=actor)
    _note_new_text(directive, actor, _("删除附件：%s") % kept.name)


def _note_new_text(directive: Directive, actor: User, cause: str) -> None:
    """A file is part of the text: who added or removed one wrote the last version."""
    move_directive(
        directive, verb=states.EDIT, actor=actor, cause=cause, drafted_by=actor, version=directive.version + 1
    )


def locked(directive: Directive) -> Directive:
    """The directive as it is now, locked, with what its services read. One query."""
    rows = Directive.objects.select_for_update(of=("self",)).select_related(
        "organisation", "type", "drafted_by__person"
    )
    return rows.get(pk=directive.pk)


def require_state(directive: Directive, verb: str) -> str:
    """The state after ``verb``, or ``Conflict`` with a reason in plain words."""
    target = states.next_state(verb, directive.state)
    if target is None:
        raise Conflict(refusal(verb, directive))
    return target


_REFUSED: dict[str, Callable[[], str]] = {
    states.DRAFT: lambda: _("这份交办还在草拟，请先提交审批。"),
    states.AWAITING: lambda: _("这份交办正在等待审批，不能修改；要改，请审批人先退回。"),
    states.ISSUED: lambda: _("这份交办已经下发，不能再修改或审批。要停下来，请由交办组织的负责人中止。"),
}


def refusal(verb: str, directive: Directive) -> str:
    """Why ``verb`` is refused in the directive's state, and what to do."""
    if directive.state in _REFUSED:
        return _REFUSED[directive.state]()
    return _("这份交办%(state)s，不能再操作。请刷新页面查看结果。") % {"state": directive.get_state_display()}


def move_directive(directive: Directive, *, verb: str, actor: User | None, cause: str = "", **fields: Any) -> Directive:
    """Move ``directive`` by ``verb`` and write ``fields`` with it. Three queries.

    Raises ``Conflict`` when the table does not allow it, or when somebody else was quicker. Side effects: the row with
    its history, and ``directive`` itself shows what was written.
    """
    before, target = directive.state, require_state(directive, verb)
    if Directive.objects.filter(pk=directive.pk, state=before).update(state=target) != 1:
        directive.refresh_from_db()
        raise Conflict(refusal(verb, directive))
    directive.state = target
    for name, value in fields.items():
        setattr(directive, name, value)
    audit.save(directive, actor=actor, reason=cause or verb, update_fields=["state", *fields])
    return directive
