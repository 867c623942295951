"""Who is expected at a meeting and who has a vote there, as of its day."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, Subquery

from meetings.models import Expected, MeetingKind, Voters
from orgs import access
from orgs.models import Appointment, College, Office, Person
from orgs.models.appointment import COMMITTEE_OFFICES
from orgs.selectors import roll as rolls_of

if TYPE_CHECKING:
    from orgs.models import Group, Organisation

_RANK = {str(office): number for number, office in enumerate(COMMITTEE_OFFICES)}


@dataclass(frozen=True)
class RollEntry:
    """One expected person. ``is_excused``: no hard attendance requirement, left out of the rates (R-EDU-23)."""

    person: Person
    may_vote: bool
    is_excused: bool


class Rolls:
    """The rolls of one organisation on one day; every list is read once, when something asks for it."""

    def __init__(self, organisation: Organisation, day: datetime.date) -> None:
        """Nothing is read yet."""
        self.organisation = organisation
        self.day = day

    @cached_property
    def officers(self) -> list[Appointment]:
        """Offices in force in the organisation, with their holders, by age. One query."""
        rows = Appointment.objects.in_force(self.day).filter(organisation=self.organisation)
        return list(rows.select_related("person").order_by("pk"))

    @cached_property
    def roster(self) -> list[rolls_of.Member]:
        """The members of the branch. One query."""
        return rolls_of.roster_on(self.organisation, self.day)

    @property
    def members(self) -> list[Person]:
        """As ``orgs.selectors.roll.members_on``."""
        return [member.person for member in self.roster]

    @property
    def committee(self) -> list[Person]:
        """As ``orgs.selectors.roll.committee_on``."""
        rows = sorted((row for row in self.officers if row.office in _RANK), key=lambda row: _RANK[row.office])
        return _once(row.person for row in rows)

    def of(self, kind: MeetingKind, group: Group | None) -> list[RollEntry]:
        """The roll of a meeting of ``kind``; empty when the persons are chosen (talks).

        Votes (``kind.voters``): formal members not excluded from the voting base, the committee, everybody expected, or
        nobody. At most two queries of its own.
        """
        people = self._expected(kind, group)
        voters = self._voters(kind, people)
        return [RollEntry(person, person.pk in voters, person.is_excused) for person in people]

    def _expected(self, kind: MeetingKind, group: Group | None) -> list[Person]:
        if kind.expected == Expected.MEMBERS:
            return self.members
        if kind.expected == Expected.GROUP:
            return self._group(group) if group is not None else []
        if kind.expected == Expected.CHOSEN:
            return []
        if kind.expected == Expected.OFFICERS_AND_SECRETARIES:
            return _once([*self.committee, *self._secretaries_below()])
        if kind.expected == Expected.OFFICERS_AND_HEADS:
            return _once([*self.committee, *self._heads()])
        return self.committee

    def _voters(self, kind: MeetingKind, people: list[Person]) -> set[int]:
        if kind.voters == Voters.NONE:
            return set()
        if kind.voters == Voters.FORMAL:
            return {member.person.pk for member in self.roster if member.has_vote}
        if kind.voters == Voters.COMMITTEE and kind.expected != Expected.COMMITTEE:
            return {person.pk for person in self.committee}
        return {person.pk for person in people}

    def _group(self, group: Group) -> list[Person]:
        """The group's members and its leader, who chairs also where the roster lists them in another group."""
        members = [member.person for member in self.roster if group.pk in member.group_ids]
        led = [row.person for row in self.officers if row.office == Office.GROUP_LEADER and row.group_id == group.pk]
        return _once([*members, *led])

    def _secretaries_below(self) -> list[Person]:
        """Secretaries of the organisations directly below, in tree order. One query."""
        rows = Appointment.objects.in_force(self.day).filter(
            access.subtree(self.organisation.path, "organisation"),
            office=Office.SECRETARY,
            organisation__depth=self.organisation.depth + 1,
        )
        return [row.person for row in rows.select_related("person").order_by("organisation__path")]

    def _heads(self) -> list[Person]:
        """The dean of the college, then the principals among the departments of the organisation. One query."""
        deans = College.objects.filter(organisation=self.organisation)
        principals = Appointment.objects.in_force(self.day).filter(
            department__organisation=self.organisation, office=Office.PRINCIPAL
        )
        found = Person.objects.filter(Q(pk__in=deans.values("dean_id")) | Q(pk__in=principals.values("person_id")))
        first = principals.filter(person_id=OuterRef("pk")).order_by("pk").values("pk")[:1]
        return list(
            found.annotate(is_dean=Exists(deans.filter(dean_id=OuterRef("pk"))), place=Subquery(first)).order_by(
                "-is_dean", "place"
            )
        )


def roll(kind: MeetingKind, organisation: Organisation, group: Group | None, day: datetime.date) -> list[RollEntry]:
    """The roll of one meeting of ``kind`` on ``day`` (``Rolls.of``). A fixed number of queries."""
    return Rolls(organisation, day).of(kind, group)


def _once(people: Iterable[Person]) -> list[Person]:
    return list({person.pk: person for person in people}.values())
