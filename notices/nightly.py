"""The room's nightly step."""

from __future__ import annotations

import datetime

from notices import services


def send_mail(today: datetime.date) -> dict[str, int]:
    """Send everything that is owed, one digest per person. Safe to run twice; returns the counts of this run.

    ``today`` is what the rules of the other steps went by; sending itself looks at the clock.
    """
    return services.send_pending()
