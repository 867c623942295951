"""Who is expected at a meeting and who has a vote there, as of its day."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meetings.models import Expected, MeetingKind, Voters
from orgs import access
from orgs.models import Appointment, College, Office, Person
from orgs.selectors import roll as rolls_of

if TYPE_CHECKING:
    from orgs.models import Group, Organisation


@dataclass(frozen=True)
class RollEntry:
    """One expected person. ``is_excused``: no hard attendance requirement, left out of the rates (R-EDU-23)."""

    person: Person
    may_vote: bool
    is_excused: bool


def roll(kind: MeetingKind, organisation: Organisation, group: Group | None, day: datetime.date) -> list[RollEntry]:
    """The roll of a meeting of ``kind`` on ``day``; empty when the persons are chosen (talks).

    People come from membership and offices in force on that day. Votes (``kind.voters``): formal members not excluded
    from the voting base, the committee, everybody expected, or nobody. A fixed number of queries.
    """
    people = _expected(kind, organisation, group, day)
    voters = _voters(kind, organisation, people, day)
    return [RollEntry(person, person.pk in voters, person.is_excused) for person in people]


def _expected(kind: MeetingKind, organisation: Organisation, group: Group | None, day: datetime.date) -> list[Person]:
    if kind.expected == Expected.MEMBERS:
        return rolls_of.members_on(organisation, day)
    if kind.expected == Expected.GROUP:
        return _group(group, day) if group is not None else []
    if kind.expected == Expected.CHOSEN:
        return []
    officers = rolls_of.committee_on(organisation, day)
    if kind.expected == Expected.OFFICERS_AND_SECRETARIES:
        return _once([*officers, *_secretaries_below(organisation, day)])
    if kind.expected == Expected.OFFICERS_AND_HEADS:
        return _once([*officers, *_heads(organisation, day)])
    return officers


def _voters(kind: MeetingKind, organisation: Organisation, people: list[Person], day: datetime.date) -> set[int]:
    if kind.voters == Voters.NONE:
        return set()
    if kind.voters == Voters.FORMAL:
        return rolls_of.voters_on(organisation, day)
    if kind.voters == Voters.COMMITTEE and kind.expected != Expected.COMMITTEE:
        return {person.pk for person in rolls_of.committee_on(organisation, day)}
    return {person.pk for person in people}


def _group(group: Group, day: datetime.date) -> list[Person]:
    """The group's members and its leader, who chairs also where the roster lists them in another group. Two queries."""
    led = Appointment.objects.in_force(day).filter(group=group, office=Office.GROUP_LEADER).select_related("person")
    return _once([*rolls_of.group_members_on(group, day), *(row.person for row in led)])


def _secretaries_below(organisation: Organisation, day: datetime.date) -> list[Person]:
    """Secretaries of the organisations directly below, in tree order. One query."""
    rows = Appointment.objects.in_force(day).filter(
        access.subtree(organisation.path, "organisation"),
        office=Office.SECRETARY,
        organisation__depth=organisation.depth + 1,
    )
    return [row.person for row in rows.select_related("person").order_by("organisation__path")]


def _heads(organisation: Organisation, day: datetime.date) -> list[Person]:
    """The dean of the college and the principals among the departments of ``organisation``. Two queries."""
    college = College.objects.filter(organisation=organisation).select_related("dean").first()
    deans = [college.dean] if college is not None and college.dean is not None else []
    rows = Appointment.objects.in_force(day).filter(department__organisation=organisation, office=Office.PRINCIPAL)
    return [*deans, *(row.person for row in rows.select_related("person").order_by("pk"))]


def _once(people: Iterable[Person]) -> list[Person]:
    return list({person.pk: person for person in people}.values())
