"""Small parts of schemes and figures for the tests of the arithmetic."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from common.measures import Figure, Happening
from scoring.definitions import Indicator
from scoring.formulas import Span

D = Decimal
YEAR_START, YEAR_END = datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)
WHOLE = Span(YEAR_START, YEAR_END, YEAR_END)
RATE = {"numerator": "按期项", "denominator": "到期项", "empty_denominator": "not_applicable"}


def until(month: int, day: int) -> Span:
    """The year 2026, judged on this day."""
    return Span(YEAR_START, YEAR_END, datetime.date(2026, month, day))


def indicator(kind: str, points: str, params: Mapping[str, Any], *, measure: str = "m", **fields: Any) -> Indicator:
    """An indicator as ``read`` would give it."""
    fields = {"code": "X1", "name": "示例", "source": "auto"} | fields
    return Indicator(points=D(points), kind=kind, params=params, measure=measure, **fields)


def rate(top: int | str, under: int | str) -> Figure:
    """A figure with numerator and denominator."""
    return Figure(values={"numerator": D(top), "denominator": D(under)})


def held(*days: tuple[int, int] | tuple[int, int, str], units: int = 1, excused: int = 0) -> Figure:
    """A figure of what was held on these days of 2026: (month, day) or (month, day, unit)."""
    happened = tuple(Happening(datetime.date(2026, day[0], day[1]), day[2] if len(day) == 3 else "") for day in days)
    return Figure(values={"excused": D(excused)} if excused else {}, happened=happened, units=units)
