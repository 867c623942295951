"""Pages of projects: who sees what, what is offered to whom, files, the number of queries."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from common import clock
from tasks.models import TaskFile
from tasks.services import ask_extension, submit_task
from tests.access.world import PNG
from tests.tasks.projects.browsing import act, client_of, offered, queries, show, step, steps
from tests.tasks.projects.making import (
    drafted,
    finish,
    log,
    recorder_of,
    report,
    reviewing,
    running,
    task_of,
    waiting,
)
from tests.tasks.projects.test_task_forces import force_of
from tests.tasks.world import World, fresh

# --- the page -----------------------------------------------------------------------------------------------------------

SEES = ("root_secretary", "root_deputy", "officer", "general_secretary", "secretary")
SEES_NOT = ("sister_secretary", "foreign_secretary", "other_general_secretary", "member", "leader", "outsider")


def test_who_sees_it_and_who_does_not(world: World) -> None:
    project = running(world)
    for name in SEES:
        answer = show(getattr(world, name), project)
        assert (name, answer.status_code, "师生办事跑多个部门" in answer.content.decode()) == (name, 200, True)
    for name in SEES_NOT:
        user = getattr(world, name)
        assert (name, show(user, project).status_code) == (name, 404)
        assert act(user, project, "report", note="x").status_code == 404
        assert step(user, project, 1, "submit", note="x").status_code == 404
        assert project.title not in client_of(user).get("/projects/").content.decode()


OFFERS = [
    ("drafted", "leader", {"submit", "discard", "attach"}),
    ("drafted", "root_deputy", set()),
    ("drafted", "officer", {"submit", "discard", "attach"}),
    ("reviewing", "leader", {"attach"}),
    ("reviewing", "root_deputy", {"approve", "return", "stop"}),
    ("reviewing", "officer", {"approve", "return", "stop", "attach"}),
    ("running", "leader", {"report", "attach"}),
    ("running", "co_leader", {"report", "attach"}),
    ("running", "root_deputy", {"stop"}),
    ("finished", "leader", {"apply", "attach"}),
    ("finished", "root_deputy", {"stop"}),
    ("waiting", "leader", {"attach"}),
    ("waiting", "root_deputy", {"accept", "reject", "stop"}),
]


@pytest.mark.parametrize(("state", "role", "verbs"), OFFERS)
def test_what_is_offered(world: World, state: str, role: str, verbs: set[str]) -> None:
    make = {"drafted": drafted, "reviewing": reviewing, "running": running, "waiting": waiting}
    project = finish(world, running(world)) if state == "finished" else make[state](world)
    user = getattr(world, {"leader": "general_secretary", "co_leader": "secretary"}.get(role, role))
    assert offered(show(user, project)) == verbs


def test_what_is_offered_at_a_milestone(world: World) -> None:
    project = running(world)
    assert steps(show(world.general_secretary, project)) == [{"submit", "attach", "extend"}, set(), set()]
    assert steps(show(world.root_deputy, project)) == [{"waive"}, {"waive"}, {"waive"}]
    ask_extension(
        task=task_of(project, 1), actor=fresh(world.secretary), new_due_on=date(2026, 8, 1), reason="接口推迟"
    )
    assert steps(show(world.general_secretary, project))[0] == {"submit", "attach"}
    assert steps(show(world.root_deputy, project))[0] == {"waive", "grant", "refuse"}
    submit_task(task=task_of(project, 1), actor=fresh(world.general_secretary), note="完成")
    assert steps(show(world.general_secretary, project))[0] == set()
    assert steps(show(world.root_deputy, project))[0] == {"accept", "return", "waive", "grant", "refuse"}


def test_the_whole_way_on_the_pages(world: World) -> None:
    leader, above = world.general_secretary, world.root_deputy
    project = drafted(world)
    assert act(leader, project, "submit").status_code == 302
    assert act(above, project, "return", reason="指标不清").status_code == 302
    assert "指标不清" in show(leader, project).content.decode()
    assert act(leader, project, "submit").status_code == 302
    assert act(above, project, "approve", note="同意").status_code == 302
    rate = project.indicators.get(name="办结率").pk
    assert act(leader, project, "report", note="过半", progress="50", **{f"reading_{rate}": "60%"}).status_code == 302
    text = show(leader, project).content.decode()
    assert "已报进度 50%" in text
    assert "另报进展 20%" in text
    assert "60%" in text
    assert step(leader, project, 1, "extend", new_due_on="2026-08-01", reason="接口推迟").status_code == 302
    assert "申请延期" in show(above, project).content.decode()
    assert step(above, project, 1, "grant", decision="同意").status_code == 302
    for number in (1, 2, 3):
        assert step(leader, project, number, "submit", note="完成").status_code == 302
        assert step(above, project, number, "accept").status_code == 302
    values = {f"reading_{pk}": "0.9" for pk in project.indicators.values_list("pk", flat=True)}
    assert act(leader, project, "apply", result="做成了").status_code == 400
    assert act(leader, project, "apply", result="做成了", **values).status_code == 302
    assert act(above, project, "accept", note="好").status_code == 302
    assert [verb for verb, *_rest in log(project)] == [
        "create",
        "submit",
        "return",
        "submit",
        "approve",
        "ask_extension",
        "settle_extension",
        "apply",
        "accept",
    ]
    text = show(leader, project).content.decode()
    assert '<span class="stat-value">100%</span>' in text
    assert "原期限 2026-07-10" in text


@pytest.mark.parametrize(
    ("verb", "data", "words"),
    [
        ("report", {"note": "", "progress": "50"}, "请填写“进展”。"),
        ("report", {"note": "做了很多", "progress": "150"}, "小于或等于100"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(world: World, verb: str, data: dict[str, str], words: str) -> None:
    project = running(world)
    answer = act(world.general_secretary, project, verb, **data)
    text = answer.content.decode()
    assert answer.status_code == 400
    assert words in text
    assert all(value in text for value in data.values())
    assert task_of(project, 1).note == ""


def test_a_bad_reading_is_said_at_its_field(world: World) -> None:
    project = running(world)
    rate = project.indicators.get(name="办结率").pk
    answer = act(world.general_secretary, project, "report", note="做了很多", **{f"reading_{rate}": "60"})
    assert answer.status_code == 400
    assert "例如46%或0.46" in answer.content.decode()
    assert "做了很多" in answer.content.decode()


def test_double_clicks_missing_rights_and_unknown_verbs(world: World) -> None:
    project = reviewing(world)
    assert act(world.root_deputy, project, "approve").status_code == 302
    again = act(world.root_deputy, project, "approve")
    assert (again.status_code, "已经审核通过" in again.content.decode()) == (409, True)
    own = act(world.general_secretary, project, "stop", reason="x")
    assert (own.status_code, "您领办的项目" in own.content.decode()) == (403, True)
    assert act(world.root_deputy, project, "destroy").status_code == 404
    assert step(world.root_deputy, project, 1, "destroy").status_code == 404
    assert step(world.root_deputy, project, 9, "accept").status_code == 404
    own = step(world.general_secretary, project, 1, "accept")
    assert (own.status_code, "您领办的项目" in own.content.decode()) == (403, True)
    assert client_of(world.root_deputy).get(f"/projects/{project.code}/approve/").status_code == 405


def test_somebody_of_the_task_force_sees_the_project_and_not_the_rest(world: World) -> None:
    force = force_of(world, members=[world.sister_secretary.person])
    project = running(world, task_force=force)
    other = running(world, title="别的项目", leader=world.secretary.person, co_leaders=[])
    assert show(world.sister_secretary, project).status_code == 200
    assert show(world.sister_secretary, other).status_code == 404
    text = client_of(world.sister_secretary).get("/projects/").content.decode()
    assert ("一次办成" in text, "别的项目" in text) == (True, False)
    assert f"/tasks/{task_of(project, 1).pk}/" not in show(world.sister_secretary, project).content.decode()


# --- files --------------------------------------------------------------------------------------------------------------


def image(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PNG)


def test_files_of_the_project_and_of_a_milestone(world: World) -> None:
    project = running(world)
    assert act(world.secretary, project, "attach", upload=image("协议.png")).status_code == 302
    assert step(world.secretary, project, 1, "attach", upload=image("名单.png")).status_code == 302
    first, second = TaskFile.objects.order_by("pk")
    assert (first.project, second.task) == (project, task_of(project, 1))
    text = show(world.root_deputy, project).content.decode()
    assert "协议.png" in text
    assert "名单.png" in text
    for kept in (first, second):
        answer = client_of(world.root_deputy).get(f"/projects/{project.code}/files/{kept.pk}/")
        assert (answer.status_code, b"".join(answer.streaming_content)) == (200, PNG)
        assert answer["Content-Disposition"].startswith("attachment")
        assert client_of(world.foreign_secretary).get(f"/projects/{project.code}/files/{kept.pk}/").status_code == 404
    other = running(world, title="别的", leader=world.commissioner.person, co_leaders=[])
    assert client_of(world.root_deputy).get(f"/projects/{other.code}/files/{first.pk}/").status_code == 404


def test_who_uploads_and_removes(world: World) -> None:
    project = running(world)
    assert act(world.root_deputy, project, "attach", upload=image("a.png")).status_code == 403
    assert act(world.secretary, project, "attach", upload=image("a.png")).status_code == 302
    kept = TaskFile.objects.get()
    url = f"/projects/{project.code}/files/{kept.pk}/remove/"
    assert client_of(world.general_secretary).post(url).status_code == 403
    assert client_of(world.secretary).post(url).status_code == 302
    assert TaskFile.objects.count() == 0
    answer = act(world.secretary, project, "attach", upload=SimpleUploadedFile("a.html", b"<script>"))
    assert answer.status_code == 400


def test_a_closed_project_keeps_its_files(world: World) -> None:
    project = running(world)
    act(world.secretary, project, "attach", upload=image("a.png"))
    act(world.root_deputy, project, "stop", reason="并入")
    kept = TaskFile.objects.get()
    url = f"/projects/{project.code}/files/{kept.pk}/remove/"
    assert client_of(world.secretary).post(url).status_code == 409
    assert act(world.secretary, project, "attach", upload=image("b.png")).status_code == 409


# --- queries ------------------------------------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.parametrize("name", ["general_secretary", "secretary", "root_secretary", "officer"])
def test_the_page_costs_the_same_however_long_the_story(world: World, name: str) -> None:
    user = getattr(world, name)
    project = running(world)
    url = f"/projects/{project.code}/"
    short = queries(user, url)
    for number in (1, 2, 3):
        report(world, project, f"进展{number}")
        act(world.secretary, project, "attach", upload=SimpleUploadedFile(f"{number}.png", PNG + bytes([number])))
    assert queries(user, url) == short <= 10
    with clock.moved(date(2026, 6, 16)):
        finish(world, project)
        assert queries(user, url) <= 10


@pytest.mark.parametrize("name", ["general_secretary", "root_secretary", "member"])
def test_the_list_costs_the_same_with_one_and_with_three(world: World, name: str) -> None:
    user = getattr(world, name)
    running(world)
    one = queries(user, "/projects/")
    running(world, title="第二个", leader=world.commissioner.person, co_leaders=[])
    drafted(world, title="第三个", leader=world.secretary.person, co_leaders=[])
    assert queries(user, "/projects/") == one <= 10


def test_the_form_costs_a_fixed_number(world: World) -> None:
    project = drafted(world)
    assert queries(world.general_secretary, "/projects/new/") <= 10
    assert queries(world.general_secretary, f"/projects/{project.code}/edit/") <= 14
    assert recorder_of(world) == project.drafted_by


def test_no_inline_code_or_style(world: World) -> None:
    project = running(world)
    for url in (f"/projects/{project.code}/", "/projects/new/", "/projects/"):
        text = client_of(world.general_secretary).get(url).content.decode()
        assert " style=" not in text
        assert "<style" not in text
        assert " onclick" not in text
        assert all("src=" in tag for tag in text.split("<script")[1:])
