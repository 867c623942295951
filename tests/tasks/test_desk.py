"""The desk: what I owe, what waits for me, what I wait for; nothing of others."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from orgs.models import User
from tasks import selectors
from tasks.models import ItemTask, ListItem, ResponsibilityList, Task
from tasks.selectors.desk import DeskTask
from tasks.services import accept_task, submit_task
from tests.factories import make_admin, make_officer
from tests.tasks.world import World, agreed, end_offices, fresh, load, open_one

TODAY = date(2026, 6, 15)


def keys(tasks: list[DeskTask]) -> list[str]:
    """Natural keys in the order given."""
    found = Task.objects.in_bulk([task.pk for task in tasks])
    return [found[task.pk].natural_key for task in tasks]


def test_owed_by_urgency(world: World) -> None:
    start = date(2026, 5, 1)
    for key, due in (
        ("over2", date(2026, 6, 14)),
        ("over1", date(2026, 5, 31)),
        ("today", TODAY),
        ("week", date(2026, 6, 22)),
        ("later", date(2026, 6, 23)),
    ):
        open_one(key, world.branch, window_start=start, due_on=due)
    open_one("done", world.branch)
    Task.objects.filter(natural_key="done").update(state="done")
    open_one("sister", world.sister)
    open_one("leader", world.branch, office="group_leader", group_id=world.group.pk)
    submit_task(task=agreed("submitted", world.branch), actor=world.secretary, note="x")
    found = selectors.desk_of(world.secretary, TODAY).owed
    assert keys(found.overdue) == ["over1", "over2"]
    assert keys(found.due_today) == ["today"]
    assert keys(found.this_week) == ["week"]
    assert keys(found.later) == ["later"]
    assert found.count == 5
    assert keys(selectors.desk_of(world.leader, TODAY).owed.later) == ["leader"]
    assert selectors.desk_of(world.member, TODAY).owed.count == 0
    assert selectors.desk_of(make_admin(), TODAY).owed.count == 0


def test_lights_on_the_desk_are_of_this_morning(world: World) -> None:
    """The night ran on the 15th at 20:00; at 9:00 on the 30th, before any night since, the desk is right."""
    open_one("a", world.branch)
    with clock.moved(date(2026, 6, 30)):
        (task,) = selectors.desk_of(world.secretary, date(2026, 6, 30)).owed.due_today
    assert (task.light, task.light_cause) == ("orange", "今天到期（2026年6月30日）")
    assert load("a").light == "green"


@pytest.mark.parametrize(
    ("source", "by", "names"),
    [
        ("agreed_item", "commissioner", ["secretary"]),
        ("agreed_item", "secretary", ["general_secretary"]),
        ("directive", "commissioner", ["general_secretary"]),
    ],
)
def test_to_review_shows_the_nearest_level_only(world: World, source: str, by: str, names: list[str]) -> None:
    submit_task(task=agreed("a", world.branch, source=source), actor=getattr(world, by), note="x")
    seen = [
        name
        for name in World._fields
        if isinstance(user := getattr(world, name), User)
        and keys(selectors.desk_of(fresh(user), TODAY).to_review) == ["a"]
    ]
    assert seen == names


def test_to_review_climbs_where_nobody_near_may(world: World) -> None:
    make_officer(world.branch, "member", person=world.general_secretary.person)
    submit_task(task=agreed("a", world.branch, source="directive"), actor=world.commissioner, note="x")
    assert selectors.desk_of(fresh(world.general_secretary), TODAY).to_review == []
    assert keys(selectors.desk_of(world.root_secretary, TODAY).to_review) == ["a"]


def test_the_acting_deputy_reviews_what_was_agreed(world: World) -> None:
    submit_task(task=agreed("a", world.branch), actor=world.commissioner, note="x")
    assert selectors.desk_of(world.deputy, TODAY).to_review == []
    end_offices(world.secretary, date(2026, 6, 14))
    assert keys(selectors.desk_of(fresh(world.deputy), TODAY).to_review) == ["a"]


def test_waiting_for_is_mine_and_undecided(world: World) -> None:
    for key, by in (("mine", world.commissioner), ("other", world.secretary), ("decided", world.commissioner)):
        submit_task(task=agreed(key, world.branch), actor=by, note="x")
    accept_task(task=load("decided"), actor=world.secretary)
    assert keys(selectors.desk_of(world.commissioner, TODAY).waiting) == ["mine"]
    assert selectors.desk_of(make_admin(), TODAY).waiting == []


@pytest.mark.parametrize("number", [1, 3])
def test_the_desk_costs_the_same_with_one_and_three(world: World, number: int) -> None:
    for n in range(number):
        open_one(f"o{n}", world.branch)
        submit_task(task=agreed(f"r{n}", world.branch), actor=world.commissioner, note="x")
        submit_task(task=agreed(f"w{n}", world.branch), actor=world.secretary, note="x")
    user = fresh(world.secretary)
    with CaptureQueriesContext(connection) as queries:
        desk = selectors.desk_of(user, TODAY)
        shown = [*desk.owed.later, *desk.to_review, *desk.waiting]
        assert {task.organisation.name for task in shown} == {world.branch.name}
    assert (desk.owed.count, len(desk.to_review), len(desk.waiting)) == (number, number, number)
    # the user's grants, who else holds office there, the Tasks
    assert len(queries) == 3


def test_one_query_more_where_other_levels_tell_who_decides(world: World) -> None:
    open_one("a", world.branch)
    for number in (1, 2, 3):
        submit_task(task=agreed(f"r{number}", world.branch, source="directive"), actor=world.commissioner, note="x")
        user = fresh(world.general_secretary)
        with CaptureQueriesContext(connection) as queries:
            assert len(selectors.desk_of(user, TODAY).to_review) == number
        assert len(queries) == 4


def test_a_line_carries_the_number_of_the_latest_list_in_force(world: World) -> None:
    task = open_one("a", world.branch)
    for year, state, number in ((2025, "published", 3), (2026, "published", 7), (2027, "draft", 9)):
        responsibility_list = ResponsibilityList.objects.create(year=year, role="branch", title="清单", state=state)
        item = ListItem.objects.create(
            list=responsibility_list, code=f"c{year}", number=number, title="开会", frequency="monthly"
        )
        ItemTask.objects.create(item=item, task=task, organisation=world.branch, period_code="2026-06")
    open_one("b", world.branch)
    lines = selectors.desk_of(fresh(world.secretary), TODAY).owed.later
    assert [line.list_number for line in lines] == [7, None]
