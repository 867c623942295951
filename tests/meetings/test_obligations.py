"""What the night opens: for whom, for which periods, once; and what it stops and settles."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.calendars import load_calendar
from common.models import AcademicTerm
from meetings.models import MeetingKind
from meetings.nightly import open_due_tasks
from meetings.services import load_kinds
from orgs.models import Office, Organisation
from tasks.models import Task, TaskEvent
from tests.factories import SmallCollege, make_college, make_group, make_officer, make_organisation
from tests.meetings.making import TODAY, confirm, plan

Date = datetime.date


def keys(**where: Any) -> list[str]:
    """Natural keys of the Tasks, sorted."""
    return sorted(Task.objects.filter(**where).values_list("natural_key", flat=True))


def only(*codes: str) -> None:
    """Leave only these kinds active."""
    MeetingKind.objects.exclude(code__in=codes).update(is_active=False)


def test_each_kind_is_owed_by_whom_it_concerns(college: SmallCollege) -> None:
    load_calendar()
    assert open_due_tasks(TODAY) == {"opened": 26, "settled": 0, "stopped": 0}
    branches = ["ZB101", "ZB102", "ZB201"]
    assert keys(kind="members_meeting") == [f"members_meeting:{code}:2026-Q2" for code in branches]
    assert keys(kind="committee_meeting") == ["committee_meeting:ZB101:2026-06"]  # no committee elsewhere
    assert keys(kind="group_meeting") == [f"group_meeting:ZB101:g{college.group.pk}:2026-06"]
    assert keys(kind="heart_talk") == [f"heart_talk:{code}:2026" for code in branches]
    assert keys(kind="joint_meeting") == ["joint_meeting:ZZ1:2026-06"]  # ZZ2 leads no college
    assert keys(kind="party_committee_meeting") == ["party_committee_meeting:DW:2025-2026-2"]
    task = Task.objects.get(kind="group_meeting")
    assert (task.title, task.office, task.window_start, task.due_on) == (
        "2026年6月党小组会·第一党小组",
        "group_leader",
        Date(2026, 6, 1),
        Date(2026, 6, 30),
    )
    assert (
        task.act_url == f"/meetings/new/?organisation=ZB101&kind=group_meeting&period=2026-06&group={college.group.pk}"
    )
    assert task.requirement == {"evidence": "group_meeting", "part": "held", "count": 1}
    semester = Task.objects.get(kind="party_committee_meeting")
    assert (semester.title, semester.due_on) == ("2025-2026学年第二学期党委会会议", Date(2026, 7, 12))
    assert TaskEvent.objects.filter(verb="opened", cause="按周期开启").count() == 26


def test_a_second_run_opens_nothing(college: SmallCollege) -> None:
    opened = open_due_tasks(TODAY)["opened"]
    assert open_due_tasks(TODAY) == {"opened": 0, "settled": 0, "stopped": 0}
    assert Task.objects.count() == TaskEvent.objects.count() == opened


def test_missed_nights_are_made_up_for(college: SmallCollege) -> None:
    only("members_meeting", "theme_day")
    open_due_tasks(Date(2025, 11, 20))
    Task.objects.exclude(organisation__code="ZB101").delete()
    with clock.moved(Date(2026, 2, 3)):
        open_due_tasks(Date(2026, 2, 3))
    found = keys(organisation__code="ZB101", kind="theme_day")
    assert found == [f"theme_day:ZB101:{month}" for month in ("2025-11", "2025-12", "2026-01", "2026-02")]
    assert keys(organisation__code="ZB101", kind="members_meeting") == [
        "members_meeting:ZB101:2025-Q4",
        "members_meeting:ZB101:2026-Q1",
    ]
    open_due_tasks(Date(2025, 12, 1))  # late and out of order: harmless
    assert keys(organisation__code="ZB101", kind="theme_day") == found


def test_never_more_than_a_year_back(college: SmallCollege) -> None:
    only("members_meeting")
    open_due_tasks(Date(2023, 5, 1))
    open_due_tasks(TODAY)
    codes = sorted(set(Task.objects.values_list("period_code", flat=True)))
    assert codes == ["2023-Q2", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"]


def test_the_first_night_opens_the_current_period_or_since_the_setting(college: SmallCollege, settings: Any) -> None:
    only("committee_meeting")
    settings.OBLIGATIONS_SINCE = Date(2026, 4, 20)
    open_due_tasks(TODAY)
    assert keys() == [f"committee_meeting:ZB101:2026-{month}" for month in ("04", "05", "06")]
    MeetingKind.objects.filter(code="theme_day").update(is_active=True)
    open_due_tasks(TODAY)  # a kind added later owes nothing for the past
    assert keys(kind="theme_day", organisation__code="ZB101") == ["theme_day:ZB101:2026-06"]


@pytest.mark.parametrize(
    ("founded", "dissolved", "owes"),
    [
        (Date(2026, 6, 20), None, True),  # ten days before the due date
        (Date(2026, 6, 21), None, False),
        (Date(2026, 7, 1), None, False),
        (None, Date(2026, 7, 1), True),  # the first day not: the due date is still within
        (None, Date(2026, 6, 30), False),
        (None, Date(2026, 3, 1), False),
    ],
)
def test_newly_founded_and_dissolved_owe_their_share(
    college: SmallCollege, founded: Date | None, dissolved: Date | None, owes: bool
) -> None:
    only("members_meeting")
    branch = college.branches[0]
    Organisation.objects.filter(pk=branch.pk).update(founded_on=founded, dissolved_on=dissolved)
    day = Date(2026, 6, 25)
    open_due_tasks(day)
    assert keys(organisation=branch) == (["members_meeting:ZB101:2026-Q2"] if owes else [])
    if founded == Date(2026, 6, 20):
        assert Task.objects.get(organisation=branch).window_start == founded


def test_groups_and_committees_that_come_later(college: SmallCollege) -> None:
    only("committee_meeting", "group_meeting")
    sibling = college.branches[1]
    group = make_group(sibling, "新小组")
    group.founded_on = Date(2026, 6, 10)
    group.save()
    late = make_group(sibling, "月末小组")
    late.founded_on = Date(2026, 6, 24)
    late.save()
    make_officer(sibling, Office.MEMBER, started_on=Date(2026, 6, 25))
    open_due_tasks(Date(2026, 6, 26))
    assert keys(organisation=sibling) == [f"group_meeting:ZB102:g{group.pk}:2026-06"]
    open_due_tasks(Date(2026, 7, 1))
    assert keys(organisation=sibling, period_code="2026-07") == sorted(
        [
            "committee_meeting:ZB102:2026-07",
            f"group_meeting:ZB102:g{group.pk}:2026-07",
            f"group_meeting:ZB102:g{late.pk}:2026-07",
        ]
    )


def test_what_the_dissolved_still_owe_is_stopped_with_the_cause(college: SmallCollege) -> None:
    open_due_tasks(TODAY)
    branch = college.branches[2]
    Organisation.objects.filter(pk=branch.pk).update(dissolved_on=Date(2026, 6, 20))
    college.group.dissolved_on = Date(2026, 6, 18)
    college.group.save()
    with clock.moved(Date(2026, 6, 20)):
        counts = open_due_tasks(Date(2026, 6, 20))
    assert counts == {"opened": 0, "settled": 0, "stopped": 7}
    assert set(Task.objects.filter(organisation=branch).values_list("state", flat=True)) == {"stopped"}
    assert set(TaskEvent.objects.filter(verb="stopped").values_list("cause", flat=True)) == {
        "组织已于2026-06-20撤销",
        "党小组已于2026-06-18撤销",
    }


def test_a_meeting_logged_before_its_task_was_opened_counts(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    confirm(secretary, plan(secretary, branch, "members_meeting"), branch)
    empty = confirm(
        secretary,
        plan(secretary, branch, "committee_meeting"),
        branch,
        absent=(college.commissioner.person_id or 0,),
    )
    assert empty.is_quorate is True
    assert open_due_tasks(TODAY)["settled"] == 2
    done = Task.objects.filter(state="done").values_list("natural_key", flat=True)
    assert sorted(done) == ["committee_meeting:ZB101:2026-06", "members_meeting:ZB101:2026-Q2"]


def test_the_fixed_day_moves_off_a_holiday_but_stays_in_the_month(college: SmallCollege) -> None:
    only("theme_day")
    open_due_tasks(Date(2025, 10, 1))  # the second Wednesday, 8 October 2025, is a public holiday
    assert set(Task.objects.values_list("due_on", flat=True)) == {Date(2025, 10, 9)}
    MeetingKind.objects.filter(code="theme_day").update(due_weekday=5, due_nth=5)
    open_due_tasks(Date(2026, 2, 1))  # fewer than five Fridays: the last one, a working day by exchange or not
    assert max(Task.objects.filter(period_code="2026-02").values_list("due_on", flat=True)) <= Date(2026, 2, 28)


def test_twice_a_period_needs_two_records(college: SmallCollege) -> None:
    MeetingKind.objects.filter(code="committee_meeting").update(times=2)
    branch, secretary = college.branches[0], college.branch_secretary
    open_due_tasks(TODAY)
    task = Task.objects.get(kind="committee_meeting")
    assert task.title == "2026年6月支部委员会会议（2次）"
    for day, state in ((2, "active"), (12, "done")):
        start = datetime.datetime(2026, 6, day, 10, tzinfo=clock.SHANGHAI)
        gathering = plan(secretary, branch, "committee_meeting", starts_at=start)
        confirm(secretary, gathering, branch, late_reason="补" if day == 2 else "")
        task.refresh_from_db()
        assert task.state == state


def test_between_the_terms_nothing_is_owed(college: SmallCollege) -> None:
    only("party_committee_meeting")
    load_calendar()
    open_due_tasks(Date(2026, 2, 10))
    assert keys() == []
    AcademicTerm.objects.all().delete()
    open_due_tasks(TODAY)
    assert keys() == []


@pytest.mark.django_db
def test_queries_do_not_grow_with_the_organisations() -> None:
    with clock.moved(TODAY):
        college = make_college()
        load_kinds()
        counts = []
        for round_number in range(2):
            Task.objects.all().delete()
            with CaptureQueriesContext(connection) as captured:
                open_due_tasks(TODAY)
            # Inserts come in batches of the database's own size.
            counts.append(sum(1 for query in captured if not query["sql"].startswith("INSERT")))
            for number in range(20):
                make_organisation(f"ZB{round_number}9{number:02d}", college.general_branches[1])
    assert counts[0] == counts[1]
