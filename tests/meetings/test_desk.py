"""What one person's desk shows of meetings: rows and figures, in one query each."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.models import Gathering, Section
from meetings.selectors import own_record
from meetings.selectors.desk import DeskSections, desk_sections, year_so_far
from meetings.services import mark_ready
from orgs.models import Office, Person, User
from tests.factories import SmallCollege, make_officer
from tests.meetings.making import AFTERNOON, TODAY, confirm, plan

NEXT_WEEK = AFTERNOON + datetime.timedelta(days=7)


def shown(user: User) -> dict[str, list[str]]:
    """The titles on the desk of a new request, by list; empty lists left out."""
    desk = desk_sections(User.objects.select_related("person").get(pk=user.pk), TODAY)
    lists = {name: [section.title for section in getattr(desk, name)] for name in DeskSections.__dataclass_fields__}
    return {name: titles for name, titles in lists.items() if titles}


def test_a_line_says_all_that_the_page_shows(college: SmallCollege) -> None:
    plan(college.group_leader, college.branches[0], "group_meeting", starts_at=NEXT_WEEK, group=college.group)
    desk = desk_sections(college.member, TODAY)
    section = Section.objects.get()
    assert [tuple(line) for line in desk.upcoming] == [
        (
            section.pk, section.gathering_id, "六月党员大会", NEXT_WEEK, "会议室", NEXT_WEEK.date(), "党小组会",
            "meeting", "planned", section.organisation_id, college.branches[0].name, college.branches[0].path,
            college.group.pk, college.group.name, None, None, "", "group", False,
        )
    ]  # fmt: skip


def test_talks_other_groups_and_far_days_are_no_next_meetings(college: SmallCollege) -> None:
    branch = college.branches[0]
    plan(college.branch_secretary, branch, "heart_talk", starts_at=NEXT_WEEK, title="谈心")
    plan(college.branch_secretary, branch, "lecture", starts_at=NEXT_WEEK, title="党课")
    plan(college.branch_secretary, branch, "theme_day", starts_at=NEXT_WEEK + datetime.timedelta(days=60), title="远")
    plan(college.group_leader, branch, "group_meeting", starts_at=NEXT_WEEK, group=college.group, title="小组")
    assert shown(college.member) == {"upcoming": ["党课", "小组"]}
    assert shown(college.commissioner) == {"upcoming": ["党课"]}
    assert shown(college.outsider) == {}


def test_what_is_ready_waits_for_who_confirms_only(college: SmallCollege, meeting: Gathering) -> None:
    branch = college.branches[0]
    deputy = make_officer(branch, Office.DEPUTY, "副书记")
    mark_ready(actor=college.commissioner, gathering=meeting, organisation=branch)
    assert shown(college.branch_secretary) == {"to_confirm": [meeting.title]}
    assert shown(college.commissioner) == {"waiting": [meeting.title]}
    for other in (deputy, college.member, college.group_leader, college.general_secretary, college.outsider):
        assert shown(other) == {}


def test_the_figures_are_those_of_the_own_record(college: SmallCollege, meeting: Gathering) -> None:
    """``year_so_far`` counts what ``own_record`` lists: excused people, leave, absence, talks and hours."""
    secretary, branch = college.branch_secretary, college.branches[0]
    on_leave, excused, absent = college.members[:3]
    Person.objects.filter(pk=excused.pk).update(excused_reason="身患重病")
    confirm(secretary, meeting, branch, leave={on_leave.pk: "出差"}, absent=(absent.pk,))
    theme_day = plan(secretary, branch, "theme_day")
    confirm(secretary, theme_day, branch, study_hours=Decimal("1.5"))
    figures = []
    for person in (on_leave, excused, absent):
        record = own_record(person=person, year=2026)
        found = year_so_far(person, 2026)
        assert (found.expected, found.present, found.leave, found.absent, found.hours) == (
            record.expected, record.present, record.leave, record.absent, record.hours,
        )  # fmt: skip
        figures.append((found.expected, found.present, found.leave, found.absent, found.hours))
    some, all_hours = Decimal("1.5"), Decimal("3.5")
    assert figures == [(2, 1, 1, 0, some), (0, 0, 0, 0, all_hours), (2, 1, 0, 1, some)]
    assert year_so_far(on_leave, 2025).expected == 0


def test_one_query_each_with_one_and_three(college: SmallCollege, meeting: Gathering) -> None:
    def queries() -> list[int]:
        user = User.objects.select_related("person").get(pk=college.branch_secretary.pk)
        desk_sections(user, TODAY)  # the grants
        counts = []
        for read in (lambda: desk_sections(user, TODAY), lambda: year_so_far(user.person, 2026)):
            with CaptureQueriesContext(connection) as captured:
                read()
            counts.append(len(captured))
        return counts

    assert queries() == [2, 1]  # the offices are read along where the page has not done so
    for number in range(2):
        plan(college.branch_secretary, college.branches[0], "lecture", starts_at=NEXT_WEEK, title=f"党课{number}")
    assert queries() == [2, 1]
