"""Bulk actions: previewed row by row, done row by row through the services, and every row says what became of it."""

from __future__ import annotations

import datetime
import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common import clock
from common.models import BulkRow, BulkRun
from common.tables import bulk
from orgs.models import User
from tasks.models import Task
from tasks.pages.all_tasks import TaskTable
from tasks.services import accept_task, return_task, submit_task
from tests.tasks.world import World, agreed, end_offices, fresh, load, log, open_one

URL = "/tasks/"


@pytest.fixture
def waiting(world: World) -> World:
    """Of the branch: two items handed in by the commissioner (a, b), one by the secretary (c), one still open (d), and
    a meeting (e); of the sister an item handed in (s)."""
    for key in "abcd":
        agreed(key, world.branch, title=f"事项{key}")
    for key, by in (("a", world.commissioner), ("b", world.commissioner), ("c", world.secretary)):
        submit_task(task=load(key), actor=by, note=f"{key}做完了")
    open_one("e", world.branch)
    submit_task(task=agreed("s", world.sister, title="姊妹的"), actor=world.sister_secretary, note="好了")
    return world


def ids(*keys: str) -> list[int]:
    return [load(key).pk for key in keys]


def choose(client: Client, verb: str, *keys: str, query: str = "", **more: str) -> str:
    """Choose rows and an action; the address of the preview."""
    data = {"do": "bulk", "verb": verb, "row": ids(*keys), **more}
    return client.post(f"{URL}?{query}", data).headers["Location"]


def outcome(run: str) -> dict[str, tuple[str, str]]:
    """Natural key → (state, message) of each row of a run."""
    keys = dict(Task.objects.values_list("pk", "natural_key"))
    rows = BulkRow.objects.filter(run=uuid.UUID(run.split("/")[2]))
    return {keys[row.row_id]: (row.state, row.message) for row in rows}


def states() -> dict[str, str]:
    return dict(Task.objects.order_by("natural_key").values_list("natural_key", "state"))


def test_preview_says_what_happens_and_what_cannot_and_writes_nothing(waiting: World, client: Client) -> None:
    before = states()
    client.force_login(waiting.secretary)
    run = choose(client, "accept", "a", "b", "c", "d")
    page = client.get(run).content.decode()
    assert "预览：2 条可以办理，2 条不能" in page
    assert "确认核查通过 2 条" in page
    found = outcome(run)
    assert found["a"] == ("waiting", f"将办结，完成日期2026-06-15。{waiting.commissioner}提交：a做完了")
    assert found["c"] == ("refused", "这是您自己提交的，须由他人核查。")
    assert found["d"] == ("refused", "这件事还没有提交，暂时不能核查。请先由承办人提交。")
    assert states() == before
    assert BulkRun.objects.get().started_at is None


def test_confirmed_rows_are_done_and_each_says_so(waiting: World, client: Client) -> None:
    client.force_login(waiting.secretary)
    run = choose(client, "accept", "a", "b", "c")
    page = client.post(run, follow=True).content.decode()
    assert "结果：已办理 2 条，没有办理 1 条" in page
    assert {key: state for key, (state, _message) in outcome(run).items()} == {"a": "done", "b": "done", "c": "refused"}
    assert outcome(run)["a"] == ("done", "已核查通过，事项办结。")
    assert states() == {"a": "done", "b": "done", "c": "submitted", "d": "active", "e": "active", "s": "submitted"}
    assert [line[0] for line in log(load("a"))] == ["opened", "submitted", "accepted"]


def test_sent_twice_it_is_done_once(waiting: World, client: Client) -> None:
    client.force_login(waiting.secretary)
    run = choose(client, "accept", "a", "b")
    client.post(run)
    first = outcome(run)
    client.post(run)
    assert outcome(run) == first
    assert [line[0] for line in log(load("a"))].count("accepted") == 1


def test_a_row_that_changed_after_the_preview_is_left_alone(waiting: World, client: Client) -> None:
    client.force_login(waiting.secretary)
    run = choose(client, "accept", "a", "b")
    return_task(task=load("a"), actor=fresh(waiting.secretary), reason="补照片")
    submit_task(task=load("a"), actor=waiting.commissioner, note="补了照片")  # submitted again, with other words
    client.post(run)
    assert outcome(run)["a"] == ("refused", "预览之后这一条有了变化，没有办理。请重新查看后再办。")
    assert outcome(run)["b"][0] == "done"
    assert (load("a").state, load("b").state) == ("submitted", "done")


def test_a_row_that_somebody_else_decided_is_left_alone(waiting: World, client: Client) -> None:
    client.force_login(waiting.secretary)
    run = choose(client, "accept", "a", "b")
    accept_task(task=load("b"), actor=fresh(waiting.general_secretary))
    client.post(run)
    assert outcome(run)["b"][0] == "refused"
    assert [line[0] for line in log(load("b"))].count("accepted") == 1


def test_who_lost_the_right_after_the_preview_does_nothing(waiting: World, client: Client) -> None:
    client.force_login(waiting.general_secretary)
    run = choose(client, "accept", "s")
    end_offices(waiting.general_secretary, clock.today() - datetime.timedelta(days=1))
    client.post(run)
    assert outcome(run)["s"] == ("refused", "这一条已经看不到了，没有办理。")
    assert load("s").state == "submitted"


def test_one_reason_for_all_is_asked_for_and_kept(waiting: World, client: Client) -> None:
    client.force_login(waiting.secretary)
    run = choose(client, "return", "a", "b")
    empty = client.post(run, {"reason": "  "})
    assert empty.status_code == 400
    assert load("a").state == "submitted"
    assert BulkRun.objects.get().started_at is None
    client.post(run, {"reason": "缺签到表"})
    assert [(task.state, task.return_cause) for task in (load("a"), load("b"))] == [("returned", "缺签到表")] * 2


@pytest.mark.parametrize(("verb", "state"), [("waive", "waived"), ("stop", "stopped")])
def test_waive_and_stop_are_the_level_aboves(waiting: World, client: Client, verb: str, state: str) -> None:
    client.force_login(waiting.general_secretary)
    run = choose(client, verb, "d", "e", "s")
    client.post(run, {"reason": "本期不适用"})
    assert {key: found for key, found in states().items() if key in "des"} == dict.fromkeys("des", state)
    client.force_login(waiting.secretary)
    agreed("g", waiting.branch)
    open_one("h", waiting.branch)
    run = choose(client, verb, "h")
    assert outcome(run)["h"] == ("refused", "这件事由您自己承办，免办或中止须由上一级决定。")


def test_rows_of_others_cannot_be_chosen(waiting: World, client: Client) -> None:
    client.force_login(waiting.secretary)
    run = choose(client, "accept", "a", "s")
    assert set(outcome(run)) == {"a"}
    response = client.post(URL, {"do": "bulk", "verb": "accept", "row": ids("s")}, follow=True)
    assert "没有选中任何一条" in response.content.decode()


def test_all_that_match_means_those_of_the_filter(waiting: World, client: Client) -> None:
    client.force_login(waiting.general_secretary)
    run = choose(client, "accept", query="state=submitted&unit=ZB101", scope="all")
    assert set(outcome(run)) == {"a", "b", "c"}
    client.post(run)
    assert states()["s"] == "submitted"
    assert [states()[key] for key in "abc"] == ["done"] * 3


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"verb": "accept"}, "没有选中任何一条"),
        ({"verb": "accept", "row": ["abc", "-1", "9" * 30, ""]}, "没有选中任何一条"),
        ({"verb": "delete", "scope": "all"}, "不能批量做这件事"),
        ({}, "不能批量做这件事"),
    ],
)
def test_senseless_choices_are_refused_kindly(waiting: World, client: Client, data: dict[str, str], words: str) -> None:
    client.force_login(waiting.secretary)
    response = client.post(f"{URL}?state=open", {"do": "bulk", **data}, follow=True)
    assert words in response.content.decode()
    assert response.redirect_chain == [(f"{URL}?state=open", 302)]
    assert not BulkRun.objects.exists()


def test_more_than_five_hundred_are_refused(waiting: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST", 3)
    client.force_login(waiting.secretary)
    for data in ({"scope": "all"}, {"row": ids("a", "b", "c", "d")}):
        response = client.post(URL, {"do": "bulk", "verb": "accept", **data}, follow=True)
        assert "一次最多3条" in response.content.decode()


def test_a_member_is_offered_nothing(waiting: World, client: Client) -> None:
    agreed("m", waiting.branch, person_id=waiting.member.person_id)
    client.force_login(waiting.member)
    page = client.get(URL).content.decode()
    assert "事项" in page and "批量" not in page and 'name="row"' not in page
    response = client.post(URL, {"do": "bulk", "verb": "accept", "row": ids("m")}, follow=True)
    assert "不能批量做这件事" in response.content.decode()


def test_a_run_is_its_owners_alone(waiting: World, client: Client) -> None:
    client.force_login(waiting.secretary)
    run = choose(client, "accept", "a")
    for other in (waiting.general_secretary, waiting.root_secretary, waiting.member):
        client.force_login(other)
        assert client.get(run).status_code == client.post(run).status_code == 404
    assert load("a").state == "submitted"


def test_a_long_run_goes_on_request_by_request(waiting: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    client.force_login(waiting.general_secretary)
    run = choose(client, "accept", "a", "b", "c")
    page = client.post(run, follow=True).content.decode()
    assert "已办理 1 条，没有办理 0 条，还剩 2 条" in page
    assert "继续办理余下 2 条" in page and "data-carry-on" in page
    client.post(run)
    assert "结果：已办理 3 条" in client.post(run, follow=True).content.decode()


def test_a_row_is_done_together_with_its_result_or_not_at_all(waiting: World, client: Client) -> None:
    """A process that dies in the middle leaves each row either done and said, or waiting."""
    client.force_login(waiting.general_secretary)
    run = choose(client, "accept", "a", "b", "c")
    order = list(BulkRow.objects.order_by("position").values_list("row_id", flat=True))
    Task.objects.filter(pk=order[1]).update(source="milestone", requirement=[])  # breaks the service, as a bug would
    client.raise_request_exception = False
    assert client.post(run).status_code == 500
    assert list(BulkRow.objects.order_by("position").values_list("state", flat=True)) == ["done", "waiting", "waiting"]
    assert [Task.objects.get(pk=pk).state for pk in order] == ["done", "submitted", "submitted"]
    Task.objects.filter(pk=order[1]).update(source="agreed_item", requirement={})
    client.raise_request_exception = True
    assert "结果：已办理 3 条" in client.post(run, follow=True).content.decode()


def test_old_papers_and_previews_never_confirmed_are_tidied_away(waiting: World, client: Client) -> None:
    def chosen(user: User) -> BulkRun:
        table = TaskTable(Task.objects.visible_to(user), user=user, params={}, path=URL)
        return bulk.choose(table=table, action=TaskTable.actions[0], actor=user, chosen=ids("a"))

    other = chosen(waiting.general_secretary)
    done, left = chosen(waiting.secretary), chosen(waiting.secretary)
    assert not BulkRun.objects.filter(pk=done.pk).exists()
    bulk.start(run=left, data={})
    with clock.moved(clock.today() + bulk.KEPT):
        kept = chosen(waiting.secretary)
        assert set(BulkRun.objects.values_list("pk", flat=True)) == {other.pk, left.pk, kept.pk}
    with clock.moved(clock.today() + bulk.KEPT * 2):
        last = chosen(waiting.secretary)
        assert set(BulkRun.objects.values_list("pk", flat=True)) == {other.pk, last.pk}


def test_the_preview_costs_the_same_for_one_row_and_for_three(waiting: World, client: Client) -> None:
    client.force_login(waiting.general_secretary)
    counts = []
    for keys in (["a"], ["a", "b", "s"]):
        run = choose(client, "accept", *keys)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(run).content.decode()
        assert len(re.findall(r'<li class="list-group-item">', page)) == len(keys)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 8
