"""Whose turn it is by office: the offices of one person, and who else sits in the same places, in one read.

A page asks this once and hands the answer to all its parts: with the numbers at hand their queries need no subquery
for every row.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q

from orgs import access
from orgs.models import Appointment, Office

if TYPE_CHECKING:
    from orgs.models import User

HEADS = (Office.HEAD, Office.PRINCIPAL)  # who answers for a department; its staff while there is none
_STAND_IN = frozenset({Office.SECRETARY, Office.DEPUTY})  # to whom the work of a vacant office falls


class Seat(NamedTuple):
    """One office in force, in an organisation (a leader's: of a group) or in a department."""

    organisation_id: int | None
    group_id: int | None
    department_id: int | None
    office: str
    person_id: int


@dataclass
class Place:
    """Who holds what in one organisation, seen by one person; leaders of groups are told by their group.

    The others are known where the person is secretary or deputy.
    """

    mine: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    my_groups: set[int] = field(default_factory=set)
    other_groups: set[int] = field(default_factory=set)

    def seat(self, seat: Seat | access.HeldOffice, *, is_mine: bool) -> None:
        """Note one office held there; a leader's counts for the group, not for the organisation."""
        if seat.office != Office.GROUP_LEADER:
            (self.mine if is_mine else self.others).add(seat.office)
        elif seat.group_id is not None:
            (self.my_groups if is_mine else self.other_groups).add(seat.group_id)

    @property
    def deputises(self) -> bool:
        """Whether the person is a deputy where nobody is secretary."""
        return Office.DEPUTY in self.mine and Office.SECRETARY not in self.mine | self.others

    @property
    def stands_in(self) -> bool:
        """Whether what a vacant office owes falls to the person: the secretary, else the deputies."""
        return Office.SECRETARY in self.mine or self.deputises


@dataclass(frozen=True)
class Held:
    """The places where one person holds an office: organisations, departments headed, departments served in."""

    places: dict[int, Place] = field(default_factory=dict)
    heads: frozenset[int] = frozenset()
    serves: frozenset[int] = frozenset()


def held_by(user: User, today: datetime.date) -> Held:
    """The offices of the user's person, and the others' in the same organisations. One query beside the grants.

    Only those organisations are looked into where the work of a vacant office would fall to the person.
    """
    if user.person_id is None:
        return Held()
    places: dict[int, Place] = {}
    for office in access.offices_of(user):
        places.setdefault(office.organisation_id, Place()).seat(office, is_mine=True)
    seats = _seats(user.person_id, [pk for pk, place in places.items() if place.mine & _STAND_IN], today)
    departments: dict[str, set[int]] = {}
    for seat in seats:
        if seat.department_id is not None:
            departments.setdefault(seat.office, set()).add(seat.department_id)
        elif seat.organisation_id is not None and seat.person_id != user.person_id:
            places[seat.organisation_id].seat(seat, is_mine=False)
    heads = frozenset(pk for office in HEADS for pk in departments.get(office, ()))
    return Held(places, heads, frozenset(departments.get(Office.STAFF, ())) - heads)


def _seats(person_id: int, organisations: list[int], today: datetime.date) -> list[Seat]:
    """The person's offices in departments, and everybody's in ``organisations``. One query."""
    beside = Q(person_id=person_id, department__isnull=False)
    if organisations:
        beside |= Q(organisation_id__in=organisations)
    rows = Appointment.objects.in_force(today).filter(beside).order_by()
    return [Seat(*row) for row in rows.values_list(*Seat._fields)]
