"""The year of one branch: kinds × months. Pure: turns rows into spans of cells; no Django, no queries."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dashboards.cells import EMPTY, Cell, combine

if TYPE_CHECKING:
    from tasks.selectors import GridRow

MONTHS = 12
# Months of one period by cadence: how wide a square is where nothing is owed.
PERIOD_MONTHS = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}


@dataclass(frozen=True)
class Kind:
    """A line of the page: what is owed, and how often."""

    code: str
    name: str
    cadence: str = "monthly"
    applies_when: str = "always"


@dataclass(frozen=True)
class Span:
    """A cell over ``months`` months from ``start`` (1 to 12)."""

    start: int
    months: int
    cell: Cell = EMPTY

    @property
    def end(self) -> int:
        """The last month."""
        return self.start + self.months - 1


@dataclass(frozen=True)
class Line:
    """One kind's year; ``parts`` are the same by Party group, where there are several."""

    kind: Kind
    spans: list[Span]
    parts: list[tuple[str, list[Span]]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was owed in the whole year."""
        return all(span.cell is EMPTY for span in self.spans)


def months_of(row: GridRow, year: int) -> tuple[int, int] | None:
    """First and last month of ``year`` that the row's window touches; ``None`` when it lies in another year.

    What is owed once (not by cadence) has no period: it stands in the month in which it is due.
    """
    start = row.window_start if row.source == "cadence" else row.due_on
    if start.year > year or row.due_on.year < year:
        return None
    return (1 if start.year < year else start.month, MONTHS if row.due_on.year > year else row.due_on.month)


def spans_of(rows: Iterable[GridRow], year: int, today: datetime.date, period_months: int = 1) -> list[Span]:
    """The twelve months as spans that touch and never overlap; together they are always 12 months wide.

    Rows of the same months share a cell (groups, several a period). A row that begins inside an earlier cell gives
    way to it (a semester ends and the next begins in one month); one that lies wholly inside joins it.
    """
    by_months: dict[tuple[int, int], list[GridRow]] = defaultdict(list)
    for row in rows:
        months = months_of(row, year)
        if months is not None:
            by_months[months].append(row)
    taken: list[tuple[int, int, list[GridRow]]] = []
    for (first, last), found in sorted(by_months.items()):
        if taken and first <= taken[-1][1]:
            before = taken[-1]
            if last <= before[1]:
                before[2].extend(found)
                continue
            first = before[1] + 1
        taken.append((first, last, list(found)))
    return _fill(taken, today, period_months)


def _fill(taken: Sequence[tuple[int, int, list[GridRow]]], today: datetime.date, period_months: int) -> list[Span]:
    spans: list[Span] = []
    month = 1
    for first, last, rows in taken:
        spans += _blank(month, first - 1, period_months)
        spans.append(Span(first, last - first + 1, combine(rows, today)))
        month = last + 1
    return spans + _blank(month, MONTHS, period_months)


def _blank(first: int, last: int, period_months: int) -> list[Span]:
    """Empty spans from ``first`` to ``last``, cut where a period ends."""
    spans: list[Span] = []
    while first <= last:
        end = min(last, first + period_months - 1 - (first - 1) % period_months)
        spans.append(Span(first, end - first + 1))
        first = end + 1
    return spans


def year_matrix(
    rows: Sequence[GridRow],
    kinds: Sequence[Kind],
    year: int,
    today: datetime.date,
    groups: Sequence[tuple[int, str]] = (),
) -> list[Line]:
    """One line for every kind in the order given; ``groups`` are (id, name) of the branch's Party groups."""
    by_kind: dict[str, list[GridRow]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    lines = []
    for kind in kinds:
        found = by_kind.get(kind.code, [])
        width = PERIOD_MONTHS.get(kind.cadence, 1) if found else MONTHS
        lines.append(Line(kind, spans_of(found, year, today, width), _parts(found, groups, year, today, width)))
    return lines


def _parts(
    rows: Sequence[GridRow], groups: Sequence[tuple[int, str]], year: int, today: datetime.date, width: int
) -> list[tuple[str, list[Span]]]:
    by_group: dict[int, list[GridRow]] = defaultdict(list)
    for row in rows:
        if row.group_id is not None:
            by_group[row.group_id].append(row)
    return [(name, spans_of(by_group[pk], year, today, width)) for pk, name in groups if pk in by_group]
