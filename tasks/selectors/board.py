"""Rows for the overviews of a whole subtree and for one branch's year."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from common import clock
from orgs import access
from tasks.models import OPEN_STATES, Task, TaskEvent
from tasks.selectors.grid import GridRow, rows_of

if TYPE_CHECKING:
    from orgs.models import Organisation, User

CADENCE_SOURCE = "cadence"


def tree_rows(
    user: User, *, year: int, as_of: datetime.date | None = None, top: Organisation | None = None
) -> list[GridRow]:
    """What the organisations that ``user`` may see by a grant owe in ``year``, as of a day. One query.

    In the running year with what is still owed from earlier years. ``top`` narrows it to one subtree.
    """
    tasks = Task.objects.filter(access.within(user, access.VIEW, "organisation"), _touches(year, as_of))
    return rows_of(tasks if top is None else tasks.under(top), as_of)


def branch_rows(
    user: User, organisation: Organisation, *, year: int, as_of: datetime.date | None = None
) -> list[GridRow]:
    """What one organisation owes in ``year``, as of a day. One query.

    A plain member sees what the own branch owes by cadence, and nothing of what single persons owe.
    """
    seen = access.within(user, access.VIEW, "organisation") | (
        access.own_branch(user, "organisation") & Q(source=CADENCE_SOURCE, person__isnull=True)
    )
    return rows_of(Task.objects.filter(seen, _touches(year, as_of), organisation=organisation), as_of)


def _touches(year: int, as_of: datetime.date | None) -> Q:
    """Due in ``year``, or begun in it and due later (a semester), or due before and open on the day shown."""
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    touches = Q(due_on__gte=first, window_start__lte=last)
    day = as_of or clock.today()
    if day.year != year:
        return touches
    carried = Q(state__in=OPEN_STATES)
    if day < clock.today():
        carried |= Q(Exists(TaskEvent.objects.filter(task=OuterRef("pk"), day__gt=day)))
    return touches | (Q(due_on__lt=first) & carried)
