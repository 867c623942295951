"""Periods, due dates and terms of office: pure arithmetic on dates (no Django).

A period has a code ("2026-06", "2026-Q2", "2026-H1", a term's code, "2026"), a first and a last day. Cadences are
``monthly``, ``quarterly``, ``half_yearly``, ``semester`` and ``yearly``; weekdays are ISO (1 = Monday).
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

ONE_DAY = datetime.timedelta(days=1)
MONTHS_IN = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}


@dataclass(frozen=True)
class Period:
    """A span of days, both ends included."""

    code: str
    start: datetime.date
    end: datetime.date

    def contains(self, day: datetime.date) -> bool:
        """Whether ``day`` lies in the period."""
        return self.start <= day <= self.end

    @property
    def days(self) -> int:
        """Number of days, both ends counted."""
        return (self.end - self.start).days + 1


@dataclass(frozen=True)
class Term:
    """An academic term: its code ("2025-2026-2"), first and last day."""

    code: str
    start: datetime.date
    end: datetime.date


def add_months(day: datetime.date, months: int) -> datetime.date:
    """The same day ``months`` later (earlier when negative); the month's last day when it has no such day.

    Beyond the years that a date can have it stays at their first or last day.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not datetime.MINYEAR <= year <= datetime.MAXYEAR:
        return datetime.date.max if months > 0 else datetime.date.min
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last))


def months_until(today: datetime.date, day: datetime.date) -> int:
    """Whole months from ``today`` to ``day``; negative when ``day`` has passed."""
    if day < today:
        return -months_until(day, today)
    months = (day.year - today.year) * 12 + day.month - today.month
    return months - 1 if add_months(today, months) > day else months


def month_end(day: datetime.date) -> datetime.date:
    """Last day of the month of ``day``."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _calendar_period(cadence: str, day: datetime.date) -> Period:
    length = MONTHS_IN[cadence]
    number = (day.month - 1) // length + 1
    start = datetime.date(day.year, (number - 1) * length + 1, 1)
    code = {
        "monthly": f"{day.year}-{number:02d}",
        "quarterly": f"{day.year}-Q{number}",
        "half_yearly": f"{day.year}-H{number}",
        "yearly": f"{day.year}",
    }[cadence]
    return Period(code, start, month_end(add_months(start, length - 1)))


def period_of(cadence: str, day: datetime.date, terms: Iterable[Term] = ()) -> Period | None:
    """The period of ``cadence`` that contains ``day``; ``None`` for a semester cadence between the terms.

    Raises ``ValueError`` for an unknown cadence.
    """
    if cadence == "semester":
        return next((Period(term.code, term.start, term.end) for term in terms if term.start <= day <= term.end), None)
    if cadence not in MONTHS_IN:
        raise ValueError(f"unknown cadence: {cadence}")
    return _calendar_period(cadence, day)


def periods_between(cadence: str, start: datetime.date, end: datetime.date, terms: Iterable[Term] = ()) -> list[Period]:
    """All periods of ``cadence`` that share a day with ``start``..``end``, in order; empty when ``end < start``.

    Raises ``ValueError`` for an unknown cadence.
    """
    if cadence == "semester":
        found = [Period(term.code, term.start, term.end) for term in terms if term.start <= end and term.end >= start]
        return sorted(found, key=lambda period: period.start)
    if cadence not in MONTHS_IN:
        raise ValueError(f"unknown cadence: {cadence}")
    result = []
    day = start
    while day <= end:
        period = _calendar_period(cadence, day)
        result.append(period)
        if period.end == datetime.date.max:
            break
        day = period.end + ONE_DAY
    return result


def from_code(code: str, terms: Iterable[Term] = ()) -> Period:
    """The period that a code names. Raises ``ValueError`` for a code that names none."""
    for term in terms:
        if term.code == code:
            return Period(term.code, term.start, term.end)
    year, _dash, part = code.partition("-")
    cadence = {"Q": "quarterly", "H": "half_yearly", "": "yearly"}.get(part[:1], "monthly")
    months = MONTHS_IN[cadence]
    number = int(part.lstrip("QH") or 1)
    if 1 <= number <= 12 // months:
        period = _calendar_period(cadence, datetime.date(int(year), (number - 1) * months + 1, 1))
        if period.code == code:  # not "2026-6" or "2026-Q": a period has one code, natural keys are built from it
            return period
    raise ValueError(f"no period has the code {code!r}")


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> datetime.date:
    """The ``nth`` ISO ``weekday`` (1–7) of a month; the last one when the month has fewer.

    Default of the theme day: 2nd Wednesday (reference calendar, ``weekday: 3, nth_in_month: 2``).
    """
    first = datetime.date(year, month, 1)
    day = first + datetime.timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (nth - 1))
    while day.month != month:
        day -= datetime.timedelta(days=7)
    return day


def week_end(term: Term, week: int) -> datetime.date:
    """Sunday of teaching week ``week`` (1 = the week of the term's start): what "第8周前" means for week 8."""
    monday = term.start - datetime.timedelta(days=term.start.isoweekday() - 1)
    return monday + datetime.timedelta(days=7 * week - 1)


def teaching_week(term: Term, day: datetime.date) -> int:
    """Number of the teaching week of ``day`` within its term, from 1."""
    monday = term.start - datetime.timedelta(days=term.start.isoweekday() - 1)
    return (day - monday).days // 7 + 1


def day_of_next_month(period: Period, day: int) -> datetime.date:
    """The ``day``-th of the month after the period's end ("次月5日"); its last day when it is shorter."""
    after = period.end + ONE_DAY
    return after.replace(day=min(day, month_end(after).day))


def month_day(year: int, month: int, day: int) -> datetime.date:
    """A fixed day of a year ("12-15"); the month's last day when it is shorter (29 February)."""
    return datetime.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def share_of(period: Period, founded_on: datetime.date | None, dissolved_on: datetime.date | None) -> Period | None:
    """The part of a period in which an organisation exists (it no longer does on ``dissolved_on``), or ``None``."""
    start = max(period.start, founded_on) if founded_on else period.start
    end = min(period.end, dissolved_on - ONE_DAY) if dissolved_on else period.end
    return replace(period, start=start, end=end) if start <= end else None


def label(period_code: str) -> str:
    """The period in words: "2026年6月", "2026年第二季度", "2026年上半年", "2026年", "2025-2026学年第二学期"."""
    parts: Sequence[str] = period_code.split("-")
    if len(parts) == 3:
        return f"{parts[0]}-{parts[1]}学年第{'一二三四'[int(parts[2]) - 1]}学期"
    if len(parts) == 1:
        return f"{parts[0]}年" if parts[0] else ""
    year, part = parts
    if part.startswith("Q"):
        return f"{year}年第{'一二三四'[int(part[1]) - 1]}季度"
    if part.startswith("H"):
        return f"{year}年{'上下'[int(part[1]) - 1]}半年"
    return f"{year}年{int(part)}月"
