"""Who belonged where, held which office and had a vote on a day."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.models import Membership, MemberStatus, Office, Person, VotingExclusion
from orgs.selectors import roll
from orgs.services.appointments import appoint, end_appointment
from tests.factories import (
    SmallCollege,
    make_admin,
    make_college,
    make_group,
    make_officer,
    make_organisation,
    make_person,
)

pytestmark = pytest.mark.django_db
D = datetime.date
TODAY = D(2026, 6, 15)


@pytest.fixture
def college(db: None) -> SmallCollege:
    """The small college of the suite."""
    return make_college(members=0)


def names(people: list[Person]) -> list[str]:
    return [person.name for person in people]


def test_members_by_intervals_in_the_order_of_their_numbers(college: SmallCollege) -> None:
    branch = make_organisation("ZB103", college.general_branches[0])
    group = make_group(branch)
    always = make_person(branch, "丙", number="3")
    Membership.objects.filter(person=always).update(started_on=None)
    came = make_person(branch, "乙", number="2", joined_on=D(2026, 6, 10), formal_on=None)
    left = make_person(branch, "甲", group, number="1")
    Membership.objects.filter(person=left).update(ended_on=D(2026, 6, 12))
    Membership.objects.create(person=left, organisation=branch, started_on=D(2026, 6, 13))
    assert names(roll.members_on(branch, D(2026, 6, 9))) == ["甲", "丙"]
    assert names(roll.members_on(branch, D(2026, 6, 10))) == ["甲", "乙", "丙"]
    assert names(roll.members_on(branch, D(2026, 6, 13))) == ["甲", "乙", "丙"]  # once, though of two intervals
    assert roll.group_members_on(group, D(2026, 6, 12)) == [left]
    assert roll.group_members_on(group, D(2026, 6, 13)) == []
    assert came not in roll.members_on(branch, D(2026, 1, 1))


def test_the_roster_knows_groups_and_votes(college: SmallCollege) -> None:
    branch = make_organisation("ZB103", college.general_branches[0])
    group, other = make_group(branch), make_group(branch, "第二党小组")
    moved = make_person(branch, "甲", group, number="1")
    Membership.objects.filter(person=moved).update(ended_on=D(2026, 6, 12))
    Membership.objects.create(person=moved, organisation=branch, group=other, started_on=D(2026, 6, 12))
    make_person(branch, "乙", number="2", status=MemberStatus.PROBATIONARY)
    observed = make_person(branch, "丙", number="3")
    VotingExclusion.objects.create(person=observed, ground="observation", started_on=D(2026, 6, 13))
    found = roll.roster_on(branch, D(2026, 6, 12))
    assert [(member.person.name, member.has_vote) for member in found] == [("甲", True), ("乙", False), ("丙", True)]
    assert [member.group_ids for member in found] == [{group.pk, other.pk}, set(), set()]
    assert [member.has_vote for member in roll.roster_on(branch, D(2026, 6, 13))] == [True, False, False]
    assert next(member.group_ids for member in roll.roster_on(branch, D(2026, 6, 11))) == {group.pk}


def test_the_committee_is_people_not_offices(college: SmallCollege) -> None:
    branch, admin = college.branches[0], make_admin()
    secretary, organiser = college.branch_secretary.person, college.commissioner.person
    assert secretary is not None and organiser is not None
    appoint(actor=admin, person=organiser, office="discipline_commissioner", organisation=branch, started_on=TODAY)
    assert names(roll.committee_on(branch, TODAY)) == ["支部书记", "组织委员", "宣传委员"]
    assert college.group_leader.person not in roll.committee_on(branch, TODAY)
    assert roll.secretary_on(branch, D(2023, 12, 31)) is None
    assert roll.secretary_on(branch, D(2024, 1, 1)) == secretary


def test_a_committee_is_more_than_secretary_and_deputy(college: SmallCollege) -> None:
    sibling = college.branches[1]
    make_officer(sibling)
    make_officer(sibling, Office.DEPUTY)
    assert not roll.has_committee(sibling, TODAY)
    user = make_officer(sibling, Office.MEMBER)
    assert user.person is not None
    assert roll.has_committee(sibling, TODAY)
    row = user.person.appointments.get()
    end_appointment(actor=make_admin(), appointment=row, ended_on=TODAY, reason="调离")
    assert roll.has_committee(sibling, TODAY)
    assert not roll.has_committee(sibling, D(2026, 6, 16))


def test_groups_that_exist_on_a_day(college: SmallCollege) -> None:
    branch = college.branches[0]
    second = make_group(branch, "第二党小组")
    second.founded_on, second.dissolved_on = D(2026, 3, 1), D(2026, 6, 15)
    second.save()
    assert roll.open_groups(branch, D(2026, 2, 28)) == [college.group]
    assert roll.open_groups(branch, D(2026, 6, 14)) == [college.group, second]
    assert roll.open_groups(branch, TODAY) == [college.group]


def test_voters_are_formal_members_of_that_day(college: SmallCollege) -> None:
    branch = college.branches[2]
    base = roll.voters_on(branch, TODAY)
    probationary = make_person(branch, status="probationary", joined_on=D(2026, 1, 1))
    soon = make_person(branch, joined_on=D(2025, 1, 1), formal_on=D(2026, 6, 15))
    undated = make_person(branch, formal_on=None)
    guest = make_person(college.branches[1])
    assert roll.voters_on(branch, D(2026, 6, 14)) == base | {undated.pk}
    assert roll.voters_on(branch, TODAY) == base | {undated.pk, soon.pk}
    assert {probationary.pk, guest.pk}.isdisjoint(roll.voters_on(branch, TODAY))


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_people(college: SmallCollege, count: int) -> None:
    branch = make_organisation("ZB103", college.general_branches[0])
    for _number in range(count):
        make_person(branch)
    with CaptureQueriesContext(connection) as queries:
        roll.members_on(branch, TODAY)
        roll.voters_on(branch, TODAY)
        roll.committee_on(branch, TODAY)
    assert len(queries) == 3
