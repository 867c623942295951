"""Lights of what is owed: pure functions of days (forms.yaml, light_profiles). No Django here.

The words of a cause are plain Chinese with numbers, so that a page, a mail and the event log say the same.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

GREY, GREEN, YELLOW, ORANGE, RED = "grey", "green", "yellow", "orange", "red"
SEVERITY = {GREY: 0, GREEN: 1, YELLOW: 2, ORANGE: 3, RED: 4}
CLOSED_WORDS = "已办结"
SUPPORT_WORDS = "协办，签收后随牵头单位办结"


@dataclass(frozen=True)
class Profile:
    """One rule of lights. Days are calendar days left, shares are parts (0 to 1) of the window left."""

    yellow_days: int | None = None
    orange_days: int | None = None
    yellow_share: float | None = None
    orange_share: float | None = None
    report_silences: bool = False
    unanswered_workdays: int | None = None
    closes_with_lead: bool = False

    @classmethod
    def from_settings(cls, data: Mapping[str, Any]) -> Profile:
        """Build a profile from one entry of ``LIGHT_PROFILES`` (the shape of forms.yaml, light_profiles)."""
        if data.get("closes_with_lead"):
            return cls(closes_with_lead=True)
        yellow, orange = data["yellow"], data["orange"]
        return cls(
            yellow_days=yellow.get("days_left_max"),
            orange_days=orange.get("days_left_max"),
            yellow_share=yellow.get("window_left_max"),
            orange_share=orange.get("window_left_max"),
            report_silences=bool(yellow.get("only_without_report_in_current_rhythm")),
            unanswered_workdays=orange.get("or_yellow_unanswered_workdays"),
        )


def light(
    profile: Profile,
    *,
    today: datetime.date,
    window_start: datetime.date,
    due_on: datetime.date,
    is_open: bool,
    last_report_on: datetime.date | None = None,
    rhythm_days: int | None = None,
    yellow_unanswered_workdays: int = 0,
) -> tuple[str, str]:
    """The light of one thing owed, and why, in words.

    Args: ``rhythm_days`` is the length of the reporting rhythm in days (``None``: one report in the window is
    enough); ``yellow_unanswered_workdays`` are the working days since a yellow slip that nobody answered, counted
    by the caller from ``yellow_since``.
    """
    if not is_open:
        return GREEN, CLOSED_WORDS
    if profile.closes_with_lead:
        return GREEN, SUPPORT_WORDS
    left = (due_on - today).days
    if left < 0:
        return RED, f"逾期{-left}天（应于{_day(due_on)}完成）"
    if today < window_start:
        return GREY, f"{_day(window_start)}开始，{_day(due_on)}到期"
    if profile.yellow_share is None:
        return _by_days(profile, left, due_on)
    reported = in_rhythm(today, window_start=window_start, last_report_on=last_report_on, rhythm_days=rhythm_days)
    return _by_share(profile, left, (due_on - window_start).days, due_on, reported, yellow_unanswered_workdays)


def _by_days(profile: Profile, left: int, due_on: datetime.date) -> tuple[str, str]:
    """Cadence: only the days left count."""
    words = f"剩{left}天（{_day(due_on)}到期）" if left else f"今天到期（{_day(due_on)}）"
    if profile.orange_days is not None and left <= profile.orange_days:
        return ORANGE, words
    if profile.yellow_days is not None and left <= profile.yellow_days:
        return YELLOW, words
    return GREEN, f"{_day(due_on)}到期"


def _by_share(
    profile: Profile, left: int, window: int, due_on: datetime.date, reported: bool, unanswered: int
) -> tuple[str, str]:
    """Supervision: the share of the window left counts, and a report in the current rhythm silences it."""
    share = left / window if window else 0.0
    if share > (profile.yellow_share or 0.0):
        return GREEN, f"{_day(due_on)}到期"
    words = f"剩{left}天（窗口{window}天的{_percent(share)}）" if left else f"今天到期（窗口{window}天）"
    if reported and profile.report_silences:
        return GREEN, f"{words}，本周期已报进展"
    words += "，本周期未报进展"
    if share <= (profile.orange_share or 0.0):
        return ORANGE, words
    if profile.unanswered_workdays is not None and unanswered >= profile.unanswered_workdays:
        return ORANGE, f"{words}，黄灯后{unanswered}个工作日未回应"
    return YELLOW, words


def in_rhythm(
    today: datetime.date,
    *,
    window_start: datetime.date,
    last_report_on: datetime.date | None,
    rhythm_days: int | None,
) -> bool:
    """Whether the last report is of the current rhythm: within the last ``rhythm_days`` days, today included."""
    if last_report_on is None or last_report_on < window_start or last_report_on > today:
        return False
    return rhythm_days is None or (today - last_report_on).days < rhythm_days


def yellow_since(
    profile: Profile,
    *,
    window_start: datetime.date,
    due_on: datetime.date,
    last_report_on: datetime.date | None = None,
    rhythm_days: int | None = None,
    answered_on: datetime.date | None = None,
) -> datetime.date | None:
    """The day from which a yellow slip has been waiting for an answer; ``None`` while there is none to answer.

    A report answers it for one rhythm, an approved extension (``answered_on``) from its day on. Working days
    after this day, up to today, are the ``yellow_unanswered_workdays`` of ``light``.
    """
    if profile.yellow_share is None:
        return None
    # The small term keeps 0.30 * 50 from becoming 14.999...; a day is never that close to a threshold.
    days_left = math.floor(profile.yellow_share * (due_on - window_start).days + 1e-9)
    since = [window_start, due_on - datetime.timedelta(days=days_left)]
    if last_report_on is not None and last_report_on >= window_start:
        if rhythm_days is None:
            return None
        since.append(last_report_on + datetime.timedelta(days=rhythm_days))
    if answered_on is not None:
        since.append(answered_on)
    return max(since)


def _day(day: datetime.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _percent(share: float) -> str:
    return f"{share * 100:.0f}%"
