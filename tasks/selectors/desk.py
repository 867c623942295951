"""What one person's desk shows."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q

from common import clock
from orgs import access
from tasks.lighting import Lighting
from tasks.models import AGREED_ITEM, State, Task
from tasks.people import reviewers_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orgs.models import User

WEEK_DAYS = 7


@dataclass
class Owed:
    """What a person owes, by urgency; each Task once, its ``light`` and ``light_cause`` as of today."""

    overdue: list[Task] = field(default_factory=list)
    due_today: list[Task] = field(default_factory=list)
    this_week: list[Task] = field(default_factory=list)
    later: list[Task] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many Tasks there are in all."""
        return len(self.overdue) + len(self.due_today) + len(self.this_week) + len(self.later)

    def place(self, task: Task, today: datetime.date) -> None:
        """Put ``task`` where its days left say; this week means within seven days."""
        left = (task.due_on - today).days
        if left < 0:
            self.overdue.append(task)
        elif left == 0:
            self.due_today.append(task)
        elif left <= WEEK_DAYS:
            self.this_week.append(task)
        else:
            self.later.append(task)


def _with_places(tasks: Iterable[Task], today: datetime.date) -> list[Task]:
    """Tasks with the light of today in place of last night's; not to be saved."""
    lighting = Lighting(today)
    found = list(tasks)
    for task in found:
        task.light, task.light_cause = lighting.shown(task)
    return found


def owed(user: User, today: datetime.date) -> Owed:
    """What ``user`` has to act on, earliest due first. One query. What waits to be checked is not among it."""
    tasks = Task.objects.owed_by(user).to_act_on().select_related("organisation", "group").order_by("due_on", "id")
    lists = Owed()
    for task in _with_places(tasks, today):
        lists.place(task, today)
    return lists


def to_review(user: User, today: datetime.date | None = None) -> list[Task]:
    """Submitted Tasks that wait for ``user``: of the nearest level that may decide. Three queries (one without any).

    A right to review flows down the whole tree; only what nobody nearer can decide is shown higher up.
    """
    if user.person_id is None:
        return []
    mine = access.within(user, access.REVIEW, "organisation") | (
        Q(source=AGREED_ITEM) & access.within(user, access.RECORD, "organisation")
    )
    submitted = list(
        Task.objects.filter(mine, state=State.SUBMITTED)
        .exclude(submitted_by_id=user.person_id)
        .select_related("organisation", "group", "submitted_by")
        .order_by("last_report_on", "id")
    )
    if not submitted:
        return []
    today = today or clock.today()
    deciding = reviewers_of(submitted, today)
    return _with_places((task for task in submitted if user.person_id in deciding[task.pk]), today)


def waiting_for(user: User, today: datetime.date | None = None) -> list[Task]:
    """What ``user`` submitted and nobody has decided yet, longest waiting first. One query."""
    if user.person_id is None:
        return []
    tasks = (
        Task.objects.filter(submitted_by_id=user.person_id, state=State.SUBMITTED)
        .select_related("organisation", "group")
        .order_by("last_report_on", "id")
    )
    return _with_places(tasks, today or clock.today())
