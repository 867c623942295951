"""The room's steps of the nightly run; each may run twice, late or again after a crash."""

from __future__ import annotations

import datetime
from collections import Counter

from tasks.services.follow_ups import open_follow_ups as open_due_follow_ups
from tasks.services.issuing import settle_issued
from tasks.services.lists.keeping import current_lists, keep_list
from tasks.services.refresh import refresh_open_lights
from tasks.services.reminders import owe_reminders
from tasks.services.signing_reminders import owe_signing_reminders
from tasks.services.slips import issue_slips as issue_due_slips


def keep_lists(today: datetime.date) -> dict[str, int]:
    """Bring every published responsibility list up to ``today``, after the rooms have opened what they owe.

    Each list is a transaction of its own. Returns the counts of ``keep_list`` over all of them.
    """
    counts: Counter[str] = Counter({"lists": 0})
    for responsibility_list in current_lists(today):
        counts["lists"] += 1
        counts.update(keep_list(responsibility_list=responsibility_list, today=today, is_night=True))
    return dict(counts)


def settle_directives(today: datetime.date) -> dict[str, int]:
    """Stop what dissolved units owe for directives, and close the directives whose lead units have all closed."""
    return settle_issued(today=today)


def open_follow_ups(today: datetime.date) -> dict[str, int]:
    """Open the follow-ups of the current stretches. Returns how many."""
    return open_due_follow_ups(today=today)


def issue_slips(today: datetime.date) -> dict[str, int]:
    """Issue the slips that tonight's lights call for. Returns counts."""
    return issue_due_slips(today=today)


def refresh_lights(today: datetime.date) -> dict[str, int]:
    """Bring every light to ``today``. Returns how many Tasks were looked at and how many lights changed."""
    return refresh_open_lights(today=today)


def write_reminders(today: datetime.date, since: datetime.date | None) -> dict[str, int]:
    """Owe the reminders of the nights after ``since`` (the last successful one) up to ``today``.

    Returns the counts per kind and of new outbox rows.
    """
    return owe_reminders(today=today, since=since) | owe_signing_reminders(today=today, since=since)
