"""What one person's desk shows, read at once: a desk has no queries to give away."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q

from orgs import access
from tasks.lighting import Lighting
from tasks.models import AGREED_ITEM, State, Task
from tasks.people import reviewers_of

if TYPE_CHECKING:
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


@dataclass
class Desk:
    """What a person owes, has to decide, and waits for; lights are those of today, not to be saved."""

    owed: Owed = field(default_factory=Owed)
    to_review: list[Task] = field(default_factory=list)
    waiting: list[Task] = field(default_factory=list)


def desk_of(user: User, today: datetime.date) -> Desk:
    """The three lists of ``user``. Two queries, one when nothing was submitted to the user's organisations.

    What one submitted oneself waits for others; what others submitted is for the nearest level that may decide: a
    right to review flows down the whole tree, only what nobody nearer can decide is shown higher up.
    """
    desk = Desk()
    if user.person_id is None:
        return desk
    lighting = Lighting(today)
    candidates = []
    for task in _touching(user):
        task.light, task.light_cause = lighting.shown(task)
        if task.state != State.SUBMITTED:
            desk.owed.place(task, today)
        elif task.submitted_by_id == user.person_id:
            desk.waiting.append(task)
        else:
            candidates.append(task)
    if candidates:
        deciding = reviewers_of(candidates, today)
        desk.to_review = [task for task in candidates if user.person_id in deciding[task.pk]]
    return desk


def _touching(user: User) -> list[Task]:
    """The user's own Tasks to act on, and what is submitted by the user or within reach of the user's rights."""
    reach = access.within(user, access.REVIEW, "organisation") | (
        Q(source=AGREED_ITEM) & access.within(user, access.RECORD, "organisation")
    )
    submitted = Task.objects.filter(Q(submitted_by_id=user.person_id) | reach, state=State.SUBMITTED)
    own = Task.objects.owed_by(user).to_act_on()
    return list((own | submitted).select_related("organisation", "group", "submitted_by").order_by("due_on", "id"))
