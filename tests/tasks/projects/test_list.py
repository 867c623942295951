"""The list of projects: approval in bulk, previewed and told row by row."""

from __future__ import annotations

from tasks.models import Project, Task
from tests.tasks.projects.browsing import client_of
from tests.tasks.projects.making import drafted, reviewing
from tests.tasks.world import World


def test_approval_in_bulk_is_honest_about_each_row(world: World) -> None:
    waiting = reviewing(world, title="待审核的")
    draft = drafted(world, title="还在草拟的", leader=world.secretary.person, co_leaders=[])
    own = reviewing(
        world, title="自己共同领办的", leader=world.commissioner.person, co_leaders=[world.root_deputy.person]
    )
    client = client_of(world.root_deputy)
    chosen = {"do": "bulk", "verb": "approve", "scope": "chosen", "row": [waiting.pk, draft.pk, own.pk]}
    preview = client.post("/projects/", chosen, follow=True)
    text = preview.content.decode()
    assert "开始推进，3个里程碑成为总支书记的待办。" in text
    assert "这个项目还在草拟，请先提交审核。" in text
    assert "这是您领办的项目，须由上一级的其他负责人决定。" in text
    assert Task.objects.count() == 0
    url = preview.redirect_chain[-1][0]
    done = client.post(url, follow=True)
    assert "已审核通过，开始推进。" in done.content.decode()
    client.post(url, follow=True)  # a second click
    states = dict(Project.objects.values_list("title", "state"))
    assert states == {"待审核的": "active", "还在草拟的": "draft", "自己共同领办的": "reviewing"}
    assert Task.objects.filter(source="milestone").count() == 3


def test_who_does_not_approve_is_not_offered_it(world: World) -> None:
    project = reviewing(world)
    for user in (world.general_secretary, world.secretary):
        client = client_of(user)
        assert "批量审核通过" not in client.get("/projects/").content.decode()
        sent = {"do": "bulk", "verb": "approve", "scope": "chosen", "row": [project.pk]}
        assert "没有这个权限" in client.post("/projects/", sent, follow=True).content.decode()
    assert Project.objects.get().state == "reviewing"


def test_the_export_holds_what_the_reader_sees(world: World) -> None:
    drafted(world)
    for user, seen in ((world.general_secretary, True), (world.foreign_secretary, False)):
        answer = client_of(user).get("/projects/?export=csv")
        text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        assert ("一次办成" in text) is seen
