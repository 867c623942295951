"""Rhythms of reporting (反馈周期): which stretch a day belongs to, and when its report is due. Pure, no Django.

Stretches follow each other without a gap: each begins on the day after the last due date. Weekly and fortnightly
reports are due on Fridays, monthly and quarterly ones on a day of the month (task_forces, report: 每月25日).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from common.periods import ONE_DAY, add_months, month_day

NONE, WEEKLY, FORTNIGHTLY, MONTHLY, QUARTERLY = "", "weekly", "fortnightly", "monthly", "quarterly"
RHYTHMS = (WEEKLY, FORTNIGHTLY, MONTHLY, QUARTERLY)
# A report of the last so many days is one of the current rhythm.
DAYS = {WEEKLY: 7, FORTNIGHTLY: 14, MONTHLY: 31, QUARTERLY: 92}
FRIDAY = 5
_WEEKS = {WEEKLY: 1, FORTNIGHTLY: 2}
_MONTHS = {MONTHLY: 1, QUARTERLY: 3}


@dataclass(frozen=True)
class Stretch:
    """The days of one report, both included; the report is due on the last."""

    start: datetime.date
    due: datetime.date


def rhythm_days(rhythm: str) -> int | None:
    """Days within which a report is of the current rhythm; ``None``: one report in the window is enough."""
    return DAYS.get(rhythm)


def stretch_of(rhythm: str, day: datetime.date, *, anchor: datetime.date, report_day: int = 25) -> Stretch | None:
    """The stretch that holds ``day``; ``None`` without a rhythm.

    Args: ``anchor`` is the day the thing began: it decides which Fridays are those of a fortnight. ``report_day``
    (1–31) is the day of the month of monthly and quarterly reports; a shorter month ends earlier.
    Raises ``ValueError`` for an unknown rhythm.
    """
    if rhythm == NONE:
        return None
    if rhythm in _WEEKS:
        return _by_weeks(_WEEKS[rhythm], day, anchor)
    if rhythm in _MONTHS:
        return _by_months(_MONTHS[rhythm], day, report_day)
    raise ValueError(f"unknown rhythm: {rhythm}")


def _by_weeks(weeks: int, day: datetime.date, anchor: datetime.date) -> Stretch:
    first_friday = anchor + ONE_DAY * ((FRIDAY - anchor.isoweekday()) % 7)
    length = 7 * weeks
    first_due = first_friday + ONE_DAY * (length - 7)
    steps = -((first_due - day).days // length)
    due = first_due + ONE_DAY * (steps * length)
    return Stretch(due - ONE_DAY * (length - 1), due)


def _by_months(months: int, day: datetime.date, report_day: int) -> Stretch:
    # The last month of the quarter, or the month itself; one step on when its report day has passed.
    month = day.replace(day=1)
    month = add_months(month, (months - month.month % months) % months)
    due = month_day(month.year, month.month, report_day)
    if due < day:
        month = add_months(month, months)
        due = month_day(month.year, month.month, report_day)
    before = add_months(month, -months)
    return Stretch(month_day(before.year, before.month, report_day) + ONE_DAY, due)
