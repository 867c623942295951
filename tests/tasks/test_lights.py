"""Lights: the worked examples of the breakthrough projects, every edge of the two profiles, and what always holds."""

import datetime
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks import lights
from tasks.lights import SEVERITY, Profile, light, yellow_since

CADENCE = Profile.from_settings(
    {"yellow": {"days_left_max": 7}, "orange": {"days_left_max": 2}, "red": "overdue", "slips": False}
)
SUPERVISION = Profile.from_settings(
    {
        "yellow": {"window_left_max": 0.30, "only_without_report_in_current_rhythm": True},
        "orange": {
            "window_left_max": 0.15,
            "only_without_report_in_current_rhythm": True,
            "or_yellow_unanswered_workdays": 10,
        },
        "red": "overdue",
        "slips": True,
    }
)
AS_OF = date(2026, 6, 15)


def weekdays_between(start: date, end: date) -> int:
    """Monday to Friday after ``start`` up to ``end``; no holiday lies in the days these examples use."""
    return sum((start + timedelta(days=n)).weekday() < 5 for n in range(1, (end - start).days + 1))


def supervised(
    today: date,
    start: date,
    due: date,
    *,
    report: date | None = None,
    rhythm: int | None = 14,
    answered: date | None = None,
) -> tuple[str, str]:
    """The light of a milestone as the nightly run would compute it."""
    since = yellow_since(
        SUPERVISION, window_start=start, due_on=due, last_report_on=report, rhythm_days=rhythm, answered_on=answered
    )
    return light(
        SUPERVISION,
        today=today,
        window_start=start,
        due_on=due,
        is_open=True,
        last_report_on=report,
        rhythm_days=rhythm,
        yellow_unanswered_workdays=weekdays_between(since, today) if since and since < today else 0,
    )


# --- The examples of breakthrough_projects.yaml as of 2026-06-15 -----------------------------------------------------


@pytest.mark.parametrize(
    ("code", "start", "due", "report", "answered", "expected"),
    [
        (
            "PN2601",
            date(2026, 4, 20),
            date(2026, 6, 20),
            None,
            None,
            ("orange", "剩5天（窗口61天的8%），本周期未报进展"),
        ),
        ("PN2602", date(2026, 4, 15), date(2026, 5, 31), None, None, ("red", "逾期15天（应于2026年5月31日完成）")),
        (
            "PN2603",
            date(2026, 4, 30),
            date(2026, 6, 30),
            date(2026, 6, 10),
            None,
            ("green", "剩15天（窗口61天的25%），本周期已报进展"),
        ),
        ("PN2604", date(2026, 5, 15), date(2026, 9, 30), None, None, ("green", "2026年9月30日到期")),
        ("PN2605", date(2026, 5, 20), date(2026, 7, 10), None, None, ("green", "2026年7月10日到期")),
        (
            "PN2606",
            date(2026, 3, 31),
            date(2026, 6, 30),
            None,
            date(2026, 6, 5),
            ("yellow", "剩15天（窗口91天的16%），本周期未报进展"),
        ),
    ],
)
def test_lights_of_the_example_projects(
    code: str, start: date, due: date, report: date | None, answered: date | None, expected: tuple[str, str]
) -> None:
    assert supervised(AS_OF, start, due, report=report, answered=answered) == expected, code


def test_without_its_extension_pn2606_would_be_overdue() -> None:
    assert supervised(AS_OF, date(2026, 3, 31), date(2026, 6, 10))[0] == "red"


def test_a_yellow_slip_unanswered_for_ten_working_days_turns_orange() -> None:
    start, due = date(2026, 1, 1), date(2026, 12, 31)
    assert yellow_since(SUPERVISION, window_start=start, due_on=due) == date(2026, 9, 13)  # 109 of 364 days left
    tenth = date(2026, 9, 25)
    assert supervised(tenth - timedelta(days=1), start, due) == ("yellow", "剩98天（窗口364天的27%），本周期未报进展")
    assert supervised(tenth, start, due) == (
        "orange",
        "剩97天（窗口364天的27%），本周期未报进展，黄灯后10个工作日未回应",
    )


def test_an_approved_extension_or_a_report_answers_the_slip() -> None:
    start, due = date(2026, 1, 1), date(2026, 12, 31)
    assert supervised(date(2026, 9, 25), start, due, answered=date(2026, 9, 24))[0] == "yellow"
    assert supervised(date(2026, 10, 8), start, due, answered=date(2026, 9, 24)) == (
        "orange",
        "剩84天（窗口364天的23%），本周期未报进展，黄灯后10个工作日未回应",
    )
    reported = date(2026, 9, 24)
    assert supervised(date(2026, 9, 25), start, due, report=reported)[0] == "green"
    assert supervised(date(2026, 10, 8), start, due, report=reported)[0] == "yellow"
    assert yellow_since(SUPERVISION, window_start=start, due_on=due, last_report_on=reported, rhythm_days=14) == date(
        2026, 10, 8
    )
    assert yellow_since(SUPERVISION, window_start=start, due_on=due, last_report_on=reported) is None


# --- Cadence ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 5, 31), ("grey", "2026年6月1日开始，2026年6月30日到期")),
        (date(2026, 6, 1), ("green", "2026年6月30日到期")),
        (date(2026, 6, 22), ("green", "2026年6月30日到期")),
        (date(2026, 6, 23), ("yellow", "剩7天（2026年6月30日到期）")),
        (date(2026, 6, 27), ("yellow", "剩3天（2026年6月30日到期）")),
        (date(2026, 6, 28), ("orange", "剩2天（2026年6月30日到期）")),
        (date(2026, 6, 30), ("orange", "今天到期（2026年6月30日）")),
        (date(2026, 7, 1), ("red", "逾期1天（应于2026年6月30日完成）")),
        (date(2026, 7, 30), ("red", "逾期30天（应于2026年6月30日完成）")),
    ],
)
def test_cadence_day_by_day(today: date, expected: tuple[str, str]) -> None:
    found = light(CADENCE, today=today, window_start=date(2026, 6, 1), due_on=date(2026, 6, 30), is_open=True)
    assert found == expected


def test_a_report_never_silences_a_cadence() -> None:
    found = light(
        CADENCE,
        today=date(2026, 6, 29),
        window_start=date(2026, 6, 1),
        due_on=date(2026, 6, 30),
        is_open=True,
        last_report_on=date(2026, 6, 29),
        yellow_unanswered_workdays=99,
    )
    assert found[0] == "orange"
    assert yellow_since(CADENCE, window_start=date(2026, 6, 1), due_on=date(2026, 6, 30)) is None


def test_what_is_closed_is_green_even_long_after_the_due_date() -> None:
    for profile in (CADENCE, SUPERVISION):
        assert light(
            profile, today=date(2027, 1, 1), window_start=date(2026, 6, 1), due_on=date(2026, 6, 30), is_open=False
        ) == ("green", "已办结")


# --- Supervision ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "colour"), [(31, "green"), (30, "yellow"), (16, "yellow"), (15, "orange"), (0, "orange"), (-1, "red")]
)
def test_supervision_thresholds_belong_to_the_darker_light(left: int, colour: str) -> None:
    start = date(2026, 1, 1)
    due = start + timedelta(days=100)
    found = light(SUPERVISION, today=due - timedelta(days=left), window_start=start, due_on=due, is_open=True)
    assert found[0] == colour


@pytest.mark.parametrize(("reported_days_ago", "colour"), [(0, "green"), (13, "green"), (14, "yellow"), (60, "yellow")])
def test_a_report_counts_for_one_rhythm(reported_days_ago: int, colour: str) -> None:
    start = date(2026, 1, 1)
    due = start + timedelta(days=100)
    today = due - timedelta(days=20)
    found = light(
        SUPERVISION,
        today=today,
        window_start=start,
        due_on=due,
        is_open=True,
        last_report_on=today - timedelta(days=reported_days_ago),
        rhythm_days=14,
    )
    assert found[0] == colour


def test_a_report_of_before_the_window_does_not_count() -> None:
    start, due = date(2026, 6, 1), date(2026, 6, 11)
    report = date(2026, 5, 31)
    assert supervised(date(2026, 6, 9), start, due, report=report)[0] == "yellow"
    assert supervised(date(2026, 6, 9), start, due, report=report, rhythm=None)[0] == "yellow"


def test_a_report_does_not_hide_what_is_overdue() -> None:
    assert supervised(date(2026, 6, 12), date(2026, 6, 1), date(2026, 6, 11), report=date(2026, 6, 12))[0] == "red"


def test_a_window_of_one_day_is_orange_on_that_day() -> None:
    day = date(2026, 6, 1)
    assert supervised(day, day, day) == ("orange", "今天到期（窗口0天），本周期未报进展")
    assert supervised(day - timedelta(days=1), day, day)[0] == "grey"


# --- What always holds -------------------------------------------------------------------------------------------------

days = st.dates(datetime.date(2025, 1, 1), datetime.date(2027, 12, 31))
windows = st.tuples(days, st.integers(0, 400)).map(lambda pair: (pair[0], pair[0] + timedelta(days=pair[1])))
rhythms = st.none() | st.integers(1, 60)


@given(windows, st.integers(-30, 500), st.integers(0, 60), st.none() | days, rhythms, st.sampled_from([0, 1]))
def test_without_a_new_report_a_light_never_gets_better(
    window: tuple[date, date],
    offset: int,
    later: int,
    report: date | None,
    rhythm: int | None,
    which: int,
) -> None:
    start, due = window
    today = start + timedelta(days=offset)
    if report is not None:
        report = min(report, today)
    profile = (CADENCE, SUPERVISION)[which]

    def on(day: date) -> int:
        since = yellow_since(profile, window_start=start, due_on=due, last_report_on=report, rhythm_days=rhythm)
        unanswered = weekdays_between(since, day) if since and since < day else 0
        colour, words = light(
            profile,
            today=day,
            window_start=start,
            due_on=due,
            is_open=True,
            last_report_on=report,
            rhythm_days=rhythm,
            yellow_unanswered_workdays=unanswered,
        )
        assert words
        return SEVERITY[colour]

    assert on(today) <= on(today + timedelta(days=later))


@given(windows, st.integers(0, 500), rhythms)
def test_a_report_today_never_makes_a_light_worse(window: tuple[date, date], offset: int, rhythm: int | None) -> None:
    start, due = window
    today = start + timedelta(days=offset)
    silent = supervised(today, start, due, rhythm=rhythm)[0]
    reported = supervised(today, start, due, report=today, rhythm=rhythm)[0]
    assert SEVERITY[reported] <= SEVERITY[silent]
    assert (reported == "red") == (today > due)


@given(windows, st.integers(-30, 500), st.integers(0, 200))
def test_a_longer_time_limit_is_never_redder(window: tuple[date, date], offset: int, extension: int) -> None:
    start, due = window
    today = start + timedelta(days=offset)
    before = light(CADENCE, today=today, window_start=start, due_on=due, is_open=True)[0]
    after = light(CADENCE, today=today, window_start=start, due_on=due + timedelta(days=extension), is_open=True)[0]
    assert SEVERITY[after] <= SEVERITY[before]


@given(windows)
def test_the_slip_is_written_on_the_first_yellow_day(window: tuple[date, date]) -> None:
    start, due = window
    since = yellow_since(SUPERVISION, window_start=start, due_on=due)
    assert since is not None and start <= since <= due

    def colour(day: date) -> str:
        return light(SUPERVISION, today=day, window_start=start, due_on=due, is_open=True)[0]

    assert colour(since) in {lights.YELLOW, lights.ORANGE}
    if since > start:
        assert colour(since - timedelta(days=1)) == lights.GREEN
