"""The page of one Task: what it says, what it offers to whom, and that a form keeps what was typed."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from orgs.models import User
from tasks.models import Task
from tasks.services import Offer, offer_evidence, report_progress, return_task, submit_task
from tests.tasks.world import World, agreed, load, log, open_one


def client_of(user: User) -> Client:
    """Somebody signed in."""
    client = Client()
    client.force_login(user)
    return client


def show(user: User, task: Task) -> Any:
    """The answer to opening the page."""
    return client_of(user).get(f"/tasks/{task.pk}/")


def act(user: User, task: Task, verb: str, **data: str) -> Any:
    """The answer to sending one of its forms."""
    return client_of(user).post(f"/tasks/{task.pk}/{verb}/", {f"{verb}-{name}": value for name, value in data.items()})


def offered(answer: Any) -> set[str]:
    """The verbs whose form is on the page."""
    return set(answer.context["offered"])


def test_the_page_says_who_when_why_and_what(world: World) -> None:
    task = open_one("a", world.branch)
    text = show(world.secretary, task).content.decode()
    for words in (
        "6月支部党员大会",
        world.branch.name,
        "支部书记",
        "2026-06-30",
        "2026年6月30日到期",
        "召开1次；记录核定后自动办结，不需要另外提交。",
        'href="/meetings/new/"',
        "开启",
        "系统",
    ):
        assert escape(words) in text or words in text, words


def test_the_proof_and_the_timeline(world: World) -> None:
    task = open_one("a", world.branch)
    offer_evidence(
        record="section:1",
        occurred_on=date(2026, 6, 10),
        offers=[Offer(kind="members_meeting", organisation_id=world.branch.pk)],
        url="/meetings/1/",
        label="党员大会",
        actor=world.secretary,
    )
    text = show(world.general_secretary, task).content.decode()
    assert '<a href="/meetings/1/">' in text
    assert text.index("开启") < text.index("有了佐证")
    assert "支部书记" in text
    assert 'href="/meetings/new/"' not in text


def test_several_proofs_are_all_shown(world: World) -> None:
    task = open_one("a", world.branch, requirement={"evidence": "members_meeting", "count": 3})
    for n in (1, 2):
        offer_evidence(
            record=f"section:{n}",
            occurred_on=date(2026, 6, n),
            offers=[Offer(kind="members_meeting", organisation_id=world.branch.pk)],
            url=f"/meetings/{n}/",
            label=f"第{n}次",
            actor=world.secretary,
        )
    text = show(world.secretary, task).content.decode()
    assert "/meetings/1/" in text
    assert "/meetings/2/" in text


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("root_secretary", 200),
        ("officer", 200),
        ("general_secretary", 200),
        ("secretary", 200),
        ("commissioner", 200),
        ("leader", 404),
        ("member", 404),
        ("sister_secretary", 404),
        ("foreign_secretary", 404),
        ("other_general_secretary", 404),
        ("outsider", 404),
    ],
)
def test_who_sees_it(world: World, name: str, code: int) -> None:
    task = agreed("a", world.branch)
    user = getattr(world, name)
    assert show(user, task).status_code == code
    if code == 404:
        assert act(user, task, "waive", reason="x").status_code == 404
        assert load("a").state == "active"


def test_signed_out_people_are_sent_to_the_login(world: World) -> None:
    answer = Client().get(f"/tasks/{open_one('a', world.branch).pk}/")
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/login/")


OFFERS = [
    # state, profile, by name of the role: what the page offers
    ("active", "secretary", {"submit"}),
    ("active", "commissioner", {"submit"}),
    ("active", "general_secretary", {"waive", "stop"}),
    ("submitted", "secretary", {"accept", "return"}),
    ("submitted", "commissioner", set()),
    ("submitted", "general_secretary", {"accept", "return", "waive", "stop"}),
    ("done", "general_secretary", set()),
    ("waived", "general_secretary", set()),
    ("pending", "secretary", {"acknowledge"}),
]


@pytest.mark.parametrize(("state", "name", "verbs"), OFFERS)
def test_what_is_offered(world: World, state: str, name: str, verbs: set[str]) -> None:
    task = agreed("a", world.branch)
    Task.objects.update(state=state, submitted_by=world.commissioner.person if state == "submitted" else None)
    assert offered(show(getattr(world, name), task)) == verbs


def test_what_records_prove_and_what_is_supervised(world: World) -> None:
    assert offered(show(world.secretary, open_one("a", world.branch))) == set()
    assert offered(show(world.secretary, agreed("b", world.branch, profile="supervision"))) == {
        "submit",
        "report",
        "extend",
    }


def test_submit_return_submit_accept(world: World) -> None:
    task = agreed("a", world.branch)
    answer = act(world.commissioner, task, "submit", note="已制定")
    assert (answer.status_code, answer["Location"]) == (302, f"/tasks/{task.pk}/")
    page = show(world.secretary, task).content.decode()
    assert "已制定" in page
    assert "核查人" in page
    act(world.secretary, task, "return", reason="缺附件")
    assert "缺附件" in show(world.commissioner, task).content.decode()
    act(world.commissioner, task, "submit", note="已补")
    act(world.secretary, task, "accept")
    assert [verb for verb, *_rest in log(task)] == ["opened", "submitted", "returned", "submitted", "accepted"]
    assert (load("a").state, load("a").note) == ("done", "已补")


def test_report_keeps_the_per_cent(world: World) -> None:
    task = agreed("a", world.branch, profile="supervision")
    assert act(world.secretary, task, "report", note="过半", progress="60").status_code == 302
    assert task.events.last().progress == 60
    assert "进度 60%" in show(world.secretary, task).content.decode()
    assert act(world.secretary, task, "report", note="过半", progress="160").status_code == 400


@pytest.mark.parametrize(
    ("name", "verb", "field", "typed", "message"),
    [
        ("secretary", "submit", "note", "  ", "请填写“完成情况”。"),
        ("general_secretary", "waive", "reason", "长" * 501, "501"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(
    world: World, name: str, verb: str, field: str, typed: str, message: str
) -> None:
    task = agreed("a", world.branch)
    answer = act(getattr(world, name), task, verb, **{field: typed})
    text = answer.content.decode()
    assert answer.status_code == 400
    assert typed.strip() in text
    assert message in text
    assert load("a").state == "active"


def test_double_clicks_and_missing_rights_are_explained(world: World) -> None:
    task = agreed("a", world.branch)
    act(world.commissioner, task, "submit", note="x")
    again = act(world.commissioner, task, "submit", note="x")
    assert (again.status_code, "已经提交" in again.content.decode()) == (409, True)
    own = act(world.commissioner, task, "accept")
    assert (own.status_code, "您自己提交" in own.content.decode()) == (403, True)
    assert len(log(task)) == 2


def test_unknown_verbs_and_methods(world: World) -> None:
    task = agreed("a", world.branch)
    client = client_of(world.secretary)
    assert client.post(f"/tasks/{task.pk}/complete/").status_code == 404
    assert client.get(f"/tasks/{task.pk}/submit/").status_code == 405
    assert client.post(f"/tasks/{task.pk}/").status_code == 405


@pytest.mark.parametrize("name", ["secretary", "commissioner", "general_secretary", "root_secretary", "officer"])
def test_the_page_costs_at_most_ten_queries_however_long_the_story(world: World, name: str) -> None:
    def count(task: Task) -> int:
        client = client_of(getattr(world, name))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/tasks/{task.pk}/").status_code == 200
        return len(queries)

    short = agreed("short", world.branch, profile="supervision", office="organisation_commissioner")
    long = agreed("long", world.branch, profile="supervision", office="organisation_commissioner")
    for _n in range(3):
        report_progress(task=long, actor=world.secretary, note="x")
    assert count(short) == count(long) <= 10
    submit_task(task=long, actor=world.commissioner, note="x")
    assert count(long) <= 10
    return_task(task=long, actor=world.secretary, reason="y")
    assert count(long) <= 10


def test_no_inline_code_or_style(world: World) -> None:
    text = show(world.general_secretary, agreed("a", world.branch)).content.decode()
    assert " style=" not in text
    assert "<style" not in text
    assert " onclick" not in text
    assert all("src=" in tag for tag in text.split("<script")[1:])
