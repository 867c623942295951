"""Organisations as the overviews need them."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from orgs import access
from orgs.models import Group, Organisation
from orgs.ordinals import ordinal

if TYPE_CHECKING:
    from orgs.models import User


def units(user: User, day: datetime.date, top: Organisation | None = None) -> list[Organisation]:
    """Organisations that exist on ``day`` and that ``user`` may see by a grant, in tree order. One query.

    Membership alone does not count here: these are for overviews. ``top`` narrows it to one subtree.
    """
    found = Organisation.objects.filter(access.within(user, access.VIEW, "")).open_on(day)
    return list(found if top is None else found.under(top))


def tops(user: User, right: str = access.VIEW) -> list[Organisation]:
    """Organisations on which ``user`` holds the flowing ``right``, nothing above it; one query.

    A technical administrator holds it at the roots.
    """
    paths = access.paths(user, right)
    where = Q(depth=1) if "" in paths else Q(path__in=paths)
    return list(Organisation.objects.filter(where))


def groups_in(organisation: Organisation, year: int) -> list[Group]:
    """Party groups of a branch that existed at some time in ``year``, in the order of their numbers. One query."""
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    rows = Group.objects.filter(
        Q(founded_on__isnull=True) | Q(founded_on__lte=last),
        Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=first),
        organisation=organisation,
    )
    return sorted(rows, key=lambda group: (ordinal(group.name), group.pk))
