"""Due rules: the worked example of every due text of the reference, and what holds for all of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.periods import Period, Term
from tasks import dues

TERMS = [
    Term("2025-2026-1", date(2025, 9, 8), date(2026, 1, 18)),
    Term("2025-2026-2", date(2026, 3, 2), date(2026, 7, 12)),
    Term("2026-2027-1", date(2026, 9, 7), date(2027, 1, 17)),
]
END = {"rule": "period_end"}
LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
SECOND_WEDNESDAYS = (14, 11, 11, 8, 13, 10, 8, 12, 9, 14, 11, 9)

# Due text of the reference → frequency, rule, and the due days of 2026.
EXAMPLES: list[tuple[str, str, dict[str, Any], list[str]]] = [
    ("每学期第8周前", "semester", {"rule": "teaching_week", "week": 8}, ["2026-04-26", "2026-11-01"]),
    ("学期第16周", "semester", {"rule": "teaching_week", "week": 16}, ["2026-06-21", "2026-12-27"]),
    ("学期末", "semester", END, ["2026-07-12", "2027-01-17"]),
    ("季末", "quarterly", END, ["2026-03-31", "2026-06-30", "2026-09-30", "2026-12-31"]),
    (
        "季末次月5日",
        "quarterly",
        {"rule": "next_month_day", "day": 5},
        ["2026-04-05", "2026-07-05", "2026-10-05", "2027-01-05"],
    ),
    (
        "月末",
        "monthly",
        END,
        [f"2026-{month:02d}-{days}" for month, days in enumerate(LENGTHS, 1)],
    ),
    (
        "次月5日",
        "monthly",
        {"rule": "next_month_day", "day": 5},
        [*(f"2026-{month:02d}-05" for month in range(2, 13)), "2027-01-05"],
    ),
    (
        "每月固定日（默认第2个周三）",
        "monthly",
        {"rule": "nth_weekday", "weekday": 3, "nth": 2},
        [f"2026-{month:02d}-{day:02d}" for month, day in enumerate(SECOND_WEDNESDAYS, 1)],
    ),
    ("06-30 与 12-31", "half_yearly", {"rule": "dates", "dates": ["06-30", "12-31"]}, ["2026-06-30", "2026-12-31"]),
    ("07-10 与 12-31", "half_yearly", {"rule": "dates", "dates": ["07-10", "12-31"]}, ["2026-07-10", "2026-12-31"]),
    ("12-15", "yearly", {"rule": "dates", "dates": ["12-15"]}, ["2026-12-15"]),
    ("12-31", "yearly", {"rule": "dates", "dates": ["12-31"]}, ["2026-12-31"]),
    ("12-20", "yearly", {"rule": "dates", "dates": ["12-20"]}, ["2026-12-20"]),
    ("11-30", "yearly", {"rule": "dates", "dates": ["11-30"]}, ["2026-11-30"]),
    ("04-15", "yearly", {"rule": "dates", "dates": ["04-15"]}, ["2026-04-15"]),
    ("03-31", "yearly", {"rule": "dates", "dates": ["03-31"]}, ["2026-03-31"]),
    ("12-31（一般在第四季度）", "yearly", {"rule": "dates", "dates": ["12-31"]}, ["2026-12-31"]),
    ("次年01-31", "yearly", {"rule": "next_year", "date": "01-31"}, ["2027-01-31"]),
    ("按项目里程碑", "yearly", {"rule": "project"}, ["2026-12-31"]),
    ("按里程碑", "yearly", {"rule": "project"}, ["2026-12-31"]),
    ("按上级通知", "yearly", {"rule": "on_notice", "words": "按上级通知"}, ["2026-12-31"]),
    ("整改期限", "yearly", {"rule": "on_notice", "words": "按整改期限"}, ["2026-12-31"]),
]


def due_days(rule: dict[str, Any], frequency: str, **more: Any) -> list[str]:
    return [
        dues.window(rule, frequency, period, **more).due.isoformat()
        for period in dues.periods_of_year(frequency, 2026, TERMS)
    ]


@pytest.mark.parametrize(("text", "frequency", "rule", "expected"), EXAMPLES, ids=[row[0] for row in EXAMPLES])
def test_every_due_text_of_the_reference(text: str, frequency: str, rule: dict[str, Any], expected: list[str]) -> None:
    assert due_days(rule, frequency) == expected


def test_the_project_says_when() -> None:
    assert due_days({"rule": "project"}, "yearly", project_end=date(2026, 11, 20)) == ["2026-11-20"]
    assert due_days({"rule": "project"}, "yearly", project_end=date(2027, 3, 1)) == ["2027-03-01"]


def test_the_semesters_of_a_year_are_those_that_begin_in_it() -> None:
    assert [period.code for period in dues.periods_of_year("semester", 2026, TERMS)] == ["2025-2026-2", "2026-2027-1"]
    assert dues.periods_of_year("semester", 2028, TERMS) == []


def test_a_short_term_ends_before_its_sixteenth_week() -> None:
    term = Period("2026-2027-1", date(2026, 9, 7), date(2026, 11, 30))
    window = dues.window({"rule": "teaching_week", "week": 16}, "semester", term)
    assert window.due == date(2026, 11, 30)


def test_what_is_due_early_still_counts_until_the_period_ends() -> None:
    [_year] = dues.periods_of_year("yearly", 2026)
    window = dues.window({"rule": "dates", "dates": ["12-15"]}, "yearly", _year)
    assert window == dues.Window(date(2026, 1, 1), date(2026, 12, 15), date(2026, 12, 31))
    late = dues.window({"rule": "next_year", "date": "01-31"}, "yearly", _year)
    assert (late.due, late.until) == (date(2027, 1, 31), date(2027, 1, 31))


FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "yearly", "rule"),
    ({"rule": "some day"}, "yearly", "rule"),
    ({"rule": "teaching_week", "week": 8}, "monthly", "frequency"),
    ({"rule": "teaching_week", "week": 0}, "semester", "week"),
    ({"rule": "teaching_week"}, "semester", "week"),
    ({"rule": "next_month_day", "day": 32}, "monthly", "day"),
    ({"rule": "next_month_day", "day": None}, "monthly", "day"),
    ({"rule": "dates", "dates": ["12-15"]}, "semester", "frequency"),
    ({"rule": "dates", "dates": ["12-15"]}, "half_yearly", "count"),
    ({"rule": "dates", "dates": ["06-30", "05-31"]}, "half_yearly", "dates"),
    ({"rule": "dates", "dates": ["13-01"]}, "yearly", "dates"),
    ({"rule": "dates", "dates": "12-15"}, "yearly", "dates"),
    ({"rule": "dates", "dates": []}, "yearly", "count"),
    ({"rule": "nth_weekday", "weekday": 8, "nth": 1}, "monthly", "weekday"),
    ({"rule": "nth_weekday", "weekday": 3, "nth": 6}, "monthly", "nth"),
    ({"rule": "nth_weekday", "weekday": 3, "nth": 2}, "semester", "frequency"),
    ({"rule": "next_year", "date": "1-31"}, "yearly", "date"),
    ({"rule": "next_year", "date": "01-31"}, "monthly", "frequency"),
    ({"rule": "project"}, "quarterly", "frequency"),
    ({"rule": "on_notice", "words": " "}, "yearly", "words"),
]


@pytest.mark.parametrize(("rule", "frequency", "expected"), FAULTS)
def test_a_rule_that_does_not_fit_is_named_and_refused(rule: dict[str, Any], frequency: str, expected: str) -> None:
    assert dues.fault(rule, frequency) == expected
    with pytest.raises(ValueError, match="does not fit"):
        dues.window(rule, frequency, Period("2026", date(2026, 1, 1), date(2026, 12, 31)))


CALENDAR = st.sampled_from(["monthly", "quarterly", "half_yearly", "yearly"])
YEARS = st.integers(2000, 2099)


@st.composite
def rules(draw: st.DrawFn) -> tuple[dict[str, Any], str]:
    """A rule with a frequency that it fits."""
    frequency = draw(CALENDAR)
    kinds = ["period_end", "next_month_day", "nth_weekday", "on_notice"]
    kind = draw(st.sampled_from([*kinds, "next_year", "project"] if frequency == "yearly" else kinds))
    parts: dict[str, dict[str, Any]] = {
        "next_month_day": {"day": draw(st.integers(1, 31))},
        "nth_weekday": {"weekday": draw(st.integers(1, 7)), "nth": draw(st.integers(1, 5))},
        "next_year": {"date": f"{draw(st.integers(1, 12)):02d}-{draw(st.integers(1, 31)):02d}"},
        "on_notice": {"words": "按上级通知"},
    }
    return {"rule": kind, **parts.get(kind, {})}, frequency


@given(rules(), YEARS)
def test_a_window_begins_with_its_period_and_never_ends_before(
    given_rule: tuple[dict[str, Any], str], year: int
) -> None:
    rule, frequency = given_rule
    assert dues.fault(rule, frequency) is None
    found = dues.periods_of_year(frequency, year)
    assert found[0].start == date(year, 1, 1)
    assert found[-1].end == date(year, 12, 31)
    for period in found:
        window = dues.window(rule, frequency, period)
        assert window.start == period.start <= window.due <= window.until
        assert window.until >= period.end
        assert window.due <= period.end + timedelta(days=366)


@given(rules(), YEARS)
def test_later_periods_are_due_later(given_rule: tuple[dict[str, Any], str], year: int) -> None:
    rule, frequency = given_rule
    found = [dues.window(rule, frequency, period).due for period in dues.periods_of_year(frequency, year)]
    assert found == sorted(set(found))


@given(st.integers(1, 25), st.dates(date(2024, 8, 20), date(2026, 9, 20)), st.integers(30, 150))
def test_a_teaching_week_ends_on_a_sunday_within_the_term(week: int, start: date, days: int) -> None:
    term = Period("2026-2027-1", start, start + timedelta(days=days))
    due = dues.window({"rule": "teaching_week", "week": week}, "semester", term).due
    assert start <= due <= term.end
    assert due == term.end or due.isoweekday() == 7
