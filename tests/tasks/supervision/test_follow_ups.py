"""Follow-ups: opened once by the rhythm, closed by the report, never for what needs none."""

from __future__ import annotations

from datetime import date

import pytest

from common import clock
from tasks.models import DirectiveUnit, Project, Task
from tasks.nightly import open_follow_ups
from tasks.services import report_progress, stop_task, submit_task
from tests.tasks.supervision.making import directive_of, project_of, supervised
from tests.tasks.world import World, fresh, load, log

NIGHT = date(2026, 6, 15)


def opened() -> list[Task]:
    return list(Task.objects.filter(source="follow_up").order_by("pk"))


def test_a_directive_is_followed_up_by_its_rhythm(world: World) -> None:
    task = supervised("a", world.branch, due_on=date(2026, 9, 30))
    directive_of(world, task)
    assert open_follow_ups(NIGHT) == {"opened": 1}
    assert open_follow_ups(NIGHT) == {"opened": 0}
    follow_up = opened()[0]
    assert (follow_up.title, follow_up.parent, follow_up.organisation) == (
        "6月25日前报进展：安全排查",
        task,
        world.branch,
    )
    # The stretch began on 26 May; what is followed only on 1 June.
    assert (follow_up.window_start, follow_up.due_on) == (date(2026, 6, 1), date(2026, 6, 25))
    assert (follow_up.profile, follow_up.act_url) == ("cadence", f"/tasks/{task.pk}/")


def test_the_report_closes_it_and_nothing_is_typed_twice(world: World) -> None:
    task = supervised("a", world.branch, due_on=date(2026, 9, 30))
    directive_of(world, task)
    open_follow_ups(NIGHT)
    report_progress(task=load("a"), actor=fresh(world.secretary), note="排查了三栋楼", progress=40)
    follow_up = opened()[0]
    assert (follow_up.state, follow_up.closed_on, follow_up.is_late, follow_up.note) == (
        "done",
        NIGHT,
        False,
        "排查了三栋楼",
    )
    assert log(follow_up)[-1][0] == "done"
    assert (load("a").progress, load("a").note) == (40, "排查了三栋楼")
    assert open_follow_ups(NIGHT) == {"opened": 0}
    assert open_follow_ups(date(2026, 6, 26)) == {"opened": 1}  # the next stretch


def test_who_reported_in_the_stretch_is_not_asked(world: World) -> None:
    task = supervised("a", world.branch, due_on=date(2026, 9, 30))
    directive_of(world, task)
    report_progress(task=task, actor=fresh(world.secretary), note="已开始")
    assert open_follow_ups(NIGHT) == {"opened": 0}


def test_submitting_closes_it_and_stopping_drops_it(world: World) -> None:
    for key in ("a", "b"):
        directive_of(world, supervised(key, world.branch, due_on=date(2026, 9, 30)))
    open_follow_ups(NIGHT)
    submit_task(task=load("a"), actor=fresh(world.secretary), note="完成")
    stop_task(task=load("b"), actor=fresh(world.general_secretary), reason="并入他项")
    assert [task.state for task in opened()] == ["done", "stopped"]


def test_the_first_report_is_due_by_the_type(world: World) -> None:
    task = supervised("a", world.branch, window_start=NIGHT, due_on=date(2026, 9, 30))
    directive_of(world, task, first_report_by=date(2026, 6, 18))
    open_follow_ups(NIGHT)
    assert [(row.window_start, row.due_on) for row in opened()] == [(NIGHT, date(2026, 6, 18))]
    report_progress(task=load("a"), actor=fresh(world.secretary), note="已部署")
    assert open_follow_ups(date(2026, 6, 19)) == {"opened": 0}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"state": "pending"}, "not signed for"),
        ({"state": "submitted"}, "waits to be checked"),
        ({"state": "done"}, "closed"),
        ({"due_on": date(2026, 6, 25)}, "the final proof is due by then"),
    ],
)
def test_none_where_none_is_needed(world: World, change: dict[str, object], words: str) -> None:
    task = supervised("a", world.branch, due_on=date(2026, 9, 30))
    directive_of(world, task)
    Task.objects.filter(pk=task.pk).update(**change)
    assert open_follow_ups(NIGHT) == {"opened": 0}, words


def test_supporting_units_and_whoever_passed_it_on_are_not_asked(world: World) -> None:
    above = supervised("above", world.general, due_on=date(2026, 9, 30))
    unit = directive_of(world, above)
    below = supervised("below", world.branch, due_on=date(2026, 9, 1), parent_id=above.pk)
    DirectiveUnit.objects.create(
        directive=unit.directive, organisation=world.branch, name="支部", task=below, parent=unit
    )
    helper = supervised("helper", world.sister, due_on=date(2026, 9, 30))
    directive_of(world, helper, part="support")
    assert open_follow_ups(NIGHT) == {"opened": 1}
    assert opened()[0].parent == below


def test_a_day_off_moves_it_to_the_working_day_before(world: World) -> None:
    """25 April 2026 is a Saturday without a make-up day: due on Friday the 24th."""
    task = supervised("a", world.branch, window_start=date(2026, 4, 1), due_on=date(2026, 9, 30))
    directive_of(world, task)
    with clock.moved(date(2026, 4, 10)):
        open_follow_ups(date(2026, 4, 10))
    assert opened()[0].due_on == date(2026, 4, 24)


def test_a_project_is_followed_up_once_at_its_current_milestone(world: World) -> None:
    project_of(world, [(date(2026, 5, 1), date(2026, 8, 30), 40), (date(2026, 8, 30), date(2026, 11, 30), 60)])
    assert open_follow_ups(NIGHT) == {"opened": 1}
    follow_up = opened()[0]
    assert follow_up.title == "6月25日前报进展：一次办成"
    assert follow_up.person == world.general_secretary.person
    # A report on the later milestone is a report on the project.
    report_progress(task=load("milestone:PN2601:2"), actor=fresh(world.general_secretary), note="提前启动")
    assert opened()[0].state == "done"


@pytest.mark.parametrize(
    ("start", "first_due"),
    [
        (date(2026, 6, 15), date(2026, 6, 25)),  # ten days: enough to have something to tell
        (date(2026, 6, 16), date(2026, 7, 24)),  # nine days: the next report day; 25 July is a Saturday
        (date(2026, 6, 25), date(2026, 7, 24)),
    ],
)
def test_a_project_is_first_asked_ten_days_after_its_start(world: World, start: date, first_due: date) -> None:
    project = project_of(world, [(start, date(2026, 11, 30), 100)])
    assert project.starts_on == start
    for night in (start, date(2026, 6, 25), date(2026, 6, 26), date(2026, 7, 20)):
        with clock.moved(night):
            open_follow_ups(night)
    assert opened()[0].due_on == first_due


@pytest.mark.parametrize("state", ["draft", "reviewing", "acceptance", "closed", "stopped"])
def test_only_running_projects(world: World, state: str) -> None:
    project_of(world, [(date(2026, 5, 1), date(2026, 8, 30), 100)])
    Project.objects.update(state=state)
    assert open_follow_ups(NIGHT) == {"opened": 0}


def test_queries_do_not_grow(world: World, django_assert_num_queries) -> None:
    def add(number: int) -> None:
        directive_of(world, supervised(f"t{number}", world.branch, due_on=date(2026, 9, 30)))

    add(1)
    with django_assert_num_queries(9):
        assert open_follow_ups(NIGHT) == {"opened": 1}
    for number in range(2, 5):
        add(number)
    with django_assert_num_queries(9):
        assert open_follow_ups(NIGHT) == {"opened": 3}
