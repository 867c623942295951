"""The plan of a running project is changed by the level above, as far as it is not yet due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from common import clock
from common.errors import InvalidInput, NotAllowed
from tasks.models import Project, Task, TaskEvent
from tasks.nightly import open_follow_ups
from tasks.project_plans import MilestonePlan
from tasks.services import (
    accept_task,
    report_progress,
    submit_task,
)
from tasks.services.project_changes import NewPlan, change_plan
from tests.tasks.projects.making import (
    END,
    MILESTONES,
    START,
    log,
    running,
    task_of,
)
from tests.tasks.world import World, fresh


def replan(world: World, project: Project, actor: Any = None, reason: str = "学校改革顺延", **more: Any) -> Project:
    """The committee's secretary changes the plan."""
    assert world.general_secretary.person is not None and world.secretary.person is not None
    plan = NewPlan(
        leader=world.general_secretary.person,
        co_leaders=[world.secretary.person],
        task_force=None,
        rhythm="monthly",
        ends_on=END,
        milestones=MILESTONES,
    )
    actor = fresh(actor or world.root_secretary)
    return change_plan(project=project, plan=replace(plan, **more), actor=actor, reason=reason)


def test_a_new_plan_moves_what_is_not_yet_due(world: World) -> None:
    project = running(world)
    rows = [MILESTONES[0], replace(MILESTONES[1], due_on=date(2026, 10, 15)), replace(MILESTONES[2], title="全面推开")]
    replan(world, project, milestones=rows)
    second, third = task_of(project, 2), task_of(project, 3)
    assert (second.due_on, second.original_due_on) == (date(2026, 10, 15), date(2026, 9, 30))
    assert (third.window_start, third.title) == (date(2026, 10, 15), "全面推开（一次办成）")
    event = TaskEvent.objects.get(verb="rescheduled")
    assert (event.task_id, event.due_on, event.cause) == (second.pk, date(2026, 10, 15), "学校改革顺延")
    cause = "学校改革顺延（里程碑2期限2026-09-30改为2026-10-15；里程碑3内容改为“全面推开”）"
    assert log(project)[-1] == ("replan", "active", "active", cause)


def test_weights_move_and_a_milestone_is_added(world: World) -> None:
    project = running(world)
    rows = [*MILESTONES[:2], replace(MILESTONES[2], weight=15), MilestonePlan("推广", date(2026, 12, 10), 10)]
    replan(world, project, milestones=rows)
    added = task_of(project, 4)
    assert (added.natural_key, added.window_start, added.due_on) == (
        f"milestone:{project.code}:4",
        date(2026, 11, 30),
        date(2026, 12, 10),
    )
    assert list(project.milestones.order_by("number").values_list("weight", flat=True)) == [40, 35, 15, 10]


def test_what_is_done_or_due_stays(world: World) -> None:
    project = running(world)
    submit_task(task=task_of(project, 1), actor=fresh(world.general_secretary), note="完成")
    accept_task(task=task_of(project, 1), actor=fresh(world.root_secretary))
    rows = [replace(MILESTONES[0], weight=35), replace(MILESTONES[1], weight=40), MILESTONES[2]]
    with pytest.raises(InvalidInput) as error:
        replan(world, project, milestones=rows)
    assert set(error.value.errors) == {"milestones.0.title"}
    with clock.moved(date(2026, 10, 1)), pytest.raises(InvalidInput) as error:
        rows = [MILESTONES[0], replace(MILESTONES[1], due_on=date(2026, 10, 20)), MILESTONES[2]]
        replan(world, project, milestones=rows)
    assert set(error.value.errors) == {"milestones.1.title"}
    assert list(project.milestones.order_by("number").values_list("due_on", flat=True)) == [
        one.due_on for one in MILESTONES
    ]


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"milestones": MILESTONES[:2]}, "milestones"),
        ({"milestones": [MILESTONES[0], replace(MILESTONES[1], weight=30), MILESTONES[2]]}, "milestones"),
        ({"milestones": [replace(MILESTONES[0], due_on=date(2026, 6, 14)), *MILESTONES[1:]]}, "milestones.0.due_on"),
        ({"ends_on": date(2026, 11, 1)}, "milestones.2.due_on"),
        ({"reason": " "}, "reason"),
    ],
)
def test_a_plan_that_is_wrong_changes_nothing(world: World, more: dict[str, Any], where: str) -> None:
    project = running(world)
    with pytest.raises(InvalidInput) as error:
        replan(world, project, **more)
    assert where in error.value.errors
    assert len(log(project)) == 3
    assert TaskEvent.objects.exclude(verb="opened").count() == 0


def test_the_same_plan_again_is_no_change(world: World) -> None:
    with pytest.raises(InvalidInput, match="没有要调整的"):
        replan(world, running(world))


def test_another_leader_takes_over_the_open_tasks_and_follow_ups(world: World) -> None:
    project = running(world)
    open_follow_ups(START)
    successor = world.commissioner.person
    replan(world, project, leader=successor)
    assert set(Task.objects.filter(state="active").values_list("person_id", flat=True)) == {
        world.commissioner.person_id
    }
    assert TaskEvent.objects.filter(verb="reassigned").count() == 4
    report_progress(task=task_of(project, 1), actor=fresh(world.commissioner), note="接手")


def test_a_leader_of_another_project_does_not_take_over(world: World) -> None:
    running(world, title="第一个项目", leader=world.commissioner.person, co_leaders=[])
    project = running(world)
    with pytest.raises(InvalidInput, match="第一个项目") as error:
        replan(world, project, leader=world.commissioner.person)
    assert set(error.value.errors) == {"leader"}


def test_new_co_leaders_may_report_and_never_check(world: World) -> None:
    project = running(world)
    replan(world, project, co_leaders=[world.root_deputy.person])
    assert task_of(project, 1).requirement["with"] == [world.root_deputy.person_id]
    submit_task(task=task_of(project, 1), actor=fresh(world.root_deputy), note="完成")
    with pytest.raises(NotAllowed):
        report_progress(task=task_of(project, 2), actor=fresh(world.secretary), note="不再共同领办")
