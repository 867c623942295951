"""How much the record form asked of branches, month by month: for the platform's measure of its own burden."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db.models import Count, Sum
from django.db.models.functions import ExtractMonth

from meetings.models import AgreedItem, Resolution, Section
from orgs import access
from orgs.models import Level

if TYPE_CHECKING:
    from orgs.models import Organisation, User


def records_by_month(user: User, top: Organisation, year: int) -> dict[int, Counter[str]]:
    """Month → records, people on leave, resolutions and agreed items of the confirmed records of branches.

    Of the branches at and below ``top`` that ``user`` sees by a grant, by the day of the meeting. Three queries.
    """
    sections = Section.objects.filter(
        access.within(user, access.VIEW, "organisation"), access.subtree(top.path, "organisation"),
        state=Section.State.CONFIRMED, held_on__year=year, organisation__level=Level.BRANCH,
    )  # fmt: skip
    found: dict[int, Counter[str]] = {month: Counter() for month in range(1, 13)}
    rows = sections.order_by().annotate(month=ExtractMonth("held_on")).values_list("month")
    for month, records, leave in rows.annotate(Count("pk"), Sum("leave_count")):
        found[month].update(records=records, leave=leave)
    parts: list[tuple[str, type[Resolution | AgreedItem]]] = [("resolutions", Resolution), ("agreed", AgreedItem)]
    for name, model in parts:
        kept = model.objects.filter(section__in=sections.order_by().values("pk")).order_by()
        for month, number in kept.values_list(ExtractMonth("section__held_on")).annotate(Count("pk")):
            found[month][name] += number
    return found
