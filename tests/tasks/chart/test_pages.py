"""The pages of the wall chart: what is shown, filtered, escaped; garbage falls back."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from tasks.models import Directive, DirectiveUnit, Task
from tests.tasks.chart.test_rows import STEPS, directive
from tests.tasks.supervision.making import project_of, supervised
from tests.tasks.world import World


@pytest.fixture
def client(world: World) -> Client:
    browser = Client()
    browser.force_login(world.root_secretary, "orgs.backends.AccountBackend")
    return browser


@pytest.fixture
def rows(world: World) -> None:
    project_of(world, STEPS)
    directive(world, leader=world.root_deputy.person)
    Task.objects.filter(natural_key="a").update(light="orange", light_cause="剩4天")


def numbers(client: Client, query: str = "", path: str = "/chart/") -> list[str]:
    """The numbers of the rows drawn, in their order."""
    response = client.get(f"{path}?{query}")
    assert response.status_code == 200
    return re.findall(r'class="gantt-sub">((?:PN|DB)[\d-]+)', response.content.decode())


def groups(client: Client, query: str) -> list[str]:
    return re.findall(r'scope="rowgroup" colspan="5">([^<]+?) <', client.get(f"/chart/?{query}").content.decode())


def test_grouped_by_leader_or_unit(client: Client, rows: None) -> None:
    assert groups(client, "") == ["党委副书记", "总支书记"]
    assert groups(client, "group=unit") == ["ZZ1党总支", "ZB101党支部"]
    Directive.objects.update(leader=None)
    assert groups(client, "") == ["总支书记", "未指定分管领导"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=project", "P"),
        ("kind=directive", "D"),
        ("light=orange", "D"),
        ("light=red", ""),
        ("leader=总支书记", "P"),
        ("unit=ZB101党支部", "D"),
        ("scale=week", "DP"),
        ("scale=month&at=2030-01-01", ""),
        ("light=pink&kind=x&unit=nowhere&scale=century&as_of=gestern&at=99", "DP"),
    ],
)
def test_filters(client: Client, rows: None, query: str, expected: str) -> None:
    assert "".join(number[0] for number in numbers(client, query)) == expected


def test_what_is_hidden_is_said(client: Client, rows: None) -> None:
    assert "另有 1 项" in client.get("/chart/?kind=project").content.decode()


def test_the_wall_and_the_table_show_the_same(client: Client, rows: None) -> None:
    assert sorted(numbers(client, path="/chart/wall/")) == sorted(numbers(client))
    table = client.get("/chart/table/").content.decode()
    assert table.count("<tr>") == 3
    assert "2026-06-30" in table


def test_a_long_chart_fetches_its_table_when_asked(client: Client, rows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.pages.chart.TABLE_AT_ONCE", 1)
    page = client.get("/chart/").content.decode()
    assert 'hx-get="/chart/table/?"' in page
    assert page.count('<table class="table') == 0
    part = client.get("/chart/table/", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<table")


def test_what_people_wrote_is_escaped(client: Client, world: World) -> None:
    directive(world, title='<script>alert("x")</script>')
    Task.objects.filter(natural_key="a").update(note="<b>粗</b>", last_report_on=date(2026, 6, 10))
    page = client.get("/chart/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" in page
    assert "&lt;b&gt;粗&lt;/b&gt;" in page


def test_an_empty_chart_says_what_to_do(client: Client) -> None:
    assert "项目审核通过、交办事项下发后会自动上图" in client.get("/chart/").content.decode()


def test_a_past_day_is_said(client: Client, rows: None) -> None:
    assert "这是 2026年6月1日 当天的情况" in client.get("/chart/?as_of=2026-06-01").content.decode()


@pytest.mark.parametrize("day", ["2030-01-01", "2026-02-30", "x"])
def test_a_day_that_has_not_come_is_said_and_shows_today(client: Client, rows: None, day: str) -> None:
    page = client.get(f"/chart/?as_of={day}").content.decode()
    assert "这里按今天（2026年6月15日）显示" in page and "按当时的记录还原" not in page
    assert "这里按今天" not in client.get("/chart/?as_of=2026-06-15").content.decode()


def test_before_the_first_record_the_chart_is_empty_and_says_so(client: Client, rows: None) -> None:
    page = client.get("/chart/?as_of=1999-01-01").content.decode()
    assert "0 项" in page and "没有可以上图的项目或交办事项" in page


def test_the_months_stand_where_the_rows_have_them(client: Client, rows: None) -> None:
    """Texts with their own place in per cent: within nested drawings they kept the screen's width on paper."""
    page = client.get("/chart/?scale=month").content.decode()
    head = page.split('class="gantt gantt-head"')[1].split("</svg>")[0]
    assert head.count("<text x=") == 12 and 'x="0.00%" dx="4" y="16">1月' in head


def test_ten_queries_at_most(client: Client, rows: None, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(10):
        client.get("/chart/")
    with django_assert_max_num_queries(10):
        client.get("/chart/?as_of=2026-06-01")
    with django_assert_max_num_queries(9):  # projects and directives both ran then
        client.get("/chart/?as_of=2026-06-14")


def test_a_directive_of_several_units_is_found_under_each_of_them(client: Client, world: World) -> None:
    first = directive(world)
    second = supervised("b", world.foreign, due_on=date(2026, 8, 31))
    DirectiveUnit.objects.create(
        directive=first.directive, organisation=world.foreign, name=world.foreign.name, task=second
    )
    for group in ("leader", "unit"):
        for name in ("ZB101党支部", "ZB201党支部"):
            assert len(numbers(client, f"group={group}&unit={name}")) == 1
    assert "2个单位</option>" not in client.get("/chart/").content.decode()


def test_a_long_chart_is_printed_smaller(client: Client, rows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "gantt-dense" not in client.get("/chart/").content.decode()
    monkeypatch.setattr("tasks.pages.chart.LINES_AT_FULL_SIZE", 3)  # two rows in two groups are four lines
    assert 'class="gantt-wrap gantt-dense"' in client.get("/chart/").content.decode()
