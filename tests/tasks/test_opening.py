"""Opening and withdrawing: once per natural key, first light in the log."""

import datetime
from datetime import date

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from common import clock
from tasks.models import Task, TaskEvent
from tasks.services import open_tasks, withdraw_tasks
from tests.tasks.world import World, agreed, load, log, open_one, spec


def test_opening_writes_the_task_and_its_first_event(world: World) -> None:
    made = open_tasks(specs=[spec("a", world.branch)], cause="2026年6月")
    task = load("a")
    assert made == 1
    assert (task.state, task.light, task.light_cause) == ("active", "green", "2026年6月30日到期")
    assert task.requirement == {"evidence": "members_meeting", "part": "held", "count": 1}
    assert task.original_due_on == task.due_on == date(2026, 6, 30)
    assert log(task) == [("opened", "active", "green", "2026年6月")]
    event = task.events.get()
    assert (event.from_state, event.from_light, event.actor, event.day) == ("", "", None, date(2026, 6, 15))


def test_opening_again_changes_nothing_and_opens_only_what_is_new(world: World) -> None:
    open_tasks(specs=[spec("a", world.branch)])
    Task.objects.update(state="waived")
    made = open_tasks(specs=[spec("a", world.branch, title="别的"), spec("b", world.sister), spec("b", world.sister)])
    assert made == 1
    assert Task.objects.count() == 2
    assert (load("a").state, load("a").title) == ("waived", "6月支部党员大会")
    assert TaskEvent.objects.count() == 2


def test_first_lights_follow_the_day(world: World) -> None:
    days = {
        "grey": date(2026, 5, 20),
        "yellow": date(2026, 6, 25),
        "orange": date(2026, 6, 29),
        "red": date(2026, 7, 2),
    }
    for light, day in days.items():
        with clock.moved(day):
            assert open_one(light, world.branch).light == light


def test_the_queries_do_not_grow_with_the_number(world: World) -> None:
    def count(keys: list[str]) -> int:
        with CaptureQueriesContext(connection) as queries:
            open_tasks(specs=[spec(key, world.branch) for key in keys])
        return len(queries)

    assert count(["a"]) == count(["b", "c", "d"])


def test_a_due_date_before_the_window_is_refused_by_the_database(world: World) -> None:
    with pytest.raises(IntegrityError):
        Task.objects.create(
            natural_key="x",
            source="cadence",
            kind="k",
            title="t",
            organisation=world.branch,
            window_start=date(2026, 6, 2),
            due_on=date(2026, 6, 1),
            original_due_on=date(2026, 6, 1),
        )


def test_withdrawing_stops_what_is_open_and_leaves_what_is_done(world: World) -> None:
    agreed("a", world.branch)
    done = agreed("b", world.branch)
    Task.objects.filter(pk=done.pk).update(state="done", closed_on=date(2026, 6, 2))
    stopped = withdraw_tasks(natural_keys=["a", "b", "none"], cause="记录已修改", actor=world.secretary)
    task = load("a")
    assert stopped == [task.pk]
    assert (task.state, task.light, task.light_cause, task.closed_on) == ("stopped", "green", "中止", date(2026, 6, 15))
    assert log(task)[-1] == ("stopped", "stopped", "green", "记录已修改")
    assert load("b").state == "done"
    assert withdraw_tasks(natural_keys=["a"], cause="again", actor=None) == []


def test_titles_too_long_for_the_column_are_cut(world: World) -> None:
    assert open_one("a", world.branch, title="长" * 300).title == "长" * 200


def test_the_log_uses_the_moved_clock(world: World) -> None:
    with clock.moved(date(2026, 2, 3)):
        task = open_one("a", world.branch, window_start=date(2026, 2, 1), due_on=date(2026, 2, 28))
    event = task.events.get()
    assert event.day == date(2026, 2, 3)
    assert event.at == datetime.datetime(2026, 2, 3, 9, tzinfo=clock.SHANGHAI)
