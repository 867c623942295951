"""Acceptance: what it takes, who decides, what it closes elsewhere."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from tasks.lighting import Lighting
from tasks.models import IndicatorReading, Milestone, Project, Task
from tasks.selectors.projects import Figures, figures_of, with_milestones
from tasks.services import (
    TaskSpec,
    accept_task,
    open_tasks,
    return_task,
    submit_task,
)
from tasks.services.project_reviews import (
    accept_project,
    apply_for_acceptance,
    reject_project,
)
from tasks.services.projects import approve_project
from tests.tasks.projects.making import (
    MILESTONES,
    START,
    at_the_root,
    draft_of,
    final_values,
    finish,
    log,
    running,
    task_of,
    waiting,
)
from tests.tasks.world import World, fresh


def figures(project: Project) -> Figures:
    """As a page shows them today."""
    found = with_milestones(Project.objects.all()).get(pk=project.pk)
    return figures_of(found, found.milestones.all(), Lighting(clock.today()))


def test_no_acceptance_before_every_milestone_is_closed(world: World) -> None:
    project = running(world)
    with pytest.raises(Conflict, match="里程碑1“摸底”还没有办结"):
        apply_for_acceptance(
            project=project, actor=fresh(world.general_secretary), result="好", readings=final_values(project)
        )


def test_the_result_and_every_final_value_are_asked_for(world: World) -> None:
    project = finish(world, running(world))
    leader = fresh(world.general_secretary)
    with pytest.raises(InvalidInput) as error:
        apply_for_acceptance(project=project, actor=leader, result=" ", readings=final_values(project))
    assert set(error.value.errors) == {"result"}
    first, second = final_values(project)
    with pytest.raises(InvalidInput) as error:
        apply_for_acceptance(project=project, actor=leader, result="好", readings={first: Decimal("0.9")})
    assert set(error.value.errors) == {f"reading_{second}"}
    assert (IndicatorReading.objects.count(), Project.objects.get(pk=project.pk).state) == (0, "active")


def test_who_applied_does_not_accept(world: World) -> None:
    """An officer who records for the committee and reviews for it: not in one matter."""
    project = at_the_root(world, world.officer)
    approve_project(project=project, actor=fresh(world.root_deputy))
    for number in (1, 2, 3):
        submit_task(task=task_of(project, number), actor=fresh(world.root_secretary), note="完成")
        accept_task(task=task_of(project, number), actor=fresh(world.root_deputy))
    deputy = fresh(world.root_deputy)
    apply_for_acceptance(project=project, actor=deputy, result="做成了", readings=final_values(project))
    with pytest.raises(NotAllowed, match="您申请的"):
        accept_project(project=project, actor=deputy)


def obligation(world: World, person_id: int | None, key: str, due: date) -> Task:
    """An item of a responsibility list: lead a project to its end."""
    spec = TaskSpec(
        natural_key=key,
        source="list_item",
        kind="list_item",
        title="领办1个攻坚项目",
        organisation_id=world.general.pk,
        person_id=person_id,
        window_start=date(2026, 1, 1),
        due_on=due,
        period_code="2026",
        requirement={"evidence": "breakthrough_project", "part": "led"},
    )
    open_tasks(specs=[spec])
    return Task.objects.get(natural_key=key)


def test_acceptance_closes_the_items_of_who_led_it(world: World) -> None:
    leaders = obligation(world, world.general_secretary.person_id, "a", date(2026, 12, 31))
    helpers = obligation(world, world.secretary.person_id, "b", date(2026, 12, 31))
    others = obligation(world, world.other_general_secretary.person_id, "c", date(2026, 12, 31))
    project = waiting(world)
    with clock.moved(date(2026, 6, 20)):
        accept_project(project=project, actor=fresh(world.root_deputy), note="成效明显")
    for task in (leaders, helpers, others):
        task.refresh_from_db()
    assert (leaders.state, leaders.closed_on, leaders.evidence_url) == ("done", START, "/projects/PN2601/")
    assert (helpers.state, others.state) == ("done", "active")
    stored = Project.objects.get(pk=project.pk)
    assert (stored.state, stored.closed_on, stored.result) == ("closed", date(2026, 6, 20), "做成了")
    assert log(stored)[-1] == ("accept", "acceptance", "closed", "成效明显")


def test_a_project_that_closes_late_still_proves_its_year(world: World) -> None:
    item = obligation(world, world.general_secretary.person_id, "a", date(2026, 6, 1))
    accept_project(project=waiting(world), actor=fresh(world.root_deputy))
    item.refresh_from_db()
    assert (item.state, item.is_late) == ("done", True)


def test_sent_back_from_acceptance_and_accepted_later(world: World) -> None:
    project = waiting(world)
    reject_project(project=project, actor=fresh(world.root_deputy), reason="缺满意度数据")
    stored = Project.objects.get(pk=project.pk)
    assert (stored.state, stored.return_cause, stored.applied_by) == ("active", "缺满意度数据", None)
    leader = fresh(world.general_secretary)
    apply_for_acceptance(project=project, actor=leader, result="已补", readings=final_values(project))
    assert accept_project(project=project, actor=fresh(world.root_deputy)).return_cause == ""


def test_milestones_keep_their_weights_when_a_task_is_closed_from_its_own_page(world: World) -> None:
    project = running(world)
    submit_task(task=task_of(project, 1), actor=fresh(world.general_secretary), note="完成")
    return_task(task=task_of(project, 1), actor=fresh(world.root_secretary), reason="缺名单")
    assert (figures(project).done, Milestone.objects.get(project=project, number=1).weight) == (0, 40)
    assert draft_of(world).milestones == MILESTONES
