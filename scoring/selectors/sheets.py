"""A sheet that explains itself, and the sheets that somebody may open."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from common import periods
from scoring import definitions
from scoring.models import LineStatus, PeerMedian, Scheme, Sheet, SheetLine, SheetPoint

if TYPE_CHECKING:
    from orgs.models import User
    from scoring.definitions import Block, Definition, Indicator

STEPS_SHOWN = 8
ZERO = Decimal(0)


@dataclass(frozen=True)
class ShownRow:
    """One row behind a figure. ``gain`` is what it would add to the total."""

    label: str
    url: str
    day: datetime.date | None
    unit: str
    counts: bool
    why: str
    amount: str
    gain: Decimal | None


@dataclass(frozen=True)
class Step:
    """Something still to do, and what it would add to the total."""

    label: str
    url: str
    unit: str
    gain: Decimal
    indicator: str


@dataclass(frozen=True)
class ShownLine:
    """One indicator as the page shows it. ``before`` and ``median`` are the scores of last month and of the peers."""

    line: SheetLine
    indicator: Indicator
    rows: list[ShownRow]
    before: Decimal | None
    median: Decimal | None

    @property
    def change(self) -> Decimal | None:
        """Against last month; ``None`` where either is missing."""
        return None if self.before is None or self.line.score is None else self.line.score - self.before

    @property
    def is_scored(self) -> bool:
        """Whether there is a score."""
        return self.line.status == LineStatus.SCORED


@dataclass
class ShownBlock:
    """A block with its lines; ``score`` sums what is scored, ``points`` what counts."""

    block: Block
    lines: list[ShownLine] = field(default_factory=list)
    score: Decimal = ZERO
    points: Decimal = ZERO


@dataclass(frozen=True)
class SheetPage:
    """Everything on the page of one sheet."""

    sheet: Sheet
    definition: Definition
    blocks: list[ShownBlock]
    steps: list[Step]
    missing: list[ShownLine]
    before: Decimal | None
    median: Decimal | None
    peers: int
    is_full: bool


def sheet_page(sheet: Sheet, user: User) -> SheetPage:
    """The page of ``sheet`` (loaded with scheme, organisation, version). Four queries."""
    definition = definitions.read(sheet.version.body)
    is_full = Sheet.objects.shown_fully_to(user).filter(pk=sheet.pk).exists()
    lines = list(SheetLine.objects.filter(sheet=sheet).order_by("position"))
    before = _month_before(sheet)
    median = PeerMedian.objects.filter(scheme=sheet.scheme_id).first()
    shown = [_shown(sheet, line, definition, before, median, is_full) for line in lines]
    return SheetPage(
        sheet=sheet,
        definition=definition,
        blocks=_blocks(definition, shown),
        steps=_steps(shown),
        missing=[one for one in shown if one.line.status == LineStatus.MISSING],
        before=before.total if before else None,
        median=median.total if median and median.sheets > 1 else None,
        peers=median.sheets if median else 0,
        is_full=is_full,
    )


def _month_before(sheet: Sheet) -> SheetPoint | None:
    month = periods.add_months(sheet.as_of.replace(day=1), -1)
    return SheetPoint.objects.filter(sheet=sheet, month=month).first()


def _shown(
    sheet: Sheet,
    line: SheetLine,
    definition: Definition,
    before: SheetPoint | None,
    median: PeerMedian | None,
    is_full: bool,
) -> ShownLine:
    return ShownLine(
        line=line,
        indicator=definition.indicator(line.code),
        rows=[_row(row, line.factor, is_open=sheet.frozen_at is None) for row in line.rows] if is_full else [],
        before=_figure(before.lines if before else {}, line.code),
        median=_figure(median.lines if median and median.sheets > 1 else {}, line.code),
    )


def _figure(figures: Mapping[str, str], code: str) -> Decimal | None:
    found = figures.get(code)
    return None if found is None else Decimal(found)


def _row(row: Mapping[str, Any], factor: Decimal, *, is_open: bool) -> ShownRow:
    # Figures that are published are frozen: nothing done now adds to them.
    gain = row.get("gain") if is_open else None
    return ShownRow(
        label=row["label"],
        url=row.get("url", ""),
        day=datetime.date.fromisoformat(row["day"]) if row.get("day") else None,
        unit=row.get("unit", ""),
        counts=row.get("counts", True),
        why=row.get("why", ""),
        amount=row.get("amount", ""),
        gain=Decimal(gain) * factor if gain else None,
    )


def _blocks(definition: Definition, shown: Iterable[ShownLine]) -> list[ShownBlock]:
    blocks = {block.code: ShownBlock(block) for block in definition.blocks}
    for one in shown:
        found = blocks[definition.block_of(one.line.code).code]
        found.lines.append(one)
        if one.line.score is not None:
            found.score += one.line.score
            found.points += one.indicator.points
    return list(blocks.values())


def _steps(shown: Iterable[ShownLine]) -> list[Step]:
    """What would add most, the most first; what adds as much, in the order of the sheet."""
    steps = [
        Step(row.label, row.url, row.unit, row.gain, f"{one.indicator.code} {one.indicator.name}")
        for one in shown
        for row in one.rows
        if row.gain and row.gain >= Decimal("0.005")
    ]
    return sorted(steps, key=lambda step: -step.gain)[:STEPS_SHOWN]


def schemes_with_sheets(user: User, year: int | None = None) -> list[Scheme]:
    """The schemes of ``year`` (default: the latest) that ``user`` may see."""
    schemes = list(Scheme.objects.visible_to(user).order_by("-year", "applies_to", "code"))
    shown = year or max((one.year for one in schemes), default=None)
    return [one for one in schemes if one.year == shown]
