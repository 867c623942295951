"""Projects for the tests: drafted, sent, running, ready for acceptance; all through the services."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from orgs.models import Office, User
from tasks.models import Milestone, Project, Task
from tasks.project_plans import IndicatorPlan, MilestonePlan
from tasks.services import accept_task, submit_task
from tasks.services.project_reviews import apply_for_acceptance, report_on_project
from tasks.services.projects import ProjectDraft, approve_project, draft_project, submit_project
from tests.factories import make_officer
from tests.tasks.world import World, fresh

START, END = date(2026, 6, 15), date(2026, 12, 15)
MILESTONES = (
    MilestonePlan("摸底", date(2026, 7, 10), 40),
    MilestonePlan("试点", date(2026, 9, 30), 35),
    MilestonePlan("推开", date(2026, 11, 30), 25),
)
INDICATORS = (
    IndicatorPlan("办结率", Decimal("0.55"), Decimal("0.95"), "比率"),
    IndicatorPlan("表单数", Decimal(112), Decimal(56), "张"),
)


def draft_of(world: World, **more: Any) -> ProjectDraft:
    """A project of the general branch, led by its secretary together with the secretary of a branch."""
    facts: dict[str, Any] = {
        "organisation": world.general,
        "title": "一次办成",
        "leader": world.general_secretary.person,
        "co_leaders": [world.secretary.person],
        "problem": "师生办事跑多个部门",
        "root_causes": ["数据不共享", "流程按部门切块"],
        "target": "30项一次办成",
        "starts_on": START,
        "ends_on": END,
        "milestones": MILESTONES,
        "indicators": INDICATORS,
        **more,
    }
    return ProjectDraft(**facts)


def with_row(draft: ProjectDraft, row: int, **more: Any) -> ProjectDraft:
    """The draft with one of its milestones changed."""
    rows = list(draft.milestones)
    rows[row] = replace(rows[row], **more)
    return replace(draft, milestones=rows)


def recorder_of(world: World) -> User:
    """A further officer of the general branch, who drafts."""
    found = User.objects.filter(person__name="总支宣传委员").first()
    return fresh(found) if found else make_officer(world.general, Office.PUBLICITY_COMMISSIONER, "总支宣传委员")


def drafted(world: World, **more: Any) -> Project:
    """Drafted by a further officer of the general branch."""
    return draft_project(draft=draft_of(world, **more), actor=recorder_of(world))


def reviewing(world: World, **more: Any) -> Project:
    """Waiting for the level above."""
    return submit_project(project=drafted(world, **more), actor=recorder_of(world))


def running(world: World, **more: Any) -> Project:
    """Approved by the committee's secretary."""
    return approve_project(project=reviewing(world, **more), actor=fresh(world.root_secretary))


def task_of(project: Project, number: int) -> Task:
    """The Task of a milestone as a view loads it."""
    return Task.objects.select_related("organisation", "person").get(
        milestone=Milestone.objects.get(project=project, number=number)
    )


def finish(world: World, project: Project) -> Project:
    """Every milestone submitted by the leader and accepted above."""
    for number in (1, 2, 3):
        submit_task(task=task_of(project, number), actor=fresh(world.general_secretary), note=f"第{number}步完成")
        accept_task(task=task_of(project, number), actor=fresh(world.root_secretary))
    return Project.objects.get(pk=project.pk)


def final_values(project: Project) -> dict[int, Decimal]:
    """A value for every indicator."""
    return {pk: Decimal("0.9") for pk in project.indicators.values_list("pk", flat=True)}


def waiting(world: World, **more: Any) -> Project:
    """The leader has asked for acceptance."""
    project = finish(world, running(world, **more))
    leader = fresh(world.general_secretary)
    return apply_for_acceptance(project=project, actor=leader, result="做成了", readings=final_values(project))


def log(project: Project) -> list[tuple[str, str, str, str]]:
    """(verb, from, to, cause) of every event."""
    return list(project.events.order_by("id").values_list("verb", "from_state", "to_state", "cause"))


def report(world: World, project: Project, note: str, progress: int | None = None) -> Task:
    """The leader reports on the running milestone."""
    return report_on_project(project=project, actor=fresh(world.general_secretary), note=note, progress=progress)


def at_the_root(world: World, drafter: Any) -> Project:
    """A project of the committee, led by its secretary, waiting for approval."""
    draft = draft_of(world, organisation=world.committee, leader=world.root_secretary.person, co_leaders=[])
    return submit_project(project=draft_project(draft=draft, actor=fresh(drafter)), actor=fresh(drafter))
