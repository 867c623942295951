"""What one person's desk shows, read at once: a desk has no queries to give away."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from orgs import access
from orgs.held import Held, held_by
from tasks.lighting import Lighting
from tasks.models import AGREED_ITEM, FOLLOW_UP, ListItem, ResponsibilityList, State, Task
from tasks.people import reviewers_of
from tasks.querysets import TO_ACT_ON, owed

if TYPE_CHECKING:
    from orgs.models import User

WEEK_DAYS = 7


class Unit(NamedTuple):
    """The organisation of a line; ``name`` is the department's where one owes it."""

    name: str
    path: str
    depth: int


@dataclass(slots=True)
class DeskTask:
    """One line of a desk: what it shows of a Task, and what tells its light and who decides it.

    No ``Task``: with fifty lines, making whole Tasks and organisations takes longer than reading them.
    ``list_number``: the item that counts it on a responsibility list in force.
    """

    organisation: Unit
    pk: int
    title: str
    source: str
    state: str
    profile: str
    light: str
    light_cause: str
    return_cause: str
    act_url: str
    requirement: dict[str, Any]
    window_start: datetime.date
    due_on: datetime.date
    last_report_on: datetime.date | None
    answered_on: datetime.date | None
    organisation_id: int
    department_id: int | None
    person_id: int | None
    submitted_by_id: int | None
    submitted_by_name: str | None
    list_number: int | None


# In the order of ``Unit``, then of ``DeskTask``.
_COLUMNS = (
    "unit_name", "organisation__path", "organisation__depth",
    "pk", "title", "source", "state", "profile", "light", "light_cause", "return_cause", "act_url", "requirement",
    "window_start", "due_on", "last_report_on", "answered_on", "organisation_id", "department_id", "person_id",
    "submitted_by_id", "submitted_by__name", "list_number",
)  # fmt: skip
_OF_UNIT = len(Unit._fields)


@dataclass
class Owed:
    """What a person owes, by urgency; each Task once, its ``light`` and ``light_cause`` as of today."""

    to_sign: list[DeskTask] = field(default_factory=list)
    overdue: list[DeskTask] = field(default_factory=list)
    due_today: list[DeskTask] = field(default_factory=list)
    this_week: list[DeskTask] = field(default_factory=list)
    later: list[DeskTask] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many Tasks there are in all."""
        return len(self.to_sign) + len(self.overdue) + len(self.due_today) + len(self.this_week) + len(self.later)

    def place(self, task: DeskTask, today: datetime.date) -> None:
        """Put ``task`` where its days left say; this week means within seven days. What waits to be signed for is first:
        its clock runs in hours.
        """
        left = (task.due_on - today).days
        if task.state == State.PENDING:
            self.to_sign.append(task)
        elif left < 0:
            self.overdue.append(task)
        elif left == 0:
            self.due_today.append(task)
        elif left <= WEEK_DAYS:
            self.this_week.append(task)
        else:
            self.later.append(task)


@dataclass
class Desk:
    """What a person owes, has to decide, and waits for; lights are those of today."""

    owed: Owed = field(default_factory=Owed)
    to_review: list[DeskTask] = field(default_factory=list)
    waiting: list[DeskTask] = field(default_factory=list)


def desk_of(user: User, today: datetime.date, held: Held | None = None) -> Desk:
    """The three lists of ``user``; ``held``: the user's offices of today, read here when the page has not done so.

    One query for the Tasks, one for the offices, and one more when something was submitted that only the offices of
    other levels can tell who decides. What one submitted oneself waits for others; what others submitted is for the
    nearest level that may decide: a right to review flows down the whole tree, only what nobody nearer can decide is
    shown higher up.
    """
    desk = Desk()
    if user.person_id is None:
        return desk
    held = held or held_by(user, today)
    lighting = Lighting(today)
    candidates = []
    touching = _touching(user, held)
    missed = _missed_of(touching, today)
    for task in touching:
        if task.source == FOLLOW_UP and missed.get(task.act_url, [task])[-1] is not task:
            continue
        task.light, task.light_cause = lighting.shown(task)
        if task.source == FOLLOW_UP and (count := len(missed.get(task.act_url, []))) > 1:
            task.light_cause = _("%(cause)s；共%(count)d期未报") % {"cause": task.light_cause, "count": count}
        if task.state != State.SUBMITTED:
            desk.owed.place(task, today)
        elif task.submitted_by_id == user.person_id:
            desk.waiting.append(task)
        else:
            candidates.append(task)
    desk.to_review = _to_decide(candidates, user, held, today)
    return desk


def _missed_of(tasks: list[DeskTask], today: datetime.date) -> dict[str, list[DeskTask]]:
    """The overdue follow-ups of each work, by its page, in the order of their days.

    One report answers them all and the next one, so the desk shows the latest of them alone.
    """
    missed: dict[str, list[DeskTask]] = {}
    for task in tasks:
        if task.source == FOLLOW_UP and task.due_on < today:
            missed.setdefault(task.act_url, []).append(task)
    return missed


def _touching(user: User, held: Held) -> list[DeskTask]:
    """The user's own Tasks to act on, and what is submitted by the user or within reach of the user's rights."""
    reach = Q(submitted_by_id=user.person_id) | access.within(user, access.REVIEW, "organisation")
    if not all(_may_review(user, path) for path in access.paths(user, access.RECORD)):
        reach |= Q(source=AGREED_ITEM) & access.within(user, access.RECORD, "organisation")
    rows = _lines().filter((owed(user, held) & TO_ACT_ON) | (Q(state=State.SUBMITTED) & reach))
    return [DeskTask(Unit(*row[:_OF_UNIT]), *row[_OF_UNIT:]) for row in rows]


def _may_review(user: User, path: str) -> bool:
    """Whether the right to review reaches ``path``."""
    return any(path.startswith(top) for top in access.paths(user, access.REVIEW))


@cache
def _lines() -> QuerySet[Task, tuple[Any, ...]]:
    """The Tasks with what a desk shows of them; put together once, since nothing of it depends on the user."""
    items = ListItem.objects.filter(item_tasks__task=OuterRef("pk"), list__state=ResponsibilityList.State.PUBLISHED)
    number = Subquery(items.order_by("-list__year", "number").values("number")[:1])
    unit = Coalesce("department__name", "organisation__name")  # what a department owes is not the committee's
    return Task.objects.annotate(list_number=number, unit_name=unit).order_by("due_on", "id").values_list(*_COLUMNS)


def _to_decide(submitted: list[DeskTask], user: User, held: Held, today: datetime.date) -> list[DeskTask]:
    """Of what others submitted, what is the user's to decide. One query, none when the own offices tell it all."""
    mine = {task.pk: _decides(task, held) for task in submitted}
    # A line has all that the rule reads of a Task.
    if unclear := cast("list[Task]", [task for task in submitted if mine[task.pk] is None]):
        mine |= {pk: user.person_id in people for pk, people in reviewers_of(unclear, today).items()}
    return [task for task in submitted if mine[task.pk]]


def _decides(task: DeskTask, held: Held) -> bool | None:
    """What ``tasks.people.reviewers`` says of the user where it takes no other place's offices to know.

    Below the top the own unit's work is the level above's, except for what a meeting agreed: that is the own
    secretary's. ``None``: not known.
    """
    place = held.places.get(task.organisation_id)
    if place is None or task.organisation.depth == 1:
        return None
    return task.source == AGREED_ITEM and place.stands_in
