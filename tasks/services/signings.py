"""Signatures that no longer hold: what they were given for has changed or is over."""

from __future__ import annotations

from collections.abc import Iterable

from tasks.models import DualSignature
from tasks.services.changes import CAUSE_LENGTH
from tasks.signing_states import OPEN, VOID


def void_signings(*, task_ids: Iterable[int], cause: str) -> int:
    """End the signings under way for these Tasks; who has signed has signed for nothing. Returns how many.

    One query. The caller has asked for the right and logs what it does itself.
    """
    waiting = DualSignature.objects.filter(unit__task__in=list(task_ids), state__in=OPEN)
    return DualSignature.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))).update(
        state=VOID, end_cause=cause[:CAUSE_LENGTH]
    )
