"""Periods, due dates and terms of office: exact results, and properties that hold on every day."""

import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import periods
from common.periods import ONE_DAY, Period, Term

D = datetime.date
TERMS = [
    Term("2024-2025-2", D(2025, 2, 24), D(2025, 7, 6)),
    Term("2025-2026-1", D(2025, 9, 8), D(2026, 1, 18)),
    Term("2025-2026-2", D(2026, 3, 2), D(2026, 7, 12)),
]
SPRING = TERMS[2]
DAYS = st.dates(D(2000, 1, 1), D(2099, 12, 31))
CADENCES = st.sampled_from(sorted(periods.MONTHS_IN))
JUNE = Period("2026-06", D(2026, 6, 1), D(2026, 6, 30))


@pytest.mark.parametrize(
    ("cadence", "expected"),
    [
        ("monthly", JUNE),
        ("quarterly", Period("2026-Q2", D(2026, 4, 1), D(2026, 6, 30))),
        ("half_yearly", Period("2026-H1", D(2026, 1, 1), D(2026, 6, 30))),
        ("yearly", Period("2026", D(2026, 1, 1), D(2026, 12, 31))),
        ("semester", Period("2025-2026-2", D(2026, 3, 2), D(2026, 7, 12))),
    ],
)
def test_the_period_of_a_day(cadence: str, expected: Period) -> None:
    assert periods.period_of(cadence, D(2026, 6, 15), TERMS) == expected


def test_holidays_belong_to_no_semester() -> None:
    assert periods.period_of("semester", D(2026, 2, 10), TERMS) is None
    assert periods.period_of("semester", D(2026, 6, 15)) is None


def test_an_unknown_cadence_is_refused() -> None:
    with pytest.raises(ValueError, match="weekly"):
        periods.period_of("weekly", D(2026, 6, 15))
    with pytest.raises(ValueError, match="weekly"):
        periods.periods_between("weekly", D(2026, 6, 15), D(2026, 6, 16))


def test_periods_between_two_days() -> None:
    codes = [period.code for period in periods.periods_between("quarterly", D(2025, 11, 30), D(2026, 4, 1))]
    assert codes == ["2025-Q4", "2026-Q1", "2026-Q2"]
    found = periods.periods_between("semester", D(2026, 1, 18), D(2026, 3, 2), reversed(TERMS))
    assert [period.code for period in found] == ["2025-2026-1", "2025-2026-2"]
    assert periods.periods_between("monthly", D(2026, 6, 2), D(2026, 6, 1)) == []


@given(CADENCES, DAYS)
def test_the_period_of_a_day_contains_it_and_its_code_names_it(cadence: str, day: D) -> None:
    period = periods.period_of(cadence, day)
    assert period is not None
    assert period.contains(day)
    assert periods.from_code(period.code) == period


@given(CADENCES, DAYS, st.integers(0, 1500))
def test_periods_tile_the_line_of_time(cadence: str, start: D, length: int) -> None:
    end = start + ONE_DAY * length
    found = periods.periods_between(cadence, start, end)
    assert found[0].contains(start)
    assert found[-1].contains(end)
    assert all(after.start == before.end + ONE_DAY for before, after in itertools.pairwise(found))
    assert len({period.code for period in found}) == len(found)
    assert sum(period.days for period in found) == (found[-1].end - found[0].start).days + 1


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 160)), max_size=6), st.integers(-30, 900), st.integers(0, 400)
)
def test_terms_never_share_a_day_and_leave_only_the_holidays(
    gaps: list[tuple[int, int]], after: int, length: int
) -> None:
    terms, day = [], D(2024, 9, 1)
    for number, (holidays, days) in enumerate(gaps):
        day += ONE_DAY * (holidays + 1)
        terms.append(Term(f"{2000 + number}-{2001 + number}-1", day, day + ONE_DAY * days))
        day = terms[-1].end
    start = D(2024, 9, 1) + ONE_DAY * after
    end = start + ONE_DAY * length
    found = periods.periods_between("semester", start, end, reversed(terms))
    assert all(before.end < later.start for before, later in itertools.pairwise(found))
    assert all(periods.from_code(period.code, terms) == period for period in found)
    for offset in range(0, length + 1, 13):
        day = start + ONE_DAY * offset
        own = periods.period_of("semester", day, terms)
        assert [period for period in found if period.contains(day)] == ([own] if own else [])
        assert own is None or own.contains(day)


@pytest.mark.parametrize("code", ["2026-13", "2026-Q5", "2026-H0", "2026-00", "2027-2028-1", "六月", ""])
def test_a_code_that_names_no_period_is_refused(code: str) -> None:
    with pytest.raises(ValueError):
        periods.from_code(code, TERMS)


@pytest.mark.parametrize(
    "code", ["2026-6", "2026-Q", "2026-", "2026-HQ1", "2026-Q01", " 2026", "２０２６-06", "2026-+6"]
)
def test_a_period_has_one_code_only(code: str) -> None:
    with pytest.raises(ValueError, match="no period has the code"):
        periods.from_code(code)


@given(st.text("0126", max_size=5), st.sampled_from(["", "-", "-Q", "-H", "-QH"]), st.text("0126", max_size=3))
def test_a_code_is_refused_or_gives_its_own_period(year: str, dash: str, part: str) -> None:
    code = year + dash + part
    try:
        period = periods.from_code(code)
    except ValueError:
        return
    assert period.code == code


def test_theme_day_is_the_second_wednesday() -> None:
    assert periods.nth_weekday(2026, 6, 3, 2) == D(2026, 6, 10)
    assert periods.nth_weekday(2026, 7, 3, 2) == D(2026, 7, 8)
    assert periods.nth_weekday(2026, 2, 3, 5) == D(2026, 2, 25)  # no fifth one: the last


@given(st.integers(2000, 2099), st.integers(1, 12), st.integers(1, 7), st.integers(1, 5))
def test_an_nth_weekday_is_that_weekday_in_that_month(year: int, month: int, weekday: int, nth: int) -> None:
    day = periods.nth_weekday(year, month, weekday, nth)
    assert (day.year, day.month, day.isoweekday()) == (year, month, weekday)
    assert nth == 5 or (day.day - 1) // 7 == nth - 1


def test_before_week_eight_means_the_sunday_of_week_eight() -> None:
    assert periods.week_end(SPRING, 8) == D(2026, 4, 26)
    assert periods.week_end(Term("x", D(2026, 3, 4), D(2026, 7, 12)), 1) == D(2026, 3, 8)  # began on a Wednesday


@given(st.integers(1, 19))
def test_weeks_of_a_term_end_on_sunday_and_know_their_number(week: int) -> None:
    sunday = periods.week_end(SPRING, week)
    assert sunday.isoweekday() == 7
    assert periods.teaching_week(SPRING, sunday) == week
    assert periods.teaching_week(SPRING, sunday + ONE_DAY) == week + 1


def test_a_day_of_the_following_month() -> None:
    assert periods.day_of_next_month(JUNE, 5) == D(2026, 7, 5)
    assert periods.day_of_next_month(Period("2026-01", D(2026, 1, 1), D(2026, 1, 31)), 31) == D(2026, 2, 28)
    assert periods.day_of_next_month(Period("2026", D(2026, 1, 1), D(2026, 12, 31)), 5) == D(2027, 1, 5)


def test_a_fixed_day_of_the_year() -> None:
    assert periods.month_day(2026, 12, 15) == D(2026, 12, 15)
    assert (periods.month_day(2026, 2, 29), periods.month_day(2028, 2, 29)) == (D(2026, 2, 28), D(2028, 2, 29))


def test_six_months_before_a_term_of_office_ends() -> None:
    assert periods.add_months(D(2026, 12, 5), -6) == D(2026, 6, 5)
    assert periods.months_until(D(2026, 6, 5), D(2026, 12, 5)) == 6
    assert periods.months_until(D(2026, 6, 6), D(2026, 12, 5)) == 5
    assert periods.months_until(D(2026, 12, 5), D(2026, 6, 5)) == -6
    assert periods.months_until(D(2026, 12, 5), D(2026, 12, 5)) == 0


def test_a_month_without_the_day_gives_its_last() -> None:
    assert periods.add_months(D(2026, 1, 31), 1) == D(2026, 2, 28)
    assert periods.add_months(D(2024, 2, 29), 12) == D(2025, 2, 28)
    assert periods.add_months(D(2026, 1, 15), -1) == D(2025, 12, 15)
    assert periods.month_end(D(2024, 2, 1)) == D(2024, 2, 29)


@given(DAYS, st.integers(-240, 240))
def test_adding_months_lands_in_that_month(day: D, months: int) -> None:
    later = periods.add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or later == periods.month_end(later)


@given(DAYS, DAYS)
def test_months_until_is_the_most_that_fit(today: D, day: D) -> None:
    months = periods.months_until(today, day)
    assert months == -periods.months_until(day, today)
    first, last = sorted((today, day))
    assert periods.add_months(first, abs(months)) <= last < periods.add_months(first, abs(months) + 1)


def test_an_organisation_owes_only_its_share() -> None:
    assert periods.share_of(JUNE, None, None) == JUNE
    assert periods.share_of(JUNE, D(2026, 6, 10), D(2026, 6, 21)) == Period("2026-06", D(2026, 6, 10), D(2026, 6, 20))
    assert periods.share_of(JUNE, D(2026, 7, 1), None) is None
    assert periods.share_of(JUNE, None, D(2026, 6, 1)) is None
    assert periods.share_of(JUNE, D(2026, 6, 30), D(2026, 7, 1)) == Period("2026-06", D(2026, 6, 30), D(2026, 6, 30))


@given(CADENCES, DAYS, st.none() | DAYS, st.none() | DAYS)
def test_a_share_is_the_days_on_which_it_exists(cadence: str, day: D, founded: D | None, dissolved: D | None) -> None:
    period = periods.period_of(cadence, day)
    assert period is not None
    exists = (founded is None or founded <= day) and (dissolved is None or day < dissolved)
    share = periods.share_of(period, founded, dissolved)
    assert exists == (share is not None and share.contains(day))
    assert share is None or (period.start <= share.start <= share.end <= period.end and share.code == period.code)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("2026-06", "2026年6月"),
        ("2026-Q2", "2026年第二季度"),
        ("2026-H1", "2026年上半年"),
        ("2026-H2", "2026年下半年"),
        ("2026", "2026年"),
        ("2025-2026-2", "2025-2026学年第二学期"),
        ("", ""),
    ],
)
def test_a_period_in_words(code: str, words: str) -> None:
    assert periods.label(code) == words


@given(CADENCES, DAYS, DAYS)
def test_different_periods_have_different_words(cadence: str, day: D, other: D) -> None:
    first, second = periods.period_of(cadence, day), periods.period_of(cadence, other)
    assert first is not None
    assert second is not None
    assert (first == second) == (periods.label(first.code) == periods.label(second.code))
    assert periods.label(first.code).startswith(f"{day.year}年")
