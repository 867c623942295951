"""The list of all Tasks: exact rows for every filter, order and search, and none of anybody else's."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orgs.models import User
from tasks.models import Task
from tasks.pages.all_tasks import TaskTable
from tasks.services import accept_task, submit_task, waive_task
from tests.factories import make_person
from tests.tasks.world import World, agreed, fresh, load, open_one

D = datetime.date
URL = "/tasks/"


@pytest.fixture
def tasks(world: World) -> World:
    """Of the branch: an overdue meeting (a), a lecture due soon (b), a submitted plan (c), a done one (d), one ahead (e);
    of its sister a waived meeting (s), of the foreign branch one (f)."""
    open_one("a", world.branch, window_start=D(2026, 5, 1), due_on=D(2026, 5, 31), title="5月支部党员大会")
    open_one("b", world.branch, kind="lecture", due_on=D(2026, 6, 17), title="第二季度党课")
    submit_task(task=agreed("c", world.branch, title="制定学习计划"), actor=world.commissioner, note="已制定")
    submit_task(task=agreed("d", world.branch, title="重阳节慰问"), actor=world.commissioner, note="已慰问")
    accept_task(task=load("d"), actor=world.secretary)
    group = {"group_id": world.group.pk, "office": "group_leader"}
    open_one("e", world.branch, title="7月党小组会", window_start=D(2026, 7, 1), due_on=D(2026, 7, 31), **group)
    waive_task(task=open_one("s", world.sister), actor=world.general_secretary, reason="不适用")
    open_one("f", world.foreign)
    return world


def rows(user: User, **params: str) -> str:
    """The natural keys in order, as one word."""
    table = TaskTable(Task.objects.visible_to(fresh(user)), user=fresh(user), params=params, path=URL)
    keys = [task.pk for task in table.page.object_list]
    names = dict(Task.objects.values_list("pk", "natural_key"))
    return "".join(names[pk] for pk in keys)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, "abcdes"),
        ({"state": "open"}, "abce"),
        ({"state": "submitted"}, "c"),
        ({"state": "done"}, "d"),
        ({"state": "waived"}, "s"),
        ({"light": "red"}, "a"),
        ({"light": "orange"}, "b"),
        ({"light": "green"}, "c"),
        ({"light": "grey"}, "e"),
        ({"light": "yellow"}, ""),
        ({"source": "agreed_item"}, "cd"),
        ({"source": "cadence", "state": "open"}, "abe"),
        ({"source": "directive"}, ""),
        ({"due_from": "2026-06-17"}, "bcesd"),
        ({"due_to": "2026-06-17"}, "ab"),
        ({"due_from": "2026-06-17", "due_to": "2026-06-17"}, "b"),
        ({"unit": "ZB102"}, "s"),
        ({"unit": "ZZ1"}, "abcesd"),
    ],
)
def test_filters(tasks: World, params: dict[str, str], expected: str) -> None:
    assert sorted(rows(tasks.general_secretary, **params)) == sorted(expected)


def test_open_ones_stand_first_the_earliest_due_on_top(tasks: World) -> None:
    assert rows(tasks.secretary) == "abced"


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("due", "abcde"),
        ("-due", "ecdba"),
        ("title", "aebcd"),
        ("-light", "abced"),
        ("light", "decba"),
        ("progress", "abced"),
        ("start", "abcde"),
        ("unit", "eabcd"),
    ],
)
def test_orders(tasks: World, sort: str, expected: str) -> None:
    found = rows(tasks.secretary, sort=sort)
    assert sorted(found) == sorted(expected)
    by = {"due": "due_on", "title": "title", "start": "window_start", "progress": "progress"}.get(
        sort.removeprefix("-")
    )
    if by:
        values = [getattr(load(key), by) for key in found]
        assert values == sorted(values, reverse=sort.startswith("-"))
    if sort.removeprefix("-") == "light":
        assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("党课", "b"),
        ("zbdydh", "a"),
        ("ZBDYDH", "a"),
        ("dangyuan", "a"),
        ("cyjww", "d"),  # 重阳节慰问: chong, not zhong
        ("zyjww", "d"),
        ("党小组会 7月", "e"),
        ("党小组会 8月", ""),
        ("dxz 7", "e"),
        ("xxjh", "c"),
        ("xy", ""),
        ("%", ""),
        ("_", ""),
        ("'; --", ""),
        ("\x00党课\x00", "b"),
        ("   ", "abced"),
    ],
)
def test_search_in_chinese_and_by_pinyin(tasks: World, text: str, expected: str) -> None:
    assert sorted(rows(tasks.secretary, q=text)) == sorted(expected)


def test_search_by_the_unit(tasks: World) -> None:
    assert rows(tasks.root_secretary, q="ZB201") == "f"
    assert sorted(rows(tasks.root_secretary, q="dzb")) == list("abcdefs")


def test_mine_are_those_of_my_offices_and_my_name(tasks: World) -> None:
    assert rows(tasks.secretary, mine="1") == "abcd"
    assert rows(tasks.leader, mine="1") == "e"
    assert rows(tasks.general_secretary, mine="1") == ""


def test_nobody_sees_more_than_their_own(tasks: World) -> None:
    assert sorted(rows(tasks.foreign_secretary)) == ["f"]
    assert sorted(rows(tasks.sister_secretary)) == ["s"]
    assert rows(tasks.leader) == "e"
    assert rows(tasks.member) == rows(tasks.outsider) == ""
    assert sorted(rows(tasks.other_general_secretary)) == ["f"]
    assert sorted(rows(tasks.officer)) == list("abcdefs")
    # No filter, search or unit of others widens it.
    for params in ({"q": "大会"}, {"q": "zbdydh"}, {"unit": "ZB101"}, {"unit": "DW"}, {"state": "open"}):
        assert rows(tasks.foreign_secretary, **params) in ("f", "")


GARBAGE = {
    "state=nonsense": "没有“nonsense”这一项",
    "light=%3Cscript%3E": "没有“&lt;script&gt;”这一项",
    "sort=natural_key": "不能按“natural_key”排序",
    "sort=--due": "不能按“--due”排序",
    "sort=owner": "不能按“owner”排序",
    "page=abc": "没有第“abc”页",
    "page=-1": "没有第“-1”页",
    "page=0": "没有第“0”页",
    "page=99": "没有第99页，已显示最后一页",
    "page=99999999999999999999": "没有第“99999999999999999999”页",
    "due_from=2026-13-40": "不是日期",
    "due_from=2026-06-30&due_to=2026-06-01": "开始日期晚于结束日期",
    "mine=yes": "只能是1",
    "unit=ZB201": "没有代码为“ZB201”的组织，或者您看不到它",
    "colour=red&state__in=x": "网址里的“colour、state__in”不是这里的条件",
    "q=%00": "",
    "state=": "",
}


@pytest.mark.parametrize(("query", "words"), GARBAGE.items())
def test_what_an_address_cannot_ask_for_is_left_out_and_said(
    tasks: World, client: Client, query: str, words: str
) -> None:
    client.force_login(tasks.secretary)
    response = client.get(f"{URL}?{query}")
    assert response.status_code == 200
    assert len(response.context["page"].object_list) == 5
    page = response.content.decode()
    assert words in page
    assert len(response.context["table"].problems) == (1 if words else 0)


def counted(client: Client, query: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"{URL}?{query}").status_code == 200
    return len(captured)


@pytest.mark.parametrize("query", ["", "q=dydh&light=red", "mine=1", "state=open&sort=-light&unit=ZZ1"])
def test_the_same_queries_for_one_row_and_for_three(world: World, client: Client, query: str) -> None:
    client.force_login(world.general_secretary)
    past = {"window_start": D(2026, 5, 1), "due_on": D(2026, 5, 31)}
    open_one("1", world.branch, person_id=world.general_secretary.person_id, **past)
    one = counted(client, query)
    for key, organisation in (("2", world.sister), ("3", world.general)):
        person = make_person(organisation)
        open_one(key, organisation, person_id=person.pk if key == "2" else world.general_secretary.person_id, **past)
    assert counted(client, query) == one <= 10


def test_a_page_has_fifty_rows_and_the_address_keeps_everything(world: World, client: Client) -> None:
    for number in range(60):
        agreed(f"x{number:02}", world.branch, title=f"第{number:02}项")
    client.force_login(world.secretary)
    page = client.get(f"{URL}?state=open&sort=-title").content.decode()
    shown = re.findall(r">(第\d\d项)<", page)
    assert shown == [f"第{number:02}项" for number in range(59, 9, -1)]
    assert 'href="?state=open&amp;sort=-title&amp;page=2"' in page
    second = client.get(f"{URL}?state=open&sort=-title&page=2").content.decode()
    assert re.findall(r">(第\d\d项)<", second) == [f"第{number:02}项" for number in range(9, -1, -1)]
    assert 'aria-sort="descending"' in second
    assert 'href="?state=open&amp;sort=title"' in second  # another order begins at the first page


def test_what_is_written_in_a_title_stays_text(world: World, client: Client) -> None:
    agreed("x", world.branch, title="<script>alert(1)</script>\"'&")
    client.force_login(world.secretary)
    page = client.get(f"{URL}?q=%3Cscript").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;" in page


def test_the_words_of_a_line(tasks: World, client: Client) -> None:
    client.force_login(tasks.secretary)
    table = client.get(URL).context["table"]
    lines: dict[str, list[str]] = {line[0]: line[1:] for line in table.lines()}
    branch, dates = tasks.branch.name, ["2026-05-01", "2026-05-31"]
    overdue = "逾期：逾期15天（应于2026年5月31日完成）"
    assert lines["5月支部党员大会"] == [branch, "书记", "组织生活", *dates, overdue, "办理中", ""]
    assert lines["7月党小组会"][:3] == [f"{branch} · {tasks.group.name}", "党小组组长", "组织生活"]
    assert lines["重阳节慰问"][5:] == ["已办结", "已办结", "100%"]
    assert lines["制定学习计划"][5:] == ["正常：已提交待核查；提交时2026年6月30日到期", "待核查", ""]


def test_the_list_says_what_to_do_when_there_is_nothing(world: World, client: Client) -> None:
    client.force_login(world.member)
    assert "还没有事项" in client.get(URL).content.decode()
    client.force_login(world.secretary)
    agreed("x", world.branch)
    found: Any = client.get(f"{URL}?q=没有这样的").content.decode()
    assert "没有符合条件的内容" in found and "清除筛选" in found
