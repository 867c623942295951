"""Whose responsibility list it is: the open organisations of a level, with what decides which items apply."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery

from orgs.models import Appointment, College, Group, Level, Office, Organisation
from orgs.models.appointment import COMMITTEE_OFFICES
from tasks.models import ListItem

if TYPE_CHECKING:
    from orgs.querysets import OrganisationQuerySet

_MERELY_LEADING = (Office.SECRETARY, Office.DEPUTY)
When = ListItem.NotApplicable


def holders_of(role: str, day: datetime.date) -> OrganisationQuerySet:
    """Organisations of the role's level that exist on ``day``, in tree order.

    Each has ``secretary_id``, ``secretary_name``, ``secretary_since`` (empty while the office is vacant),
    ``has_committee`` (somebody in office besides secretary and deputy), ``has_groups``, ``has_college`` and
    ``branches_below``. One query.
    """
    in_force = Appointment.objects.in_force(day).filter(organisation=OuterRef("pk"))
    secretary = in_force.filter(office=Office.SECRETARY).order_by("-started_on", "-pk")
    committee = [office for office in COMMITTEE_OFFICES if office not in _MERELY_LEADING]
    return (
        Organisation.objects.open_on(day)
        .filter(level=role)
        .annotate(
            secretary_id=Subquery(secretary.values("person_id")[:1]),
            secretary_name=Subquery(secretary.values("person__name")[:1]),
            secretary_since=Subquery(secretary.values("started_on")[:1]),
            has_committee=Exists(in_force.filter(office__in=committee)),
            has_groups=Exists(_open_groups(day)),
            has_college=Exists(College.objects.filter(organisation=OuterRef("pk"))),
            branches_below=Subquery(_branches_below(day), output_field=IntegerField()),
        )
    )


def _open_groups(day: datetime.date) -> QuerySet[Any]:
    founded = Q(founded_on__isnull=True) | Q(founded_on__lte=day)
    open_ = Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=day)
    return Group.objects.filter(founded, open_, organisation=OuterRef("pk"))


def _branches_below(day: datetime.date) -> QuerySet[Any]:
    """How many open branches lie below the organisation outside the subquery (none below a branch)."""
    below = Organisation.objects.open_on(day).order_by().filter(level=Level.BRANCH, path__startswith=OuterRef("path"))
    below = below.exclude(pk=OuterRef("pk"))
    return below.annotate(counted=Func(F("pk"), function="Count")).values("counted")


def applies(item: ListItem, holder: Any) -> bool:
    """Whether the holder's organisation (of ``holders_of``) owes the item; what covers no branch is owed by nobody."""
    if item.requirement.get("each") == "branches_below" and not holder.branches_below:
        return False
    facts = {When.NO_COMMITTEE: "has_committee", When.NO_GROUPS: "has_groups", When.NO_COLLEGE: "has_college"}
    name = facts.get(When(item.not_applicable)) if item.not_applicable else None
    return name is None or bool(getattr(holder, name))


def needed(item: ListItem, holder: Any) -> int:
    """How many records the item asks of the holder's organisation in a period."""
    return int(holder.branches_below) if item.requirement.get("each") == "branches_below" else item.times
