"""Stretches of reporting: no day twice, none left out; the due days that the reference names."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.rhythms import RHYTHMS, Stretch, rhythm_days, stretch_of

DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))


@given(rhythm=st.sampled_from(RHYTHMS), day=DAYS, anchor=DAYS, report_day=st.integers(1, 31))
def test_stretches_follow_each_other_without_a_gap(rhythm: str, day: date, anchor: date, report_day: int) -> None:
    stretch = stretch_of(rhythm, day, anchor=anchor, report_day=report_day)
    assert stretch is not None
    assert stretch.start <= day <= stretch.due
    after = stretch_of(rhythm, stretch.due + timedelta(1), anchor=anchor, report_day=report_day)
    assert after is not None
    assert after.start == stretch.due + timedelta(1)


@given(rhythm=st.sampled_from(("weekly", "fortnightly")), day=DAYS, anchor=DAYS)
def test_weeks_end_on_fridays_and_are_whole(rhythm: str, day: date, anchor: date) -> None:
    stretch = stretch_of(rhythm, day, anchor=anchor)
    assert stretch is not None
    assert stretch.due.isoweekday() == 5
    assert (stretch.due - stretch.start).days + 1 == rhythm_days(rhythm)


@pytest.mark.parametrize(
    ("rhythm", "day", "expected"),
    [
        ("monthly", date(2026, 6, 15), Stretch(date(2026, 5, 26), date(2026, 6, 25))),
        ("monthly", date(2026, 6, 26), Stretch(date(2026, 6, 26), date(2026, 7, 25))),
        ("monthly", date(2026, 12, 31), Stretch(date(2026, 12, 26), date(2027, 1, 25))),
        ("quarterly", date(2026, 6, 15), Stretch(date(2026, 3, 26), date(2026, 6, 25))),
        ("quarterly", date(2026, 6, 26), Stretch(date(2026, 6, 26), date(2026, 9, 25))),
        ("weekly", date(2026, 6, 15), Stretch(date(2026, 6, 13), date(2026, 6, 19))),
        ("fortnightly", date(2026, 3, 10), Stretch(date(2026, 3, 7), date(2026, 3, 20))),
    ],
)
def test_worked_examples(rhythm: str, day: date, expected: Stretch) -> None:
    assert stretch_of(rhythm, day, anchor=date(2026, 3, 10)) == expected


def test_a_short_month_ends_earlier() -> None:
    stretch = stretch_of("monthly", date(2026, 2, 10), anchor=date(2026, 1, 1), report_day=31)
    assert stretch == Stretch(date(2026, 2, 1), date(2026, 2, 28))


def test_without_a_rhythm_there_is_none() -> None:
    assert stretch_of("", date(2026, 6, 15), anchor=date(2026, 6, 1)) is None
    assert rhythm_days("") is None


def test_an_unknown_rhythm_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown rhythm"):
        stretch_of("daily", date(2026, 6, 15), anchor=date(2026, 6, 1))
