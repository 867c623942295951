"""Branches side by side: of one general branch, of a committee, of everything a user may see."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboards import figures, tree
from dashboards.cells import days_over
from meetings.selectors.desk import kinds_of
from orgs import rules
from orgs.models import Level
from orgs.selectors.units import units
from tasks.selectors.board import tree_rows

if TYPE_CHECKING:
    from meetings.models import MeetingKind
    from orgs.models import Organisation, User
    from tasks.selectors import GridRow

MOST_OVERDUE = 50
MOST_HELP = 8


@dataclass(frozen=True)
class OverdueLine:
    """One thing overdue, whose it is, and for how many days."""

    row: GridRow
    unit: tree.Unit
    days: int


@dataclass(frozen=True)
class TermLine:
    """An organisation whose term of office is over or ends soon."""

    organisation: Organisation
    state: rules.TermState


@dataclass(frozen=True)
class Overview:
    """An overview as of ``day``; every figure on it is of that day."""

    day: datetime.date
    blocks: list[tree.Block]
    kinds: dict[str, list[MeetingKind]]
    tiles: figures.Tiles
    help: list[tree.UnitLine]
    overdue: list[OverdueLine]
    overdue_count: int
    ages: list[int]
    months: list[tuple[MeetingKind, list[figures.Share]]]
    terms: list[TermLine]
    branch_count: int

    @property
    def branch_kinds(self) -> list[MeetingKind]:
        """Columns of the table of branches."""
        return self.kinds[Level.BRANCH]

    @property
    def hidden_overdue(self) -> int:
        """How many overdue things the list leaves out."""
        return self.overdue_count - len(self.overdue)

    @property
    def hidden_help(self) -> int:
        """How many organisations in need the list leaves out."""
        return max(0, len(self.help) - MOST_HELP)


def overview(user: User, day: datetime.date, top: Organisation | None = None) -> Overview:
    """The overview of ``top`` (everything the user may see) as of ``day``. Three queries, whatever the tree's size.

    Organisations are those that existed on that day; terms of office are as recorded today.
    """
    organisations = units(user, day, top)
    found = [tree.Unit(each.pk, each.code, each.name, each.path, each.level) for each in organisations]
    rows = _of_units(tree_rows(user, year=day.year, as_of=day, top=top), found)
    kinds = _kinds_by_level(found)
    blocks = tree.blocks(found, rows, {level: [kind.code for kind in each] for level, each in kinds.items()}, day)
    overdue = figures.overdue_rows(rows, day)
    by_id = {unit.id: unit for unit in found}
    every_kind = [kind for level in kinds.values() for kind in level]
    shares = figures.by_month(rows, [kind.code for kind in every_kind], day.year, day)
    return Overview(
        day=day,
        blocks=blocks,
        kinds=kinds,
        tiles=figures.tiles(rows, overdue, day),
        help=tree.in_need(blocks),
        overdue=[OverdueLine(row, by_id[row.organisation_id], days_over(row, day)) for row in overdue[:MOST_OVERDUE]],
        overdue_count=len(overdue),
        ages=figures.ages(overdue, day),
        months=[(kind, shares[kind.code]) for kind in every_kind if shares[kind.code][12].due],
        terms=_terms(organisations, day),
        branch_count=sum(1 for unit in found if unit.level == Level.BRANCH),
    )


def _of_units(rows: list[GridRow], found: list[tree.Unit]) -> list[GridRow]:
    """Rows of the organisations shown; what a dissolved one still owed is nobody's any more."""
    shown = {unit.id for unit in found}
    return [row for row in rows if row.organisation_id in shown]


def _terms(organisations: list[Organisation], day: datetime.date) -> list[TermLine]:
    """Terms that are over or end within the reminder's months, the earliest end first."""
    lines = [TermLine(each, rules.term_state(today=day, term_end=each.term_end)) for each in organisations]
    pressing = [line for line in lines if line.state.light in ("red", "orange", "yellow")]
    return sorted(pressing, key=lambda line: (line.organisation.term_end or day, line.organisation.path))


def _kinds_by_level(found: list[tree.Unit]) -> dict[str, list[MeetingKind]]:
    """The kinds owed by cadence at every level, branches first. One query."""
    kinds: dict[str, list[MeetingKind]] = {Level.BRANCH: [], Level.GENERAL_BRANCH: [], Level.COMMITTEE: []}
    for kind in kinds_of({unit.level for unit in found}):
        if kind.cadence != "none":
            kinds[kind.level].append(kind)
    return kinds
