"""The axis: whole columns without gaps, days in order from the left edge to the right."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.chart import SCALES, axis_of, shifted

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
ONE = timedelta(1)


@given(scale=st.sampled_from(SCALES), day=DAYS)
def test_columns_follow_each_other_and_hold_the_day(scale: str, day: date) -> None:
    axis = axis_of(scale, day)
    assert axis.shows(day)
    for column, after in zip(axis.columns, axis.columns[1:], strict=False):
        assert after.start == column.end + ONE
    widths = [axis.span(column.start, column.end)[1] for column in axis.columns]
    assert sum(widths) == pytest.approx(100)


@given(scale=st.sampled_from(SCALES), day=DAYS, first=DAYS, second=DAYS)
def test_days_stand_in_order_and_never_outside(scale: str, day: date, first: date, second: date) -> None:
    axis = axis_of(scale, day)
    start, end = sorted((first, second))
    assert 0 <= axis.x(start) <= axis.x(end) <= 100
    x, width = axis.span(start, end)
    assert (width > 0) == axis.touches(start, end)
    assert 0 <= x <= x + width <= 100 + 1e-9


@given(scale=st.sampled_from(SCALES), day=DAYS)
def test_the_stretch_before_and_after_differ(scale: str, day: date) -> None:
    axis = axis_of(scale, day)
    before, after = axis_of(scale, shifted(axis, -1)), axis_of(scale, shifted(axis, 1))
    assert before.start < axis.start < after.start
    assert after.start <= axis.end + ONE  # nothing is skipped


@pytest.mark.parametrize(
    ("scale", "start", "end", "count", "label"),
    [
        ("week", date(2026, 5, 18), date(2026, 9, 6), 16, "5/18"),
        ("month", date(2026, 1, 1), date(2026, 12, 31), 12, "1月"),
        ("quarter", date(2026, 1, 1), date(2027, 12, 31), 8, "26年1季"),
    ],
)
def test_worked_examples(scale: str, start: date, end: date, count: int, label: str) -> None:
    axis = axis_of(scale, date(2026, 6, 15))
    assert (axis.start, axis.end, len(axis.columns), axis.columns[0].label) == (start, end, count, label)


def test_an_unknown_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown scale"):
        axis_of("century", date(2026, 6, 15))
