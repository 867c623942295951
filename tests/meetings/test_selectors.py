"""What pages read: who sees what, and a fixed number of queries."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from common.errors import Conflict, NotAllowed
from meetings.models import Gathering, Section
from meetings.nightly import open_due_tasks
from meetings.record import AgreedRecord, AppraisalRecord, GuestRecord, ResolutionRecord
from meetings.selectors import (
    calendar,
    form_state,
    gathering_detail,
    own_record,
    plan_choices,
    record_book,
    task_plan,
    version_detail,
)
from meetings.services import cancel_section, return_section, save_draft, start_amendment
from orgs.models import Person, User
from tasks.models import Task
from tests.factories import SmallCollege, make_person
from tests.meetings.making import AFTERNOON, TODAY, confirm, plan, shared


@pytest.fixture
def meeting(college: SmallCollege) -> Gathering:
    """A confirmed members' meeting of ZB101 with two on leave."""
    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(secretary, branch, "members_meeting")
    confirm(
        secretary,
        gathering,
        branch,
        leave={college.members[0].pk: "住院手术", college.members[1].pk: "出差"},
        guests=(GuestRecord(name="客人"),),
        resolutions=(ResolutionRecord("同意", yes=9),),
        agreed_items=(AgreedRecord("办", college.members[2].pk, TODAY),),
    )
    return gathering


@pytest.mark.parametrize(
    ("role", "reasons"),
    [
        ("branch_secretary", {"住院手术", "出差"}),
        ("commissioner", {"住院手术", "出差"}),
        ("general_secretary", set()),
        ("office", set()),
        ("committee_secretary", set()),
    ],
)
def test_leave_reasons_stay_in_the_branch(
    college: SmallCollege, meeting: Gathering, role: str, reasons: set[str]
) -> None:
    detail = gathering_detail(user=getattr(college, role), pk=meeting.pk)
    (section,) = detail.sections
    assert {row.leave_reason for row in section.attendance if row.leave_reason} == reasons
    assert any(row.leave_approver for row in section.attendance) == bool(reasons)
    assert section.sees_leave_reasons == bool(reasons)
    assert [row.mark for row in section.attendance].count("leave") == 2
    _facts, old = version_detail(user=getattr(college, role), version=section.versions[0])
    assert {row.leave_reason for row in old.attendance if row.leave_reason} == reasons


def test_an_outsider_sees_nothing(college: SmallCollege, meeting: Gathering) -> None:
    with pytest.raises(Http404):
        gathering_detail(user=college.outsider, pk=meeting.pk)
    assert calendar(user=college.outsider, organisation=college.branches[0], year=2026, month=6) == {}
    assert record_book(user=college.outsider, organisation=college.branches[0], year=2026).entries == []


@pytest.mark.parametrize(
    ("role", "verbs"),
    [
        ("branch_secretary", {"record", "confirm"}),
        ("commissioner", {"record"}),
        ("general_secretary", {"return"}),
        ("office", {"return"}),
        ("member", set()),
    ],
)
def test_what_one_may_do(college: SmallCollege, meeting: Gathering, role: str, verbs: set[str]) -> None:
    (section,) = gathering_detail(user=getattr(college, role), pk=meeting.pk).sections
    found = {name for name in ("record", "confirm", "return", "cancel") if getattr(section, f"may_{name}")}
    assert found == verbs


def test_a_returned_record_may_be_cancelled(college: SmallCollege, meeting: Gathering) -> None:
    return_section(actor=college.office, section=meeting.sections.get(), reason="没有开")
    (section,) = gathering_detail(user=college.commissioner, pk=meeting.pk).sections
    assert (section.may_cancel, section.may_return) == (True, False)


def test_grades_are_close_to_the_person(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(secretary, branch, "democratic_appraisal")
    member = college.member.person_id or 0
    rows = (AppraisalRecord(member, "qualified"), AppraisalRecord(college.members[0].pk, "basically"))
    section = confirm(secretary, gathering, branch, appraisals=rows)

    def graded(user: User) -> int:
        (found,) = gathering_detail(user=user, pk=gathering.pk).sections
        _facts, old = version_detail(user=user, version=section.versions.get())
        assert len(old.appraisals) == len(found.appraisals)
        return len(found.appraisals)

    roles = ("branch_secretary", "commissioner", "general_secretary", "member", "group_leader", "office")
    seen = {role: graded(getattr(college, role)) for role in (*roles, "committee_secretary")}
    assert seen == {
        "branch_secretary": 2,
        "commissioner": 2,
        "general_secretary": 2,  # the secretary directly above
        "member": 1,  # the own grade
        "group_leader": 0,
        "office": 0,
        "committee_secretary": 0,
    }


def test_a_talk_is_seen_by_who_took_part(college: SmallCollege) -> None:
    from meetings.record import AttendanceRecord

    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(secretary, branch, "heart_talk")
    both = (
        AttendanceRecord(secretary.person_id or 0, "present"),
        AttendanceRecord(college.member.person_id or 0, "present"),
    )
    confirm(secretary, gathering, branch, attendance=both)
    assert gathering_detail(user=college.member, pk=gathering.pk).is_talk
    with pytest.raises(Http404):
        gathering_detail(user=college.group_leader, pk=gathering.pk)
    record = own_record(person=college.member.person, year=2026)  # type: ignore[arg-type]
    assert (len(record.rows), record.expected, record.rate) == (1, 0, None)


def test_the_calendar_of_a_month(college: SmallCollege, meeting: Gathering) -> None:
    secretary, branch = college.branch_secretary, college.branches[0]
    plan(secretary, branch, "theme_day", starts_at=AFTERNOON + datetime.timedelta(days=8))
    gone = plan(secretary, branch, "lecture", starts_at=AFTERNOON + datetime.timedelta(days=9))
    cancel_section(actor=secretary, section=gone.sections.get(), reason="改期")
    found = calendar(user=college.member, organisation=branch, year=2026, month=6)
    assert {day.day: [section.kind.code for section in rows] for day, rows in found.items()} == {
        12: ["members_meeting"],
        20: ["theme_day"],
    }


def test_the_form_comes_filled_with_the_roll(college: SmallCollege) -> None:
    branch = college.branches[0]
    for day in (datetime.date(2026, 5, 1), TODAY):
        open_due_tasks(day)
    gathering = plan(college.commissioner, branch, "committee_meeting")
    state = form_state(user=college.commissioner, gathering=gathering, organisation=branch)
    (part,) = state.sections
    assert ([entry.person.name for entry in part.roll], part.voting_base, part.quorum_needed) == (
        ["支部书记", "组织委员", "宣传委员"],
        3,
        2,
    )
    assert (part.default_chair, part.default_recorder) == (college.branch_secretary.person, college.commissioner.person)
    assert [(choice.code, choice.label) for choice in part.periods] == [("2026-05", "2026年5月（已逾期15天）")]
    assert (state.is_caller, state.may_confirm, state.is_amendment, state.record) == (True, False, False, None)
    assert len(state.people) == 11
    assert state.upload_max_bytes == 20 * 1024 * 1024
    early = form_state(
        user=college.commissioner, gathering=gathering, organisation=branch, day=datetime.date(2020, 1, 1)
    )
    assert early.sections[0].roll == []  # nobody held an office then


def test_the_form_of_a_confirmed_record_shows_what_is_stored(college: SmallCollege, meeting: Gathering) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    start_amendment(actor=secretary, gathering=meeting, organisation=branch)
    state = form_state(user=secretary, gathering=meeting, organisation=branch)
    assert (state.is_amendment, state.may_confirm) == (True, True)
    assert state.draft is not None
    assert state.record is not None
    (row,) = state.record.sections
    assert [mark.leave_reason for mark in row.attendance if mark.mark == "leave"] == ["住院手术", "出差"]
    assert (row.version, row.resolutions[0].yes, row.agreed_items[0].text, row.guests[0].name) == (1, 9, "办", "客人")
    assert row.agreed_items[0].id is not None


def test_the_form_of_the_group_leader_shows_the_own_group_only(college: SmallCollege) -> None:
    branch = college.branches[0]
    mine = plan(college.branch_secretary, branch, "group_meeting", "theme_day", group=college.group)
    state = form_state(user=college.group_leader, gathering=mine, organisation=branch)
    assert [part.section.kind.code for part in state.sections] == ["group_meeting"]
    for user in (college.member, college.outsider, college.general_secretary):
        with pytest.raises(NotAllowed):
            form_state(user=user, gathering=mine, organisation=branch)
    for section in mine.sections.all():
        cancel_section(actor=college.branch_secretary, section=section, reason="不开了")
    with pytest.raises(Conflict):
        form_state(user=college.branch_secretary, gathering=mine, organisation=branch)


def test_choices_of_the_planning_form(college: SmallCollege) -> None:
    branch, sibling, _other = college.branches
    choices = plan_choices(user=college.branch_secretary, organisation=branch)
    assert [kind.code for kind in choices.kinds] == [
        "members_meeting",
        "committee_meeting",
        "group_meeting",
        "lecture",
        "theme_day",
        "organisational_life_meeting",
        "democratic_appraisal",
        "heart_talk",
    ]
    assert choices.invitable == [sibling]
    mine = plan_choices(user=college.group_leader, organisation=branch)
    assert ([kind.code for kind in mine.kinds], mine.groups, mine.invitable) == (["group_meeting"], [college.group], [])
    above = plan_choices(user=college.general_secretary, organisation=college.general_branches[0])
    assert [other.code for other in above.invitable] == ["ZB101", "ZB102", "ZZ2"]  # in tree order
    with pytest.raises(NotAllowed):
        plan_choices(user=college.member, organisation=branch)


def test_a_task_says_what_to_plan(college: SmallCollege) -> None:
    open_due_tasks(TODAY)
    task = Task.objects.get(kind="group_meeting")
    found = task_plan(user=college.group_leader, task=task)
    assert found is not None
    assert (found[0].code, found[1]) == ("group_meeting", college.group)
    task.source = "agreed_item"
    assert task_plan(user=college.group_leader, task=task) is None


def test_the_record_book(college: SmallCollege, meeting: Gathering) -> None:
    secretary, branch = college.branch_secretary, college.branches[0]
    lecture = plan(secretary, branch, "lecture", starts_at=AFTERNOON - datetime.timedelta(days=1))
    confirm(secretary, lecture, branch, shared=shared(lecture, lecturer_name="专家"))
    plan(secretary, branch, "theme_day")
    book = record_book(user=college.general_secretary, organisation=branch, year=2026)
    assert [entry.section.kind.code for entry in book.entries] == ["lecture", "members_meeting"]
    assert [(kind.code, count) for kind, count in book.counts] == [("members_meeting", 1), ("lecture", 1)]
    assert not any(row.leave_reason for entry in book.entries for row in entry.attendance)
    assert record_book(user=secretary, organisation=branch, year=2025).entries == []


def test_ones_own_attendance_and_hours(college: SmallCollege, meeting: Gathering) -> None:
    secretary, branch = college.branch_secretary, college.branches[0]
    confirm(secretary, plan(secretary, branch, "theme_day"), branch, study_hours=Decimal("1.5"))
    on_leave, present = college.members[0], college.members[2]
    record = own_record(person=on_leave, year=2026)
    assert (record.expected, record.present, record.leave, record.absent, record.rate) == (2, 1, 1, 0, 0.5)
    assert record.hours == Decimal("1.5")
    record = own_record(person=present, year=2026)
    assert (record.rate, record.hours, len(record.rows)) == (1.0, Decimal("3.5"), 2)
    assert own_record(person=present, year=2025).rate is None


def test_excused_people_have_no_rate(college: SmallCollege) -> None:
    secretary, branch = college.branch_secretary, college.branches[0]
    excused = college.members[0]
    Person.objects.filter(pk=excused.pk).update(excused_reason="身患重病")
    confirm(secretary, plan(secretary, branch, "theme_day"), branch, absent=(excused.pk,))
    record = own_record(person=excused, year=2026)
    assert (record.expected, record.absent, record.rate, len(record.rows)) == (0, 0, None, 1)


def queries(action: object) -> int:
    """Number of queries that ``action`` takes."""
    with CaptureQueriesContext(connection) as captured:
        action()  # type: ignore[operator]
    return len(captured)


def test_a_fixed_number_of_queries(college: SmallCollege, meeting: Gathering) -> None:
    secretary, branch = college.branch_secretary, college.branches[0]

    def fresh() -> User:
        return User.objects.select_related("person__organisation").get(pk=secretary.pk)

    def counts(gathering: Gathering) -> dict[str, int]:
        users = [fresh() for _number in range(3)]
        return {
            "detail": queries(lambda: gathering_detail(user=users[0], pk=gathering.pk)),
            "book": queries(lambda: record_book(user=users[1], organisation=branch, year=2026)),
            "form": queries(lambda: form_state(user=users[2], gathering=gathering, organisation=branch)),
            "own": queries(lambda: own_record(person=college.members[0], year=2026)),
        }

    before = counts(meeting)
    for _number in range(5):
        make_person(branch)
    for hour in (8, 10):
        again = plan(secretary, branch, "members_meeting", starts_at=AFTERNOON.replace(hour=hour))
        confirm(
            secretary,
            again,
            branch,
            leave={college.members[0].pk: "事"},
            resolutions=(ResolutionRecord("议", yes=3),) * 3,
        )
    assert counts(again) == before
    assert before["detail"] <= 4  # rights, sections, everything stored, versions
    assert Section.objects.confirmed().count() == 3


def test_a_draft_of_one_organisation_is_not_shown_to_another(college: SmallCollege) -> None:
    from meetings.services import PlannedSection, plan_gathering
    from tests.factories import make_officer
    from tests.meetings.making import kind

    branch, sibling, _other = college.branches
    neighbour = make_officer(sibling, name="邻支部书记")
    gathering = plan_gathering(
        actor=college.branch_secretary,
        organisation=branch,
        title="联合主题党日",
        starts_at=AFTERNOON,
        ends_at=None,
        place="",
        sections=[PlannedSection(kind("theme_day"), branch), PlannedSection(kind("theme_day"), sibling)],
    )
    save_draft(
        actor=college.branch_secretary, gathering=gathering, organisation=branch, data={"x": "请假：住院"}, version=0
    )
    state = form_state(user=neighbour, gathering=gathering, organisation=sibling)
    assert (state.draft, state.is_caller) == (None, False)
    assert [part.section.organisation for part in state.sections] == [sibling]
    with pytest.raises(NotAllowed):
        form_state(user=neighbour, gathering=gathering, organisation=branch)
    assert [section.section.organisation for section in gathering_detail(user=neighbour, pk=gathering.pk).sections] == [
        sibling
    ]
