"""What matrices and overviews show: compact rows, for today or as of a past date."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Max, OuterRef, Subquery

from common import clock
from tasks import transitions
from tasks.lighting import Lighting, closed_words
from tasks.models import Task, TaskEvent, Verb
from tasks.querysets import TaskQuerySet

if TYPE_CHECKING:
    from orgs.models import Organisation, User


# Sets: a page asks every one of its thousands of rows several times.
_OPEN = frozenset(transitions.OPEN)
_DROPPED = frozenset((transitions.WAIVED, transitions.STOPPED))


class GridRow(NamedTuple):
    """One Task as a cell needs it. ``closed_on`` is the day on which it counts as done."""

    organisation_id: int
    group_id: int | None
    kind: str
    period_code: str
    state: str
    light: str
    light_cause: str
    due_on: datetime.date
    is_late: bool
    closed_on: datetime.date | None
    task_id: int
    act_url: str
    evidence_url: str
    title: str
    window_start: datetime.date
    profile: str
    source: str
    return_cause: str

    @property
    def is_open(self) -> bool:
        """Whether something is still owed."""
        return self.state in _OPEN

    @property
    def is_applicable(self) -> bool:
        """Whether it counts at all: what was waived or stopped is not applicable."""
        return self.state not in _DROPPED

    @property
    def is_done(self) -> bool:
        """Whether it was done, in time or late."""
        return self.state == transitions.DONE


# Where the log gives no words for the light of that day.
_WAITING = {transitions.SUBMITTED: "已提交待核查"}
_COLUMNS = (
    "organisation_id",
    "group_id",
    "kind",
    "period_code",
    "state",
    "light",
    "light_cause",
    "due_on",
    "is_late",
    "closed_on",
    "pk",
    "act_url",
    "evidence_url",
    "title",
    "window_start",
    "profile",
    "source",
    "return_cause",
)
_LIGHT = _COLUMNS.index("light")  # its cause stands behind it


def _of_year(user: User, year: int, organisations: Iterable[Organisation | int] | None) -> TaskQuerySet:
    """Tasks due in ``year`` that ``user`` may see, of ``organisations`` when given."""
    tasks = Task.objects.visible_to(user).filter(
        due_on__gte=datetime.date(year, 1, 1), due_on__lte=datetime.date(year, 12, 31)
    )
    return tasks if organisations is None else tasks.filter(organisation__in=organisations)


def grid(
    user: User,
    *,
    year: int,
    organisations: Iterable[Organisation | int] | None = None,
    as_of: datetime.date | None = None,
) -> list[GridRow]:
    """Every Task due in ``year`` that ``user`` may see, in the order of due dates. One query.

    Without ``as_of`` (or with today) the rows are those of now; with a past date they are rebuilt from the event
    log: the last event up to that day gives state and light, and what was opened later does not exist.
    """
    return rows_of(_of_year(user, year, organisations), as_of)


def rows_of(tasks: TaskQuerySet, as_of: datetime.date | None = None) -> list[GridRow]:
    """The rows of ``tasks``, for now or as of a past date, in the order of due dates. One query."""
    today = clock.today()
    if as_of is not None and as_of < today:
        return _grid_as_of(tasks, as_of)
    lighting = Lighting(today)
    rows = map(GridRow._make, tasks.order_by("due_on", "pk").values_list(*_COLUMNS))
    return [_lit(row, lighting) for row in rows]


def _lit(row: GridRow, lighting: Lighting) -> GridRow:
    if row.state not in _OPEN:
        return row
    light, cause = lighting.shown(row)
    if cause == row.light_cause and light == row.light:
        return row
    return GridRow._make((*row[:_LIGHT], light, cause, *row[_LIGHT + 2 :]))  # _replace takes four times as long


def _grid_as_of(tasks: TaskQuerySet, as_of: datetime.date) -> list[GridRow]:
    """The rows as they stood at the end of ``as_of``."""
    last = (
        TaskEvent.objects.filter(day__lte=as_of, task__in=tasks.order_by().values("pk"))
        .order_by()
        .values("task_id")
        .annotate(last=Max("pk"))
        .values("last")
    )
    # Open on that day with a return in the log: still open because of the latest return.
    returns = TaskEvent.objects.filter(
        task_id=OuterRef("task_id"), day__lte=as_of, verb__in=(Verb.RETURNED, Verb.REOPENED)
    ).order_by("-pk")
    events = TaskEvent.objects.filter(pk__in=last).order_by("task__due_on", "task_id")
    columns = [f"task__{name}" for name in _COLUMNS]
    lighting = Lighting(as_of)
    found = []
    for day, verb, state, light, cause, returned, *values in events.values_list(
        "day", "verb", "to_state", "to_light", "cause", Subquery(returns.values("cause")[:1]), *columns
    ):
        row = GridRow._make(values)._replace(state=state, light=light)
        if state in transitions.OPEN:
            row = row._replace(return_cause=returned or "")
            found.append(_open_then(row, cause if verb == Verb.LIGHT else "", lighting))
        else:
            found.append(_closed_then(row, values[_COLUMNS.index("state")], day, as_of))
    return found


def _open_then(row: GridRow, cause: str, lighting: Lighting) -> GridRow:
    """An open row of that day: without the proof and the closing that came later."""
    row = row._replace(light_cause=cause, closed_on=None, is_late=False, evidence_url="")
    light, words = lighting.shown(row)
    return row._replace(light=light, light_cause=words or _WAITING.get(row.state, ""))


def _closed_then(row: GridRow, state_now: str, day: datetime.date, as_of: datetime.date) -> GridRow:
    """A closed row of that day. Opened and closed again since: then only the day of the event is known."""
    is_same = row.state == state_now and row.closed_on is not None and row.closed_on <= as_of
    closed_on = row.closed_on if is_same and row.closed_on else day
    return row._replace(
        light_cause=closed_words(row.state, row.due_on, closed_on),
        closed_on=closed_on,
        is_late=row.state == transitions.DONE and closed_on > row.due_on,
        evidence_url=row.evidence_url if is_same else "",
        return_cause="",
    )


def overdue_list(
    user: User,
    today: datetime.date,
    limit: int = 50,
    organisations: Iterable[Organisation | int] | None = None,
) -> list[Task]:
    """Open Tasks past their due date that ``user`` may see, longest overdue first, with organisation and person.

    One query. Each has ``days_overdue``. What waits to be checked was handed in and is not chased.
    """
    tasks = Task.objects.visible_to(user).overdue(today).to_act_on()
    if organisations is not None:
        tasks = tasks.filter(organisation__in=organisations)
    lighting = Lighting(today)
    found = list(tasks.select_related("organisation", "group", "person").order_by("due_on", "pk")[:limit])
    for task in found:
        task.light, task.light_cause = lighting.shown(task)
        task.days_overdue = (today - task.due_on).days
    return found
