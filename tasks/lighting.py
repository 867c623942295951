"""From a Task and a day to its light: settings and the Task's state around the pure ``tasks.lights``."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, Protocol

from django.conf import settings

from tasks import lights, transitions

Workdays = Callable[[datetime.date, datetime.date], int]

_CLOSED_WORDS = {transitions.WAIVED: "免办", transitions.STOPPED: "中止"}


class Shown(Protocol):
    """The columns that a page needs for a light: of a Task, or of a row of values."""

    @property
    def state(self) -> str: ...
    @property
    def profile(self) -> str: ...
    @property
    def window_start(self) -> datetime.date: ...
    @property
    def due_on(self) -> datetime.date: ...
    @property
    def light(self) -> str: ...
    @property
    def light_cause(self) -> str: ...


class Lighting:
    """The lights of one day, with the settings read once.

    ``workdays`` counts the working days after the first day up to the second; without it a yellow slip is never
    counted as unanswered.
    """

    def __init__(self, today: datetime.date, workdays: Workdays | None = None) -> None:
        self.today = today
        self.workdays = workdays
        self._by_days: dict[tuple[str, datetime.date, datetime.date], tuple[str, str]] = {}
        self.profiles = {name: lights.Profile.from_settings(data) for name, data in settings.LIGHT_PROFILES.items()}

    def of(self, task: Any) -> tuple[str, str]:
        """Light and cause of a whole Task.

        What is submitted waits for others: its light stays that of the day of submission. The reporting rhythm is
        ``requirement["rhythm_days"]``, else one report in the window is enough.
        """
        if task.state not in transitions.OPEN:
            return lights.GREEN, closed_words(task.state, task.due_on, task.closed_on)
        is_waiting = task.state == transitions.SUBMITTED and task.last_report_on is not None
        day = min(self.today, task.last_report_on) if is_waiting else self.today
        colour, words = lights.light(
            self.profiles[task.profile],
            today=day,
            window_start=task.window_start,
            due_on=task.due_on,
            is_open=True,
            last_report_on=task.last_report_on,
            rhythm_days=task.requirement.get("rhythm_days"),
            yellow_unanswered_workdays=self._unanswered(task, day),
        )
        return colour, f"已提交待核查；提交时{words}" if is_waiting else words

    def _unanswered(self, task: Any, day: datetime.date) -> int:
        profile = self.profiles[task.profile]
        if self.workdays is None or profile.unanswered_workdays is None:
            return 0
        since = lights.yellow_since(
            profile,
            window_start=task.window_start,
            due_on=task.due_on,
            last_report_on=task.last_report_on,
            rhythm_days=task.requirement.get("rhythm_days"),
            answered_on=task.answered_on,
        )
        return self.workdays(since, day) if since is not None and since < day else 0

    def shown(self, row: Shown) -> tuple[str, str]:
        """Light and cause for a page, without a query.

        The stored light is last night's; a cadence moves on at midnight, and so does everything that becomes
        overdue. The colour of shares and slips of supervision waits for the night, which has the working-day
        calendar; the days left in its words do not.
        """
        if row.state not in transitions.OPEN or row.state == transitions.SUBMITTED:
            return row.light, row.light_cause
        profile = self.profiles[row.profile]
        if profile.yellow_share is not None and self.today <= row.due_on:
            return self._with_days_of_today(row)
        # Days alone decide: every organisation owes the same periods, so a page asks for few different ones.
        key = (row.profile, row.window_start, row.due_on)
        found = self._by_days.get(key)
        if found is None:
            found = self._by_days[key] = lights.light(
                profile, today=self.today, window_start=row.window_start, due_on=row.due_on, is_open=True
            )
        return found

    def _with_days_of_today(self, row: Shown) -> tuple[str, str]:
        """The stored colour; the words as of today where they give the same colour. A whole Task is needed for that."""
        if not hasattr(row, "requirement"):
            return row.light, row.light_cause
        light, words = self.of(row)
        return (light, words) if light == row.light else (row.light, row.light_cause)


def closed_words(state: str, due_on: datetime.date, closed_on: datetime.date | None) -> str:
    """Why a closed Task is green: done (how late), waived or stopped."""
    if state in _CLOSED_WORDS:
        return _CLOSED_WORDS[state]
    late = (closed_on - due_on).days if closed_on else 0
    return f"{lights.CLOSED_WORDS}（晚{late}天）" if late > 0 else lights.CLOSED_WORDS
