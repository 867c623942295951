"""Two people at the same moment, on a real PostgreSQL: one publishes, the other is told."""

from __future__ import annotations

import pytest

from common import clock
from tasks.models import ItemTask, ListHolding, ResponsibilityList, Task
from tasks.services.lists import publish_list, start_version
from tests.factories import make_college
from tests.orgs.test_at_once import together
from tests.tasks.lists.making import TODAY, facts, make_draft, make_terms, night, publish, room_task

pytestmark = [pytest.mark.postgres(only=True), pytest.mark.django_db(transaction=True)]


def test_two_publish_the_same_draft() -> None:
    with clock.moved(TODAY):
        college = make_college()
        make_terms()
        draft = make_draft(college.office, facts(), facts("二", frequency="monthly"))
    results = together(
        *(
            lambda actor=actor: publish_list(actor=actor, responsibility_list=draft, reason="年初部署")
            for actor in (college.office, college.committee_secretary)
        )
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "ResponsibilityList"]
    assert ResponsibilityList.objects.get().state == "published"
    assert (Task.objects.count(), ItemTask.objects.count()) == (6, 6)
    assert ResponsibilityList.history.filter(state="published").count() == 1
    assert ListHolding.objects.filter(organisation__code="ZB101").count() == 1


def test_two_begin_a_new_version() -> None:
    with clock.moved(TODAY):
        college = make_college()
        found = publish(college.office, facts())
    results = together(
        *(
            lambda actor=actor: start_version(actor=actor, responsibility_list=found)
            for actor in (college.office, college.committee_secretary)
        )
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "ResponsibilityList"]
    assert ResponsibilityList.objects.filter(state="draft").count() == 1


def test_two_nights_at_once_owe_everything_once() -> None:
    with clock.moved(TODAY):
        college = make_college()
        publish(
            college.office,
            facts(),
            facts("会", requirement={"evidence": "members_meeting", "part": "held"}, adopts=True),
        )
        room_task(college.branches[0])
        Task.objects.filter(source="list_item").delete()
    together(night, night)
    assert Task.objects.filter(source="list_item").count() == 5  # three notes, two without a room's Task
    assert ItemTask.objects.count() == 6
