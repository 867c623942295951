"""What the chart shows: to whom, as of which day, with which light, latest line and next step."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from orgs.models import User
from tasks.models import Directive, DirectiveUnit, Project, ProjectEvent, Task
from tasks.nightly import refresh_lights
from tasks.selectors.chart import Row, chart_rows
from tasks.services import (
    accept_task,
    ask_extension,
    grant_extension,
    report_progress,
    submit_task,
)
from tests.tasks.conftest import TODAY
from tests.tasks.supervision.making import directive_of, project_of, supervised
from tests.tasks.world import World, fresh, load

ISSUED = datetime(2026, 6, 1, 9, tzinfo=clock.SHANGHAI)
STEPS = [(date(2026, 5, 1), date(2026, 6, 30), 40), (date(2026, 6, 30), date(2026, 11, 30), 60)]


def directive(world: World, key: str = "a", organisation: Any = None, **more: Any) -> DirectiveUnit:
    """An issued directive with one lead unit, the branch unless told otherwise."""
    task = supervised(key, organisation or world.branch, due_on=date(2026, 7, 31))
    return directive_of(world, task, issued_at=ISSUED, **more)


def rows(user: User, day: date = TODAY, **more: Any) -> list[Row]:
    return chart_rows(fresh(user), as_of=day, **more)


def test_a_project_row(world: World) -> None:
    project_of(world, STEPS)
    with clock.moved(date(2026, 6, 10)):
        leader = fresh(world.general_secretary)
        report_progress(task=load("milestone:PN2601:1"), actor=leader, note="表单已合并", progress=60)
    (row,) = rows(world.root_secretary)
    assert (row.kind, row.number, row.title, row.url) == ("project", "PN2601", "一次办成", "/projects/PN2601/")
    assert (row.leader, row.unit, row.owner) == ("总支书记", "ZZ1党总支", "总支书记")
    assert (row.start, row.end, row.progress) == (date(2026, 5, 1), date(2026, 11, 30), 0)
    assert (row.latest, row.latest_on) == ("表单已合并", date(2026, 6, 10))
    assert (row.next_step, row.next_due) == ("1. 里程碑1", date(2026, 6, 30))
    assert [(bar.start, bar.due, bar.share, bar.is_done) for bar in row.bars] == [
        (date(2026, 5, 1), date(2026, 6, 30), 60, False),
        (date(2026, 6, 30), date(2026, 11, 30), 0, False),
    ]


def test_progress_counts_accepted_milestones_only(world: World) -> None:
    project_of(world, STEPS)
    submit_task(task=load("milestone:PN2601:1"), actor=fresh(world.general_secretary), note="完成")
    assert rows(world.root_secretary)[0].progress == 0
    accept_task(task=load("milestone:PN2601:1"), actor=fresh(world.root_secretary))
    (row,) = rows(world.root_secretary)
    assert (row.progress, row.next_step) == (40, "2. 里程碑2")


def test_the_worst_light_and_its_reason(world: World) -> None:
    project_of(world, STEPS)
    day = date(2026, 7, 3)
    with clock.moved(day):
        refresh_lights(day)
        (row,) = rows(world.root_secretary, day)
        assert (row.light, row.light_cause) == ("red", "逾期3天（应于2026年6月30日完成）")
    assert row.bars[1].light == "green"


def test_a_directive_in_one_row_or_one_for_each_unit(world: World) -> None:
    first = directive(world)
    second = supervised("b", world.foreign, due_on=date(2026, 8, 31))
    DirectiveUnit.objects.create(
        directive=first.directive, organisation=world.foreign, name=world.foreign.name, task=second
    )
    Task.objects.filter(pk=second.pk).update(state="pending")
    report_progress(task=load("a"), actor=fresh(world.secretary), note="过半", progress=50)
    (row,) = rows(world.root_secretary)
    assert (row.unit, row.progress, row.next_step, row.latest) == ("2个单位", 25, "1个单位待签收", "过半")
    by_unit = rows(world.root_secretary, by_unit=True)
    assert [(row.unit, row.progress, row.end, row.next_step) for row in by_unit] == [
        ("ZB101党支部", 50, date(2026, 7, 31), "1个单位办理中"),
        ("ZB201党支部", 0, date(2026, 8, 31), "1个单位待签收"),
    ]
    # Who is asked sees the own part alone.
    assert [row.unit for row in rows(world.secretary)] == ["ZB101党支部"]


def test_what_was_passed_on_is_one_row_with_the_branches_in_it(world: World) -> None:
    top = directive(world, "top", world.general)
    below = supervised("below", world.branch, due_on=date(2026, 7, 1), parent_id=load("top").pk)
    DirectiveUnit.objects.create(
        directive=top.directive, organisation=world.branch, name="支部", task=below, parent=top
    )
    report_progress(task=load("below"), actor=fresh(world.secretary), note="支部已办", progress=80)
    (row,) = rows(world.root_secretary)
    assert (row.unit, row.progress, row.latest) == ("ZZ1党总支", 80, "支部已办")
    assert [row.unit for row in rows(world.secretary)] == ["支部"]


@pytest.mark.parametrize("role", ["root_secretary", "officer", "general_secretary", "secretary", "commissioner"])
def test_who_sees_a_directive_to_the_branch(world: World, role: str) -> None:
    directive(world)
    assert [row.number for row in rows(getattr(world, role))] == [Directive.objects.get().number]


@pytest.mark.parametrize(
    "role", ["other_general_secretary", "sister_secretary", "foreign_secretary", "member", "leader", "outsider"]
)
def test_who_does_not(world: World, role: str) -> None:
    directive(world)
    project_of(world, STEPS)
    assert rows(getattr(world, role)) == []


@pytest.mark.parametrize("state", ["draft", "reviewing", "closed", "stopped"])
def test_only_running_projects(world: World, state: str) -> None:
    project_of(world, STEPS)
    Project.objects.update(state=state)
    assert rows(world.root_secretary) == []


def test_drafts_of_directives_are_not_shown(world: World) -> None:
    directive(world)
    Directive.objects.update(state="draft", issued_at=None)
    assert rows(world.root_secretary) == []


# --- As of a past day ---------------------------------------------------------------------------------------------------


def test_a_past_day_as_it_was(world: World) -> None:
    directive(world)
    with clock.moved(date(2026, 6, 5)):
        report_progress(task=load("a"), actor=fresh(world.secretary), note="已部署", progress=20)
    with clock.moved(date(2026, 6, 20)):
        report_progress(task=load("a"), actor=fresh(world.secretary), note="过半", progress=60)
        extension = ask_extension(
            task=load("a"), actor=fresh(world.secretary), new_due_on=date(2026, 9, 30), reason="推迟"
        )
        grant_extension(extension=extension, actor=fresh(world.general_secretary))
    with clock.moved(date(2026, 7, 1)):
        then, now = rows(world.root_secretary, date(2026, 6, 10)), rows(world.root_secretary, date(2026, 7, 1))
        before = rows(world.root_secretary, date(2026, 5, 31))
    assert [(row.progress, row.latest, row.end) for row in then] == [(20, "已部署", date(2026, 7, 31))]
    assert [(row.progress, row.latest, row.end) for row in now] == [(60, "过半", date(2026, 9, 30))]
    assert now[0].bars[0].original_due == date(2026, 7, 31)
    assert before == []


def test_a_closed_project_still_ran_then(world: World) -> None:
    project = project_of(world, STEPS)
    events = [(date(2026, 5, 1), "active"), (date(2026, 6, 10), "stopped")]
    for day, state in events:
        ProjectEvent.objects.create(project=project, day=day, verb=state, to_state=state)
    Project.objects.update(state="stopped")
    # The Tasks of this test were opened today; the log of that day is what counts.
    Task.objects.get(natural_key="milestone:PN2601:1").events.update(day=date(2026, 5, 1))
    assert [row.number for row in rows(world.root_secretary, date(2026, 6, 9))] == ["PN2601"]
    assert rows(world.root_secretary, date(2026, 6, 10)) == []


def test_the_light_of_a_past_day_has_its_reason(world: World) -> None:
    directive(world)
    Task.objects.get().events.update(day=date(2026, 6, 1))
    for day in (date(2026, 7, 14), date(2026, 7, 20), date(2026, 8, 3)):
        with clock.moved(day):
            refresh_lights(day)
    with clock.moved(date(2026, 8, 3)):
        lights = {
            day: [(row.light, row.light_cause) for row in rows(world.root_secretary, day)]
            for day in (date(2026, 7, 15), date(2026, 8, 2))
        }
    assert lights == {
        date(2026, 7, 15): [("yellow", "剩16天（窗口60天的27%），本周期未报进展")],
        date(2026, 8, 2): [("red", "逾期2天（应于2026年7月31日完成）")],
    }


@pytest.mark.parametrize("day", [TODAY, date(2026, 6, 14)])
def test_queries_do_not_grow(world: World, day: date) -> None:
    def count() -> int:
        user = fresh(world.root_secretary)
        with CaptureQueriesContext(connection) as queries:
            chart_rows(user, as_of=day)
        return len(queries)

    def add(number: int) -> None:
        project_of(world, STEPS, code=f"PN{number}")
        directive(world, f"d{number}")

    add(1)
    one = count()
    for number in (2, 3):
        add(number)
    assert count() == one <= (5 if day == TODAY else 7)
