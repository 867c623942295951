"""One read tells whose turn it is by office: the own offices and the others' in the same places."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs import access
from orgs.held import Held, Place, held_by
from orgs.models import Appointment, Department, Office, User
from orgs.services.appointments import appoint
from tests.factories import (
    SINCE,
    SmallCollege,
    make_admin,
    make_college,
    make_department_officer,
    make_officer,
    make_person,
    make_user,
)

TODAY = datetime.date(2026, 6, 15)
COMMISSIONERS = {"organisation_commissioner", "publicity_commissioner"}


@pytest.fixture
def college(db: None) -> SmallCollege:
    return make_college(members=0)


def held(user: User) -> Held:
    """As a new request reads it."""
    return held_by(User.objects.get(pk=user.pk), TODAY)


def leave(user: User, last_day: datetime.date) -> None:
    assert user.person is not None
    user.person.appointments.update(ended_on=last_day)
    access.refresh_grants(user.person)


def test_the_secretary_sees_who_else_holds_office_there(college: SmallCollege) -> None:
    branch = college.branches[0]
    assert held(college.branch_secretary) == Held(
        {branch.pk: Place(mine={"secretary"}, others=COMMISSIONERS, other_groups={college.group.pk})}
    )


def test_who_stands_in_for_nobody_needs_to_know_only_the_own_offices(college: SmallCollege) -> None:
    branch = college.branches[0]
    assert held(college.commissioner) == Held({branch.pk: Place(mine={"organisation_commissioner"})})
    assert held(college.group_leader) == Held({branch.pk: Place(my_groups={college.group.pk})})
    assert held(college.member) == Held()
    assert held(make_admin()) == Held()


def test_the_deputy_stands_in_from_the_day_after_the_secretary_left(college: SmallCollege) -> None:
    branch = college.branches[0]
    deputy = make_officer(branch, Office.DEPUTY, "副书记")
    assert not held(deputy).places[branch.pk].stands_in
    leave(college.branch_secretary, TODAY)
    assert not held(deputy).places[branch.pk].stands_in
    leave(college.branch_secretary, TODAY - datetime.timedelta(days=1))
    assert held(deputy).places[branch.pk].stands_in
    assert held(deputy).places[branch.pk].deputises
    assert held(college.branch_secretary) == Held()


def test_offices_in_several_places_stay_apart(college: SmallCollege) -> None:
    branch, _sibling, other = college.branches
    person = college.branch_secretary.person
    assert person is not None
    make_officer(other, Office.DEPUTY, person=person)
    found = held(college.branch_secretary).places
    assert {pk: (place.mine, place.others, place.stands_in) for pk, place in found.items()} == {
        branch.pk: ({"secretary"}, COMMISSIONERS, True),
        other.pk: ({"deputy"}, {"secretary"}, False),
    }


def test_departments_headed_and_served_in(college: SmallCollege) -> None:
    clerk = make_department_officer(college.committee, college.branches[1], Department.Duty.NONE, "后勤干事")
    department = Department.objects.get(code="BM-none")
    head = make_user(make_person(college.branches[1], "后勤处长"))
    appoint(actor=make_admin(), person=head.person, office=Office.HEAD, department=department, started_on=SINCE)
    assert held(clerk) == Held(serves=frozenset({department.pk}))
    assert held(head) == Held(heads=frozenset({department.pk}))
    Appointment.objects.filter(person=clerk.person).update(ended_on=TODAY - datetime.timedelta(days=1))
    assert held(clerk) == Held()


def test_one_query_beside_the_grants(college: SmallCollege) -> None:
    for name in ("一", "二"):
        make_officer(college.branches[0], Office.MEMBER, name)
    for user in (college.branch_secretary, college.member):
        fresh = User.objects.get(pk=user.pk)
        access.grants_of(fresh)
        with CaptureQueriesContext(connection) as queries:
            held_by(fresh, TODAY)
        assert len(queries) == 1
