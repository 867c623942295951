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
from orgs.models import Appointment, Organisation, Person
from orgs.services import organisations
from orgs.services.appointments import appoint
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
