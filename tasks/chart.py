"""The axis of the wall chart (挂图作战): columns of weeks, months or quarters, and where a day stands. Pure, no Django."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from common.periods import ONE_DAY, add_months

WEEK, MONTH, QUARTER = "week", "month", "quarter"
SCALES = (WEEK, MONTH, QUARTER)
_WEEKS, _WEEKS_BEFORE = 16, 4
_MONTHS, _QUARTERS = 12, 8


@dataclass(frozen=True)
class Column:
    """One column: its first and last day and its heading."""

    start: datetime.date
    end: datetime.date
    label: str


@dataclass(frozen=True)
class Axis:
    """The columns shown, from the first day of the first to the last day of the last."""

    scale: str
    columns: tuple[Column, ...]

    @property
    def start(self) -> datetime.date:
        """First day shown."""
        return self.columns[0].start

    @property
    def end(self) -> datetime.date:
        """Last day shown."""
        return self.columns[-1].end

    def x(self, day: datetime.date) -> float:
        """Where ``day`` begins, in per cent of the width (0 to 100); days outside stand at the edges."""
        length = (self.end - self.start).days + 1
        return min(max((day - self.start).days * 100 / length, 0.0), 100.0)

    def shows(self, day: datetime.date) -> bool:
        """Whether ``day`` is one of those shown."""
        return self.start <= day <= self.end

    def touches(self, start: datetime.date, end: datetime.date) -> bool:
        """Whether a day from ``start`` to ``end`` is shown."""
        return start <= self.end and end >= self.start

    def span(self, start: datetime.date, end: datetime.date) -> tuple[float, float]:
        """(x, width) in per cent of the days from ``start`` to ``end``, both included; width 0 when none is shown."""
        if not self.touches(start, end):
            return 0.0, 0.0
        x = self.x(start)
        return x, self.x(end + ONE_DAY) - x


def axis_of(scale: str, day: datetime.date) -> Axis:
    """The axis around ``day``: sixteen weeks from four weeks before, the year's months, or two years of quarters.

    Quarters begin with the year of ``day``. Raises ``ValueError`` for an unknown scale.
    """
    if scale == WEEK:
        monday = day - ONE_DAY * (day.isoweekday() - 1 + 7 * _WEEKS_BEFORE)
        starts = [monday + ONE_DAY * 7 * number for number in range(_WEEKS + 1)]
        return _axis(scale, starts, [f"{start.month}/{start.day}" for start in starts])
    january = day.replace(month=1, day=1)
    if scale == MONTH:
        starts = [add_months(january, number) for number in range(_MONTHS + 1)]
        return _axis(scale, starts, [f"{start.month}月" for start in starts])
    if scale == QUARTER:
        starts = [add_months(january, 3 * number) for number in range(_QUARTERS + 1)]
        return _axis(scale, starts, [f"{start.year % 100}年{(start.month + 2) // 3}季" for start in starts])
    raise ValueError(f"unknown scale: {scale}")


def _axis(scale: str, starts: list[datetime.date], labels: list[str]) -> Axis:
    columns = [
        Column(start, after - ONE_DAY, label) for start, after, label in zip(starts, starts[1:], labels, strict=False)
    ]
    return Axis(scale, tuple(columns))


def shifted(axis: Axis, steps: int) -> datetime.date:
    """The day to build the axis around that shows the stretch before (-1) or after (1)."""
    if axis.scale == WEEK:
        return axis.start + ONE_DAY * 7 * (_WEEKS_BEFORE + steps * (_WEEKS - _WEEKS_BEFORE))
    return add_months(axis.start, (_MONTHS if axis.scale == MONTH else 3 * _QUARTERS // 2) * steps)
