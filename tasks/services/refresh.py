"""Every light as of a day: the nightly step."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from common.bulk import update_rows
from common.calendars import workdays_between
from tasks.lighting import Lighting
from tasks.models import OPEN_STATES, Light, Task, TaskEvent, Verb
from tasks.services.changes import Before, event_of

CHUNK = 500
# Longer than any window with a slip of ten working days to wait for.
LOOK_BACK = datetime.timedelta(days=400)


class WorkdaysUpTo:
    """Counts working days after a day up to ``today``; reads the calendar once, and only when asked."""

    def __init__(self, today: datetime.date) -> None:
        self.today = today
        self._days: list[datetime.date] | None = None

    def __call__(self, after: datetime.date, until: datetime.date) -> int:
        """Working days after ``after`` up to ``until``, at most those of the last 400 days."""
        if self._days is None:
            self._days = sorted(workdays_between(self.today - LOOK_BACK, self.today))
        return bisect_right(self._days, until) - bisect_right(self._days, after)


def refresh_open_lights(*, today: datetime.date) -> dict[str, int]:
    """Recompute the lights of open Tasks, and of closed ones that are not green yet.

    A change of light is a LIGHT event with its cause; words that alone moved on (``剩4天``) are written without
    one. In batches of 500, each its own transaction: at most three statements a batch beside its reads.
    """
    lighting = Lighting(today, WorkdaysUpTo(today))
    counts = {"checked": 0, "changed": 0}
    last: int | None = 0
    while last is not None:
        checked, changed, last = _refresh_batch(lighting, last)
        counts["checked"] += checked
        counts["changed"] += changed
    return counts


@transaction.atomic
def _refresh_batch(lighting: Lighting, after: int) -> tuple[int, int, int | None]:
    """One batch of Tasks with an id above ``after``: how many, how many changed, the last id (``None`` at the end)."""
    # Locked: a record confirmed at this moment must not get its old light back.
    tasks = list(
        Task.objects.filter(Q(state__in=OPEN_STATES) | ~Q(light=Light.GREEN), pk__gt=after)
        .select_for_update()
        .order_by("pk")[:CHUNK]
    )
    stale: list[Task] = []
    events: list[TaskEvent] = []
    for task in tasks:
        light, cause = lighting.of(task)
        if (light, cause) == (task.light, task.light_cause):
            continue
        before = Before.of(task)
        task.light, task.light_cause = light, cause
        stale.append(task)
        if light != before.light:
            events.append(event_of(task, Verb.LIGHT, before=before, actor=None, cause=cause, day=lighting.today))
    _write(stale, events)
    return len(tasks), len(events), tasks[-1].pk if len(tasks) == CHUNK else None


def _write(stale: Sequence[Task], events: Sequence[TaskEvent]) -> None:
    update_rows(Task, ["light", "light_cause"], [(task.pk, task.light, task.light_cause) for task in stale])
    TaskEvent.objects.bulk_create(events)
