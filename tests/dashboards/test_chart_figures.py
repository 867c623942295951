"""The pure arithmetic of the charts."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.charts import compliance, table
from dashboards.charts.burden import FIELDS, burden
from dashboards.charts.table import Chart, Column, Row
from dashboards.figures import AGES
from dashboards.tree import Unit
from tests.dashboards.rows import TODAY, done, overdue, row

UNITS = [
    Unit(1, "DW", "党委", "0001", "committee"),
    Unit(2, "ZZ1", "一总支", "00010001", "general_branch"),
    Unit(3, "ZB1", "一支部", "000100010001", "branch"),
    Unit(4, "ZB9", "直属支部", "00010002", "branch"),
]


def test_lines_of_general_branches_take_in_what_lies_below() -> None:
    assert compliance.groups_of(UNITS, "general_branch") == {1: 1, 2: 2, 3: 2, 4: 4}
    assert compliance.groups_of(UNITS, "branch") == {1: 1, 2: 2, 3: 3, 4: 4}


def test_rows_of_organisations_that_are_not_shown_are_left_out() -> None:
    rows = [row("06-01", "06-30", organisation_id=3), row("06-01", "06-30", organisation_id=77)]
    assert compliance.by_line(rows, {3: 2}) == {2: [rows[0]]}


def test_months_count_what_fell_due_in_them_this_year_alone() -> None:
    rows = [
        done("03-01", "03-31", "03-20"), done("03-01", "03-31", "04-02"), overdue("04-01", "04-30"),
        row("06-01", "06-30"), done("2025-03-01", "2025-03-31", "2025-03-02"),
    ]  # fmt: skip
    months = compliance.monthly(rows, 2026, TODAY)
    assert [(share.on_time, share.late, share.due) for share in months[2:6]] == [
        (1, 1, 2),
        (0, 0, 1),
        (0, 0, 0),
        (0, 0, 0),
    ]
    whole = compliance.of_year(rows, 2026, TODAY)
    assert (whole.percent, whole.due) == (33, 3)


def test_ages_and_the_days_that_open_them_agree() -> None:
    """7 days over is the first class, 8 and 30 the second, 31 the third; every span finds what its class counts."""
    rows = [overdue("01-01", day) for day in ("06-14", "06-08", "06-07", "05-16", "05-15", "02-01")]
    assert compliance.aged(rows, TODAY) == (2, 2, 2)
    for index, (first, last) in enumerate(compliance.age_spans(TODAY)):
        found = [each for each in rows if (first is None or each.due_on >= first) and each.due_on <= last]
        assert len(found) == compliance.aged(rows, TODAY)[index]


@given(st.lists(st.integers(min_value=1, max_value=400), max_size=30))
def test_every_overdue_row_has_one_class(days_over: list[int]) -> None:
    rows = [overdue("2025-01-01", (TODAY - datetime.timedelta(days=days)).isoformat()) for days in days_over]
    assert sum(compliance.aged(rows, TODAY)) == len(days_over)
    assert len(compliance.age_spans(TODAY)) == len(AGES)


def test_the_burden_is_fields_times_what_was_typed() -> None:
    """Two records (8 each), one on leave (2), one resolution (4); one report (4) and one submission (1)."""
    found = burden({"records": 2, "leave": 1, "resolutions": 1, "reported": 1, "submitted": 1, "acknowledged": 9})
    assert (found.meetings, found.assigned, found.total) == (22, 5, 27)
    assert burden({}).total == 0


def test_the_burden_knows_the_forms_it_counts() -> None:
    """Each number is that of the fields of the form in question."""
    from meetings.forms.labels import _WORDS
    from tasks.forms import ExtendForm, ReportForm
    from tasks.pages.supervision_forms import AnswerForm

    assert FIELDS["reported"] == len(ReportForm.base_fields)
    assert FIELDS["ext_asked"] == len(ExtendForm.base_fields)
    assert FIELDS["answered"] == len(AnswerForm.base_fields)
    from dashboards.charts.burden import RECORD

    assert set(RECORD) <= set(_WORDS)


def test_classes_of_points_take_their_lower_bound() -> None:
    values = [Decimal(text) for text in ("59.99", "60", "69.99", "70", "100")]
    assert table.histogram(values, (60, 70, 80, 90)) == [1, 2, 1, 0, 1]


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (0, "0"), (Decimal("27.40"), "27.4"), (Decimal("100"), "100"), (Decimal("0.05"), "0.05")],
)
def test_values_are_written_without_trailing_zeros(value: Decimal | int | None, text: str) -> None:
    assert table.written(value) == text


def test_a_mean_of_nobody_is_unknown() -> None:
    assert (table.mean(10, 0), table.mean(10, 3), table.mean(None, 3)) == (None, Decimal("3.3"), None)


def test_picture_table_and_file_come_from_the_same_rows() -> None:
    columns = (Column("率", table.ACCENT), Column("应办（项）", drawn=False))
    rows = (Row("甲", (None, 0), "/a/"), Row("乙", (50, 4), "/b/", ("/b/1",), ("按期2项",)))
    chart = Chart("k", table.BARS, "题", "说明", "组织", columns, rows, TODAY, unit="%")
    assert chart.headings_of_file() == ["组织", "率（%）", "应办（项）"]
    assert chart.lines_of_file() == [["甲", "", "0"], ["乙", "50", "4"]]
    assert chart.drawing()["columns"] == [{"label": "率", "tone": "accent"}]
    assert [found["cells"] for found in chart.drawing()["rows"]] == [[[None, "/a/", ""]], [[50.0, "/b/1", "按期2项"]]]
    assert not chart.is_empty
