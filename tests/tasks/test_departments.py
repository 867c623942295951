"""What a department owes: its head, its staff while there is no head; seen by them and the committee's officers."""

from __future__ import annotations

import pytest

from common.errors import NotAllowed
from orgs.models import Department, Office, User
from orgs.services.appointments import appoint
from tasks.models import Task
from tasks.people import officers_of, owners, reviewers
from tasks.services import accept_task, submit_task
from tests.factories import SINCE, make_admin, make_department_officer, make_person, make_user
from tests.tasks.conftest import TODAY
from tests.tasks.supervision.making import supervised
from tests.tasks.world import World, fresh, load


@pytest.fixture
def clerk(world: World) -> User:
    """Somebody of the logistics department."""
    return make_department_officer(world.committee, world.sister, Department.Duty.NONE, name="后勤干事")


@pytest.fixture
def department(clerk: User) -> Department:
    return Department.objects.get(code="BM-none")


@pytest.fixture
def task(world: World, department: Department) -> Task:
    return supervised("a", world.committee, department_id=department.pk, office=Office.HEAD)


def make_head(world: World, department: Department) -> User:
    user = make_user(make_person(world.sister, "后勤处长"))
    appoint(actor=make_admin(), person=user.person, office=Office.HEAD, department=department, started_on=SINCE)
    return fresh(user)


def owed(user: User) -> list[str]:
    return list(Task.objects.owed_by(fresh(user)).values_list("natural_key", flat=True))


def seen(user: User) -> list[str]:
    return list(Task.objects.visible_to(fresh(user)).values_list("natural_key", flat=True))


def test_the_head_owes_it_and_the_staff_while_there_is_none(
    world: World, task: Task, clerk: User, department: Department
) -> None:
    assert owed(clerk) == ["a"]
    assert owners(task, officers_of([world.committee.path], TODAY)) == {clerk.person_id}
    head = make_head(world, department)
    assert (owed(clerk), owed(head)) == ([], ["a"])
    assert owners(task, officers_of([world.committee.path], TODAY)) == {head.person_id}


def test_nobody_else_owes_it(world: World, task: Task, clerk: User) -> None:
    for user in (world.root_secretary, world.root_deputy, world.officer, world.secretary, world.outsider):
        assert owed(user) == [], user


def test_who_sees_it(world: World, task: Task, clerk: User) -> None:
    assert [seen(user) for user in (clerk, world.root_secretary, world.officer)] == [["a"]] * 3
    for user in (world.general_secretary, world.secretary, world.sister_secretary, world.member, world.outsider):
        assert seen(user) == [], user


def test_a_second_department_does_not_leak(world: World, task: Task) -> None:
    other = make_department_officer(world.committee, world.sister, Department.Duty.OFFICE, name="党办干事")
    assert owed(other) == []
    stranger = make_user(make_person(world.sister, "另一部门"))
    place = Department.objects.create(code="BM-x", name="另一处", organisation=world.committee)
    appoint(actor=make_admin(), person=stranger.person, office=Office.HEAD, department=place, started_on=SINCE)
    assert (seen(stranger), owed(stranger)) == ([], [])


def test_four_eyes(world: World, task: Task, clerk: User, department: Department) -> None:
    """Its people submit, an officer of the committee who is not of the department decides."""
    with pytest.raises(NotAllowed):
        submit_task(task=task, actor=fresh(world.root_deputy), note="完成")
    submit_task(task=task, actor=fresh(clerk), note="完成")
    officers = officers_of([world.committee.path], TODAY)
    assert reviewers(load("a"), officers) == {world.root_secretary.person_id}
    appoint(
        actor=make_admin(),
        person=world.root_deputy.person,
        office=Office.HEAD,
        department=department,
        started_on=SINCE,
    )
    with pytest.raises(NotAllowed, match="部门任职"):
        accept_task(task=load("a"), actor=fresh(world.root_deputy))
    accept_task(task=load("a"), actor=fresh(world.root_secretary))
    assert (load("a").state, load("a").progress) == ("done", 100)
