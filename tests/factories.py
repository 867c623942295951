"""A small, real tree of organisations for tests; offices are appointed through the services, so grants exist."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass, field
from typing import Any

from orgs.models import (
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
from orgs.services.appointments import appoint
from tests.replaying import replayed

_numbers = itertools.count(1)
SINCE = datetime.date(2024, 1, 1)
PASSWORD = "a-long-test-password"
TOUR_SEEN = datetime.datetime(2024, 1, 1, 9, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))


def make_admin(username: str = "admin") -> User:
    """A technical administrator: flowing rights everywhere, no person."""
    user, _created = User.objects.get_or_create(username=username, defaults={"is_superuser": True, "is_staff": True})
    return user


def make_organisation(code: str, parent: Organisation | None = None, **values: Any) -> Organisation:
    """An organisation; its level follows from its place unless given."""
    level = Level.COMMITTEE if parent is None else Level.GENERAL_BRANCH if parent.depth == 1 else Level.BRANCH
    values.setdefault("level", level)
    kinds = {Level.COMMITTEE: UnitKind.COMMITTEE, Level.GENERAL_BRANCH: UnitKind.COLLEGE, Level.BRANCH: UnitKind.STAFF}
    values.setdefault("kind", kinds[Level(values["level"])])
    values.setdefault("name", f"{code}{Level(values['level']).label}")
    values.setdefault("founded_on", datetime.date(2012, 9, 1))
    values.setdefault("term_start", SINCE)
    node = Organisation(code=code, **values)
    if parent is None:
        return Organisation.objects.add_root(instance=node)
    return Organisation.objects.add_child(Organisation.objects.get(pk=parent.pk), instance=node)


def make_person(organisation: Organisation | None, name: str = "", group: Group | None = None, **values: Any) -> Person:
    """A formal member of a branch, with an open membership and without an account."""
    number = values.pop("number", f"T{next(_numbers):05d}")
    values.setdefault("kind", PersonKind.STAFF)
    values.setdefault("status", MemberStatus.FORMAL)
    values.setdefault("joined_on", datetime.date(2010, 7, 1))
    if values["status"] == MemberStatus.FORMAL:
        values.setdefault("formal_on", datetime.date(2011, 7, 1))
    values.setdefault("email", f"{number.lower()}@test.example")
    person = Person.objects.create(
        number=number, name=name or f"党员{number}", organisation=organisation, group=group, **values
    )
    if organisation is not None:
        Membership.objects.create(person=person, organisation=organisation, group=group, started_on=person.joined_on)
    return person


def make_user(person: Person | None = None, **values: Any) -> User:
    """The account of a person, able to sign in with ``PASSWORD``; has seen the first tour unless told otherwise."""
    values.setdefault("tour_seen_at", TOUR_SEEN)
    username = values.pop("username", person.number if person else f"user{next(_numbers)}")
    user = User(username=username, person=person, email=(person.email or "") if person else "", **values)
    user.set_password(PASSWORD)
    user.save()
    return user


def make_officer(
    organisation: Organisation,
    office: str = Office.SECRETARY,
    name: str = "",
    *,
    home: Organisation | None = None,
    started_on: datetime.date = SINCE,
    ended_on: datetime.date | None = None,
    group: Group | None = None,
    person: Person | None = None,
) -> User:
    """A person with an account who holds an office in ``organisation``; a member of ``home`` (default: it itself)."""
    person = person or make_person(home or organisation, name, group=group)
    user = User.objects.filter(person=person).first() or make_user(person)
    appoint(
        actor=make_admin(),
        person=person,
        office=office,
        organisation=organisation,
        started_on=started_on,
        ended_on=ended_on,
        group=group,
    )
    return User.objects.select_related("person__organisation").get(pk=user.pk)


def make_group(organisation: Organisation, name: str = "第一党小组") -> Group:
    """A Party group of a branch."""
    return Group.objects.create(organisation=organisation, name=name)


def make_department_officer(
    organisation: Organisation, home: Organisation, duty: str = Department.Duty.ORGANISATION, name: str = ""
) -> User:
    """An officer of a department of ``organisation`` (default: the organisation department), member of ``home``."""
    department, _created = Department.objects.get_or_create(
        code=f"BM-{duty}",
        defaults={"name": str(Department.Duty(duty).label), "organisation": organisation, "duty": duty},
    )
    user = make_user(make_person(home, name))
    assert user.person is not None
    appoint(actor=make_admin(), person=user.person, office=Office.STAFF, department=department, started_on=SINCE)
    return User.objects.select_related("person__organisation").get(pk=user.pk)


@dataclass
class SmallCollege:
    """The tree that ``make_college`` builds; names follow the roles."""

    committee: Organisation
    general_branches: list[Organisation]
    branches: list[Organisation]
    committee_secretary: User
    office: User
    general_secretary: User
    branch_secretary: User
    commissioner: User
    group_leader: User
    member: User
    outsider: User
    group: Group
    members: list[Person] = field(default_factory=list)


@replayed
def make_college(members: int = 6) -> SmallCollege:
    """Committee DW → ZZ1 (ZB101, ZB102), ZZ2 (ZB201), one account per role; the roles stand at ZB101 in ZZ1.

    ZB101 has a committee (secretary, two commissioners), one Party group with a leader and ``members`` further formal
    members; ``outsider`` is the secretary of ZB201, in the other general branch.
    """
    committee = make_organisation("DW", name="中共测试学院委员会")
    first, second = make_organisation("ZZ1", committee), make_organisation("ZZ2", committee)
    branch, sibling = make_organisation("ZB101", first), make_organisation("ZB102", first)
    other = make_organisation("ZB201", second)
    group = make_group(branch)
    college = SmallCollege(
        committee=committee,
        general_branches=[first, second],
        branches=[branch, sibling, other],
        committee_secretary=make_officer(committee, name="党委书记", home=sibling),
        office=make_department_officer(committee, sibling, name="组织部干事"),
        general_secretary=make_officer(first, name="总支书记", home=sibling),
        branch_secretary=make_officer(branch, name="支部书记"),
        commissioner=make_officer(branch, Office.ORGANISATION_COMMISSIONER, "组织委员"),
        group_leader=make_officer(branch, Office.GROUP_LEADER, "小组长", group=group),
        member=make_user(make_person(branch, "普通党员", group=group)),
        outsider=make_officer(other, name="外支部书记"),
        group=group,
    )
    make_officer(branch, Office.PUBLICITY_COMMISSIONER, "宣传委员")
    College.objects.create(code="XY1", name="测试学院", organisation=first)
    college.members = [make_person(branch, f"党员{number}", group=group) for number in range(1, members + 1)]
    college.member = User.objects.select_related("person__organisation").get(pk=college.member.pk)
    return college


@replayed
def make_college_with_kinds(members: int = 6) -> SmallCollege:
    """``make_college`` and the shipped kinds of meetings."""
    from meetings.services import load_kinds

    college = make_college(members)
    load_kinds()
    return college


ROLES = (
    "committee_secretary",
    "office",
    "general_secretary",
    "branch_secretary",
    "commissioner",
    "group_leader",
    "member",
    "outsider",
)
