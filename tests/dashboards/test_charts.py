"""The analysis page: what its charts say, to whom, where they lead, and what they cost."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal

import openpyxl
import pytest

from common import clock
from dashboards.selectors.charts import CHARTS, chart_of, keys_for
from orgs.models import Level, Organisation, User
from scoring.models import SheetPoint
from tasks.models import Task
from tests.dashboards.counting import queries_of
from tests.dashboards.owing import hold, month, owe
from tests.dashboards.reading import text
from tests.dashboards.rows import TODAY
from tests.factories import SmallCollege, make_officer, make_organisation
from tests.scoring.places import body, publish_body, write_sheet


@pytest.fixture
def busy(college: SmallCollege) -> SmallCollege:
    """March: ZB101 in time, ZB102 late; April: ZB101 and ZB201 overdue by 46 days; 2025: ZB101 in time."""
    branch, sibling, other = college.branches
    hold(month(branch, "committee_meeting", 3), "03-12")
    hold(month(sibling, "committee_meeting", 3), "04-02", record="section:late")
    month(branch, "committee_meeting", 4)
    month(other, "committee_meeting", 4)
    with clock.moved(datetime.date(2025, 3, 1)):
        hold(owe(branch, "committee_meeting", "2025-03-01", "2025-03-31"), "2025-03-12", record="section:before")
    return college


def chart(key: str, user: User, top: Organisation, day: datetime.date = TODAY):
    return chart_of(key, user, top, day)


def test_the_heat_map_has_a_line_a_branch_and_a_square_a_month(busy: SmallCollege) -> None:
    found = chart("heat", busy.office, busy.committee)
    values = {row.label: row.values[2:5] for row in found.rows}
    assert values == {"ZB101党支部": (100, 0, None), "ZB102党支部": (0, None, None), "ZB201党支部": (None, 0, None)}
    assert found.rows[0].urls[2] == "/tasks/?unit=ZB101&due_from=2026-03-01&due_to=2026-03-31"
    assert found.rows[1].notes[2] == "已到期1项，按期0项，逾期后完成1项"


def test_it_shows_the_past_as_it_stood(busy: SmallCollege) -> None:
    """On 1 April ZB102 had not met yet, and nothing of April was due."""
    found = chart("heat", busy.office, busy.committee, datetime.date(2026, 4, 1))
    assert [row.values[2:4] for row in found.rows[:2]] == [(100, None), (0, None)]
    assert found.rows[1].notes[2] == "已到期1项，按期0项，逾期后完成0项"


def test_with_many_branches_there_is_a_line_a_general_branch(
    busy: SmallCollege, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.selectors.charts.MOST_LINES", 2)
    found = chart("heat", busy.office, busy.committee)
    assert [(row.label, row.values[2], row.values[3]) for row in found.rows] == [
        (busy.general_branches[0].name, 50, 0),
        (busy.general_branches[1].name, None, 0),
    ]


def test_general_branches_are_compared_with_what_lies_below_them(busy: SmallCollege) -> None:
    first, second = chart("comparison", busy.office, busy.committee).rows
    assert (first.values, second.values) == ((33, 3, 1, 1, 1), (0, 1, 0, 0, 1))
    assert first.url == "/tasks/?unit=ZZ1&due_from=2026-01-01&due_to=2026-06-15"


def test_a_branch_sees_its_own_kinds(busy: SmallCollege) -> None:
    branch = busy.branches[0]
    found = chart("comparison", busy.branch_secretary, branch)
    assert [(row.label, row.values) for row in found.rows] == [("支部委员会会议", (50, 2, 1, 0, 1))]
    assert found.first == "类别"


def test_the_trend_sets_this_year_beside_the_last(busy: SmallCollege) -> None:
    rows = chart("trend", busy.office, busy.committee).rows
    assert [row.values for row in rows[1:5]] == [(None, None), (50, 100), (0, None), (None, None)]
    assert rows[2].urls[1] == "/tasks/?unit=DW&due_from=2025-03-01&due_to=2025-03-31"


def test_what_is_overdue_stands_by_age_with_the_list_behind_it(busy: SmallCollege, enter) -> None:
    found = chart("ageing", busy.office, busy.committee)
    assert [(row.label, row.values) for row in found.rows] == [(unit.name, (0, 0, 1)) for unit in busy.general_branches]
    submitted = month(busy.branches[1], "theme_day", 4)
    Task.objects.filter(pk=submitted.pk).update(state="submitted")
    listed = text(enter(busy.office, found.rows[0].urls[2])).split("进度", 2)[2]
    assert "2026年4月支部委员会会议 ZB101党支部" in listed and "共 1 条" in listed


def test_a_general_branch_sees_no_other(busy: SmallCollege, enter) -> None:
    top = busy.general_branches[0]
    for key in keys_for(top):
        shown = enter(busy.general_secretary, f"/analysis/{top.code}/{key}/").content.decode()
        assert "ZB201" not in shown, key
    assert enter(busy.general_secretary, "/analysis/ZZ2/heat/").status_code == 404
    assert enter(busy.general_secretary, f"/analysis/{top.code}/").content.decode().count("chart-card") == 7


def test_the_address_without_a_unit_leads_to_the_own_one(busy: SmallCollege, enter) -> None:
    where = {
        user: enter(user, "/analysis/").url for user in (busy.office, busy.general_secretary, busy.branch_secretary)
    }
    assert list(where.values()) == ["/analysis/DW/", "/analysis/ZZ1/", "/analysis/ZB101/"]


def test_scores_are_spread_by_scheme_and_never_ranked(busy: SmallCollege) -> None:
    general = publish_body(busy.committee, busy.office)
    branches = publish_body(busy.committee, busy.office, body("BR-2026", Level.BRANCH))
    write_sheet(general, busy.general_branches[0], "81.50")
    for unit, total in zip(busy.branches, ("90", "89.99", "59.99"), strict=True):
        write_sheet(branches, unit, total)
    found = chart("scores", busy.office, busy.committee)
    names = [column.label for column in found.columns]
    assert names == [branches.name, general.name]
    assert [row.values for row in found.rows] == [(1, 0), (0, 0), (0, 0), (1, 1), (1, 0)]
    assert found.rows[4].urls == (f"/scores/?scheme={branches.pk}", f"/scores/?scheme={general.pk}")


def test_a_unit_sees_its_own_score_by_month(busy: SmallCollege) -> None:
    branches = publish_body(busy.committee, busy.office, body("BR-2026", Level.BRANCH))
    sheet, other = (write_sheet(branches, unit, "77.25") for unit in busy.branches[:2])
    SheetPoint.objects.create(sheet=sheet, month=datetime.date(2026, 5, 1), total=Decimal("70.5"))
    SheetPoint.objects.create(sheet=other, month=datetime.date(2026, 4, 1), total=Decimal("10"))
    rows = chart("scores", busy.branch_secretary, busy.branches[0]).rows
    assert [row.values[0] for row in rows] == [None] * 4 + [Decimal("70.5")] + [None] * 7
    assert rows[4].urls[0] == f"/scores/{sheet.pk}/"


def test_the_file_has_the_table_and_says_what_it_is(busy: SmallCollege, enter) -> None:
    answer = enter(busy.office, "/analysis/DW/comparison/table.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = [[cell.value for cell in line] for line in book.worksheets[0].iter_rows()]
    assert rows[0] == [
        "组织",
        "按期完成率（%）",
        "已到期（项）",
        "按期（项）",
        "逾期后完成（项）",
        "现在逾期未办（项）",
    ]
    assert rows[1] == [busy.general_branches[0].name, "33", "3", "1", "1", "1"]
    about = {line[0].value: line[1].value for line in book.worksheets[1].iter_rows(min_row=2)}
    assert (about["组织"], about["截至"]) == (busy.committee.name, "2026-06-15")


def test_names_of_organisations_are_no_markup(busy: SmallCollege, enter) -> None:
    Organisation.objects.filter(code="ZB101").update(name="</script><b>一支部")
    shown = enter(busy.office, "/analysis/DW/heat/").content.decode()
    assert "</script><b>一支部" not in shown
    assert "&lt;/script&gt;&lt;b&gt;一支部" in shown and "\\u003C/script\\u003E\\u003Cb\\u003E" in shown


def test_charts_cost_the_same_with_more_branches(busy: SmallCollege) -> None:
    general = publish_body(busy.committee, busy.office)
    write_sheet(general, busy.general_branches[0], "81.50")
    urls = ["/analysis/DW/", *(f"/analysis/DW/{key}/" for key in CHARTS)]
    before = [len(queries_of(busy.office, url)) for url in urls]
    for number in (3, 4):
        unit = make_organisation(f"ZZ{number}", busy.committee)
        branch = make_organisation(f"ZB{number}01", unit)
        make_officer(branch)
        month(branch, "committee_meeting", 4)
        write_sheet(general, unit, "70")
    assert [len(queries_of(busy.office, url)) for url in urls] == before
    assert max(before) <= 10, before
