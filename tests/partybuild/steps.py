"""Steps for the tests of the night: they note that they ran, and break when told to."""

from __future__ import annotations

import datetime
from typing import Any

from common import clock

ran: list[tuple[Any, ...]] = []
broken: set[str] = set()


def first(today: datetime.date) -> dict[str, int]:
    """A step that may break."""
    ran.append(("first", today, clock.today()))
    if "first" in broken:
        raise ValueError("no luck")
    return {"done": 1}


def reminders(today: datetime.date, since: datetime.date) -> dict[str, int]:
    """The step that catches up."""
    ran.append(("reminders", today, since))
    return {"new": 2}


def mail(today: datetime.date) -> dict[str, int]:
    """The last step."""
    ran.append(("mail", today, clock.today()))
    return {"sent": 3}
