"""The room's nightly step: rights follow offices, and drift is mended and told."""

from __future__ import annotations

import datetime
from collections import defaultdict

from orgs import access
from orgs.models import Appointment, OrganisationUserPermission, Person


def refresh_drift(today: datetime.date) -> dict[str, int]:
    """Compare every account's grants with the offices of ``today`` and recompute those that differ.

    Two queries to compare, then a few for each person who differs. Returns ``{"checked": people, "drift": rows}``.
    """
    offices: dict[int, list[Appointment]] = defaultdict(list)
    rows = Appointment.objects.filter(person__user__isnull=False)
    for row in rows.select_related("organisation", "department__organisation").iterator(chunk_size=2000):
        offices[row.person_id].append(row)
    stored: dict[int, dict[tuple[int, str], tuple[datetime.date | None, datetime.date | None]]] = defaultdict(dict)
    grants = OrganisationUserPermission.objects.filter(user__person__isnull=False).values_list(
        "user__person_id", "content_object_id", "permission__codename", "valid_from", "valid_until"
    )
    for person_id, organisation_id, right, start, end in grants.iterator(chunk_size=2000):
        stored[person_id][organisation_id, right] = (start, end)
    people = set(offices) | set(stored)
    drifted = [pk for pk in people if access.wanted_grants(offices[pk], today) != stored[pk]]
    changed = sum(access.refresh_grants(person) for person in Person.objects.filter(pk__in=drifted).order_by("pk"))
    return {"checked": len(people), "drift": changed}
