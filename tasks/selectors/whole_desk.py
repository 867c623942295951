"""Everything of the room that one person's desk shows, read at once: a desk has no queries to give away."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q

from orgs import access
from tasks.lighting import Lighting
from tasks.models import AGREED_ITEM, State, Task
from tasks.people import reviewers_of
from tasks.selectors.desk import Owed

if TYPE_CHECKING:
    from orgs.models import User


@dataclass
class WholeDesk:
    """What a person owes, has to decide, and waits for; as ``owed``, ``to_review`` and ``waiting_for`` give them."""

    owed: Owed = field(default_factory=Owed)
    to_review: list[Task] = field(default_factory=list)
    waiting: list[Task] = field(default_factory=list)


def whole_desk(user: User, today: datetime.date) -> WholeDesk:
    """The three lists of ``user``. Two queries, one when nothing was submitted to the user's organisations.

    What one submitted oneself waits for others; what others submitted is for the nearest level that may decide.
    """
    desk = WholeDesk()
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
