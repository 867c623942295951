"""Compliance by kind and month, counted by the database."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, Q
from django.db.models.functions import ExtractMonth

from common import clock
from tasks.models import OPEN_STATES, State, Task

if TYPE_CHECKING:
    from orgs.models import Organisation, User


class MonthTotal(NamedTuple):
    """Tasks of one kind due in one month: all that apply, done, done in time, still open, open past the due date."""

    kind: str
    month: int
    due: int
    done: int
    on_time: int
    open: int
    overdue: int


def compliance(user: User, year: int, organisations: Iterable[Organisation | int] | None = None) -> list[MonthTotal]:
    """Totals per kind and month of the due date, of what ``user`` may see. One query.

    What was waived or stopped is not applicable and counts nowhere; ``due == done + open``.
    """
    tasks = Task.objects.visible_to(user).filter(
        due_on__gte=datetime.date(year, 1, 1), due_on__lte=datetime.date(year, 12, 31)
    )
    if organisations is not None:
        tasks = tasks.filter(organisation__in=organisations)
    is_open = Q(state__in=OPEN_STATES)
    rows = (
        tasks.exclude(state__in=(State.WAIVED, State.STOPPED))
        .annotate(month=ExtractMonth("due_on"))
        .order_by("kind", "month")
        .values("kind", "month")
        .annotate(
            due=Count("pk"),
            done=Count("pk", filter=Q(state=State.DONE)),
            on_time=Count("pk", filter=Q(state=State.DONE, is_late=False)),
            open=Count("pk", filter=is_open),
            overdue=Count("pk", filter=is_open & Q(due_on__lt=clock.today())),
        )
    )
    return [MonthTotal(**row) for row in rows]
