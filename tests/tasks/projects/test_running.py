"""A running project: reports and readings, milestones, more time, a changed plan, acceptance."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from tasks.lighting import Lighting
from tasks.models import Extension, IndicatorReading, Project, Task
from tasks.nightly import open_follow_ups, refresh_lights
from tasks.selectors.projects import Figures, figures_of, with_milestones
from tasks.services import (
    accept_task,
    ask_extension,
    grant_extension,
    return_task,
    submit_task,
    waive_task,
)
from tasks.services.project_reviews import (
    accept_project,
    apply_for_acceptance,
    report_on_project,
)
from tasks.services.projects import approve_project
from tests.tasks.projects.making import (
    START,
    at_the_root,
    drafted,
    final_values,
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


# --- reports ------------------------------------------------------------------------------------------------------------


def test_a_report_goes_to_the_running_milestone_with_its_readings(world: World) -> None:
    project = running(world)
    rate, forms = project.indicators.order_by("position")
    report_on_project(
        project=project,
        actor=fresh(world.secretary),  # co-leads it
        note="摸清12项",
        progress=50,
        difficulty="数据不全",
        help_needed="请信息中心支持",
        readings={rate.pk: Decimal("0.6")},
    )
    task = task_of(project, 1)
    assert (task.progress, task.note, task.last_report_on) == (50, "摸清12项", START)
    event = task.events.latest("id")
    assert (event.verb, event.progress, event.difficulty, event.help_needed) == (
        "reported",
        50,
        "数据不全",
        "请信息中心支持",
    )
    rate.refresh_from_db()
    forms.refresh_from_db()
    assert (rate.current, rate.read_on, forms.current) == (Decimal("0.6"), START, None)
    reading = IndicatorReading.objects.get()
    assert (reading.indicator, reading.value, reading.day, reading.read_by) == (
        rate,
        Decimal("0.6"),
        START,
        world.secretary,
    )
    shown = figures(project)
    assert (shown.done, shown.reported, shown.reported_until) == (0, 20, 20)


def test_a_bad_reading_refuses_the_whole_report(world: World) -> None:
    project = running(world)
    pk = project.indicators.get(name="办结率").pk
    with pytest.raises(InvalidInput) as error:
        report_on_project(project=project, actor=fresh(world.general_secretary), note="x", readings={pk: Decimal(60)})
    assert set(error.value.errors) == {f"reading_{pk}"}
    assert (task_of(project, 1).note, IndicatorReading.objects.count()) == ("", 0)


def test_a_foreign_indicator_is_refused(world: World) -> None:
    project = running(world)
    other = running(world, title="别的", leader=world.secretary.person, co_leaders=[])
    pk = other.indicators.order_by("position")[0].pk
    with pytest.raises(InvalidInput):
        report_on_project(
            project=project, actor=fresh(world.general_secretary), note="x", readings={pk: Decimal("0.5")}
        )


def test_the_report_passes_on_when_the_first_milestone_waits_to_be_checked(world: World) -> None:
    project = running(world)
    leader = fresh(world.general_secretary)
    submit_task(task=task_of(project, 1), actor=leader, note="完成")
    assert report_on_project(project=project, actor=leader, note="试点选好").natural_key.endswith(":2")
    for number in (2, 3):
        submit_task(task=task_of(project, number), actor=leader, note="完成")
    with pytest.raises(Conflict, match="都已提交或办结"):
        report_on_project(project=project, actor=leader, note="x")


def test_a_report_closes_the_follow_up_that_asked_for_it(world: World) -> None:
    project = running(world)
    assert open_follow_ups(START) == {"opened": 1}
    follow_up = Task.objects.get(source="follow_up")
    assert (follow_up.person_id, follow_up.state) == (project.leader_id, "active")
    report_on_project(project=project, actor=fresh(world.general_secretary), note="过半")
    follow_up.refresh_from_db()
    assert follow_up.state == "done"


# --- milestones: four eyes ----------------------------------------------------------------------------------------------


def test_nobody_who_leads_it_accepts_its_milestones(world: World) -> None:
    project = running(world, co_leaders=[world.root_deputy.person])
    submit_task(task=task_of(project, 1), actor=fresh(world.general_secretary), note="完成")
    for actor in (world.general_secretary, world.root_deputy):
        with pytest.raises(NotAllowed):
            accept_task(task=task_of(project, 1), actor=fresh(actor))
        with pytest.raises(NotAllowed):
            return_task(task=task_of(project, 1), actor=fresh(actor), reason="x")
    accept_task(task=task_of(project, 1), actor=fresh(world.root_secretary))
    assert figures(project).done == 40


def test_at_the_root_the_leader_does_not_accept_what_a_co_leader_submitted(world: World) -> None:
    """The submitter is somebody else: still the leader's own work."""
    project = at_the_root(world, world.officer)
    approve_project(project=project, actor=fresh(world.root_deputy))
    project.co_leaders.add(world.general_secretary.person)
    Task.objects.update(requirement={"rhythm_days": 31, "with": [world.general_secretary.person_id]})
    submit_task(task=task_of(project, 1), actor=fresh(world.general_secretary), note="完成")
    with pytest.raises(NotAllowed, match="您领办的项目"):
        accept_task(task=task_of(project, 1), actor=fresh(world.root_secretary))
    accept_task(task=task_of(project, 1), actor=fresh(world.root_deputy))


# --- the light of the whole ---------------------------------------------------------------------------------------------


def test_the_light_is_the_worst_of_what_has_begun(world: World) -> None:
    project = running(world)
    assert (figures(project).light, figures(project).cause) == ("green", "2026年7月10日到期")
    with clock.moved(date(2026, 7, 12)):
        refresh_lights(date(2026, 7, 12))
        found = figures(project)
    assert (found.light, found.cause) == ("red", "逾期2天（应于2026年7月10日完成）")
    assert found.current is not None and found.current.number == 1


def test_before_and_after_it_runs(world: World) -> None:
    draft = drafted(world)
    assert (figures(draft).light, figures(draft).cause) == ("grey", "草拟")
    Project.objects.filter(pk=draft.pk).update(state="stopped")
    project = waiting(world)
    assert (figures(project).light, figures(project).cause) == ("green", "里程碑都已办结，等待验收")
    accept_project(project=project, actor=fresh(world.root_deputy))
    assert (figures(project).light, figures(project).cause, figures(project).done) == ("green", "已销号", 100)


def test_what_was_waived_counts_for_nothing_and_holds_nothing_up(world: World) -> None:
    project = running(world)
    waive_task(task=task_of(project, 3), actor=fresh(world.root_secretary), reason="并入试点")
    leader = fresh(world.general_secretary)
    for number in (1, 2):
        submit_task(task=task_of(project, number), actor=leader, note="完成")
        accept_task(task=task_of(project, number), actor=fresh(world.root_secretary))
    assert (figures(project).done, figures(project).released) == (75, 25)
    values = final_values(project)
    applied = apply_for_acceptance(project=project, actor=leader, result="做成", readings=values)
    assert applied.state == "acceptance"


# --- more time ----------------------------------------------------------------------------------------------------------


def ask(world: World, project: Project, number: int, day: date) -> Extension:
    """The leader asks for more time on the page of the Task."""
    actor = fresh(world.general_secretary)
    return ask_extension(task=task_of(project, number), actor=actor, new_due_on=day, reason="接口推迟")


def test_more_time_on_the_page_of_the_task_keeps_the_projects_state(world: World) -> None:
    project = running(world)
    extension = ask(world, project, 1, date(2026, 8, 1))
    assert Project.objects.get(pk=project.pk).state == "extension"
    grant_extension(extension=extension, actor=fresh(world.root_secretary), decision="同意")
    assert log(project)[-2:] == [
        ("ask_extension", "active", "extension", "里程碑1申请延至2026-08-01：接口推迟"),
        ("settle_extension", "extension", "active", "批准延至2026-08-01"),
    ]
    first, second = task_of(project, 1), task_of(project, 2)
    assert (first.due_on, first.original_due_on, second.window_start) == (
        date(2026, 8, 1),
        date(2026, 7, 10),
        date(2026, 8, 1),
    )


def test_two_requests_one_decision_the_project_still_waits(world: World) -> None:
    project = running(world)
    first, second = ask(world, project, 1, date(2026, 8, 1)), ask(world, project, 2, date(2026, 10, 20))
    grant_extension(extension=first, actor=fresh(world.root_secretary))
    assert Project.objects.get(pk=project.pk).state == "extension"
    grant_extension(extension=second, actor=fresh(world.root_secretary))
    assert Project.objects.get(pk=project.pk).state == "active"


@pytest.mark.parametrize(
    ("number", "day", "words"), [(1, date(2026, 9, 30), "下一个里程碑"), (3, date(2026, 12, 16), "结束日期2026-12-15")]
)
def test_a_date_that_does_not_fit_is_refused_when_asked(world: World, number: int, day: date, words: str) -> None:
    project = running(world)
    with pytest.raises(InvalidInput, match=words) as error:
        ask(world, project, number, day)
    assert set(error.value.errors) == {"new_due_on"}
    assert (Extension.objects.count(), Project.objects.get(pk=project.pk).state) == (0, "active")


def test_a_request_falls_away_with_the_milestone(world: World) -> None:
    project = running(world)
    extension = ask(world, project, 1, date(2026, 8, 1))
    submit_task(task=task_of(project, 1), actor=fresh(world.general_secretary), note="赶上了")
    accept_task(task=task_of(project, 1), actor=fresh(world.root_secretary))
    extension.refresh_from_db()
    assert (extension.state, Project.objects.get(pk=project.pk).state) == ("withdrawn", "active")
    assert log(project)[-1] == ("settle_extension", "extension", "active", "延期申请不再需要：已核查通过")
