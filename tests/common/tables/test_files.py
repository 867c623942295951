"""Files are what the screen shows: the same rows, columns and words; no cell runs anything."""

from __future__ import annotations

import csv
import html
import io
import re
from urllib.parse import unquote

import pytest
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from common.tables import export
from common.tables.export import csv_lines, harmless
from orgs.models import User
from tasks.models import Task
from tasks.pages.all_tasks import TaskTable
from tasks.services import submit_task
from tests.tasks.world import World, agreed, open_one

URL = "/tasks/"
TAGS = re.compile(r"<[^>]+>")


def body(response: HttpResponse) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]


def csv_of(client: Client, query: str) -> list[list[str]]:
    response = client.get(f"{URL}?{query}{'&' if query else ''}export=csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = body(response).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def excel_of(client: Client, query: str) -> list[list[str]]:
    response = client.get(f"{URL}?{query}{'&' if query else ''}export=xlsx")
    sheet = load_workbook(io.BytesIO(body(response))).active
    for cell in (cell for row in sheet for cell in row):
        assert cell.value is None or cell.data_type in ("s", "inlineStr"), cell.value
    return [["" if cell.value is None else cell.value for cell in row] for row in sheet]


def screen_of(client: Client, query: str) -> list[list[str]]:
    """Headings and cells of all pages, read from the HTML."""
    found: list[list[str]] = []
    number = 1
    while True:
        response = client.get(f"{URL}?{query}&page={number}")
        page = response.content.decode()
        if not found:
            found.append([words(cell) for cell in re.findall(r'<th scope="col".*?</th>', page, re.S)])
        for line in re.findall(r'<tr role="row">(.*?)</tr>', page.partition("<tbody")[2], re.S):
            cells = re.findall(r"<t[dh] (?![^>]*tb-check)[^>]*>(.*?)</t[dh]>", line, re.S)
            found.append([words(cell) for cell in cells])
        if not response.context["page"].has_next():
            return found
        number += 1


def words(cell: str) -> str:
    """The text of a cell, without the blanks and signs between its parts."""
    return re.sub(r"[\s：]+", "", html.unescape(TAGS.sub("", cell)))


def bare(lines: list[list[str]]) -> list[list[str]]:
    return [[re.sub(r"[\s：]+", "", cell) for cell in line] for line in lines]


@pytest.fixture
def full(world: World) -> World:
    """Seventy Tasks of the branch in several states, one of a sister, one of a stranger."""
    for number in range(70):
        agreed(f"b{number}", world.branch, title=f"第{number}项“引号”,逗号\n换行&<b>")
    submit_task(task=Task.objects.get(natural_key="b3"), actor=world.commissioner, note="做完了")
    open_one("s", world.sister, title="姊妹的会")
    open_one("f", world.foreign, title="别人的会")
    return world


@pytest.mark.parametrize(
    "query", ["", "state=submitted", "q=dsx", "q=第1&sort=-title", "sort=light&unit=ZB102", "light=red"]
)
def test_files_hold_what_the_screen_shows(full: World, client: Client, query: str) -> None:
    for user in (full.secretary, full.general_secretary):
        client.force_login(user)
        screen = screen_of(client, query)
        as_csv = csv_of(client, query)
        assert bare(as_csv)[1:] == screen[1:]
        assert bare(as_csv)[0] == screen[0] or len(screen) == 1  # without rows there are no headings
        assert excel_of(client, query) == as_csv
        assert "别人的会" not in str(as_csv)


def test_a_file_has_a_name_with_the_day_and_is_not_kept(full: World, client: Client) -> None:
    client.force_login(full.secretary)
    response = client.get(f"{URL}?export=xlsx")
    assert unquote(response["Content-Disposition"]) == "attachment; filename*=utf-8''全部事项-2026-06-15.xlsx"
    assert "no-store" in response["Cache-Control"]
    body(response)


EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =cmd|' /C calc'!A0", "＝1+1", "\n=1")


@pytest.mark.parametrize("text", EVIL)
def test_no_cell_of_a_file_is_a_formula(world: World, client: Client, text: str) -> None:
    agreed("x", world.branch, title=text)
    client.force_login(world.secretary)
    [_head, line] = csv_of(client, "")
    assert line[0] == f"'{text}"
    response = client.get(f"{URL}?export=xlsx")
    cell = load_workbook(io.BytesIO(body(response))).active["A2"]
    assert cell.data_type == "s"
    assert cell.value.strip() == text.replace("\r", "\n").strip()


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
@settings(max_examples=200)
def test_every_line_comes_back_as_it_was(lines: list[list[str]]) -> None:
    text = "".join(csv_lines(["甲", "乙"], lines))
    assert text.startswith("\ufeff")
    found = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert found == [["甲", "乙"], *[[harmless(cell) for cell in line] for line in lines]]
    for cell in (cell for line in found for cell in line):
        assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_too_many_rows_are_refused_with_advice(full: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MOST", 60)
    client.force_login(full.secretary)
    response = client.get(f"{URL}?sort=due&export=csv", follow=True)
    assert response.redirect_chain == [(f"{URL}?sort=due", 302)]
    assert "一次最多导出60条" in response.content.decode()
    assert len(csv_of(client, "state=submitted")) == 2


def test_another_kind_of_file_is_refused(full: World, client: Client) -> None:
    client.force_login(full.secretary)
    assert "只能导出CSV或Excel" in client.get(f"{URL}?export=pdf", follow=True).content.decode()


KEYS = st.dictionaries(
    st.sampled_from(["q", "sort", "state", "light", "source", "unit", "due_from", "due_to", "mine", "page", "x"]),
    st.sampled_from(["", "open", "red", "-due", "title", "ZB101", "2026-06-15", "1", "大会", "dsx", "\x00", "%"]),
)


@given(params=KEYS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_is_asked_for_rows_and_file_agree_and_stay_within_sight(full: World, params: dict[str, str]) -> None:
    def table(user: User) -> TaskTable:
        return TaskTable(Task.objects.visible_to(user), user=user, params=params, path=URL)

    mine = table(full.secretary)
    lines = list(mine.lines())
    assert len(lines) == mine.page.paginator.count
    first = (mine.page.number - 1) * 50
    shown = [[column.words(row) for column in mine.columns] for row in mine.page.object_list]
    assert lines[first : first + 50] == shown
    assert all(line[1].startswith(full.branch.name) for line in lines)
    assert all(line[1].startswith(full.foreign.name) for line in table(full.foreign_secretary).lines())
    # What the list writes as its address is read back as the same list.
    again = TaskTable(mine.rows, user=full.secretary, params=dict(read(mine.query())), path=URL)
    assert (again.query(), again.problems) == (mine.query(), [])


def read(query: str) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl

    return parse_qsl(query)
