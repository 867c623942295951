"""Confirming: what is computed and stored, what it closes, and everything that stands in the way."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from meetings.errors import DraftConflict
from meetings.models import AgreedItem, Attendance, Draft, SectionVersion
from meetings.nightly import open_due_tasks
from meetings.record import (
    AgreedRecord,
    AppraisalRecord,
    AttendanceRecord,
    GatheringRecord,
    GuestRecord,
    ResolutionRecord,
)
from meetings.services import confirm_sections, save_draft
from orgs.models import MemberStatus, Office, Person
from tasks.models import Task
from tests.factories import SmallCollege, make_officer, make_person
from tests.meetings.making import AFTERNOON, TODAY, confirm, faults, plan, record, section_record, shared


def test_a_members_meeting_from_the_roll_to_the_closed_task(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    open_due_tasks(TODAY)
    gathering = plan(secretary, branch, "members_meeting")
    save_draft(actor=secretary, gathering=gathering, organisation=branch, data={"x": 1}, version=0)
    first, second = college.members[:2]
    row = section_record(
        gathering.sections.get(),
        leave={first.pk: "出差", second.pk: "生病"},
        resolutions=(ResolutionRecord("同意", yes=8, no=0, abstain=1),),
        agreed_items=(AgreedRecord("修订学习计划", college.members[2].pk, datetime.date(2026, 6, 30)),),
        guests=(GuestRecord(name="校领导 王某"), GuestRecord(person_id=college.general_secretary.person_id)),
        topics=("party_building",),
    )
    facts = GatheringRecord(shared=shared(gathering), sections=(row,))
    (section,) = confirm_sections(actor=secretary, gathering=gathering, organisation=branch, record=facts, version=1)
    section.refresh_from_db()
    assert (section.state, section.version, section.confirmed_by) == ("confirmed", 1, secretary.person)
    assert (section.expected_count, section.present_count, section.leave_count, section.absent_count) == (11, 9, 2, 0)
    assert (section.voting_base, section.present_voters, section.quorum_needed, section.is_quorate) == (11, 9, 6, True)
    assert section.rule_text.endswith("达到法定人数（支部工作条例(试行)2018 第11条）")
    assert (section.period_code, section.is_late_entry, section.topics) == ("2026-Q2", False, ["party_building"])
    resolution = section.resolutions.get()
    assert (resolution.passed, resolution.rule_text) == (
        True,
        "赞成8票，应到会有表决权11人，须超过半数即至少6票，通过（支部工作条例(试行)2018 第11条）",
    )
    task = Task.objects.get(natural_key="members_meeting:ZB101:2026-Q2")
    assert (task.state, task.is_late, task.evidence_url) == ("done", False, f"/meetings/{gathering.pk}/")
    assert task.evidence_label == "2026-06-12 支部党员大会：六月党员大会"
    agreed = Task.objects.get(source="agreed_item")
    assert (agreed.title, agreed.person, agreed.office, agreed.due_on) == (
        "修订学习计划",
        college.members[2],
        "",
        datetime.date(2026, 6, 30),
    )
    assert AgreedItem.objects.get().task == agreed
    assert not Draft.objects.exists()
    assert SectionVersion.objects.get().data["section"]["attendance"][3]["mark"] in {"present", "leave"}
    assert section.history.latest().history_user == secretary


def test_a_student_branch_counts_only_who_may_vote(college: SmallCollege) -> None:
    """worked example: 正式9、预备22: 31 present are no quorum when four of the nine are there."""
    sibling = college.branches[1]
    secretary = make_officer(sibling, name="学生支部书记")  # with the four who serve elsewhere: formal members
    formal = Person.objects.filter(organisation=sibling).count()
    for _number in range(9 - formal):
        make_person(sibling)
    for _number in range(22):
        make_person(sibling, status=MemberStatus.PROBATIONARY)
    gathering = plan(secretary, sibling, "members_meeting")
    away = list(Person.objects.filter(organisation=sibling, status="formal").values_list("pk", flat=True))
    away.remove(secretary.person_id)
    section = confirm(secretary, gathering, sibling, absent=tuple(away[:5]))
    assert (section.expected_count, section.present_count) == (31, 26)
    assert (section.voting_base, section.present_voters, section.quorum_needed, section.is_quorate) == (9, 4, 5, False)


def test_without_quorum_the_record_stands_but_closes_nothing(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    open_due_tasks(TODAY)
    gathering = plan(secretary, branch, "members_meeting")
    absent = tuple(person.pk for person in college.members)
    votes = (ResolutionRecord("同意", yes=5),)
    section = confirm(secretary, gathering, branch, absent=absent, resolutions=votes)
    assert (section.state, section.is_quorate, section.present_voters) == ("confirmed", False, 5)
    assert section.resolutions.get().passed is False
    assert section.resolutions.get().rule_text.endswith("决议无效")
    assert Task.objects.get(natural_key="members_meeting:ZB101:2026-Q2").state == "active"


def test_an_election_needs_four_fifths(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(secretary, branch, "members_meeting")
    absent = tuple(person.pk for person in college.members[:3])  # 8 of 11: a quorum, not four fifths
    votes = (ResolutionRecord("选举委员", yes=8, is_election=True, method="ballot"), ResolutionRecord("同意", yes=8))
    section = confirm(secretary, gathering, branch, absent=absent, resolutions=votes)
    assert [row.passed for row in section.resolutions.all()] == [False, True]
    assert "至少须到9人（4/5，含本数）" in section.resolutions.first().rule_text


def test_members_excluded_from_the_voting_base(college: SmallCollege) -> None:
    from orgs.models import VotingExclusion

    branch, secretary = college.branches[0], college.branch_secretary
    for person, approval in zip(college.members, ["同意〔2026〕1号", ""], strict=False):
        VotingExclusion.objects.create(
            person=person,
            ground="bedridden",
            started_on=datetime.date(2026, 1, 1),
            superior_approval=approval,
            meeting_on=datetime.date(2026, 1, 9) if approval else None,
        )
    section = confirm(secretary, plan(secretary, branch, "members_meeting"), branch)
    assert (section.expected_count, section.voting_base) == (11, 10)


def test_all_faults_at_once(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(secretary, branch, "members_meeting")
    section = gathering.sections.get()
    row = section_record(section, leave={college.members[0].pk: " "})
    stranger = make_person(college.branches[2])
    marks = [mark for mark in row.attendance if mark.person_id != college.members[5].pk]
    marks.append(AttendanceRecord(stranger.pk, "present"))
    row = replace(
        row,
        attendance=tuple(marks),
        chair_id=None,
        recorder_id=stranger.pk + 1000,
        study_hours=Decimal("12.5"),
        topics=("nonsense",),
        guests=(GuestRecord(), GuestRecord(person_id=college.members[1].pk)),
        resolutions=(ResolutionRecord("", yes=1), ResolutionRecord("同意", yes=8, no=5)),
        agreed_items=(
            AgreedRecord("x", None, None),
            AgreedRecord("y", secretary.person_id, datetime.date(2026, 6, 11)),
        ),
        appraisals=(AppraisalRecord(secretary.person_id or 0, "excellent"),),
        period_code="2020-Q1",
    )
    facts = GatheringRecord(shared=shared(gathering, title=" ", ends_at=AFTERNOON), sections=(row,))
    with pytest.raises(InvalidInput) as caught:
        confirm_sections(actor=secretary, gathering=gathering, organisation=branch, record=facts, version=0)
    path = f"sections.{section.pk}"
    assert set(caught.value.errors) == {
        "shared.title",
        "shared.ends_at",
        f"{path}.attendance",
        f"{path}.attendance.{college.members[0].pk}",
        f"{path}.attendance.{stranger.pk}",
        f"{path}.chair",
        f"{path}.recorder",
        f"{path}.study_hours",
        f"{path}.topics",
        f"{path}.guests.0",
        f"{path}.guests.1",
        f"{path}.resolutions.0",
        f"{path}.resolutions.1",
        f"{path}.agreed_items.0",
        f"{path}.agreed_items.1",
        f"{path}.appraisals",
        f"{path}.period_code",
    }
    assert college.members[5].name in caught.value.errors[f"{path}.attendance"]
    assert not Attendance.objects.exists()


@pytest.mark.parametrize("start", [TODAY + datetime.timedelta(days=1), datetime.datetime(2026, 6, 15, 9, 1)])
def test_a_meeting_that_has_not_begun_cannot_be_confirmed(college: SmallCollege, start: datetime.date) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    if not isinstance(start, datetime.datetime):
        start = datetime.datetime.combine(start, datetime.time(8))
    gathering = plan(secretary, branch, "theme_day", starts_at=start.replace(tzinfo=clock.SHANGHAI))
    assert "shared.starts_at" in faults(secretary, gathering, branch)


def test_late_entry_needs_a_reason_and_carries_the_flag(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    start = AFTERNOON - datetime.timedelta(days=5)  # 7 June: eight days ago
    gathering = plan(secretary, branch, "theme_day", starts_at=start)
    assert list(faults(secretary, gathering, branch)) == ["late_reason"]
    section = confirm(secretary, gathering, branch, late_reason="住院")
    assert (section.is_late_entry, section.late_reason) == (True, "住院")
    in_time = plan(secretary, branch, "lecture", starts_at=start + datetime.timedelta(days=1))
    facts = shared(in_time, lecturer_name="校外专家")
    section = confirm(secretary, in_time, branch, shared=facts, late_reason="多写的")
    assert (section.is_late_entry, section.late_reason) == (False, "")


def test_delegation_of_the_chair(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(secretary, branch, "members_meeting")
    commissioner, member = college.commissioner.person_id, college.members[0].pk
    assert list(faults(secretary, gathering, branch, chair_id=commissioner)) == ["delegation_note"]
    assert list(faults(secretary, gathering, branch, chair_id=member, delegation_note="委托")) == ["chair"]
    section = confirm(secretary, gathering, branch, chair_id=commissioner, delegation_note="书记出差，委托")
    assert (section.chair_id, section.delegation_note) == (commissioner, "书记出差，委托")


def test_the_group_leader_chairs_and_does_not_delegate(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    open_due_tasks(TODAY)
    gathering = plan(college.group_leader, branch, "group_meeting", group=college.group)
    found = faults(secretary, gathering, branch, chair_id=college.members[0].pk, delegation_note="委托")
    assert found == {"chair": "党小组会由党小组组长主持，不能委托（支部工作条例(试行)2018 第14条）。"}
    section = confirm(secretary, gathering, branch, chair_id=college.group_leader.person_id)
    assert (section.expected_count, section.is_quorate, section.quorum_needed) == (8, None, None)
    key = f"group_meeting:ZB101:g{college.group.pk}:2026-06"
    assert Task.objects.get(natural_key=key).state == "done"


@pytest.mark.parametrize("role", ["commissioner", "group_leader", "general_secretary", "office", "committee_secretary"])
def test_only_the_secretary_confirms(college: SmallCollege, role: str) -> None:
    gathering = plan(college.branch_secretary, college.branches[0], "theme_day")
    with pytest.raises(NotAllowed):
        confirm(getattr(college, role), gathering, college.branches[0])


def test_the_deputy_confirms_while_the_office_is_vacant(college: SmallCollege) -> None:
    sibling = college.branches[1]
    deputy = make_officer(sibling, Office.DEPUTY, "副书记")
    chair = deputy.person_id
    gathering = plan(deputy, sibling, "theme_day")
    assert confirm(deputy, gathering, sibling, chair_id=chair).state == "confirmed"
    make_officer(sibling, name="新书记")
    with pytest.raises(NotAllowed):
        confirm(deputy, plan(deputy, sibling, "lecture"), sibling)


def test_a_second_confirmation_is_told_so(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(secretary, branch, "members_meeting")
    facts = record(gathering, branch)
    values = {"actor": secretary, "gathering": gathering, "organisation": branch, "record": facts, "version": 0}
    confirm_sections(**values)
    with pytest.raises(Conflict, match="支部书记于06-15 09:00核定"):
        confirm_sections(**values)
    assert SectionVersion.objects.count() == 1


def test_a_draft_saved_elsewhere_stops_the_confirmation(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(secretary, branch, "members_meeting")
    save_draft(actor=college.commissioner, gathering=gathering, organisation=branch, data={"a": 1}, version=0)
    with pytest.raises(DraftConflict) as caught:
        confirm(secretary, gathering, branch)
    assert (caught.value.version, caught.value.saved_by) == (1, college.commissioner)
