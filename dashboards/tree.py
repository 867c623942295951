"""Branches side by side: what each owes now, grouped below their general branches. Pure: no Django, no queries."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from dashboards.cells import EMPTY, Cell, combine, days_over, is_overdue, severity, worst_owed

if TYPE_CHECKING:
    from tasks.selectors import GridRow

BRANCH, COMMITTEE = "branch", "committee"


class Unit(NamedTuple):
    """An organisation as the tree pages need it, in the order of the tree."""

    id: int
    code: str
    name: str
    path: str
    level: str


@dataclass(frozen=True)
class UnitLine:
    """One organisation: a cell for every kind asked for, one for the rest, and what is worst of all."""

    unit: Unit
    cells: list[Cell]
    other: Cell = EMPTY
    worst: GridRow | None = None
    overdue: int = 0
    pressing: int = 0  # orange
    days: int = 0  # of the longest overdue

    @property
    def light(self) -> str:
        """The light of the whole organisation; green when nothing is open, grey when nothing was ever owed."""
        if self.worst is not None:
            return self.worst.light
        return "green" if any(cell is not EMPTY for cell in (*self.cells, self.other)) else "grey"

    @property
    def needs_help(self) -> bool:
        """Whether something is overdue or about to be."""
        return self.worst is not None and severity(self.worst) >= 3


@dataclass(frozen=True)
class Block:
    """An organisation above branches with the branches directly below it."""

    unit: Unit
    lines: list[UnitLine] = field(default_factory=list)
    own: UnitLine | None = None
    is_direct: bool = False  # branches directly under a committee

    @property
    def overdue(self) -> int:
        """Things overdue in the block."""
        return sum(line.overdue for line in self.lines) + (self.own.overdue if self.own else 0)

    @property
    def lights(self) -> list[tuple[str, int]]:
        """How many branches have which light, worst first; grey is left out."""
        counts: dict[str, int] = defaultdict(int)
        for line in self.lines:
            counts[line.light] += 1
        return [(light, counts[light]) for light in ("red", "orange", "yellow", "green") if counts[light]]


def now_due(rows: Iterable[GridRow], today: datetime.date) -> list[GridRow]:
    """Of one organisation's rows of one kind those that matter now: open and begun, and the latest period's."""
    begun = [row for row in rows if row.window_start <= today]
    latest = max((row.window_start for row in begun if row.is_applicable), default=None)
    return [row for row in begun if row.is_open or row.window_start == latest]


def unit_line(unit: Unit, rows: Sequence[GridRow], kinds: Sequence[str], today: datetime.date) -> UnitLine:
    """The line of one organisation from its own rows."""
    by_kind: dict[str, list[GridRow]] = {kind: [] for kind in kinds}
    rest: list[GridRow] = []
    owed: list[GridRow] = []
    for row in rows:
        by_kind.get(row.kind, rest).append(row)
        if row.is_open:
            owed.append(row)
    overdue = [row for row in owed if is_overdue(row, today)]
    return UnitLine(
        unit=unit,
        cells=[combine(now_due(by_kind[kind], today), today) if by_kind[kind] else EMPTY for kind in kinds],
        other=_others(rest, today),
        worst=worst_owed([row for row in owed if row.window_start <= today]),
        overdue=len(overdue),
        pressing=sum(1 for row in owed if row.light == "orange"),
        days=max((days_over(row, today) for row in overdue), default=0),
    )


def _others(rows: Sequence[GridRow], today: datetime.date) -> Cell:
    """What is owed once: a cell only while something is open."""
    begun = [row for row in rows if row.is_open and row.window_start <= today]
    return combine(begun, today)


def blocks(
    units: Sequence[Unit],
    rows: Iterable[GridRow],
    kinds: Mapping[str, Sequence[str]],
    today: datetime.date,
) -> list[Block]:
    """The tree as blocks: every organisation above branches, in tree order, each with its own branches.

    ``units`` are in tree order, parents first, any depth; a branch belongs to the nearest organisation above it
    that is given, and stands alone when none is. ``kinds`` are the codes of the columns by level.
    """
    by_unit: dict[int, list[GridRow]] = defaultdict(list)
    for row in rows:
        by_unit[row.organisation_id].append(row)
    found: dict[str, Block] = {}
    for unit in units:
        line = unit_line(unit, by_unit[unit.id], kinds.get(unit.level, ()), today)
        if unit.level == BRANCH:
            home = nearest(unit.path[:-1], found)
            if home is not None:
                found[home].lines.append(line)
                continue
            found[unit.path] = Block(unit, [line])
        else:
            found[unit.path] = Block(unit, own=line, is_direct=unit.level == COMMITTEE)
    return list(found.values())


def nearest(path: str, found: Container[str]) -> str | None:
    """The longest of the paths ``found`` that is ``path`` or stands above it (a materialised path, steps of one length)."""
    return next((path[:end] for end in range(len(path), 0, -1) if path[:end] in found), None)


def in_need(found: Iterable[Block]) -> list[UnitLine]:
    """Organisations that need help, the worst first: red before orange, more before fewer, longer before shorter."""
    lines = [line for block in found for line in (*([block.own] if block.own else []), *block.lines) if line.needs_help]
    return sorted(lines, key=lambda line: (-_severity(line), -line.overdue, -line.days, line.unit.path))


def _severity(line: UnitLine) -> int:
    return severity(line.worst) if line.worst else 0
