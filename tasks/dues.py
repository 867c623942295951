"""When an item of a responsibility list is due: its rule, the period and the terms give a window. Pure, no Django.

A rule is data, ``{"rule": name, ...}``:

* ``period_end`` the period's last day (季末、月末、学期末)
* ``teaching_week`` with ``week``: Sunday of that teaching week of the term (第8周前), at the latest the term's last day
* ``next_month_day`` with ``day``: that day of the month after the period (次月5日)
* ``dates`` with ``dates``: one month-day for every period of the year (12-15; 06-30 与 12-31)
* ``nth_weekday`` with ``weekday`` (1 = Monday) and ``nth``: of the period's last month (每月第2个周三)
* ``next_year`` with ``date``: that month-day of the following year (次年01-31)
* ``project``: the end of the person's project of that year, without one the year's last day (按里程碑)
* ``on_notice`` with ``words``: not known before somebody sets it; until then the period's last day (按上级通知)
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common import periods
from common.periods import MONTHS_IN, Period, Term

Rule = Mapping[str, Any]
SEMESTER, YEARLY = "semester", "yearly"
LAST_WEEK = 25
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True)
class Window:
    """From when to when something is owed, both days included; ``until`` is the last day on which it still counts."""

    start: datetime.date
    due: datetime.date
    until: datetime.date


def periods_of_year(frequency: str, year: int, terms: Sequence[Term] = ()) -> list[Period]:
    """The periods of a year's list in order; of the semesters those that begin in the year.

    Raises ``ValueError`` for an unknown frequency.
    """
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    found = periods.periods_between(frequency, first, last, terms)
    return [period for period in found if period.start.year == year]


def window(rule: Rule, frequency: str, period: Period, *, project_end: datetime.date | None = None) -> Window:
    """The window of one period.

    Args: ``period`` is one of ``periods_of_year``; ``project_end`` the end of the project of who owes it, if any.
    What is due before the period ends still counts, late, up to the period's end. Raises ``ValueError`` for a rule
    that does not fit (``fault``).
    """
    if (found := fault(rule, frequency)) is not None:
        raise ValueError(f"{rule} does not fit {frequency}: {found}")
    due = max(_DUE[rule["rule"]](rule, frequency, period, project_end), period.start)
    return Window(period.start, due, max(due, period.end))


def _period_end(_rule: Rule, _frequency: str, period: Period, _project_end: datetime.date | None) -> datetime.date:
    return period.end


def _teaching_week(rule: Rule, _frequency: str, period: Period, _project_end: datetime.date | None) -> datetime.date:
    term = Term(period.code, period.start, period.end)
    return min(periods.week_end(term, rule["week"]), period.end)


def _next_month_day(rule: Rule, _frequency: str, period: Period, _project_end: datetime.date | None) -> datetime.date:
    return periods.day_of_next_month(period, rule["day"])


def _dates(rule: Rule, frequency: str, period: Period, _project_end: datetime.date | None) -> datetime.date:
    place = (period.start.month - 1) // MONTHS_IN[frequency]
    return _on(period.start.year, rule["dates"][place])


def _nth_weekday(rule: Rule, _frequency: str, period: Period, _project_end: datetime.date | None) -> datetime.date:
    return periods.nth_weekday(period.end.year, period.end.month, rule["weekday"], rule["nth"])


def _next_year(rule: Rule, _frequency: str, period: Period, _project_end: datetime.date | None) -> datetime.date:
    return _on(period.start.year + 1, rule["date"])


def _project(_rule: Rule, _frequency: str, period: Period, project_end: datetime.date | None) -> datetime.date:
    return project_end or period.end


def _on(year: int, month_day: str) -> datetime.date:
    month, day = month_day.split("-")
    return periods.month_day(year, int(month), int(day))


_DUE: dict[str, Callable[[Rule, str, Period, datetime.date | None], datetime.date]] = {
    "period_end": _period_end,
    "teaching_week": _teaching_week,
    "next_month_day": _next_month_day,
    "dates": _dates,
    "nth_weekday": _nth_weekday,
    "next_year": _next_year,
    "project": _project,
    "on_notice": _period_end,
}
RULES = tuple(_DUE)


def fault(rule: Rule, frequency: str) -> str | None:
    """What is wrong with ``rule`` for items of this ``frequency``; ``None`` when nothing is.

    ``rule``, ``week``, ``day``, ``dates``, ``count`` (of dates), ``weekday``, ``nth``, ``date``, ``words`` name the
    part that is missing or impossible; ``frequency``: the rule does not go with it.
    """
    name = rule.get("rule")
    if name not in _DUE:
        return "rule"
    if name == "teaching_week":
        return "frequency" if frequency != SEMESTER else _number(rule, "week", 1, LAST_WEEK)
    if name in ("next_year", "project"):
        if frequency != YEARLY:
            return "frequency"
        return "date" if name == "next_year" and not _is_month_day(rule.get("date")) else None
    if name == "next_month_day":
        return _number(rule, "day", 1, 31)
    if name == "nth_weekday":
        if frequency == SEMESTER:
            return "frequency"
        return _number(rule, "weekday", 1, 7) or _number(rule, "nth", 1, 5)
    if name == "dates":
        return _fault_of_dates(rule, frequency)
    return "words" if name == "on_notice" and not str(rule.get("words", "")).strip() else None


def _fault_of_dates(rule: Rule, frequency: str) -> str | None:
    if frequency == SEMESTER:
        return "frequency"
    dates = rule.get("dates")
    if not isinstance(dates, list) or not all(_is_month_day(each) for each in dates):
        return "dates"
    if len(dates) != 12 // MONTHS_IN[frequency]:
        return "count"
    # One that lies before its period would be due before it began.
    starts = range(1, 13, MONTHS_IN[frequency])
    return None if all(int(each[:2]) >= start for each, start in zip(dates, starts, strict=True)) else "dates"


def _is_month_day(value: object) -> bool:
    return isinstance(value, str) and _MONTH_DAY.fullmatch(value) is not None


def _number(rule: Rule, name: str, lowest: int, highest: int) -> str | None:
    value = rule.get(name)
    return None if isinstance(value, int) and lowest <= value <= highest else name
