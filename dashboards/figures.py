"""Figures over many rows: tiles, compliance by kind and month, how long things are overdue. Pure: no Django."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboards.cells import days_over, is_overdue, was_returned

if TYPE_CHECKING:
    from tasks.selectors import GridRow

# Lower bounds in days of how long something is overdue: up to a week, up to a month, longer.
AGES = (1, 8, 31)


@dataclass(frozen=True)
class Share:
    """``on_time`` of ``due``: of what was due, how much was done in time. Late is done, but not in time."""

    on_time: int = 0
    late: int = 0
    due: int = 0

    @property
    def percent(self) -> int | None:
        """Whole per cent, rounded down so that 100 means all; ``None`` when nothing was due."""
        return 100 * self.on_time // self.due if self.due else None

    @property
    def step(self) -> int:
        """How the square is shaded: 4 all in time, 3 from 90 %, 2 from 70 %, 1 below, 0 nothing due."""
        percent = self.percent
        if percent is None:
            return 0
        return 4 if percent == 100 else 3 if percent >= 90 else 2 if percent >= 70 else 1


@dataclass(frozen=True)
class Tiles:
    """The figures at the top of an overview."""

    month: Share
    overdue: int
    oldest_days: int
    returned: int


def has_fallen_due(row: GridRow, today: datetime.date) -> bool:
    """Whether the row belongs in a rate: it counts, and it is done or its due date has passed."""
    return row.is_applicable and (row.is_done or row.due_on < today)


def share(rows: Iterable[GridRow], today: datetime.date) -> Share:
    """The share of what fell due that was done in time; what is open before its due date is not counted yet."""
    on_time = late = due = 0
    for row in rows:
        if not has_fallen_due(row, today):
            continue
        due += 1
        if row.is_done:
            late += row.is_late
            on_time += not row.is_late
    return Share(on_time, late, due)


def tiles(rows: Sequence[GridRow], today: datetime.date) -> Tiles:
    """Figures of the month of ``today`` and of everything open."""
    overdue = [days_over(row, today) for row in rows if is_overdue(row, today)]
    this_month = [row for row in rows if (row.due_on.year, row.due_on.month) == (today.year, today.month)]
    return Tiles(
        month=share(this_month, today),
        overdue=len(overdue),
        oldest_days=max(overdue, default=0),
        returned=sum(1 for row in rows if was_returned(row)),
    )


def by_month(rows: Iterable[GridRow], kinds: Sequence[str], year: int, today: datetime.date) -> dict[str, list[Share]]:
    """For every kind twelve shares, by the month of the due date, and a thirteenth for the year."""
    found: dict[tuple[str, int], list[GridRow]] = defaultdict(list)
    for row in rows:
        if row.due_on.year == year:
            found[row.kind, row.due_on.month].append(row)
            found[row.kind, 0].append(row)
    return {kind: [share(found[kind, month % 13], today) for month in range(1, 14)] for kind in kinds}


def overdue_rows(rows: Iterable[GridRow], today: datetime.date) -> list[GridRow]:
    """What is overdue, longest first."""
    return sorted((row for row in rows if is_overdue(row, today)), key=lambda row: (row.due_on, row.task_id))


def ages(rows: Iterable[GridRow], today: datetime.date) -> list[int]:
    """How many of the overdue ``rows`` fall into each class of ``AGES``."""
    counts = [0] * len(AGES)
    for row in rows:
        days = days_over(row, today)
        counts[max(index for index, lowest in enumerate(AGES) if days >= lowest)] += 1
    return counts
