"""The room's steps of the nightly run; each may run twice, late or again after a crash."""

from __future__ import annotations

import datetime
import logging
from collections import Counter

from ballots import states
from ballots.models import Ballot
from ballots.services.closing import close_ballot
from ballots.services.messages import owe_reminders
from common.errors import Conflict

logger = logging.getLogger(__name__)


def close_due(today: datetime.date) -> dict[str, int]:
    """End the ballots whose last day is past, each in a transaction of its own, and remind of those ending tomorrow.

    Returns ``{"closed", "counted", "stuck", "reminded"}``: closed ones wait for paper, counted ones are done, stuck
    ones could not be closed (the log says why) and take no votes either, their last day being past.
    """
    counts = Counter({states.CLOSED: 0, states.COUNTED: 0, "stuck": 0})
    for ballot in Ballot.objects.filter(state=states.OPEN, closes_on__lt=today).order_by("pk"):
        try:
            counts[close_ballot(ballot=ballot, actor=None).state] += 1
        except Conflict as conflict:
            # One of them must not keep the others open.
            logger.warning("Ballot %s was not closed: %s", ballot.pk, conflict)
            counts["stuck"] += 1
    return {**counts, **owe_reminders(today=today)}
