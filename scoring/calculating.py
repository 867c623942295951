"""One organisation's sheet from figures and marks: outcomes, rows with what they are worth, total. Pure: no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from common.measures import Figure, Row
from scoring.definition_parts import Definition, Exemption, Indicator
from scoring.entries import Entered
from scoring.formulas import Marks, Outcome, Status, gain, score_of, two
from scoring.frequencies import Span
from scoring.totals import Claim, Total, total_of

PLACES = Decimal("0.000001")  # as sheets keep a score; the total is computed from the exact one
NO_MARKS = Marks()
# A row's worth is kept with so many places; the page multiplies it by the line's factor.
GAIN_PLACES = Decimal("0.0001")


def kept(value: Decimal) -> Decimal:
    """``value`` with the places that sheets keep, half up like every figure that people read."""
    return value.quantize(PLACES, ROUND_HALF_UP)


@dataclass(frozen=True)
class Line:
    """One indicator of a sheet, ready to be kept."""

    code: str
    status: Status
    score: Decimal | None
    factor: Decimal
    words: str
    inputs: Mapping[str, str]
    rows: tuple[Mapping[str, Any], ...]
    corrected: bool = False

    def content(self) -> list[Any]:
        """What tells two calculations of the line apart."""
        score = None if self.score is None else str(self.score)
        return [
            self.code,
            self.status,
            score,
            str(kept(self.factor)),
            self.words,
            dict(self.inputs),
            self.rows,
        ]


@dataclass(frozen=True)
class Result:
    """One organisation's sheet."""

    lines: tuple[Line, ...]
    total: Total
    adjustments: tuple[Mapping[str, str], ...] = ()
    vetoes: tuple[str, ...] = ()
    is_rated: bool = True
    by_code: Mapping[str, Line] = field(default_factory=dict)

    def line(self, code: str) -> Line | None:
        """The line of an indicator."""
        return self.by_code.get(code)


def result_of(
    definition: Definition,
    figures: Mapping[str, Figure | None],
    entered: Entered,
    span: Span,
    *,
    is_rated: bool = True,
) -> Result:
    """The sheet of one organisation.

    Args: ``figures`` by code of indicator, of those that a measure feeds; ``entered``: what people added.
    """
    outcomes, rows = {}, {}
    for indicator in definition.indicators():
        own, figure = _with_exemption(indicator, entered, span), figures.get(indicator.code)
        marks = entered.marks.get(indicator.code, NO_MARKS)
        outcomes[own.code] = _corrected(score_of(own, figure, marks, span), entered, own)
        rows[own.code] = tuple(_row(own, figure, row, marks, span) for row in figure.rows) if figure else ()
    claims = [Claim(one.code, one.achievement) for one in entered.bonuses]
    times: dict[str, int] = {}
    for taken in entered.penalties:
        times[taken.code] = times.get(taken.code, 0) + taken.times
    total = total_of(definition, outcomes, claims, times)
    lines = {
        part.code: _line(part.code, outcomes[part.code], part.factor, rows[part.code], part.code in entered.corrections)
        for part in total.lines
    }
    return Result(
        lines=tuple(lines.values()),
        total=total,
        adjustments=tuple(_adjustments(definition, entered)),
        vetoes=tuple(entered.vetoes),
        is_rated=is_rated,
        by_code=lines,
    )


def _with_exemption(indicator: Indicator, entered: Entered, span: Span) -> Indicator:
    """The indicator, exempt for this organisation where somebody above approved it (``exempt_policy``)."""
    found = entered.exemptions.get(indicator.code)
    if found is None or indicator.exempt is not None:
        return indicator
    return replace(indicator, exempt=Exemption(found.reason, found.approved_by, found.approved_on))


def _corrected(outcome: Outcome, entered: Entered, indicator: Indicator) -> Outcome:
    """What a review decided stands in the place of what the records give, and says so."""
    found = entered.corrections.get(indicator.code)
    if found is None:
        return outcome
    before = "无" if outcome.score is None else two(outcome.score)
    words = f"经复核更正为{two(found.score)}（原{before}：{outcome.words}）。理由：{found.reason}"
    return Outcome(Status.SCORED, found.score, words, outcome.inputs)


def _line(
    code: str, outcome: Outcome, factor: Decimal, rows: tuple[Mapping[str, Any], ...], is_corrected: bool
) -> Line:
    return Line(code, outcome.status, outcome.score, factor, outcome.words, outcome.inputs, rows, is_corrected)


def _row(indicator: Indicator, figure: Figure, row: Row, marks: Marks, span: Span) -> Mapping[str, Any]:
    worth = gain(indicator, figure, row, marks, span).quantize(GAIN_PLACES, ROUND_HALF_UP)
    kept_row: dict[str, Any] = {"label": row.label, "counts": row.counts}
    texts = {"url": row.url, "unit": row.unit, "why": row.why, "amount": row.amount}
    kept_row |= {name: text for name, text in texts.items() if text}
    if row.day is not None:
        kept_row["day"] = row.day.isoformat()
    if worth:
        kept_row["gain"] = str(worth)
    return kept_row


def _adjustments(definition: Definition, entered: Entered) -> list[Mapping[str, str]]:
    """Bonus and penalty line by line, for the page; what of it counts is in the total."""
    awards = {one.code: one for one in definition.bonus.awards}
    items = {one.code: one for one in definition.penalty.items}
    best: dict[str, Decimal] = {}
    for claim in entered.bonuses:
        best[claim.achievement] = max(best.get(claim.achievement, Decimal(0)), awards[claim.code].points)
    found: list[Mapping[str, str]] = []
    for claim in entered.bonuses:
        award, counts = awards[claim.code], True
        if definition.bonus.stacking == "highest_per_item":
            counts = best.get(claim.achievement) == award.points
            best.pop(claim.achievement, None) if counts else None
        words = claim.document if counts else f"{claim.document}；同一成果只取最高，不累加"
        worth = award.points if counts else Decimal(0)
        found.append(
            {"code": award.code, "name": award.name, "what": claim.achievement, "points": str(worth), "words": words}
        )
    for taken in entered.penalties:
        item = items[taken.code]
        what = f"{taken.times}{item.per}"
        found.append(
            {
                "code": item.code,
                "name": item.name,
                "what": what,
                "points": str(item.points * taken.times),
                "words": taken.reason,
            }
        )
    return found
