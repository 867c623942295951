"""A made-up college of the real one's shape: 37 organisations, 900 people, offices with their rights."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from common import clock
from orgs import access
from orgs.models import (
    Appointment,
    College,
    Department,
    Group,
    Level,
    Membership,
    MemberStatus,
    Office,
    Organisation,
    Person,
    PersonKind,
    UnitKind,
    User,
)

GENERAL_BRANCHES = 8
BRANCHES = 28
PEOPLE = 900
GROUPS_PER_BRANCH = 2
SINCE = datetime.date(2012, 9, 1)

# Who holds what, taken in turn from the people of the place (a branch) or of the branches below it.
OF_BRANCH = (
    Office.SECRETARY,
    Office.ORGANISATION_COMMISSIONER,
    Office.PUBLICITY_COMMISSIONER,
    Office.DISCIPLINE_COMMISSIONER,
)
OF_GENERAL_BRANCH = (Office.SECRETARY, Office.DEPUTY, Office.ORGANISATION_COMMISSIONER, Office.PUBLICITY_COMMISSIONER)
OF_COMMITTEE = (
    Office.SECRETARY,
    Office.DEPUTY,
    Office.DEPUTY,
    Office.DISCIPLINE_SECRETARY,
    *[Office.MEMBER] * 3,
)
OF_DEPARTMENT = (Office.HEAD, Office.STAFF, Office.STAFF, Office.STAFF)


@dataclass
class MadeUp:
    """The college that was made, in tree order."""

    committee: Organisation
    general_branches: list[Organisation] = field(default_factory=list)
    branches: list[Organisation] = field(default_factory=list)
    groups: dict[int, list[Group]] = field(default_factory=dict)
    people: dict[int, list[Person]] = field(default_factory=dict)  # by branch

    @property
    def organisations(self) -> list[Organisation]:
        """All 37."""
        return [self.committee, *self.general_branches, *self.branches]

    @property
    def everybody(self) -> list[Person]:
        """All 900, branch by branch."""
        return [person for branch in self.branches for person in self.people[branch.pk]]

    def secretary_of(self, organisation: Organisation) -> User:
        """The account of who leads ``organisation``."""
        return User.objects.select_related("person__organisation").get(
            person__appointments__organisation=organisation, person__appointments__office=Office.SECRETARY
        )


def make_college() -> MadeUp:
    """Write it into an empty database. Bulk rows, except for rights, which the platform itself works out."""
    made = _tree()
    _groups(made)
    _people(made)
    appointments = _offices(made)
    Appointment.objects.bulk_create(appointments)
    for person in {appointment.person for appointment in appointments}:
        access.refresh_grants(person)
    return made


def _organisation(code: str, name: str, level: Level, kind: UnitKind) -> Organisation:
    term_start = clock.today() - datetime.timedelta(days=600)
    return Organisation(code=code, name=name, level=level, kind=kind, founded_on=SINCE, term_start=term_start)


def _tree() -> MadeUp:
    root = _organisation("DW", "中共测量学院委员会", Level.COMMITTEE, UnitKind.COMMITTEE)
    made = MadeUp(Organisation.objects.add_root(instance=root))
    for number in range(1, GENERAL_BRANCHES + 1):
        node = _organisation(f"ZZ{number}", f"第{number}党总支", Level.GENERAL_BRANCH, UnitKind.COLLEGE)
        made.general_branches.append(Organisation.objects.add_child(made.committee, instance=node))
    for number in range(BRANCHES):
        above = made.general_branches[number % GENERAL_BRANCHES]
        code = f"ZB{number % GENERAL_BRANCHES + 1}{number // GENERAL_BRANCHES + 1:02d}"
        node = _organisation(
            code, f"{above.name}第{number // GENERAL_BRANCHES + 1}党支部", Level.BRANCH, UnitKind.MIXED
        )
        made.branches.append(Organisation.objects.add_child(above, instance=node))
    College.objects.bulk_create(
        College(code=f"XY{number}", name=f"第{number}学院", organisation=node)
        for number, node in enumerate(made.general_branches[:6], start=1)
    )
    return made


def _groups(made: MadeUp) -> None:
    groups = Group.objects.bulk_create(
        Group(organisation=branch, name=f"第{number}党小组", founded_on=SINCE)
        for branch in made.branches
        for number in range(1, GROUPS_PER_BRANCH + 1)
    )
    for group in groups:
        made.groups.setdefault(group.organisation_id, []).append(group)


def _people(made: MadeUp) -> None:
    people = Person.objects.bulk_create(_person(number, made) for number in range(PEOPLE))
    for person in people:
        made.people.setdefault(person.organisation_id or 0, []).append(person)
    Membership.objects.bulk_create(
        Membership(person=each, organisation=each.organisation, group=each.group, started_on=each.joined_on)
        for each in people
    )
    no_password, seen_at = make_password(None), clock.now()  # the pages without the tour of a first sign-in
    User.objects.bulk_create(
        User(
            username=person.number,
            person=person,
            email=person.email or "",
            password=no_password,
            tour_seen_at=seen_at,
        )
        for person in people
    )


def _person(number: int, made: MadeUp) -> Person:
    branch = made.branches[number % BRANCHES]
    is_formal = number % 12 != 0
    joined_on = datetime.date(1995 + number % 28, 7, 1)
    return Person(
        number=f"P{number:05d}",
        name=f"党员{number:04d}",
        gender=Person.Gender.FEMALE if number % 2 else Person.Gender.MALE,
        kind=PersonKind.STAFF if number % 3 else PersonKind.STUDENT,
        status=MemberStatus.FORMAL if is_formal else MemberStatus.PROBATIONARY,
        organisation=branch,
        group=made.groups[branch.pk][number // BRANCHES % GROUPS_PER_BRANCH],
        joined_on=joined_on,
        formal_on=joined_on.replace(year=joined_on.year + 1) if is_formal else None,
        email=f"p{number:05d}@example.edu.cn",
    )


def _offices(made: MadeUp) -> list[Appointment]:
    """Nobody holds two; the branches' officers come first, then group leaders, then the levels above."""
    free = {branch.pk: iter(made.people[branch.pk]) for branch in made.branches}
    started_on = clock.today() - datetime.timedelta(days=600)

    def held(office: str, home: Organisation, **where: object) -> Appointment:
        return Appointment(person=next(free[home.pk]), office=office, started_on=started_on, **where)

    found = []
    for branch in made.branches:
        found += [held(office, branch, organisation=branch) for office in OF_BRANCH]
        found += [held(Office.GROUP_LEADER, branch, organisation=branch, group=each) for each in made.groups[branch.pk]]
    for number, above in enumerate(made.general_branches):
        found += [held(office, made.branches[number], organisation=above) for office in OF_GENERAL_BRANCH]
    home = made.branches[-1]
    found += [held(office, home, organisation=made.committee) for office in OF_COMMITTEE]
    department = Department.objects.create(
        code="BM01", name="党委组织部", organisation=made.committee, duty=Department.Duty.ORGANISATION
    )
    return found + [held(office, home, department=department) for office in OF_DEPARTMENT]
