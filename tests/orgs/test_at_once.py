"""Two people at the same moment, on a real PostgreSQL: one is served, the other is told."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from common import clock
from common.errors import DomainError
from notices.models import Notice
from notices.services import invite, invite_all
from orgs.models import Appointment, Organisation, Person
from orgs.services import organisations
from orgs.services.accounts import create_account
from orgs.services.appointments import appoint, hand_over
from tests.factories import make_admin, make_college, make_organisation
from tests.orgs.rosters import right_book

pytestmark = [pytest.mark.postgres(only=True), pytest.mark.django_db(transaction=True)]
TODAY = datetime.date(2026, 6, 15)


def together(*commands: Callable[[], Any]) -> list[Any]:
    """Run the commands in threads of their own that start at one moment; results or errors in their order."""
    results: list[Any] = [None] * len(commands)
    gate = threading.Barrier(len(commands))

    def run(place: int, command: Callable[[], Any]) -> None:
        try:
            gate.wait(10)
            with clock.moved(TODAY):
                results[place] = command()
        except DomainError as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(commands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_two_appoint_a_secretary() -> None:
    college, admin = make_college(), make_admin()
    branch = college.branches[1]

    def command(person: Person) -> Callable[[], Any]:
        return lambda: appoint(actor=admin, person=person, office="secretary", organisation=branch, started_on=TODAY)

    results = together(command(college.members[0]), command(college.members[1]))
    assert sorted(type(result).__name__ for result in results) in (
        ["Appointment", "InvalidInput"],
        ["Appointment", "Conflict"],
    )
    assert Appointment.objects.filter(organisation=branch, office="secretary").count() == 1


def test_two_imports_wait_for_each_other() -> None:
    results = together(*(lambda: right_book().load() for _number in range(2)))
    assert [str(error) for report in results for error in report.errors] == []
    made = sorted(report.of("党员").created for report in results)
    assert made == [0, 6]
    assert Person.objects.count() == 6
    assert Organisation.objects.find_problems() == ([], [], [], [], [])


def test_two_moves_across_each_other_leave_a_sound_tree() -> None:
    top = make_organisation("DW")
    one, two = (make_organisation(code, top, level="committee") for code in ("DA", "DB"))
    admin = make_admin()

    def command(node: Organisation, parent: Organisation) -> Callable[[], Any]:
        return lambda: organisations.move_organisation(actor=admin, organisation=node, parent=parent, reason="调整")

    results = together(command(one, two), command(two, one))
    assert sorted(type(result).__name__ for result in results) == ["InvalidInput", "Organisation"]
    assert Organisation.objects.find_problems() == ([], [], [], [], [])


def test_two_hand_over_one_office() -> None:
    college, admin = make_college(), make_admin()
    held = Appointment.objects.get(organisation=college.branches[0], office="secretary")

    def command(successor: Person) -> Callable[[], Any]:
        return lambda: hand_over(actor=admin, appointment=held, successor=successor, on=TODAY, reason="交接")

    results = together(command(college.members[0]), command(college.members[1]))
    assert sorted(type(result).__name__ for result in results) == ["Appointment", "Conflict"]
    open_rows = Appointment.objects.filter(organisation=college.branches[0], office="secretary", ended_on=None)
    assert [row.started_on for row in open_rows] == [TODAY]


def test_two_offices_of_one_branch_are_handed_over_at_once() -> None:
    college, admin = make_college(), make_admin()
    rows = Appointment.objects.filter(organisation=college.branches[0])
    secretary, commissioner = rows.get(office="secretary"), rows.get(office="organisation_commissioner")

    def command(held: Appointment, successor: Person) -> Callable[[], Any]:
        return lambda: hand_over(actor=admin, appointment=held, successor=successor, on=TODAY, reason="交接")

    # each takes the other's office: both persons' rights are computed by both
    results = together(command(secretary, commissioner.person), command(commissioner, secretary.person))
    assert [type(result).__name__ for result in results] == ["Appointment", "Appointment"]
    held = dict(
        rows.in_force(TODAY).filter(office__in=[secretary.office, commissioner.office]).values_list("office", "person")
    )
    assert held == {secretary.office: commissioner.person_id, commissioner.office: secretary.person_id}


def test_an_invitation_and_an_invitation_of_all_write_one_mail() -> None:
    college, admin = make_college(), make_admin()
    person = college.members[0]
    create_account(actor=admin, person=person)
    results = together(
        lambda: invite(person=person, actor=admin),
        lambda: invite_all(organisation=college.committee, actor=admin),
    )
    assert not [result for result in results if isinstance(result, DomainError)]
    assert Notice.objects.filter(person=person).count() == 1


def test_appointing_twice_by_a_double_click() -> None:
    college, admin = make_college(), make_admin()
    person, branch = college.members[0], college.branches[0]

    def command() -> Any:
        return appoint(actor=admin, person=person, office="member", organisation=branch, started_on=TODAY)

    results = together(command, command)
    assert sorted(type(result).__name__ for result in results) == ["Appointment", "InvalidInput"]
    assert Appointment.objects.filter(person=person, office="member").count() == 1
