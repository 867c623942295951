"""The year of one branch as spans of months."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from dashboards import cells
from dashboards.matrix import Kind, months_of, spans_of, year_matrix
from tests.dashboards.rows import TODAY, day, done, overdue, row

MONTHLY = Kind("committee_meeting", "支部委员会会议")
QUARTERLY = Kind("members_meeting", "支部党员大会", "quarterly")


def shape(spans: list) -> list[tuple[int, int, str]]:
    return [(span.start, span.months, span.cell.status) for span in spans]


def test_quarters_span_three_months_and_empty_quarters_too() -> None:
    rows = [
        done("01-01", "03-31", "03-12", kind="members_meeting"),
        row("04-01", "06-30", kind="members_meeting"),
    ]
    [line] = year_matrix(rows, [QUARTERLY], 2026, TODAY)
    assert shape(line.spans) == [(1, 3, "done"), (4, 3, "ahead"), (7, 3, "none"), (10, 3, "none")]


def test_a_branch_founded_within_a_quarter_owes_only_its_share() -> None:
    rows = [row("05-10", "06-30", kind="members_meeting")]
    [line] = year_matrix(rows, [QUARTERLY], 2026, TODAY)
    assert shape(line.spans)[:3] == [(1, 3, "none"), (4, 1, "none"), (5, 2, "ahead")]


def test_a_semester_over_the_turn_of_the_year_stands_in_both_years() -> None:
    autumn = done("2025-09-08", "2026-01-18", "2025-12-01")
    assert months_of(autumn, 2025) == (9, 12)
    assert months_of(autumn, 2026) == (1, 1)
    assert months_of(autumn, 2027) is None


def test_a_semester_that_begins_in_the_month_the_last_one_ends_gives_way() -> None:
    rows = [done("2025-09-08", "2026-01-18", "2025-12-01"), row("01-19", "07-12")]
    assert shape(spans_of(rows, 2026, TODAY)) == [
        (1, 1, "done"), (2, 6, "ahead"), *[(month, 1, "none") for month in range(8, 13)],
    ]  # fmt: skip


def test_what_is_owed_once_stands_in_the_month_it_is_due() -> None:
    assert months_of(row("02-03", "05-20", source="agreed_item"), 2026) == (5, 5)


def test_groups_share_a_cell_and_have_their_own_parts() -> None:
    group = Kind("group_meeting", "党小组会")
    rows = [
        done("05-01", "05-31", "05-08", kind="group_meeting", group_id=1),
        overdue("05-01", "05-31", kind="group_meeting", group_id=2),
        overdue("04-01", "04-30", kind="group_meeting", group_id=2),
    ]
    [line] = year_matrix(rows, [group], 2026, TODAY, [(1, "第一党小组"), (2, "第二党小组"), (3, "第三党小组")])
    may = line.spans[4].cell
    assert (may.status, may.done, may.total, may.overdue) == (cells.OVERDUE, 1, 2, 1)
    assert [name for name, _spans in line.parts] == ["第一党小组", "第二党小组"]
    assert [span.cell.status for span in line.parts[0][1]][3:5] == ["none", "done"]
    assert [span.cell.status for span in line.parts[1][1]][3:5] == ["overdue", "overdue"]


def test_a_kind_never_owed_is_one_empty_line() -> None:
    [line] = year_matrix([], [MONTHLY], 2026, TODAY)
    assert line.is_empty
    assert shape(line.spans) == [(1, 12, "none")]


def test_kinds_keep_the_order_given_and_other_kinds_are_left_out() -> None:
    rows = [row("06-01", "06-30"), row("06-01", "06-30", kind="unknown")]
    lines = year_matrix(rows, [QUARTERLY, MONTHLY], 2026, TODAY)
    assert [line.kind.code for line in lines] == ["members_meeting", "committee_meeting"]
    assert [line.is_empty for line in lines] == [True, False]


windows = st.tuples(
    st.dates(datetime.date(2025, 7, 1), datetime.date(2027, 6, 30)), st.integers(0, 250), st.booleans()
).map(
    lambda given: row(
        given[0].isoformat(),
        (given[0] + datetime.timedelta(days=given[1])).isoformat(),
        source="cadence" if given[2] else "agreed_item",
    )
)


@given(st.lists(windows, max_size=12), st.sampled_from([1, 3, 6, 12]))
def test_spans_always_fill_the_year_without_overlap_and_lose_no_row(rows: list, width: int) -> None:
    spans = spans_of(rows, 2026, TODAY, width)
    assert [month for span in spans for month in range(span.start, span.end + 1)] == list(range(1, 13))
    assert sum(span.cell.total for span in spans) == sum(1 for each in rows if months_of(each, 2026))


def test_the_current_day_is_no_special_case() -> None:
    assert shape(spans_of([row("06-15", "06-15")], 2026, day("06-15")))[5] == (6, 1, "ahead")
