"""Is what a reminder says about a Task still true when it is about to be sent?"""

from __future__ import annotations

from notices.models import Notice
from tasks.models import OPEN_STATES, Slip, State, Task

PREFIX = "task"
SLIP_PREFIX = "slip"
Kind = Notice.Kind


def still_true(notices: list[Notice]) -> set[int]:
    """Ids of the messages that still hold. One query, whatever their number.

    What was submitted, closed, extended or returned meanwhile is not reminded of; what was decided needs no review.
    """
    by_task = {notice.pk: int(notice.subject.partition(":")[2]) for notice in notices}
    rows = Task.objects.filter(pk__in=set(by_task.values()), state__in=OPEN_STATES).only("state", "due_on")
    tasks = {task.pk: task for task in rows}
    return {
        notice.pk for notice in notices if by_task[notice.pk] in tasks and _holds(notice, tasks[by_task[notice.pk]])
    }


def slips_still_wait(notices: list[Notice]) -> set[int]:
    """Ids of the messages whose slip is neither answered nor settled. One query."""
    by_slip = {notice.pk: int(notice.subject.partition(":")[2]) for notice in notices}
    waiting = set(Slip.objects.unanswered().filter(pk__in=set(by_slip.values())).values_list("pk", flat=True))
    return {pk for pk, slip in by_slip.items() if slip in waiting}


def _holds(notice: Notice, task: Task) -> bool:
    if notice.kind == Kind.TO_REVIEW:
        return task.state == State.SUBMITTED
    if task.state == State.SUBMITTED:
        return False
    if notice.kind == Kind.RETURNED:
        return task.state == State.RETURNED
    if notice.kind == Kind.DUE_SOON:
        return task.due_on > notice.day
    if notice.kind == Kind.DUE_TODAY:
        return task.due_on == notice.day
    if notice.kind == Kind.OVERDUE:
        return task.due_on < notice.day
    return True
