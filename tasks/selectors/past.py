"""Tasks as they stood on a past day, from the event log (DESIGN.md §1)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from tasks import transitions
from tasks.lighting import Lighting
from tasks.models import Task, TaskEvent, Verb

_LINES = (Verb.REPORTED, Verb.SUBMITTED)


def wind_back(tasks: Sequence[Task], as_of: datetime.date) -> None:
    """Give each Task the state, light, due date, progress and latest line that it had at the end of ``as_of``.

    A Task that was opened later gets the empty state. The objects are for showing, never to be saved. One query.
    """
    by_id = {task.pk: task for task in tasks}
    causes: dict[int, str] = {}
    for task in tasks:
        task.due_on, task.state, task.progress, task.note = task.original_due_on, "", 0, ""
        task.last_report_on = task.closed_on = None
    log = TaskEvent.objects.filter(task__in=by_id, day__lte=as_of).order_by("pk")
    columns = ("task_id", "day", "verb", "to_state", "to_light", "cause", "progress", "due_on")
    for pk, day, verb, state, light, cause, progress, due_on in log.values_list(*columns):
        task = by_id[pk]
        task.state, task.light = state, light
        task.due_on = due_on or task.due_on
        task.closed_on = None if state in transitions.OPEN else day
        if progress is not None:
            task.progress = progress
        if verb in _LINES:
            task.note, task.last_report_on = cause, day
        if verb == Verb.LIGHT:
            causes[pk] = cause
    _word(tasks, causes, as_of)


def _word(tasks: Sequence[Task], causes: dict[int, str], as_of: datetime.date) -> None:
    """The reason of each light: computed for the day where it gives the colour of the log, else that of the log."""
    lighting = Lighting(as_of)
    for task in tasks:
        if not task.state:
            task.light, task.light_cause = "grey", ""
            continue
        light, words = lighting.of(task)
        is_overdue = task.state in transitions.OPEN and as_of > task.due_on and task.state != transitions.SUBMITTED
        if light == task.light or is_overdue:
            task.light, task.light_cause = light, words
        else:
            task.light_cause = causes.get(task.pk, "")
