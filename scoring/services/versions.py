"""Versions of a scheme: one draft at a time, edited part by part, published by somebody else, then frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from common import audit, clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.sentences import written as _
from orgs import access
from scoring import bodies, definitions, inputs, registry
from scoring.models import BonusClaim, PenaltyEntry, Scheme, SchemeVersion, Stage, StageEvent, VetoEntry
from scoring.services.schemes import new_draft, require_no_draft
from scoring.services.waiting import ask_again

if TYPE_CHECKING:
    from orgs.models import User
    from scoring.definitions import Definition

State = SchemeVersion.State
# What may become of a version, by its state.
TABLE: dict[str, frozenset[str]] = {
    "edit": frozenset({State.DRAFT}),
    "publish": frozenset({State.DRAFT}),
    "delete": frozenset({State.DRAFT}),
}


class Stale(Conflict):
    """Somebody else changed the draft since it was read; the input is kept and may be sent again."""

    code = "stale"


@transaction.atomic
def start_draft(*, actor: User, scheme: Scheme) -> SchemeVersion:
    """Begin the next version from the one in force.

    Raises ``NotAllowed`` without CONFIGURE, ``Conflict`` (nothing in force, a draft is there, results published).
    """
    access.require(actor, access.CONFIGURE, scheme.organisation)
    held = inputs.hold(scheme)
    _require_rules_open(held)
    require_no_draft(held)
    version = inputs.version_in_force(held)
    if version is None:
        raise Conflict(_("这个方案还没有发布过，请直接修改草稿。"))
    words = _("由第%(number)d版起草") % {"number": version.number}
    return new_draft(actor=actor, scheme=held, body=version.body, words=words)


@transaction.atomic
def change_draft(*, actor: User, version: SchemeVersion, seen: str, edit: bodies.Edit, words: str) -> SchemeVersion:
    """Apply one edit to a draft. ``seen``: ``bodies.digest`` of the draft as the writer read it.

    Raises ``NotAllowed``, ``Conflict`` (published, part gone, results published), ``Stale`` (changed meanwhile).
    Whether the scheme is sound as a whole is asked at publication.
    """
    held, found = _held(actor, version, "edit")
    _require_rules_open(held)
    try:
        body = _canonical(edit(found.body))
    except bodies.Gone:
        raise Conflict(_("要改的部分已被别人删去，请返回草稿查看。")) from None
    except bodies.NotEmpty:
        raise Conflict(_("板块里还有指标，请先移走或删去它们。")) from None
    except bodies.Taken:
        raise InvalidInput(errors={"code": _("这个编码已经用过，请换一个。")}) from None
    if body == found.body:  # sent twice
        return found
    if bodies.digest(found.body) != seen:
        raise Stale(_("另一个人刚改过这份草稿。您的输入还在，请核对后再保存一次。"))
    found.body = body
    return audit.save(found, actor=actor, reason=words)


def _canonical(body: bodies.Body) -> bodies.Body:
    """A sound scheme as export and import write it; an unsound one stays as it is."""
    try:
        return definitions.as_data(definitions.read(body))
    except definitions.DefinitionFault:
        return body


@transaction.atomic
def delete_draft(*, actor: User, version: SchemeVersion) -> None:
    """Delete a draft; a scheme that was never published goes with its only draft. Raises as ``change_draft``."""
    held, found = _held(actor, version, "delete")
    is_only = not SchemeVersion.objects.filter(scheme=held).exclude(pk=found.pk).exists()
    gone: SchemeVersion | Scheme
    for gone in (found, held) if is_only else (found,):
        gone._history_user, gone._change_reason = actor, _("删除草稿")  # type: ignore[union-attr]
        gone.delete()


@transaction.atomic
def publish_version(*, actor: User, version: SchemeVersion, seen: str, note: str) -> SchemeVersion:
    """Put a draft in force and freeze it; the version before is superseded. Never by who wrote it.

    Raises ``NotAllowed`` (CONFIGURE; the drafter, or who changed it last), ``InvalidInput`` (``note``; the scheme is
    not sound; an award in use is left out), ``Conflict`` (state, results published), ``Stale``.
    Side effects: the first publication begins the year (``StageEvent``); all sheets are asked for anew.
    """
    held, found = _held(actor, version, "publish")
    _require_rules_open(held)
    if bodies.digest(found.body) != seen:
        raise Stale(_("您打开这一页以后草稿又有改动，请核对改动后再发布。"))
    _require_other_eyes(actor, found)
    note = inputs.required_text(note, "note", _("请写明发布依据或修改原因。"))
    definition = _sound(held, found)
    _require_codes_kept(held, definition)
    for old in SchemeVersion.objects.select_for_update(of=("self",)).filter(scheme=held, state=State.PUBLISHED):
        old.state = State.SUPERSEDED
        audit.save(old, actor=actor, reason=note)
    found.state, found.note = State.PUBLISHED, note
    found.published_by, found.published_at = actor, clock.now()
    audit.save(found, actor=actor, reason=note)
    _begin_year(actor, held, definition, note)
    ask_again(inputs.assessed(held).values_list("pk", flat=True))
    return found


def _begin_year(actor: User, scheme: Scheme, definition: Definition, note: str) -> None:
    old = scheme.stage
    scheme.name = definition.name[:100]
    if old == Stage.DRAFT:
        scheme.stage, scheme.stage_since = Stage.RUNNING, clock.now()
        StageEvent.objects.create(scheme=scheme, actor=actor, old=old, new=Stage.RUNNING, note=note)
    audit.save(scheme, actor=actor, reason=note)


def may_publish(actor: User, version: SchemeVersion) -> bool:
    """Four eyes: whether ``actor`` neither began the draft nor changed it last. One query."""
    last = version.history.order_by("-history_date", "-history_id").values_list("history_user_id", flat=True).first()
    return actor.pk not in (version.drafted_by_id, last)


def _require_other_eyes(actor: User, version: SchemeVersion) -> None:
    if not may_publish(actor, version):
        raise NotAllowed(_("方案由拟稿和修改以外的另一位负责人核对后发布，您是拟稿人或最后修改人。"))


def _held(actor: User, version: SchemeVersion, verb: str) -> tuple[Scheme, SchemeVersion]:
    """Scheme and version as they are now, both locked, in a state that allows ``verb``."""
    access.require(actor, access.CONFIGURE, version.scheme.organisation)
    held = inputs.hold(version.scheme)
    found = SchemeVersion.objects.select_for_update(of=("self",)).filter(pk=version.pk).first()
    if found is None:
        raise Conflict(_("这份草稿已经删除，请返回方案页面。"))
    if found.state not in TABLE[verb]:
        raise Conflict(_("这一版已经发布并冻结，不能再改。需要调整时请起草新版。"))
    return held, found


def _require_rules_open(scheme: Scheme) -> None:
    if scheme.is_frozen:
        raise Conflict(_("结果已经公示，规则不能再改。有异议请通过申诉和复核更正。"))
    if scheme.stage == Stage.APPROVAL:
        raise Conflict(_("现在是党委会审定阶段，不能改规则。需要修改的，请先退回四眼复核。"))


def _sound(scheme: Scheme, version: SchemeVersion) -> Definition:
    try:
        definition = definitions.read(version.body, registry.given())
    except definitions.DefinitionFault as fault:
        words = _("方案还有%(count)d处问题，改正后才能发布。") % {"count": len(fault.problems)}
        raise InvalidInput(words) from None
    if (definition.code, definition.year, definition.applies_to) != (scheme.code, scheme.year, scheme.applies_to):
        raise InvalidInput(_("草稿的编码、年度或适用单位与方案不同，请删除草稿后重新起草。"))
    for circle in inputs.circles(scheme, definition):
        raise InvalidInput(circle)
    return definition


def _require_codes_kept(scheme: Scheme, definition: Definition) -> None:
    """What was already awarded, taken or vetoed must still have its line."""
    used = {
        *BonusClaim.objects.filter(scheme=scheme, state=BonusClaim.State.ACCEPTED).values_list("code", flat=True),
        *PenaltyEntry.objects.filter(scheme=scheme, is_withdrawn=False).values_list("code", flat=True),
        *VetoEntry.objects.filter(scheme=scheme, is_withdrawn=False).values_list("code", flat=True),
    }
    kept = {item.code for item in definition.bonus.awards} | {item.code for item in definition.penalty.items}
    lost = sorted(used - kept - {item.code for item in definition.veto.items})
    if lost:
        words = _("已有登记用到%(codes)s，新版不能去掉这些加扣分或否决项，请补上或先撤销登记。")
        raise InvalidInput(words % {"codes": "、".join(lost)})
