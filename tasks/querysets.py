"""Visibility and filters of Tasks."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Exists, OuterRef, Q

from common import clock
from orgs import access
from orgs.querysets import OrganisationScoped
from tasks.transitions import OPEN, SUBMITTED

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from orgs.models import Appointment, User


def _in_force() -> QuerySet[Appointment]:
    """Offices held today in the organisation of the Task outside the subquery."""
    from orgs.models import Appointment

    return Appointment.objects.in_force().filter(organisation_id=OuterRef("organisation_id"))


class TaskQuerySet(OrganisationScoped):
    """Tasks."""

    def visible_to(self, user: User) -> Self:
        """Tasks of the organisations that ``user`` may see, of the groups they lead, and their own."""
        return self.filter(access.within(user, access.VIEW, "organisation") | self._own(user))

    def _own(self, user: User) -> Q:
        if user.person_id is None:
            return Q(pk__in=[])
        leads = _in_force().filter(office="group_leader", group_id=OuterRef("group_id"), person_id=user.person_id)
        return Q(person_id=user.person_id) | (Q(office="group_leader") & Q(Exists(leads)))

    def open(self) -> Self:
        """Tasks on which something is still owed."""
        return self.filter(state__in=OPEN)

    def owed_by(self, user: User) -> Self:
        """Tasks that ``user`` personally has to act on: named, or as holder of the office that owes it today.

        A vacant office falls to the secretary (group leader), then to the deputies, as in ``tasks.people``.
        """
        if user.person_id is None:
            return self.none()
        held = _in_force().filter(person_id=user.person_id)
        by_office = Q(Exists(held.filter(office=OuterRef("office")))) & ~Q(office="group_leader")
        of_group = Q(Exists(held.filter(office="group_leader", group_id=OuterRef("group_id")))) & Q(
            office="group_leader"
        )
        return self.filter(
            Q(person_id=user.person_id) | (Q(person__isnull=True) & (by_office | of_group | self._vacant(held)))
        )

    def _vacant(self, held: QuerySet[Appointment]) -> Q:
        """Nobody holds the office that owes it: the secretary steps in, and a deputy where there is no secretary."""
        of_others = _in_force().filter(office=OuterRef("office")).exclude(office="group_leader")
        leaders = _in_force().filter(office="group_leader", group_id=OuterRef("group_id"))
        nobody = ~Q(Exists(of_others)) & ~(Q(office="group_leader") & Q(Exists(leaders)))
        secretary = Q(Exists(held.filter(office="secretary")))
        deputy = Q(Exists(held.filter(office="deputy"))) & ~Q(Exists(_in_force().filter(office="secretary")))
        return nobody & (secretary | deputy)

    def to_act_on(self) -> Self:
        """Open Tasks whose owner has to do something: all but those that wait to be checked."""
        return self.open().exclude(state=SUBMITTED)

    def overdue(self, day: datetime.date | None = None) -> Self:
        """Open Tasks whose due date has passed on ``day`` (default today)."""
        return self.open().filter(due_on__lt=day or clock.today())
