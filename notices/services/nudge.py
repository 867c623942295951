"""A nudge to the worker; the row in the database is what counts."""

from __future__ import annotations

import logging

from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def send_soon() -> None:
    """Ask the worker, after the transaction, to look at the outbox; without a broker the next tick does it anyway."""
    transaction.on_commit(_ask)


def _ask() -> None:
    from notices import jobs

    try:
        jobs.send_pending.apply_async(retry=False)
    except (OperationalError, OSError):
        logger.warning("No broker: the outbox waits for the next tick.", exc_info=True)
