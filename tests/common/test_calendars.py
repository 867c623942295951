"""Working days: published, corrected by the office, unknown; the shipped academic terms."""

import datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from common import calendars
from common.models import AcademicTerm, CalendarDay
from common.periods import ONE_DAY, Term

D = datetime.date


def correct(day: D, is_workday: bool) -> None:
    """The office corrects a day."""
    CalendarDay.objects.create(date=day, is_workday=is_workday, source="校历")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "works"),
    [
        (D(2026, 6, 15), True),
        (D(2026, 6, 14), False),  # a Sunday
        (D(2026, 10, 1), False),  # National Day
        (D(2025, 10, 11), True),  # a Saturday to make up for it
        (D(2026, 6, 19), False),  # Dragon Boat Festival
        (D(2031, 10, 1), True),  # not published yet: a Wednesday
        (D(2031, 10, 4), False),
    ],
)
def test_published_days_else_monday_to_friday(day: D, works: bool) -> None:
    assert calendars.is_workday(day) is works


# 国务院办公厅关于2026年部分节假日安排的通知 (and the one for 2025)
MADE_UP = {
    2025: {D(2025, 1, 26), D(2025, 2, 8), D(2025, 4, 27), D(2025, 9, 28), D(2025, 10, 11)},
    2026: {D(2026, 1, 4), D(2026, 2, 14), D(2026, 2, 28), D(2026, 5, 9), D(2026, 9, 20), D(2026, 10, 10)},
}
FREE_IN_2026 = {
    *("2026-01-01", "2026-01-02", "2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20", "2026-02-23"),
    *("2026-04-06", "2026-05-01", "2026-05-04", "2026-05-05", "2026-06-19", "2026-09-25"),
    *("2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("year", [2025, 2026])
def test_weekends_that_are_worked_are_exactly_the_published_ones(year: int) -> None:
    works = calendars.workdays_between(D(year, 1, 1), D(year, 12, 31))
    assert {day for day in works if day.isoweekday() > 5} == MADE_UP[year]


@pytest.mark.django_db
def test_weekdays_off_in_2026_are_exactly_the_published_ones() -> None:
    works = calendars.workdays_between(D(2026, 1, 1), D(2026, 12, 31))
    weekdays = {D(2026, 1, 1) + ONE_DAY * number for number in range(365)}
    free = {day for day in weekdays - works if day.isoweekday() <= 5}
    assert {day.isoformat() for day in free} == FREE_IN_2026
    assert len(works) == 365 - 104 - len(FREE_IN_2026) + len(MADE_UP[2026])


@pytest.mark.django_db
def test_the_saturday_before_the_spring_festival_counts_and_the_festival_does_not() -> None:
    assert calendars.add_workdays(D(2026, 2, 13), 1) == D(2026, 2, 14)
    assert calendars.add_workdays(D(2026, 2, 13), 2) == D(2026, 2, 24)
    correct(D(2026, 2, 14), False)  # the college does not make up for it
    assert calendars.add_workdays(D(2026, 2, 13), 1) == D(2026, 2, 24)


@pytest.mark.django_db
def test_what_the_office_entered_comes_first() -> None:
    correct(D(2026, 6, 15), False)
    correct(D(2026, 6, 14), True)
    correct(D(2031, 10, 1), False)
    assert [calendars.is_workday(day) for day in (D(2026, 6, 15), D(2026, 6, 14), D(2031, 10, 1))] == [
        *(False, True, False)
    ]
    CalendarDay.objects.all().delete()
    assert calendars.is_workday(D(2026, 6, 15))


def test_a_year_that_is_not_published_is_said_in_words() -> None:
    assert calendars.year_known(2026)
    assert calendars.year_notice(2026) == ""
    assert not calendars.year_known(2031)
    notice = calendars.year_notice(2031)
    assert "2031年" in notice
    assert "尚未公布" in notice


def test_holidays_have_names() -> None:
    days = ((1, 1), (2, 17), (4, 5), (5, 1), (6, 19), (9, 25), (10, 1))
    names = ["元旦", "春节", "清明", "劳动节", "端午", "中秋", "国庆"]
    assert [calendars.holiday_name(D(2026, *day)) for day in days] == names
    assert calendars.holiday_name(D(2026, 2, 14)) == ""  # made up for the Spring Festival, no part of it
    assert calendars.holiday_name(D(2026, 6, 15)) == ""
    assert calendars.holiday_name(D(2031, 10, 1)) == ""


@pytest.mark.django_db
def test_counting_working_days_over_a_holiday() -> None:
    # Thursday 18 June; the 19th is the Dragon Boat Festival
    assert calendars.add_workdays(D(2026, 6, 18), 1) == D(2026, 6, 22)
    assert calendars.add_workdays(D(2026, 6, 18), 10) == D(2026, 7, 3)
    assert calendars.add_workdays(D(2026, 6, 20), 0) == D(2026, 6, 20)
    correct(D(2026, 6, 22), False)
    assert calendars.add_workdays(D(2026, 6, 18), 1) == D(2026, 6, 23)
    assert calendars.workdays_between(D(2026, 6, 19), D(2026, 6, 23)) == {D(2026, 6, 23)}
    with pytest.raises(ValueError):
        calendars.add_workdays(D(2026, 6, 18), -1)


@pytest.mark.django_db
def test_a_span_is_one_query_however_long(django_assert_num_queries: pytest.FixtureRequest) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        calendars.workdays_between(D(2026, 1, 1), D(2026, 12, 31))
    with django_assert_num_queries(1):  # type: ignore[operator]
        calendars.add_workdays(D(2026, 1, 1), 250)
    assert calendars.workdays_between(D(2026, 1, 2), D(2026, 1, 1)) == set()


class TestWorkingDays(TestCase):
    """Properties, with corrections of the office in the database."""

    @given(
        st.dates(D(2024, 1, 1), D(2032, 1, 1)),
        st.integers(1, 60),
        st.dictionaries(st.integers(1, 90), st.booleans(), max_size=8),
    )
    def test_adding_is_the_inverse_of_counting(self, day: D, count: int, corrections: dict[int, bool]) -> None:
        for offset, is_workday in corrections.items():
            correct(day + ONE_DAY * offset, is_workday)
        end = calendars.add_workdays(day, count)
        assert calendars.is_workday(end)
        assert len(calendars.workdays_between(day + ONE_DAY, end)) == count


@pytest.mark.django_db
def test_the_shipped_terms_are_loaded_once_and_never_changed() -> None:
    assert calendars.load_calendar() == 4
    assert calendars.terms()[2] == Term("2025-2026-2", D(2026, 3, 2), D(2026, 7, 12))
    AcademicTerm.objects.filter(code="2025-2026-2").update(end=D(2026, 7, 19))
    call_command("load_calendar")
    assert calendars.load_calendar() == 0
    assert calendars.terms()[2].end == D(2026, 7, 19)
    assert [term.start for term in calendars.terms()] == sorted(term.start for term in calendars.terms())
    assert AcademicTerm.history.count() == 4


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_database_refuses_a_term_that_ends_before_it_starts_and_a_day_twice() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AcademicTerm.objects.create(code="x", start=D(2026, 7, 12), end=D(2026, 3, 2))
    correct(D(2026, 6, 15), False)
    with pytest.raises(IntegrityError), transaction.atomic():
        correct(D(2026, 6, 15), True)
