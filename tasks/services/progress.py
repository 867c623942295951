"""What a report does beyond its own Task: follow-ups that asked for it close, and progress rolls up."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from common import clock
from tasks import transitions
from tasks.models import DIRECTIVE, FOLLOW_UP, OPEN_STATES, State, Task, Verb
from tasks.services.changes import apply_change
from tasks.services.open import withdraw_tasks

if TYPE_CHECKING:
    from orgs.models import User

FULL = 100
_LEFT_OUT = (State.WAIVED, State.STOPPED)


def close_follow_ups(task: Task, *, actor: User | None, cause: str) -> list[int]:
    """Close the open follow-ups on ``task`` (on any milestone of the same project) that have begun. Returns their ids.

    A report is typed once: it is the answer to the follow-up that asked for it. Side effects: DONE events.
    """
    same_project = Q(parent__milestone__project__milestones__task=task)
    waiting = Task.objects.filter(
        Q(parent=task) | same_project, source=FOLLOW_UP, state__in=OPEN_STATES, window_start__lte=clock.today()
    )
    closed = []
    for follow_up in waiting.distinct():
        today = clock.today()
        apply_change(
            follow_up,
            verb=transitions.COMPLETE,
            event=Verb.DONE,
            actor=actor,
            cause=cause,
            closed_on=today,
            is_late=today > follow_up.due_on,
            note=cause,
        )
        closed.append(follow_up.pk)
    return closed


def drop_follow_ups(task: Task, *, actor: User | None, cause: str) -> list[int]:
    """Stop the open follow-ups on a Task that is given up itself. Returns their ids. Side effects: STOPPED events."""
    waiting = Task.objects.filter(parent=task, source=FOLLOW_UP, state__in=OPEN_STATES)
    return withdraw_tasks(natural_keys=waiting.values_list("natural_key", flat=True), cause=cause, actor=actor)


def is_rolled_up(task: Task) -> bool:
    """Whether the progress of ``task`` is that of the units it was passed on to. One query for a directive."""
    return task.source == DIRECTIVE and task.children.filter(source=DIRECTIVE).exists()


def roll_up(task: Task) -> None:
    """Bring the Task above up to date, if this one was passed on from it (``gather``)."""
    if task.source == DIRECTIVE and task.parent_id is not None:
        gather(Task.objects.select_for_update(of=("self",)).get(pk=task.parent_id))


def gather(above: Task) -> None:
    """What was passed on reports for the Task above: its progress is the mean, done ones as 100.

    Waived and stopped ones are left out; what waits to be checked stands as it was submitted. Once all that are open have reported, so has the Task above, on the day of
    the earliest of these reports: nobody types it twice. Side effects: ``progress`` and ``last_report_on`` of the Task
    above and, in turn, of those above it.
    """
    rows = Task.objects.filter(parent_id=above.pk, source=DIRECTIVE).exclude(state__in=_LEFT_OUT)
    found = list(rows.values_list("state", "progress", "last_report_on"))
    if above.state not in OPEN_STATES or above.state == State.SUBMITTED or not found:
        return
    progress = round(sum(FULL if state == State.DONE else share for state, share, _day in found) / len(found))
    reports = [day for state, _share, day in found if state in OPEN_STATES]
    days = [day for day in [above.last_report_on, _earliest(reports)] if day is not None]
    written: dict[str, Any] = {"progress": progress, "last_report_on": max(days, default=None)}
    if written == {"progress": above.progress, "last_report_on": above.last_report_on}:
        return
    above.progress, above.last_report_on = progress, written["last_report_on"]
    Task.objects.filter(pk=above.pk).update(**written)
    roll_up(above)


def _earliest(days: Sequence[datetime.date | None]) -> datetime.date | None:
    """The earliest day; none when one is missing or there is none."""
    known = [day for day in days if day is not None]
    return min(known) if known and len(known) == len(days) else None
