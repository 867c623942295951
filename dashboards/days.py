"""The day that a page shows, and the squares of a month. Pure: no Django, no queries."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any


def shown_day(text: str, today: datetime.date) -> datetime.date:
    """The past day asked for, else today: what cannot be read and what has not come yet show today."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return today
    return min(day, today)


def day_fault(text: str, today: datetime.date) -> str:
    """Why the day asked for is not shown: ``unreadable``, ``future``, or empty when it is."""
    if not text:
        return ""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return "unreadable"
    return "future" if day > today else ""


@dataclass(frozen=True)
class Day:
    """One square of a month: what takes place and what falls due."""

    date: datetime.date
    in_month: bool = True
    is_today: bool = False
    is_workday: bool = True
    holiday: str = ""
    meetings: list[Any] = field(default_factory=list)
    due: list[Any] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing happens."""
        return not self.meetings and not self.due


def weeks_of(year: int, month: int) -> list[list[datetime.date]]:
    """The weeks, Monday first, that the month touches."""
    return calendar.Calendar(firstweekday=0).monthdatescalendar(year, month)


def month_of(
    year: int,
    month: int,
    today: datetime.date,
    workdays: Collection[datetime.date],
    holidays: dict[datetime.date, str],
    meetings: dict[datetime.date, list[Any]],
    due: dict[datetime.date, list[Any]],
) -> list[list[Day]]:
    """The month as weeks of seven days; days of the neighbouring months stay empty."""
    return [
        [
            Day(
                date=day,
                in_month=day.month == month,
                is_today=day == today,
                is_workday=day in workdays,
                holiday=holidays.get(day, ""),
                meetings=meetings.get(day, []) if day.month == month else [],
                due=due.get(day, []) if day.month == month else [],
            )
            for day in week
        ]
        for week in weeks_of(year, month)
    ]


def neighbours(year: int, month: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """The month before and the month after."""
    before = (year - 1, 12) if month == 1 else (year, month - 1)
    return before, ((year + 1, 1) if month == 12 else (year, month + 1))
