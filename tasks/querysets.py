"""Visibility and filters of Tasks."""

from __future__ import annotations

import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

from django.db.models import Exists, OuterRef, Q

from common import clock
from common.expressions import Among
from orgs import access
from orgs.held import HEADS, Held, Place, held_by
from orgs.querysets import OrganisationScoped
from tasks.transitions import ACTIVE, OPEN, SUBMITTED

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from orgs.models import Appointment, User

GROUP_LEADER = "group_leader"  # an office of a group, not of the whole organisation
# Open, but not what waits to be checked, nor what was signed for and closes with who leads it.
TO_ACT_ON = Q(state__in=[state for state in OPEN if state != SUBMITTED]) & ~Q(profile="support", state=ACTIVE)


def _in_force_anywhere() -> QuerySet[Appointment]:
    """Offices held today."""
    from orgs.models import Appointment

    return Appointment.objects.in_force()


def owed(user: User, held: Held) -> Q:
    """What ``user`` personally has to act on: named, or as holder of the office that owes it today.

    A vacant office falls to the secretary (group leader), then to the deputies, as in ``tasks.people``. ``held`` are
    the user's offices of today.
    """
    if user.person_id is None:
        return Q(pk__in=[])
    offices = [Q(department__isnull=True) & _owed_in(pk, place) for pk, place in held.places.items()]
    if held.heads:
        offices.append(Q(department_id__in=held.heads))
    if held.serves:
        headed = _in_force_anywhere().filter(department_id=OuterRef("department_id"), office__in=HEADS)
        offices.append(Q(department_id__in=held.serves) & ~Q(Exists(headed)))
    named = Q(person_id=user.person_id)
    return named | (Q(person__isnull=True) & reduce(or_, offices)) if offices else named


def _owed_in(organisation_id: int, place: Place) -> Q:
    """What the organisation's offices owe and one person has to do there."""
    here = Q(organisation_id=organisation_id)
    if not place.stands_in:
        led = Q(office=GROUP_LEADER, group_id__in=place.my_groups)
        by_office = Q(office__in=place.mine)
        return here & (led | by_office if place.my_groups else by_office)
    if taken := place.others - place.mine:
        here &= ~Q(office__in=taken)
    if led_by_others := place.other_groups - place.my_groups:
        here &= ~Q(office=GROUP_LEADER, group_id__in=led_by_others)
    return here


class TaskQuerySet(OrganisationScoped):
    """Tasks."""

    def visible_to(self, user: User) -> Self:
        """Tasks of the organisations that ``user`` may see, of the groups they lead, and their own.

        Every part is a condition on the Task's own columns, so that an index finds it.
        """
        from orgs.models import Organisation

        seen = Organisation.objects.overseen_by(user).order_by().values("pk")
        return self.filter(Q(Among("organisation_id", seen)) | self._own(user))

    def _own(self, user: User) -> Q:
        if user.person_id is None:
            return Q(pk__in=[])
        own = Q(person_id=user.person_id)
        if led := access.led_group_ids(user):
            own |= Q(office=GROUP_LEADER, group_id__in=led)
        served = _in_force_anywhere().filter(person_id=user.person_id, department__isnull=False)
        return own | Q(Among("department_id", served.order_by().values("department_id")))

    def open(self) -> Self:
        """Tasks on which something is still owed."""
        return self.filter(state__in=OPEN)

    def owed_by(self, user: User, held: Held | None = None) -> Self:
        """Tasks that ``user`` personally has to act on (``owed``); without ``held`` one query reads the offices."""
        return self.filter(owed(user, held or held_by(user, clock.today())))

    def to_act_on(self) -> Self:
        """Open Tasks whose owner has to do something: all but what waits to be checked or closes with who leads it."""
        return self.filter(TO_ACT_ON)

    def overdue(self, day: datetime.date | None = None) -> Self:
        """Open Tasks whose due date has passed on ``day`` (default today); who only supports is never late."""
        return self.open().filter(due_on__lt=day or clock.today()).exclude(profile="support")
