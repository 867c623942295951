"""Figures over many rows: tiles, compliance by kind and month, how long things are overdue. Pure: no Django."""

from __future__ import annotations

import datetime
from bisect import bisect_right
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


# What one row adds to a share: done in time, done late, fell due. Indexes of the three counts.
_ON_TIME, _LATE, _DUE = 0, 1, 2


def _add(counts: list[int], row: GridRow, today: datetime.date) -> None:
    """Count a row in a rate: what is done, and what is open past its due date; waived and stopped do not count."""
    if row.is_done:
        counts[_LATE if row.is_late else _ON_TIME] += 1
        counts[_DUE] += 1
    elif row.due_on < today and row.is_open:
        counts[_DUE] += 1


def share(rows: Iterable[GridRow], today: datetime.date) -> Share:
    """The share of what fell due that was done in time; what is open before its due date is not counted yet."""
    counts = [0, 0, 0]
    for row in rows:
        _add(counts, row, today)
    return Share(*counts)


def tiles(rows: Sequence[GridRow], overdue: Sequence[GridRow], today: datetime.date) -> Tiles:
    """Figures of the month of ``today`` and of everything open; ``overdue`` are the ``overdue_rows`` among ``rows``."""
    first = today.replace(day=1)
    after = (first + datetime.timedelta(days=31)).replace(day=1)
    return Tiles(
        month=share((row for row in rows if first <= row.due_on < after), today),
        overdue=len(overdue),
        oldest_days=days_over(overdue[0], today) if overdue else 0,
        returned=sum(1 for row in rows if was_returned(row)),
    )


def by_month(rows: Iterable[GridRow], kinds: Sequence[str], year: int, today: datetime.date) -> dict[str, list[Share]]:
    """For every kind twelve shares, by the month of the due date, and a thirteenth for the year."""
    counts: dict[str, list[list[int]]] = {kind: [[0, 0, 0] for _month in range(12)] for kind in kinds}
    for row in rows:
        months = counts.get(row.kind)
        if months is not None and row.due_on.year == year:
            _add(months[row.due_on.month - 1], row, today)
    return {
        kind: [Share(*each) for each in (*months, [sum(column) for column in zip(*months, strict=True)])]
        for kind, months in counts.items()
    }


def overdue_rows(rows: Iterable[GridRow], today: datetime.date) -> list[GridRow]:
    """What is overdue, longest first."""
    return sorted((row for row in rows if is_overdue(row, today)), key=lambda row: (row.due_on, row.task_id))


def ages(rows: Iterable[GridRow], today: datetime.date) -> list[int]:
    """How many of the ``rows``, all overdue, fall into each class of ``AGES``."""
    counts = [0] * len(AGES)
    for row in rows:
        counts[bisect_right(AGES, days_over(row, today)) - 1] += 1
    return counts
