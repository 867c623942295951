"""Drafts and their review: what is refused and where it is said, the second project, four eyes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from orgs.models import Office
from tasks.models import Indicator, Milestone, Project, Task
from tasks.project_plans import IndicatorPlan
from tasks.services.projects import (
    approve_project,
    draft_project,
    edit_project,
    foresee_approval,
    submit_project,
)
from tests.factories import make_admin, make_department_officer, make_officer, make_person
from tests.tasks.projects.making import (
    MILESTONES,
    at_the_root,
    draft_of,
    drafted,
    log,
    recorder_of,
    reviewing,
    running,
    with_row,
)
from tests.tasks.world import World, fresh


def refusals(world: World, **more: Any) -> dict[str, str]:
    """What a draft is refused for; nothing of it is kept."""
    with pytest.raises(InvalidInput) as error:
        draft_project(draft=draft_of(world, **more), actor=recorder_of(world))
    assert not Project.objects.filter(title=draft_of(world, **more).title).exists()
    assert not Milestone.objects.filter(project__drafted_by=recorder_of(world), project__title="一次办成").exists()
    return error.value.errors


def test_a_draft_is_kept_as_it_was_typed(world: World) -> None:
    project = drafted(world)
    assert (project.code, project.year, project.level, project.state) == ("PN2601", 2026, "general_branch", "draft")
    assert (project.leader_post, project.root_causes) == ("党总支书记", ["数据不共享", "流程按部门切块"])
    assert [person.name for person in project.co_leaders.all()] == ["支部书记"]
    rows = project.milestones.order_by("number").values_list("number", "title", "due_on", "weight", "task")
    assert list(rows) == [(n, one.title, one.due_on, one.weight, None) for n, one in enumerate(MILESTONES, 1)]
    indicators = Indicator.objects.filter(project=project).order_by("position")
    assert [(row.name, row.unit, row.base, row.target, row.current) for row in indicators] == [
        ("办结率", "比率", Decimal("0.55"), Decimal("0.95"), None),
        ("表单数", "张", Decimal(112), Decimal(56), None),
    ]
    assert log(project) == [("create", "", "draft", "")]
    assert Task.objects.count() == 0


@pytest.mark.parametrize(
    ("more", "where", "words"),
    [
        ({"milestones": with_row}, "milestones", "合计要正好是100，现在是90"),
        ({"starts_on": date(2026, 7, 11)}, "milestones.0.due_on", "早于项目的开始日期2026-07-11"),
        ({"ends_on": date(2026, 11, 29)}, "milestones.2.due_on", "晚于项目的结束日期2026-11-29"),
        ({"ends_on": date(2026, 6, 1)}, "ends_on", "结束日期要在开始日期2026-06-15之后"),
        ({"title": " "}, "title", "项目名称"),
        ({"title": "长" * 201}, "title", "最多200字，现在是201字"),
        ({"problem": ""}, "problem", "难题"),
        ({"target": ""}, "target", "目标"),
        ({"root_causes": [" "]}, "root_causes", "一行一条"),
        ({"root_causes": ["长" * 101]}, "root_causes", "最多100字"),
        ({"rhythm": ""}, "rhythm", "跟踪周期"),
        ({"indicators": []}, "indicators", "指标要有1到20个"),
        ({"indicators": [IndicatorPlan("率", Decimal(46), Decimal(60), "比率")]}, "indicators.0.base", "46%或0.46"),
    ],
)
def test_each_fault_is_said_at_its_place(world: World, more: dict[str, Any], where: str, words: str) -> None:
    if more.get("milestones") is with_row:
        more = {"milestones": with_row(draft_of(world), 0, weight=30).milestones}
    assert words in refusals(world, **more)[where]


def test_all_faults_at_once(world: World) -> None:
    errors = refusals(world, title="", target="", milestones=MILESTONES[:2])
    assert set(errors) == {"title", "target", "milestones"}


def test_the_leader_belongs_to_the_organisation(world: World) -> None:
    errors = refusals(world, leader=world.foreign_secretary.person)
    assert "不在ZZ1党总支" in errors["leader"]
    dean = make_person(None, "院长")
    assert "leader" in refusals(world, leader=dean)
    member = world.member.person  # of a branch below
    assert draft_project(draft=draft_of(world, leader=member), actor=recorder_of(world)).leader == member


def test_who_holds_an_office_there_may_lead_whatever_branch_they_belong_to(world: World) -> None:
    helper = make_officer(world.general, Office.MEMBER, "外来委员", home=world.foreign)
    project = draft_project(draft=draft_of(world, leader=helper.person), actor=recorder_of(world))
    assert project.leader_post == "党总支委员"


def test_a_branch_runs_no_project(world: World) -> None:
    with pytest.raises(InvalidInput) as error:
        draft = draft_of(world, organisation=world.branch, leader=world.secretary.person)
        draft_project(draft=draft, actor=fresh(world.secretary))
    assert error.value.errors["organisation"] == "项目由党委或党总支领办。"


def test_only_officers_of_the_organisation_and_the_office_draft(world: World) -> None:
    for role in ("secretary", "other_general_secretary", "root_deputy", "member", "outsider"):
        with pytest.raises(NotAllowed):
            draft_project(draft=draft_of(world), actor=fresh(getattr(world, role)))
    assert draft_project(draft=draft_of(world), actor=fresh(world.officer)).drafted_by == world.officer


def test_codes_count_on_within_the_year(world: World) -> None:
    assert drafted(world).code == "PN2601"
    assert drafted(world, second_reason="试点").code == "PN2602"
    later = draft_of(
        world,
        starts_on=date(2027, 1, 1),
        ends_on=date(2027, 12, 31),
        milestones=[replace(one, due_on=one.due_on.replace(year=2027)) for one in MILESTONES],
    )
    assert draft_project(draft=later, actor=recorder_of(world)).code == "PN2701"
    with pytest.raises(InvalidInput):
        draft_project(draft=draft_of(world, second_reason="x"), actor=recorder_of(world), code="PN 26/1")
    with pytest.raises(Conflict):
        draft_project(draft=draft_of(world, second_reason="x"), actor=recorder_of(world), code="PN2601")


# --- one project per leader and year ------------------------------------------------------------------------------------


def test_a_second_project_needs_a_reason(world: World) -> None:
    first = drafted(world, title="第一个项目")
    errors = refusals(world)
    assert set(errors) == {"second_reason"}
    assert "第一个项目" in errors["second_reason"]
    Project.objects.filter(pk=first.pk).update(state="stopped")
    assert drafted(world).second_reason == ""


def test_the_approval_of_a_second_project_names_its_reason(world: World) -> None:
    running(world, title="第一个项目")
    project = reviewing(world, second_reason="上级部署的试点")
    approve_project(project=project, actor=fresh(world.root_deputy))
    assert log(project)[-1] == ("approve", "reviewing", "active", "批准同年第二个项目（上级部署的试点）。")


def test_without_a_reason_the_second_is_not_approved(world: World) -> None:
    """Both were drafts of different years when they were checked; the rule is asked again at the approval."""
    running(world, title="第一个项目")
    project = reviewing(world, second_reason="试点")
    Project.objects.filter(pk=project.pk).update(second_reason="")
    with pytest.raises(Conflict, match="第一个项目"):
        approve_project(project=project, actor=fresh(world.root_deputy))
    assert Project.objects.get(pk=project.pk).state == "reviewing"


def test_another_year_is_another_matter(world: World) -> None:
    project = drafted(world)
    Project.objects.filter(pk=project.pk).update(year=2025)
    assert drafted(world).second_reason == ""


# --- edits --------------------------------------------------------------------------------------------------------------


def test_an_edit_replaces_the_rows_and_no_other_projects(world: World) -> None:
    other = drafted(world, title="别的", leader=world.secretary.person, co_leaders=[])
    project = drafted(world)
    draft = draft_of(
        world,
        title="新名",
        co_leaders=[],
        milestones=[replace(MILESTONES[0], weight=100)],
        indicators=[IndicatorPlan("事项", Decimal(6), Decimal(30), "项")],
    )
    edit_project(project=project, draft=draft, actor=fresh(world.general_secretary))
    stored = Project.objects.get(pk=project.pk)
    assert (stored.title, stored.co_leaders.count()) == ("新名", 0)
    assert list(stored.milestones.values_list("number", "weight")) == [(1, 100)]
    assert list(stored.indicators.values_list("name", flat=True)) == ["事项"]
    assert other.milestones.count() == 3


def test_an_edit_is_refused_as_a_whole(world: World) -> None:
    project = drafted(world)
    with pytest.raises(InvalidInput):
        edit_project(
            project=project, draft=draft_of(world, title="新名", milestones=MILESTONES[:2]), actor=recorder_of(world)
        )
    stored = Project.objects.get(pk=project.pk)
    assert (stored.title, stored.milestones.count()) == ("一次办成", 3)


def test_the_organisation_of_a_draft_stays(world: World) -> None:
    project = drafted(world)
    draft = draft_of(world, organisation=world.committee)
    with pytest.raises(InvalidInput) as error:
        edit_project(project=project, draft=draft, actor=fresh(world.officer))
    assert set(error.value.errors) == {"organisation"}


# --- four eyes ----------------------------------------------------------------------------------------------------------


def test_at_the_root_a_second_officer_approves(world: World) -> None:
    project = at_the_root(world, world.officer)
    with pytest.raises(NotAllowed, match="领办"):
        approve_project(project=project, actor=fresh(world.root_secretary))
    with pytest.raises(NotAllowed, match="起草"):
        approve_project(project=project, actor=fresh(world.officer))
    with pytest.raises(NotAllowed):
        approve_project(project=project, actor=fresh(world.general_secretary))
    colleague = make_department_officer(world.committee, world.sister, name="组织部部长")
    assert approve_project(project=project, actor=colleague).state == "active"


def test_a_technical_account_that_drafted_does_not_approve(world: World) -> None:
    admin = make_admin()
    project = draft_project(draft=draft_of(world), actor=admin)
    submit_project(project=project, actor=admin)
    with pytest.raises(NotAllowed):
        approve_project(project=project, actor=admin)


def test_a_co_leader_above_does_not_approve(world: World) -> None:
    project = reviewing(world, co_leaders=[world.root_deputy.person])
    with pytest.raises(NotAllowed):
        approve_project(project=project, actor=fresh(world.root_deputy))


def test_nobody_begins_with_what_is_due_already(world: World) -> None:
    project = reviewing(world)
    with clock.moved(date(2026, 7, 11)), pytest.raises(Conflict, match="里程碑1“摸底”的期限2026-07-10已经过了"):
        approve_project(project=project, actor=fresh(world.root_secretary))
    with clock.moved(date(2026, 7, 10)):
        assert approve_project(project=project, actor=fresh(world.root_secretary)).state == "active"


def test_the_preview_of_an_approval_says_what_it_does_and_writes_nothing(world: World) -> None:
    running(world, title="第一个项目")
    project = reviewing(world, second_reason="试点")
    words = foresee_approval(project=project, actor=fresh(world.root_secretary))
    assert words == "开始推进，3个里程碑成为总支书记的待办。这是其当年第二个项目，理由：试点。"
    assert (Project.objects.get(pk=project.pk).state, Task.objects.filter(source="milestone").count()) == (
        "reviewing",
        3,
    )
    with pytest.raises(NotAllowed):
        foresee_approval(project=project, actor=fresh(world.general_secretary))
    approve_project(project=project, actor=fresh(world.root_secretary))
    with pytest.raises(Conflict):
        foresee_approval(project=Project.objects.get(pk=project.pk), actor=fresh(world.root_secretary))
