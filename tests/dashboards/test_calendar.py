"""One month of one branch: meetings, due dates, working days, and the file for one's own calendar."""

import datetime
import re

from icalendar import Calendar

from common import clock
from dashboards.days import month_of, neighbours, shown_day
from tests.dashboards.owing import hold, month, owe
from tests.dashboards.reading import text
from tests.dashboards.rows import TODAY, day
from tests.factories import SmallCollege, make_officer
from tests.meetings.making import confirm, plan

URL = "/branches/ZB101/calendar/2026/6/"


def at(number: int) -> datetime.datetime:
    return datetime.datetime(2026, 6, number, 14, 30, tzinfo=clock.SHANGHAI)


def entries(page) -> dict[int, tuple[list[str], list[str]]]:
    """Per day that is not empty: kinds of the meetings with their states, titles of what falls due."""
    return {
        each.date.day: (
            [f"{section.kind.name} {section.state}" for section in each.meetings],
            [row.title for row in each.due],
        )
        for week in page.context["page"].weeks
        for each in week
        if not each.is_empty
    }


def test_meetings_and_due_dates_stand_on_their_days(college: SmallCollege, enter) -> None:
    branch, sibling, _other = college.branches
    confirm(
        college.branch_secretary, plan(college.branch_secretary, branch, "members_meeting", starts_at=at(10)), branch
    )
    plan(college.branch_secretary, branch, "theme_day", starts_at=at(17))
    plan(make_officer(sibling, name="邻支部书记"), sibling, "theme_day", starts_at=at(18))
    month(branch, "committee_meeting", 6)
    hold(owe(branch, "lecture", "06-01", "06-20"), "06-11")
    owe(branch, "theme_day", "06-01", "06-10")
    assert entries(enter(college.branch_secretary, URL)) == {
        10: (["支部党员大会 confirmed"], ["2026年6月主题党日"]),
        17: (["主题党日 planned"], []),
        30: ([], ["2026年6月支部委员会会议"]),
    }
    words = text(enter(college.member, URL))
    assert "逾期：2026年6月主题党日" in words
    assert re.search(r"/tasks/\d", enter(college.member, URL).content.decode()) is None


def test_a_day_with_much_to_do_stays_short(college: SmallCollege, enter) -> None:
    branch = college.branches[0]
    kinds = ("theme_day", "lecture", "committee_meeting", "heart_talk", "democratic_appraisal", "members_meeting")
    for kind in kinds:
        owe(branch, kind, "06-01", "06-20")
    page = enter(college.branch_secretary, URL).content.decode()
    month_table, agenda = page.split('<section class="card d-md-none"')
    for part in (month_table, agenda):
        shown, folded = part.split('<details class="entry-more">')
        assert (shown.count('class="entry entry-due"'), folded.count('class="entry entry-due"')) == (4, 2)
        assert "这天到期的共6项" in folded


def test_a_draft_is_for_who_records_only(college: SmallCollege, enter) -> None:
    from meetings.services import save_draft

    branch = college.branches[0]
    gathering = plan(college.branch_secretary, branch, "committee_meeting", starts_at=at(12))
    save_draft(actor=college.branch_secretary, gathering=gathering, organisation=branch, data={}, version=0)
    assert entries(enter(college.branch_secretary, URL)) == {12: (["支部委员会会议 draft"], [])}
    assert entries(enter(college.member, URL)) == {}


def test_holidays_and_made_up_working_days_are_marked(college: SmallCollege, enter) -> None:
    weeks = enter(college.member, "/branches/ZB101/calendar/2026/2/").context["page"].weeks
    days = {each.date.isoformat(): (each.is_workday, each.holiday) for week in weeks for each in week}
    assert days["2026-02-17"] == (False, "春节")
    assert days["2026-02-14"] == (True, "")  # a Saturday made up for the festival
    unknown = enter(college.member, "/branches/ZB101/calendar/2030/2/")
    assert "2030年放假安排尚未公布或未录入" in text(unknown)


def test_an_empty_month_says_what_to_do(college: SmallCollege, enter) -> None:
    assert "可点“安排会议”" in text(enter(college.branch_secretary, URL))
    assert "可点“安排会议”" not in text(enter(college.member, URL))


def test_the_file_has_the_planned_meetings(college: SmallCollege, enter) -> None:
    branch = college.branches[0]
    plan(college.branch_secretary, branch, "theme_day", "lecture", starts_at=at(17), title="参观展览")
    confirm(
        college.branch_secretary, plan(college.branch_secretary, branch, "members_meeting", starts_at=at(10)), branch
    )
    file = enter(college.member, f"{URL}meetings.ics")
    assert file.headers["Content-Type"] == "text/calendar; charset=utf-8"
    [event] = Calendar.from_ical(file.content).walk("VEVENT")
    assert event["DTSTART"].dt == at(17)
    assert event["DTEND"].dt - event["DTSTART"].dt == datetime.timedelta(hours=1)
    assert str(event["SUMMARY"]).endswith("参观展览")
    assert str(event["LOCATION"]) == "会议室"
    assert enter(college.outsider, f"{URL}meetings.ics").status_code == 404


def test_weeks_are_whole_and_days_outside_the_month_stay_empty() -> None:
    weeks = month_of(2026, 6, TODAY, [TODAY], {}, {day("06-15"): ["m"], day("07-01"): ["x"]}, {})
    assert [len(week) for week in weeks] == [7] * 5
    flat = [each for week in weeks for each in week]
    assert [each.date for each in flat if each.meetings] == [TODAY]
    assert [each.date for each in flat if each.is_today] == [TODAY]
    assert sum(each.in_month for each in flat) == 30


def test_neighbours_of_january_and_december() -> None:
    assert neighbours(2026, 1) == ((2025, 12), (2026, 2))
    assert neighbours(2026, 12) == ((2026, 11), (2027, 1))


def test_the_day_shown() -> None:
    assert [shown_day(asked, TODAY) for asked in ("2026-06-14", "2026-06-16", "", "14.6.2026")] == [
        day("06-14"),
        TODAY,
        TODAY,
        TODAY,
    ]
