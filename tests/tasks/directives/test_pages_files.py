"""The pages: files, what they cost, many at once, garbage."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orgs.models import User
from tasks.models import Directive, Task, TaskFile
from tasks.services import attach_to_task
from tasks.services.directives import attach_to_directive
from tasks.services.dual_signing import ask_signing
from tasks.services.passing_on import pass_on_task
from tests.tasks.directives.browsing import client_of, get, words
from tests.tasks.directives.making import (
    at_work,
    awaiting,
    dean,
    department,
    drafted,
    issued,
    picture,
    text,
    waiting,
)
from tests.tasks.world import World

# --- files


def test_files_are_private_downloads(world: World) -> None:
    task = at_work(world, world.branch, actor=world.secretary)
    client = client_of(world.secretary)
    answer = client.post(f"/tasks/{task.pk}/files/", {"upload": [picture("台账.png"), picture("坏.png", b"x")]})
    assert (answer.status_code, answer["Location"]) == (302, f"/tasks/{task.pk}/#files")
    kept = TaskFile.objects.order_by("pk").first()
    assert kept is not None
    url = f"/tasks/files/{kept.pk}/"
    for name, code in (
        ("secretary", 200),
        ("commissioner", 200),
        ("general_secretary", 200),
        ("root_secretary", 200),
        ("sister_secretary", 404),
        ("foreign_secretary", 404),
        ("member", 404),
    ):
        found = get(getattr(world, name), url)
        assert found.status_code == code, name
        if code == 200:
            assert found["X-Content-Type-Options"] == "nosniff"
            assert found["Content-Disposition"].startswith("attachment;")
            assert found["Cache-Control"] == "private, no-store"
            assert b"".join(found.streaming_content).startswith(b"\x89PNG")
    assert Client().get(url).status_code == 302
    assert "台账.png" in words(client.get(f"/tasks/{task.pk}/"))
    other = client_of(world.commissioner).post(f"{url}remove/")
    assert (other.status_code, "只能删除自己上传的材料" in words(other)) == (403, True)
    assert client.post(f"{url}remove/").status_code == 302
    assert not TaskFile.objects.filter(pk=kept.pk).exists()


def test_a_bad_file_is_named_and_nothing_is_kept(world: World) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    task = at_work(world, world.branch, actor=world.secretary)
    client = client_of(world.secretary)
    answer = client.post(f"/tasks/{task.pk}/files/", {"upload": SimpleUploadedFile("x.html", b"<script>")}, follow=True)
    assert "x.html：只能上传图片" in words(answer)
    assert "请先选择文件" in words(client.post(f"/tasks/{task.pk}/files/", {}, follow=True))
    assert not TaskFile.objects.exists()


def test_the_text_has_files_that_go_with_it(world: World) -> None:
    directive = drafted(world, world.branch)
    client = client_of(world.root_deputy)
    assert client.post(f"/directives/{directive.pk}/files/", {"upload": picture("方案.png")}).status_code == 302
    kept = TaskFile.objects.get()
    url = f"/tasks/files/{kept.pk}/"
    assert get(world.secretary, url).status_code == 404  # still a draft
    directive.refresh_from_db()
    assert directive.version == 2
    from tasks.services.directives import submit_directive
    from tasks.services.issuing import approve_directive

    submit_directive(directive=directive, actor=world.root_deputy)
    approve_directive(directive=directive, actor=world.root_secretary)
    assert get(world.secretary, url).status_code == 200
    assert get(world.foreign_secretary, url).status_code == 404
    late = client.post(f"/directives/{directive.pk}/files/", {"upload": picture("又一份.png", b"x")})
    assert (late.status_code, client.post(f"{url}remove/").status_code) == (409, 409)
    assert TaskFile.objects.count() == 1


def test_who_signs_may_open_the_files(world: World) -> None:
    head = dean(world)
    task = at_work(world, is_important=True)
    kept = attach_to_task(task=task, actor=world.general_secretary, upload=picture())
    assert get(head, f"/tasks/files/{kept.pk}/").status_code == 404
    ask_signing(task=task, actor=world.general_secretary, note="完成")
    assert get(head, f"/tasks/files/{kept.pk}/").status_code == 200


# --- what they cost


def cost(user: User, url: str) -> int:
    client = client_of(user)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", ["root_secretary", "general_secretary", "secretary"])
def test_the_list_costs_the_same_with_one_and_three(world: World, name: str) -> None:
    issued(world, world.branch)
    user = getattr(world, name)
    one = cost(user, "/directives/")
    for _n in range(2):
        issued(world, world.branch, world.foreign, support=(world.sister,))
    assert cost(user, "/directives/") == one <= 10


def test_the_matrix_costs_the_same_with_one_and_four(world: World) -> None:
    made, _head = department(world)
    small, large = issued(world, world.branch), issued(world, world.branch, world.sister, world.foreign, made)
    for name in ("root_secretary", "general_secretary"):
        user = getattr(world, name)
        url = "/directives/{}/".format
        assert cost(user, url(small.pk)) == cost(user, url(large.pk)) <= 10


def test_the_task_costs_the_same_with_one_and_two_branches(world: World) -> None:
    first, second = at_work(world), at_work(world)
    pass_on_task(task=first, actor=world.general_secretary, organisations=[world.branch])
    pass_on_task(task=second, actor=world.general_secretary, organisations=[world.branch, world.sister])
    url = "/tasks/{}/".format
    assert cost(world.root_secretary, url(first.pk)) == cost(world.root_secretary, url(second.pk)) <= 12


def test_the_form_costs_the_same_whatever_the_tree(world: World) -> None:
    text()
    assert cost(world.root_deputy, "/directives/new/") <= 12


PAGES: list[Callable[[World], str]] = [
    lambda w: f"/directives/{awaiting(w).pk}/",
    lambda w: f"/directives/{issued(w).pk}/",
    lambda w: f"/tasks/{waiting(w).pk}/",
    lambda w: "/directives/new/",
    lambda w: "/directives/",
    lambda w: "/directives/settings/",
]


@pytest.mark.parametrize("number", range(len(PAGES)))
def test_no_inline_code_or_style(world: World, number: int) -> None:
    text()
    page = words(get(world.root_secretary, PAGES[number](world)))
    assert " style=" not in page
    assert "<style" not in page
    assert " onclick" not in page
    assert all("src=" in tag for tag in page.split("<script")[1:])


# --- bulk approval


def test_approval_in_bulk_is_honest_about_each_row(world: World) -> None:
    first, draft = awaiting(world, title="待审批的"), drafted(world, title="还在草拟的")
    own = awaiting(world, title="自己起草的", actor=world.root_secretary)
    client = client_of(world.root_secretary)
    chosen = {"do": "bulk", "verb": "approve", "scope": "chosen", "row": [first.pk, draft.pk, own.pk]}
    preview = client.post("/directives/", chosen, follow=True)
    page = words(preview)
    assert "下发，牵头1个单位、协办0个单位各开一项待签收的任务。" in page
    assert "这份交办还在草拟，请先提交审批。" in page
    assert "这是您起草的" in page
    assert not Task.objects.exists()
    url = preview.redirect_chain[-1][0]
    client.post(url, follow=True)
    client.post(url, follow=True)  # a second click
    assert Task.objects.count() == 1
    assert dict(Directive.objects.values_list("title", "state")) == {
        "待审批的": "issued",
        "还在草拟的": "draft",
        "自己起草的": "awaiting",
    }


def test_the_list_is_filtered_and_exported(world: World) -> None:
    issued(world, world.branch, title="已下发的")
    drafted(world, title="草拟的")
    answer = get(world.root_secretary, "/directives/?state=issued&export=csv")
    text_ = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "已下发的" in text_
    assert "草拟的" not in text_
    assert "签收0/1，0%" in text_
    assert "已下发的" in words(get(world.root_secretary, "/directives/?light=green"))
    assert "已下发的" not in words(get(world.root_secretary, "/directives/?light=red"))
    assert "已下发的" in words(get(world.secretary, "/directives/?mine=1"))
    assert "已下发的" not in words(get(world.root_secretary, "/directives/?mine=1"))


def test_garbage(world: World) -> None:
    client = client_of(world.root_secretary)
    for url in ("/directives/0/", "/directives/999999999999/", "/tasks/files/0/", "/directives/signatures/7/"):
        assert client.get(url).status_code == 404
    assert client.get("/directives/?state=%00&unit=ZZZ&due_from=x&page=-1").status_code == 200
    directive = drafted(world)
    assert client.post(f"/directives/{directive.pk}/explode/").status_code == 404
    assert client.get(f"/directives/{directive.pk}/submit/").status_code == 405
    assert attach_to_directive(directive=directive, actor=world.root_deputy, upload=picture())
