"""A scheme's steps through the year; each is written with who, when and why, and claimed so that it happens once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from common import audit, clock
from common.errors import Conflict, NotAllowed
from common.sentences import written as _
from notices.services import owe
from orgs import access
from scoring import inputs, messages, stages
from scoring.models import Scheme, SelfStatement, Stage, StageEvent

if TYPE_CHECKING:
    from orgs.models import User


@transaction.atomic
def move_forward(*, actor: User, scheme: Scheme, seen: str, note: str = "") -> Scheme:
    """Take the next step from the stage ``seen``: to the self-statements, the reviews, the check, or the approval.

    The step from the check is its confirmation (四眼复核). Raises ``NotAllowed`` (CONFIGURE; for the check whoever
    prepared it, and who holds an office in an assessed unit), ``Conflict`` (no such step from here, or somebody was
    faster), ``InvalidInput`` (``note`` too long). Side effects: ``StageEvent``, messages to the secretaries.
    """
    access.require(actor, access.CONFIGURE, scheme.organisation)
    if seen not in stages.PLAIN:
        raise Conflict(_("这一步不能这样办理，请刷新流程页，按页面上的按钮办理。"))
    step = stages.FORWARD[seen]
    note = _short(note)
    if stages.OTHER_EYES in step.needs:
        _require_other_eyes(actor, scheme)
        note = _("已复核。%s") % note if note else _("已复核")
    held = claim(actor=actor, scheme=scheme, step=step, note=note)
    if held.stage == Stage.STATEMENT:
        _ask_for_statements(held)
    return held


@transaction.atomic
def step_back(*, actor: User, scheme: Scheme, seen: str, reason: str) -> Scheme:
    """One stage back, before publication only. Raises ``NotAllowed``, ``Conflict``, ``InvalidInput`` on ``reason``.

    Side effects: ``StageEvent``; back at the self-statements the units that owe one are asked again.
    """
    access.require(actor, access.CONFIGURE, scheme.organisation)
    if seen not in stages.BACK:
        raise Conflict(_("这个阶段不能退回。已公示的结果只能通过申诉更正。"))
    reason = inputs.required_text(reason, "reason", _("请写明退回原因。"), limit=500)
    return claim(actor=actor, scheme=scheme, step=stages.Step(seen, stages.BACK[seen]), note=reason)


@transaction.atomic
def remind_statements(*, actor: User, scheme: Scheme) -> int:
    """Ask the secretaries of the units that have not submitted once more; at most once a day each.

    Returns how many messages are new. Raises ``NotAllowed``, ``Conflict`` outside the stage of self-statements.
    """
    access.require(actor, access.CONFIGURE, scheme.organisation)
    held = inputs.hold(scheme)
    if held.stage != Stage.STATEMENT:
        raise Conflict(_("现在不在单位自评阶段，不用提醒。"))
    return _ask_for_statements(held)


def claim(*, actor: User, scheme: Scheme, step: stages.Step, note: str, **values: Any) -> Scheme:
    """Move the scheme from ``step.old`` to ``step.new`` and write it down; within a transaction, after all questions.

    ``values``: further columns. Raises ``Conflict`` unless the scheme still stands where the step begins.
    """
    now = clock.now()
    rows = Scheme.objects.filter(pk=scheme.pk, stage=step.old)
    if rows.update(stage=step.new, stage_since=now, **values) != 1:
        stands = Stage(Scheme.objects.values_list("stage", flat=True).get(pk=scheme.pk)).label
        raise Conflict(_("流程已经变了，现在是“%s”阶段，请刷新后再看。") % stands)
    held = inputs.hold(scheme)
    audit.save(held, actor=actor, reason=note)
    StageEvent.objects.create(scheme=held, at=now, actor=actor, old=step.old, new=step.new, note=note)
    return held


def events_of(scheme: Scheme) -> list[tuple[str, str, int]]:
    """The steps taken, newest first: (old, new, account)."""
    return list(StageEvent.objects.filter(scheme=scheme).values_list("old", "new", "actor_id"))


def _require_other_eyes(actor: User, scheme: Scheme) -> None:
    inputs.person_of(actor)
    if actor.pk in stages.preparers(events_of(scheme)):
        raise NotAllowed(_("四眼复核由转入评价和提交复核以外的另一人确认。您办理过前面的步骤，请换一位负责人确认。"))
    own = [office.organisation_id for office in access.offices_of(actor)]
    if inputs.assessed(scheme).filter(pk__in=own).exists():
        raise NotAllowed(_("您在被考核单位任职，按回避规定不能确认复核，请换一位负责人。"))


def _ask_for_statements(scheme: Scheme) -> int:
    given = SelfStatement.objects.filter(scheme=scheme, state=SelfStatement.State.SUBMITTED)
    units = inputs.assessed(scheme).exclude(pk__in=given.values("organisation"))
    codes = dict(units.values_list("pk", "code"))
    return owe(messages=messages.statement_wanted(scheme, messages.secretaries_of(codes), codes))


def _short(note: str) -> str:
    return inputs.required_text(note, "note", "", limit=400) if note.strip() else ""
