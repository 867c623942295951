"""The list of slips: exact rows for every filter and search, none of anybody else's, exported as shown."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common import clock
from orgs.models import User
from tasks.models import Slip
from tasks.pages.supervision_tables import SlipTable
from tests.tasks.conftest import TODAY
from tests.tasks.supervision.making import supervised
from tests.tasks.supervision.test_slips import ORANGE_DAY, YELLOW_DAY, night
from tests.tasks.world import World, fresh

URL = "/slips/"


@pytest.fixture
def slips(world: World) -> World:
    """Of the branch: yellow (a1) taken over by orange (a2); of its sister an answered yellow (s1); a foreign orange (f1)."""
    supervised("a", world.branch, title="消防安全排查")
    night(YELLOW_DAY)
    supervised("s", world.sister, title="毕业生组织关系", window_start=date(2026, 6, 5), due_on=date(2026, 7, 5))
    supervised("f", world.foreign, title="外单位事项")
    night(ORANGE_DAY)
    sister = Slip.objects.filter(task__natural_key="s")
    sister.update(answered_on=date(2026, 6, 30), answer="已联系学生逐个办理")
    return world


def rows(user: User, **params: str) -> list[str]:
    """Natural key and level of the rows in order."""
    table = SlipTable(Slip.objects.visible_to(fresh(user)), user=fresh(user), params=params, path=URL)
    return [f"{slip.task.natural_key} {slip.level}" for slip in table.page.object_list]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["a orange", "s yellow", "a yellow"]),
        ({"show": "open"}, ["a orange"]),
        ({"show": "settled"}, ["s yellow", "a yellow"]),
        ({"show": "answered"}, ["s yellow"]),
        ({"show": "closed"}, ["a yellow"]),
        ({"sort": "-kind"}, ["a orange", "a yellow", "s yellow"]),
        ({"level": "yellow"}, ["s yellow", "a yellow"]),
        ({"issued_from": "2026-06-29"}, ["a orange", "s yellow"]),
        ({"q": "消防"}, ["a orange", "a yellow"]),
        ({"q": "xfaq"}, ["a orange", "a yellow"]),
        ({"q": "byszz"}, ["s yellow"]),
        ({"q": "没有这样的"}, []),
        ({"sort": "issued"}, ["a yellow", "a orange", "s yellow"]),
    ],
)
def test_filter_search_and_order(slips: World, params: dict[str, str], expected: list[str]) -> None:
    assert rows(slips.general_secretary, **params) == expected


def test_who_answers_finds_what_waits(slips: World, client: Client) -> None:
    waiting = Slip.objects.unanswered().get(task__natural_key="a")
    receiver = User.objects.get(person=waiting.receiver)
    assert rows(receiver, show="mine") == ["a orange"]
    assert rows(slips.officer, show="mine") == []
    client.force_login(receiver)
    assert "等我答复 1" in client.get(URL).content.decode()


def test_nothing_of_anybody_else_s(slips: World) -> None:
    assert "f orange" in rows(slips.officer)
    assert {row.split()[0] for row in rows(slips.secretary)} == {"a"}
    assert rows(slips.outsider, q="消防") == []


def test_the_file_says_what_the_list_says(slips: World, client: Client) -> None:
    client.force_login(slips.general_secretary)
    answer = client.get(f"{URL}?show=settled&level=yellow&export=csv")
    table = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    titles = {row[0]: row for row in table if row and row[0] in ("消防安全排查", "毕业生组织关系")}
    assert set(titles) == {"消防安全排查", "毕业生组织关系"}
    assert "6月30日已答复：已联系学生逐个办理" in titles["毕业生组织关系"]


def test_it_costs_the_same_for_one_and_for_many(world: World, client: Client) -> None:
    def queries() -> int:
        with clock.moved(TODAY), CaptureQueriesContext(connection) as captured:
            assert client.get(URL).status_code == 200
        return len(captured)

    client.force_login(world.officer)
    supervised("a", world.branch)
    night(YELLOW_DAY)
    one: Any = queries()
    supervised("b", world.branch)
    supervised("c", world.sister)
    night(ORANGE_DAY)
    assert Slip.objects.count() > 3
    assert queries() == one <= 10
