"""Organisations whose sheets are out of date: one row each, however often something changes (debounce)."""

from __future__ import annotations

from collections.abc import Iterable

from common import clock
from scoring.models import Recalculation


def ask_again(organisation_ids: Iterable[int]) -> int:
    """Ask for the sheets of these organisations to be calculated anew; returns how many were asked for.

    Side effects: one ``Recalculation`` row an organisation. Asked again while a calculation runs, the row stays for
    the next one: its time is later than the claim.
    """
    now = clock.now()
    rows = [Recalculation(organisation_id=pk, asked_at=now) for pk in sorted(set(organisation_ids))]
    Recalculation.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["organisation"], update_fields=["asked_at"]
    )
    return len(rows)
