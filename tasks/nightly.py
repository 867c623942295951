"""The room's steps of the nightly run; each may run twice, late or again after a crash."""

from __future__ import annotations

import datetime

from tasks.services.refresh import refresh_open_lights
from tasks.services.reminders import owe_reminders


def refresh_lights(today: datetime.date) -> dict[str, int]:
    """Bring every light to ``today``. Returns how many Tasks were looked at and how many lights changed."""
    return refresh_open_lights(today=today)


def write_reminders(today: datetime.date, since: datetime.date | None) -> dict[str, int]:
    """Owe the reminders of the nights after ``since`` (the last successful one) up to ``today``.

    Returns the counts per kind and of new outbox rows.
    """
    return owe_reminders(today=today, since=since)
