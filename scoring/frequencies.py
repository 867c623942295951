"""How many times something was owed by a day of the year, and how many of those that happened count. Pure: no Django."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from common.measures import Figure, Happening

DAY = datetime.timedelta(days=1)
MONTHS_OF_QUARTER = 3


@dataclass(frozen=True, slots=True)
class Span:
    """The year that is scored, first to last day, and the day up to which it is judged."""

    start: datetime.date
    end: datetime.date
    as_of: datetime.date

    @property
    def over(self) -> bool:
        """Whether the year is over."""
        return self.as_of >= self.end

    @property
    def months(self) -> int:
        """Months in the span."""
        return _month(self.end + DAY) - _month(self.start)

    @property
    def months_ended(self) -> int:
        """Months whose last day is not after ``as_of``."""
        return max(0, _month(min(self.as_of, self.end) + DAY) - _month(self.start))


@dataclass(frozen=True, slots=True)
class Counts:
    """``expected`` so far and ``valid``; ``whole_year``: owed in the year; ``excused``: of those, not owed after all."""

    expected: int
    valid: int
    whole_year: int
    excused: int


def counted(params: Mapping[str, Any], figure: Figure, span: Span) -> Counts:
    """What was owed up to ``span.as_of`` and what of it happened.

    required × units over the whole year. Up to ``as_of``: with a cap a quarter, what falls on the quarters ended, else
    what falls on the months ended, rounded down; less what was excused, never below 0. Valid is what happened up to
    ``as_of``, with a cap no more than it a unit and period.
    """
    units = max(1, figure.units)
    required, excused = int(params["required"]) * units, int(figure.values.get("excused", 0))
    ended, periods = span.months_ended, span.months
    if "cap_per_quarter" in params:
        ended, periods = ended // MONTHS_OF_QUARTER, periods // MONTHS_OF_QUARTER
    due = units * (int(params["required"]) * ended // periods) if periods else required
    taken = min(excused, due)
    valid = sum(per_period(params, _within(figure.happened, span)).values())
    return Counts(expected=due - taken, valid=valid, whole_year=required - taken, excused=taken)


def per_period(params: Mapping[str, Any], happened: Iterable[Happening]) -> dict[tuple[str, int], int]:
    """What counts by unit and period (month or quarter), capped; without a cap all under one period a unit."""
    found = Counter((one.unit, period_of(params, one.day)) for one in happened)
    cap = params.get("cap_per_month") or params.get("cap_per_quarter")
    return {key: min(times, cap) if cap else times for key, times in found.items()}


def period_of(params: Mapping[str, Any], day: datetime.date) -> int:
    """A number for the month or quarter of ``day``; 0 without a cap."""
    if "cap_per_month" in params:
        return _month(day)
    return _month(day) // MONTHS_OF_QUARTER if "cap_per_quarter" in params else 0


def still_open(params: Mapping[str, Any], day: datetime.date, span: Span) -> bool:
    """Whether the quarter (with a cap a quarter) or month of ``day`` has not ended by ``span.as_of``."""
    ended = _month(min(span.as_of, span.end) + DAY)
    if "cap_per_quarter" in params:
        return _month(day) // MONTHS_OF_QUARTER >= ended // MONTHS_OF_QUARTER
    return _month(day) >= ended


def _within(happened: Iterable[Happening], span: Span) -> list[Happening]:
    last = min(span.as_of, span.end)
    return [one for one in happened if span.start <= one.day <= last]


def counts_with(params: Mapping[str, Any], figure: Figure, span: Span, one: Happening, *, held: bool) -> Counts:
    """As ``counted``, with one more time owed by ``one.unit`` on ``one.day``, ``held`` or not.

    Its period counts as due even if it has not ended, and so does every other open period in which something was held
    already: what is ahead of time must not hide what is lacking.
    """
    base = counted(params, figure, span)
    happened = _within(figure.happened, span)
    before = per_period(params, happened)
    capped = "cap_per_month" in params or "cap_per_quarter" in params
    ahead = 0
    if capped:
        days = {(item.unit, period_of(params, item.day)): item.day for item in happened}
        ahead = sum(before[key] for key, day in days.items() if still_open(params, day, span))
    key = (one.unit, period_of(params, one.day))
    after = per_period(params, [*happened, one])
    added = after.get(key, 0) - before.get(key, 0)
    own = 1 if still_open(params, one.day, span) and added else 0
    expected = max(1, min(base.expected + ahead + own, base.whole_year))
    return Counts(expected, base.valid + (added if held else 0), base.whole_year, base.excused)


def _month(day: datetime.date) -> int:
    """Months since the year 0."""
    return day.year * 12 + day.month - 1
