"""From hand to hand: acknowledge, submit, report, accept, return, waive, stop."""

from __future__ import annotations

import datetime
import math
from typing import TYPE_CHECKING

from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from tasks import rights, transitions
from tasks.models import DirectiveUnit, Profile, Task, Verb
from tasks.services.changes import CAUSE_LENGTH, apply_change, optional_text, require_state, require_text
from tasks.services.extensions import withdraw_requests
from tasks.services.issuing import hold_directive, settle_directive
from tasks.services.passing_on import open_branches
from tasks.services.progress import close_follow_ups, drop_follow_ups, is_rolled_up, roll_up
from tasks.services.signings import void_signings
from tasks.signers import unit_to_sign

if TYPE_CHECKING:
    from orgs.models import User

FULL_PROGRESS = 100


@transaction.atomic
def submit_task(*, task: Task, actor: User, note: str, early_reason: str = "") -> Task:
    """Say that ``task`` is done, in words; it then waits to be checked and its light stands still.

    ``early_reason``: why it is submitted although branches that it was passed on to are still at it.
    Raises ``NotAllowed`` (neither owes it nor records for the organisation), ``InvalidInput`` (no words, branches
    still at it and no reason), ``Conflict`` (wrong state, a record of another room is its proof, a supporting unit,
    two have to sign it). Side effects: SUBMITTED event.
    """
    require_submittable(task, actor)
    if unit_to_sign(task) is not None:
        raise Conflict(_("这是重要事项，须先由书记和行政负责人双签：请点“提请双签”，两人都签后自动提交。"))
    return record_submission(task, actor=actor, words=submission_words(task, note, early_reason))


def require_submittable(task: Task, actor: User) -> None:
    """Raise ``NotAllowed`` or ``Conflict`` when ``actor`` cannot say that ``task`` is done, whatever the words."""
    rights.require_act(actor, task)
    require_state(task, transitions.SUBMIT)
    if rights.is_closed_by_records(task):
        raise Conflict(_("这件事以会议等记录为佐证：请登记记录，核定后自动办结，不需要另外提交。"))
    if task.profile == Profile.SUPPORT:
        raise Conflict(_("协办单位签收即可，不用提交；牵头单位办结后自动办结。"))


def submission_words(task: Task, note: str, early_reason: str) -> str:
    """What is submitted, with the reason why branches are still at it; or ``InvalidInput`` on the field."""
    words = require_text(note, "note", _("请写明完成情况。"))
    waiting = open_branches(task)
    if not waiting:
        return words
    names = "、".join(branch.organisation.name for branch in waiting)
    missing = _("%(names)s还没有办结。请等它们办结后再提交；确需提前提交，请写明原因。") % {"names": names}
    why = require_text(early_reason, "early_reason", missing)
    full = _("%(words)s（提前提交：%(why)s；未办结：%(names)s）") % {"words": words, "why": why, "names": names}
    return full[:CAUSE_LENGTH]


def record_submission(task: Task, *, actor: User, words: str, signed: str = "") -> Task:
    """Write the submission; ``signed`` says who signed it. Whether it may be, and the words, are checked before."""
    apply_change(
        task,
        verb=transitions.SUBMIT,
        event=Verb.SUBMITTED,
        actor=actor,
        cause=f"{words}{signed}",
        note=words,
        last_report_on=clock.today(),
        submitted_by_id=actor.person_id,
        return_cause="",
    )
    close_follow_ups(task, actor=actor, cause=words)
    return task


@transaction.atomic
def acknowledge_task(*, task: Task, actor: User) -> Task:
    """Sign for ``task`` (签收): it has been read and is being worked on.

    Raises ``NotAllowed`` (neither owes it nor does the unit's paperwork), ``Conflict`` (already signed for, closed).
    Side effects: ACKNOWLEDGED event; for a directive the time and the person on its unit.
    """
    rights.require_act(actor, task)
    apply_change(
        task, verb=transitions.ACKNOWLEDGE, event=Verb.ACKNOWLEDGED, actor=actor, cause=_lateness(task.acknowledge_by)
    )
    DirectiveUnit.objects.filter(task=task).update(acknowledged_at=clock.now(), acknowledged_by_id=actor.person_id)
    return task


def _lateness(acknowledge_by: datetime.datetime | None) -> str:
    """In words, when the clock for signing had run out."""
    late = clock.now() - acknowledge_by if acknowledge_by else datetime.timedelta()
    hours = math.ceil(late.total_seconds() / 3600)
    return _("超过签收时限%(hours)d小时") % {"hours": hours} if hours > 0 else ""


@transaction.atomic
def report_progress(
    *,
    task: Task,
    actor: User,
    note: str,
    progress: int | None = None,
    difficulty: str = "",
    help_needed: str = "",
) -> Task:
    """Report how far ``task`` is (``progress`` in per cent, 0 to 100); a report quiets a supervision light.

    Raises ``NotAllowed``, ``InvalidInput`` (no words, no per cent, a per cent for what its branches report),
    ``Conflict`` (wrong state). Side effects: REPORTED event with difficulty and help needed, ``last_report_on``, the
    latest line in ``note``; follow-ups that asked for it are closed; the progress rolls up.
    """
    rights.require_act(actor, task)
    require_state(task, transitions.REPORT)
    words = require_text(note, "note", _("请写明进展。"))
    _require_own_progress(task, progress)
    hold_directive(task)
    apply_change(
        task,
        verb=transitions.REPORT,
        event=Verb.REPORTED,
        actor=actor,
        cause=words,
        progress=progress,
        words={
            "difficulty": optional_text(difficulty, "difficulty"),
            "help_needed": optional_text(help_needed, "help_needed"),
        },
        note=words,
        last_report_on=clock.today(),
    )
    close_follow_ups(task, actor=actor, cause=words)
    roll_up(task)
    return task


def _require_own_progress(task: Task, progress: int | None) -> None:
    """Raise ``InvalidInput`` unless ``progress`` is a per cent that this Task reports itself."""
    message = ""
    if progress is not None and not 0 <= progress <= FULL_PROGRESS:
        message = _("进度是0到100的百分数。")
    elif progress is not None and is_rolled_up(task):
        message = _("进度由已转交的下级汇总，不用填写；只写进展说明。")
    if message:
        raise InvalidInput(message, errors={"progress": message})


@transaction.atomic
def accept_task(*, task: Task, actor: User) -> Task:
    """Accept what was submitted. It counts as done on the day of submission: waiting to be checked makes nothing late.

    Raises ``NotAllowed`` (four eyes, DESIGN.md §5), ``Conflict`` (not submitted, or decided meanwhile). Side
    effects: ACCEPTED event; a request for more time falls away.
    """
    rights.require_decide(actor, task)
    hold_directive(task)
    require_state(task, transitions.ACCEPT)
    done_on = task.last_report_on or clock.today()
    apply_change(
        task,
        verb=transitions.ACCEPT,
        event=Verb.ACCEPTED,
        actor=actor,
        progress=FULL_PROGRESS,
        closed_on=done_on,
        is_late=done_on > task.due_on,
    )
    withdraw_requests(task=task, actor=actor, cause=_("已核查通过"))
    roll_up(task)
    settle_directive(task, actor=actor)
    return task


@transaction.atomic
def return_task(*, task: Task, actor: User, reason: str) -> Task:
    """Return what was submitted, with the reason.

    Raises ``NotAllowed``, ``InvalidInput`` (no reason), ``Conflict``. Side effects: RETURNED event.
    """
    rights.require_decide(actor, task)
    require_state(task, transitions.RETURN)
    words = require_text(reason, "reason", _("请写明退回原因，让承办人知道要改什么。"))
    return apply_change(
        task, verb=transitions.RETURN, event=Verb.RETURNED, actor=actor, cause=words, return_cause=words
    )


@transaction.atomic
def waive_task(*, task: Task, actor: User, reason: str) -> Task:
    """Waive: the obligation does not apply here. The approver is ``actor``, kept with the reason in the event.

    Raises ``NotAllowed`` (four eyes; never for what one owes oneself), ``InvalidInput`` (no reason), ``Conflict``
    (already closed). Side effects: WAIVED event.
    """
    return _release(task, actor, reason, transitions.WAIVE, Verb.WAIVED, _("请写明免办的理由。"))


@transaction.atomic
def stop_task(*, task: Task, actor: User, reason: str) -> Task:
    """Stop: what was begun is given up. As ``waive_task``. Side effects: STOPPED event."""
    return _release(task, actor, reason, transitions.STOP, Verb.STOPPED, _("请写明中止的理由。"))


def _release(task: Task, actor: User, reason: str, verb: str, event: Verb, missing: str) -> Task:
    rights.require_release(actor, task)
    require_state(task, verb)
    words = require_text(reason, "reason", missing)
    hold_directive(task)
    apply_change(task, verb=verb, event=event, actor=actor, cause=words, closed_on=clock.today())
    drop_follow_ups(task, actor=actor, cause=words)
    withdraw_requests(task=task, actor=actor, cause=words)
    void_signings(task_ids=[task.pk], cause=words)
    roll_up(task)
    settle_directive(task, actor=actor)
    return task
