"""A ballot of the committee about its two general branches, with people to vote in it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ballots.marks import Marks
from ballots.models import Allotment, Ballot, BallotGroup, BallotSubject, Scope, Source
from ballots.selectors.tickets import ticket_of
from ballots.services import (
    Allotted,
    BallotFacts,
    GroupFacts,
    add_group,
    cast_vote,
    create_ballot,
    open_ballot,
    set_allotments,
    set_electors,
    set_subjects,
)
from orgs.models import Organisation, Person, User
from tests.factories import SmallCollege, make_college, make_person, make_user
from tests.replaying import replayed

TODAY = datetime.date(2026, 12, 7)
LAST = datetime.date(2026, 12, 18)
KEY = "GB-2026:7.1"
GOOD, FAIR, PLAIN, BAD = range(4)


@dataclass
class World:
    """The college and what the tests vote in."""

    college: SmallCollege
    voters: list[User] = field(default_factory=list)  # members of ZB102 (ZZ1), with accounts

    @property
    def office(self) -> User:
        """Who runs ballots."""
        return self.college.office

    @property
    def units(self) -> list[Organisation]:
        """The two general branches."""
        return self.college.general_branches


@replayed
def make_world(voters: int = 8) -> World:
    """The small college and ``voters`` more people of ZB102 and ZB201 in turn, each with an account."""
    world = World(make_college())
    homes = world.college.branches[1:]
    for number in range(voters):
        world.voters.append(make_voter(homes[number % 2], f"代表{number}"))
    return world


def make_voter(home: Organisation, name: str) -> User:
    """A member of ``home`` with an account."""
    return User.objects.select_related("person__organisation").get(pk=make_user(make_person(home, name)).pk)


def people(users: list[User]) -> list[Person]:
    """The persons of accounts."""
    return [user.person for user in users if user.person is not None]


def draft(world: World, *, subject_key: str = KEY, organisation: Organisation | None = None, **facts: Any) -> Ballot:
    """A draft about both general branches, without groups."""
    values = {"title": "书记抓党建述职评议", "opens_on": TODAY, "closes_on": LAST, "min_ballots": 5, **facts}
    ballot = create_ballot(
        organisation=organisation or world.college.committee,
        facts=BallotFacts(subject_key=subject_key, **values),
        actor=world.office,
    )
    set_subjects(ballot=ballot, organisations=world.units, actor=world.office)
    return ballot


def group(
    world: World,
    ballot: Ballot,
    name: str = "代表",
    weight: str = "1",
    users: list[User] | None = None,
    *,
    scope: str = Scope.ALL,
    source: str = Source.PICKED,
    allotted: tuple[Allotted, ...] = (),
) -> BallotGroup:
    """A group of a draft, filled by hand."""
    facts = GroupFacts(name=name, weight=Decimal(weight), scope=scope, source=source)
    made = add_group(ballot=ballot, facts=facts, actor=world.office)
    set_electors(group=made, people=people(users or []), actor=world.office)
    set_allotments(group=made, allotted=allotted, actor=world.office)
    return made


def opened(world: World, users: list[User] | None = None, **facts: Any) -> Ballot:
    """An open ballot with one group, in which ``users`` (default: all voters) judge both units."""
    ballot = draft(world, **facts)
    group(world, ballot, users=world.voters if users is None else users)
    return open_ballot(ballot=ballot, actor=world.office)


def subject_of(ballot: Ballot, unit: Organisation) -> BallotSubject:
    """The row of a judged unit."""
    return ballot.subjects.get(organisation=unit)


def allotment_of(ballot: Ballot) -> Allotment:
    """The only allotment of a ballot, as pages read it."""
    return Allotment.objects.select_related("group__ballot__organisation", "unit").get(group__ballot=ballot)


def marks(ballot: Ballot, chosen: Mapping[Organisation, int | None]) -> Marks:
    """A grade for each unit."""
    return Marks({subject_of(ballot, unit).pk: grade for unit, grade in chosen.items()})


def vote(ballot: Ballot, user: User, *grades: int | None) -> None:
    """Vote for the units that one is asked about, in tree order."""
    ticket = ticket_of(ballot, user)
    assert ticket is not None
    chosen = {subject.pk: grade for subject, grade in zip(ticket.subjects, grades, strict=True)}
    cast_vote(ballot=ballot, marks=Marks(chosen), actor=user)
