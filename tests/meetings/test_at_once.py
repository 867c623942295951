"""Two people at once: one wins, the other is told, nothing is there twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from typing import Any

import pytest
from django.db import connection

from common import clock
from common.errors import Conflict
from meetings.models import Draft, Gathering, Section, SectionVersion
from meetings.nightly import open_due_tasks
from meetings.services import cancel_section, confirm_sections, load_kinds, return_section, save_draft
from tasks.models import Task, TaskEvent
from tests.factories import SmallCollege, make_college
from tests.meetings.making import TODAY, confirm, plan, record

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def college(transactional_db: None) -> Iterator[SmallCollege]:
    """The small college, committed, so that several connections see it."""
    with clock.moved(TODAY):
        found = make_college()
        load_kinds()
        yield found


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Run the actions in threads that begin together; their results, or the ``Conflict`` each met."""
    barrier = threading.Barrier(len(actions))
    results: list[Any] = [None] * len(actions)

    def run(number: int, action: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            results[number] = action()
        except Conflict as conflict:
            results[number] = conflict
        finally:
            connection.close()

    threads = [
        threading.Thread(target=copy_context().run, args=(run, number, action)) for number, action in enumerate(actions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def conflicts(results: list[Any]) -> int:
    """How many met a conflict."""
    return sum(1 for result in results if isinstance(result, Conflict))


def test_a_double_click_on_planning_makes_one(college: SmallCollege) -> None:
    branch = college.branches[0]
    results = at_once(*[lambda: plan(college.branch_secretary, branch, "theme_day", "lecture")] * 3)
    assert len({gathering.pk for gathering in results}) == 1
    assert (Gathering.objects.count(), Section.objects.count()) == (1, 2)


def test_a_double_click_on_confirming_makes_one_version(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    open_due_tasks(TODAY)
    gathering = plan(secretary, branch, "members_meeting")
    facts = record(gathering, branch)

    def act() -> list[Section]:
        return confirm_sections(actor=secretary, gathering=gathering, organisation=branch, record=facts, version=0)

    assert conflicts(at_once(act, act, act)) == 2
    assert SectionVersion.objects.count() == 1
    assert Section.objects.get().attendance.count() == 11
    assert TaskEvent.objects.filter(verb="done").count() == 1


def test_two_devices_begin_a_draft(college: SmallCollege) -> None:
    branch = college.branches[0]
    gathering = plan(college.branch_secretary, branch, "members_meeting")

    def save(who: str) -> Callable[[], Draft]:
        return lambda: save_draft(
            actor=getattr(college, who), gathering=gathering, organisation=branch, data={"by": who}, version=0
        )

    results = at_once(save("branch_secretary"), save("commissioner"))
    assert conflicts(results) == 1
    (kept,) = [result for result in results if not isinstance(result, Conflict)]
    assert (Draft.objects.get().data, Draft.objects.get().version) == (kept.data, 1)


def test_confirming_and_cancelling(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(secretary, branch, "theme_day")
    facts, section = record(gathering, branch), gathering.sections.get()
    results = at_once(
        lambda: confirm_sections(actor=secretary, gathering=gathering, organisation=branch, record=facts, version=0),
        lambda: cancel_section(actor=college.commissioner, section=section, reason="没开"),
    )
    assert conflicts(results) == 1
    state = Section.objects.get().state
    assert state == ("cancelled" if isinstance(results[0], Conflict) else "confirmed")
    assert SectionVersion.objects.count() == (state == "confirmed")


def test_two_above_return_the_same_record(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    open_due_tasks(TODAY)
    section = confirm(secretary, plan(secretary, branch, "members_meeting"), branch)
    results = at_once(
        lambda: return_section(actor=college.general_secretary, section=section, reason="甲"),
        lambda: return_section(actor=college.office, section=section, reason="乙"),
    )
    assert conflicts(results) == 1
    assert TaskEvent.objects.filter(verb="reopened").count() == 1


def test_two_nights_at_once(college: SmallCollege) -> None:
    results = at_once(*[lambda: open_due_tasks(TODAY)] * 2)
    assert sum(result["opened"] for result in results) == Task.objects.count() == TaskEvent.objects.count()
