"""The form of a project without scripts: rows, refusals at their place, nothing typed is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from orgs.selectors.candidates import written
from tasks.models import Project
from tests.tasks.projects.browsing import client_of
from tests.tasks.projects.making import (
    drafted,
    finish,
    running,
    task_of,
)
from tests.tasks.world import World


def typed(world: World, **more: Any) -> dict[str, Any]:
    """The form of a new project, filled in."""
    assert world.general_secretary.person is not None
    return {
        "organisation": str(world.general.pk),
        "title": "一次办成",
        "leader": written(world.general_secretary.person),
        "co_leaders": [world.secretary.username],
        "problem": "跑多个部门",
        "root_causes": "数据不共享\n流程按部门切块",
        "target": "30项",
        "starts_on": "2026-06-20",
        "ends_on": "2026-12-15",
        "rhythm": "monthly",
        "second_reason": "",
        "milestones-TOTAL_FORMS": "3",
        "milestones-INITIAL_FORMS": "0",
        "milestones-0-title": "摸底",
        "milestones-0-due_on": "2026-07-10",
        "milestones-0-weight": "40",
        "milestones-1-title": "",
        "milestones-1-due_on": "",
        "milestones-1-weight": "",
        "milestones-2-title": "推开",
        "milestones-2-due_on": "2026-11-30",
        "milestones-2-weight": "60",
        "indicators-TOTAL_FORMS": "1",
        "indicators-INITIAL_FORMS": "0",
        "indicators-0-name": "办结率",
        "indicators-0-unit": "比率",
        "indicators-0-base": "55%",
        "indicators-0-target": "0.95",
        **more,
    }


# --- the form -----------------------------------------------------------------------------------------------------------


def test_a_project_is_drafted_from_the_form(world: World) -> None:
    answer = client_of(world.general_secretary).post("/projects/new/", typed(world))
    project = Project.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/projects/{project.code}/")
    assert (project.leader, list(project.co_leaders.all())) == (
        world.general_secretary.person,
        [world.secretary.person],
    )
    assert project.root_causes == ["数据不共享", "流程按部门切块"]
    rows = project.milestones.order_by("number").values_list("number", "title", "due_on", "weight")
    assert list(rows) == [(1, "摸底", date(2026, 7, 10), 40), (2, "推开", date(2026, 11, 30), 60)]
    assert [(str(row.base), str(row.target)) for row in project.indicators.all()] == [("0.5500", "0.9500")]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"milestones-0-weight": "30"}, "权重合计要正好是100，现在是90。"),
        ({"milestones-2-due_on": "2026-12-16"}, "期限晚于项目的结束日期2026-12-15。"),
        ({"milestones-0-due_on": "2026-06-19"}, "期限早于项目的开始日期2026-06-20。"),
        ({"milestones-2-due_on": "2026-07-10"}, "这一个要晚于前面的2026-07-10。"),
        ({"milestones-0-weight": "x"}, "整数"),
        ({"indicators-0-base": "约一半"}, "请填数字，例如31、0.46或46%。"),
        ({"indicators-0-base": "55"}, "46%或0.46"),
        ({"leader": "查无此人"}, "没有找到“查无此人”"),
        ({"title": ""}, "请填写“项目名称”。"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(world: World, more: dict[str, str], message: str) -> None:
    answer = client_of(world.general_secretary).post("/projects/new/", typed(world, **more))
    text = answer.content.decode()
    assert answer.status_code == 400
    assert message in text
    for kept in (
        "跑多个部门",
        "流程按部门切块",
        'value="2026-06-20"',
        'value="55%"' if "indicators" not in str(more) else "",
    ):
        assert kept in text
    assert next(iter(more.values())) in text
    assert Project.objects.count() == 0


def test_the_fault_of_a_row_stands_at_that_row_although_a_row_before_is_empty(world: World) -> None:
    answer = client_of(world.general_secretary).post(
        "/projects/new/", typed(world, **{"milestones-2-due_on": "2026-12-16"})
    )
    rows = answer.context["forms"].milestones.forms
    assert [sorted(row.errors) for row in rows] == [[], [], ["due_on"]]


@pytest.mark.parametrize(("which", "row"), [("milestones", "milestones-3-title"), ("indicators", "indicators-1-name")])
def test_another_row_without_a_script(world: World, which: str, row: str) -> None:
    answer = client_of(world.general_secretary).post("/projects/new/", typed(world, more=which, title=""))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'name="{row}"' in text
    assert 'value="摸底"' in text
    assert "跑多个部门" in text
    assert world.secretary.username in text
    assert "必填" not in text
    assert Project.objects.count() == 0


def test_a_second_project_is_explained_at_its_field(world: World) -> None:
    running(world)
    answer = client_of(world.general_secretary).post("/projects/new/", typed(world, title="第二个"))
    assert answer.status_code == 400
    assert "一人一年领办一个" in answer.content.decode()
    again = typed(world, title="第二个", second_reason="上级试点")
    assert client_of(world.general_secretary).post("/projects/new/", again).status_code == 302


def test_a_draft_is_edited_and_its_rows_may_be_emptied(world: World) -> None:
    project = drafted(world)
    client = client_of(world.general_secretary)
    shown = client.get(f"/projects/{project.code}/edit/").content.decode()
    assert 'value="摸底"' in shown
    assert 'value="0.55"' in shown
    answer = client.post(f"/projects/{project.code}/edit/", typed(world, title="改名"))
    assert answer.status_code == 302
    project.refresh_from_db()
    assert (project.title, project.milestones.count(), project.indicators.count()) == ("改名", 2, 1)


def test_the_form_is_for_who_may_draft(world: World) -> None:
    project = drafted(world)
    assert client_of(world.other_general_secretary).get("/projects/new/").status_code == 200
    for user in (world.secretary, world.member, world.outsider):
        assert client_of(user).get("/projects/new/").status_code == 403
    assert client_of(world.root_deputy).get(f"/projects/{project.code}/edit/").status_code == 403
    assert (
        client_of(world.general_secretary).get(f"/projects/{running(world, second_reason='x').code}/edit/").status_code
        == 409
    )


def test_the_plan_is_changed_by_the_level_above(world: World) -> None:
    project = running(world)
    client = client_of(world.root_secretary)
    shown = client.get(f"/projects/{project.code}/plan/")
    assert shown.status_code == 200
    rows = [form.initial for form in shown.context["forms"].milestones.forms if form.initial]
    data = {
        "leader": world.general_secretary.username,
        "co_leaders": [world.secretary.username],
        "rhythm": "monthly",
        "ends_on": "2026-12-15",
        "milestones-TOTAL_FORMS": str(len(rows)),
        "milestones-INITIAL_FORMS": "0",
        "reason": "学校改革顺延",
    }
    for number, row in enumerate(rows):
        data |= {f"milestones-{number}-{name}": str(value) for name, value in row.items()}
    data["milestones-1-due_on"] = "2026-10-15"
    assert client.post(f"/projects/{project.code}/plan/", {**data, "reason": ""}).status_code == 400
    assert client.post(f"/projects/{project.code}/plan/", data).status_code == 302
    assert task_of(project, 2).due_on == date(2026, 10, 15)
    assert client_of(world.general_secretary).get(f"/projects/{project.code}/plan/").status_code == 403


def test_what_is_done_cannot_be_typed_over(world: World) -> None:
    project = finish(world, running(world))
    text = client_of(world.root_secretary).get(f"/projects/{project.code}/plan/").content.decode()
    assert text.count("readonly") == 9
