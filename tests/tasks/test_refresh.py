"""The nightly lights: changes with their cause, once, in batches."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.models import CalendarDay
from tasks.models import Task, TaskEvent
from tasks.nightly import refresh_lights
from tests.tasks.world import World, agreed, load, log, open_one


def test_a_light_walks_through_the_month_with_one_event_per_change(world: World) -> None:
    open_one("a", world.branch)
    start = date(2026, 6, 15)
    changed = [refresh_lights(start + timedelta(days=n))["changed"] for n in range(20)]
    assert sum(changed) == 3
    task = load("a")
    assert (task.light, task.light_cause) == ("red", "逾期4天（应于2026年6月30日完成）")
    events = list(task.events.order_by("id").values_list("verb", "day", "from_light", "to_light", "cause"))
    assert events[1:] == [
        ("light", date(2026, 6, 23), "green", "yellow", "剩7天（2026年6月30日到期）"),
        ("light", date(2026, 6, 28), "yellow", "orange", "剩2天（2026年6月30日到期）"),
        ("light", date(2026, 7, 1), "orange", "red", "逾期1天（应于2026年6月30日完成）"),
    ]


def test_running_twice_or_late_changes_nothing_more(world: World) -> None:
    open_one("a", world.branch)
    assert refresh_lights(date(2026, 7, 5)) == {"checked": 1, "changed": 1}
    assert refresh_lights(date(2026, 7, 5)) == {"checked": 1, "changed": 0}
    assert [verb for verb, *_rest in log(load("a"))] == ["opened", "light"]


def test_closed_tasks_are_green_and_waiting_ones_stand_still(world: World) -> None:
    for key, state in (("done", "done"), ("waived", "waived"), ("stopped", "stopped"), ("submitted", "submitted")):
        open_one(key, world.branch)
        Task.objects.filter(natural_key=key).update(
            state=state, light="orange", light_cause="x", closed_on=date(2026, 6, 29), last_report_on=date(2026, 6, 29)
        )
    assert refresh_lights(date(2026, 7, 9)) == {"checked": 4, "changed": 3}
    found = {key: (load(key).light, load(key).light_cause) for key in ("done", "waived", "stopped", "submitted")}
    assert found == {
        "done": ("green", "已办结"),
        "waived": ("green", "免办"),
        "stopped": ("green", "中止"),
        "submitted": ("orange", "已提交待核查；提交时剩1天（2026年6月30日到期）"),
    }
    assert refresh_lights(date(2026, 7, 10)) == {"checked": 1, "changed": 0}


def test_a_slip_waits_ten_working_days_of_the_real_calendar(world: World) -> None:
    """Yellow from 2026-09-13; 25 September is a holiday (Mid-autumn), the 20th is worked."""
    agreed("a", world.branch, profile="supervision", window_start=date(2026, 1, 1), due_on=date(2026, 12, 31))
    # Entered by the office, so that the test does not hang on the published data of a year.
    for day, is_workday in ((date(2026, 9, 20), True), (date(2026, 9, 25), False)):
        CalendarDay.objects.create(date=day, is_workday=is_workday)
    refresh_lights(date(2026, 9, 13))
    assert load("a").light == "yellow"
    refresh_lights(date(2026, 9, 24))
    assert load("a").light == "orange"
    assert log(load("a"))[-1][3] == "剩98天（窗口364天的27%），本周期未报进展，黄灯后10个工作日未回应"
    CalendarDay.objects.create(date=date(2026, 9, 23), is_workday=False)
    Task.objects.update(light="yellow")
    refresh_lights(date(2026, 9, 24))
    assert load("a").light == "yellow"


@pytest.mark.parametrize("tasks", [1, 3])
def test_the_queries_do_not_grow_with_the_tasks(world: World, tasks: int) -> None:
    for n in range(tasks):
        open_one(f"a{n}", world.branch)
    with CaptureQueriesContext(connection) as queries:
        refresh_lights(date(2026, 7, 5))
    # Savepoints aside: read, write the lights, write the events.
    assert len([q for q in queries if "SAVEPOINT" not in q["sql"]]) == 3


def test_more_tasks_than_one_batch(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.services.refresh.CHUNK", 2)
    for n in range(5):
        open_one(f"a{n}", world.branch)
    assert refresh_lights(date(2026, 7, 5)) == {"checked": 5, "changed": 5}
    assert set(Task.objects.values_list("light", flat=True)) == {"red"}
    assert TaskEvent.objects.filter(verb="light").count() == 5
