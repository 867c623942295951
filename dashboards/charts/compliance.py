"""Shares of what was done in time, and how long the rest is overdue, from the compact rows of Tasks. Pure: no Django."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from dashboards.cells import days_over, is_overdue
from dashboards.figures import AGES, Share, share
from dashboards.tree import nearest

if TYPE_CHECKING:
    from dashboards.tree import Unit
    from tasks.selectors import GridRow

MONTHS = range(1, 13)


def groups_of(units: Sequence[Unit], level: str) -> dict[int, int]:
    """Organisation id → id of the organisation whose line it belongs to: the nearest of ``level``, itself included.

    ``units`` are in tree order. Organisations above that level, and branches under none, stand for themselves.
    """
    lines = {unit.path: unit.id for unit in units if unit.level == level}
    homes = {unit.id: nearest(unit.path, lines) for unit in units}
    return {unit: unit if home is None else lines[home] for unit, home in homes.items()}


def by_line(rows: Iterable[GridRow], groups: Mapping[int, int]) -> dict[int, list[GridRow]]:
    """The rows by line; rows of organisations that are not shown are left out."""
    found: dict[int, list[GridRow]] = defaultdict(list)
    for row in rows:
        if row.organisation_id in groups:
            found[groups[row.organisation_id]].append(row)
    return found


def monthly(rows: Iterable[GridRow], year: int, day: datetime.date) -> list[Share]:
    """Twelve shares of ``year`` as of ``day``, by the month of the due date."""
    months: list[list[GridRow]] = [[] for _month in MONTHS]
    for row in rows:
        if row.due_on.year == year:
            months[row.due_on.month - 1].append(row)
    return [share(found, day) for found in months]


def of_year(rows: Iterable[GridRow], year: int, day: datetime.date) -> Share:
    """The share of what fell due in ``year`` up to ``day``."""
    return share((row for row in rows if row.due_on.year == year), day)


def aged(rows: Iterable[GridRow], day: datetime.date) -> tuple[int, ...]:
    """How many of the ``rows`` are overdue, by the classes of ``AGES``."""
    counts = [0] * len(AGES)
    for row in rows:
        if is_overdue(row, day):
            counts[bisect_right(AGES, days_over(row, day)) - 1] += 1
    return tuple(counts)


def age_spans(day: datetime.date) -> list[tuple[datetime.date | None, datetime.date]]:
    """For each class of ``AGES`` the first and the last due date that fall into it; the oldest has no first."""
    last_days = [day - datetime.timedelta(days=bound) for bound in AGES]
    firsts = [last + datetime.timedelta(days=1) for last in last_days[1:]]
    return list(zip([*firsts, None], last_days, strict=True))
