"""The record form and the record as read: everything on them, in ten queries, session and account included."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import Client

from meetings.models import Gathering, Section
from meetings.record import AgreedRecord, AppraisalRecord, GatheringRecord, GuestRecord, ResolutionRecord
from meetings.selectors import form_state, gathering_detail
from meetings.selectors.part import part_of, whole_gathering
from meetings.services import add_attachment, amend_sections, confirm_sections, save_draft, start_amendment
from orgs.models import College, Office, Organisation, Person, User
from orgs.services.appointments import end_appointment
from tests.factories import SmallCollege, make_admin, make_officer, make_person
from tests.meetings.making import confirm, plan, queries, record, shared
from tests.meetings.recording import PNG

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
MOST = 10


@pytest.fixture
def full(college: SmallCollege) -> Gathering:
    """A record with everything that one can hold, in two versions, with a file."""
    branch, secretary = college.branches[0], college.branch_secretary
    guest, owner = make_person(college.branches[1], "邻支部的人"), college.members[3]
    gathering = plan(secretary, branch, "members_meeting", "democratic_appraisal")
    add_attachment(
        actor=secretary, gathering=gathering, organisation=branch, upload=SimpleUploadedFile("签到.png", PNG)
    )
    rows = {
        "guests": (GuestRecord(guest.pk), GuestRecord(None, "校外专家")),
        "resolutions": (ResolutionRecord("通过计划", yes=9, no=1), ResolutionRecord("选举", yes=8, is_election=True)),
        "agreed_items": (AgreedRecord("整理活动室", owner.pk, datetime.date(2026, 7, 1)),),
        "appraisals": (AppraisalRecord(owner.pk, "qualified", excellent=1, qualified=7),),
        "leave": {college.members[0].pk: "住院治疗"},
    }
    _confirm_both(secretary, gathering, branch, rows)
    start_amendment(actor=secretary, gathering=gathering, organisation=branch)
    facts = _both(gathering, branch, rows)
    amend_sections(
        actor=secretary, gathering=gathering, organisation=branch, record=facts, version=1, reason="补一个列席"
    )
    return gathering


def _both(gathering: Gathering, branch: Organisation, rows: dict[str, Any]) -> GatheringRecord:
    """The record of both sections; ballots only where they are counted."""
    facts = record(gathering, branch, shared=shared(gathering), **rows)
    first, second = facts.sections
    return replace(facts, sections=(replace(first, appraisals=()), replace(second, agreed_items=(), resolutions=())))


def _confirm_both(actor: User, gathering: Gathering, branch: Organisation, rows: dict[str, Any]) -> None:
    facts = _both(gathering, branch, rows)
    confirm_sections(actor=actor, gathering=gathering, organisation=branch, record=facts, version=0, late_reason="")


def test_everything_stored_is_read_as_it_was_written(college: SmallCollege, full: Gathering) -> None:
    meeting, appraisal = gathering_detail(user=college.branch_secretary, pk=full.pk).sections
    on_leave = [row for row in meeting.attendance if row.mark == "leave"]
    assert [(row.person.name, row.leave_reason, row.leave_approver.name) for row in on_leave if row.leave_approver] == [
        (college.members[0].name, "住院治疗", meeting.attendance[0].person.name)
    ]
    assert sum(row.may_vote for row in meeting.attendance) == meeting.section.voting_base
    assert [guest.person.name if guest.person else guest.name for guest in meeting.guests] == ["邻支部的人", "校外专家"]
    first, election = meeting.resolutions
    assert (first.text, first.yes, first.no, first.abstain, first.passed, first.is_election) == (
        "通过计划", 9, 1, 0, True, False,
    )  # fmt: skip
    assert (election.is_election, election.get_method_display(), bool(election.rule_text)) == (True, "举手", True)
    (item,) = meeting.agreed_items
    assert (item.text, item.owner.name, item.due_on) == (
        "整理活动室",
        college.members[3].name,
        datetime.date(2026, 7, 1),
    )
    assert item.task is not None
    assert (item.task.pk, item.task.get_state_display()) == (item.task_id, "办理中")
    (result,) = appraisal.appraisals
    assert (result.person.name, result.get_grade_display(), result.excellent, result.qualified) == (
        college.members[3].name, "合格", 1, 7,
    )  # fmt: skip
    assert [version.number for version in meeting.versions] == [2, 1]
    assert [(file.name, file.size) for file in gathering_detail(user=college.office, pk=full.pk).attachments] == [
        ("签到.png", len(PNG))
    ]


@pytest.mark.parametrize("role", ["branch_secretary", "general_secretary", "office", "member"])
def test_reading_a_full_record(client: Client, college: SmallCollege, full: Gathering, role: str) -> None:
    client.force_login(getattr(college, role))
    assert queries(client, f"/meetings/{full.pk}/") <= MOST
    if role != "member":
        assert queries(client, "/organisations/ZB101/record-book/2026/") <= MOST


def test_changing_a_full_record(client: Client, college: SmallCollege, full: Gathering) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    start_amendment(actor=secretary, gathering=full, organisation=branch)
    client.force_login(secretary)
    assert queries(client, f"/meetings/{full.pk}/record/") <= MOST
    page = client.get(f"/meetings/{full.pk}/record/").content.decode()
    guest = Person.objects.get(name="邻支部的人")
    assert f'value="邻支部的人（{guest.number}）"' in page  # found again by name and number
    data = {"shared": {"day": "2026-06-11", "start": "14:30"}, "sections": {}}
    save_draft(actor=secretary, gathering=full, organisation=branch, data=data, version=1)
    assert queries(client, f"/meetings/{full.pk}/record/") <= MOST  # the roll is that of the day typed


@pytest.mark.parametrize("role", ["branch_secretary", "commissioner", "group_leader"])
def test_typing_a_record_of_several_sections(client: Client, college: SmallCollege, role: str) -> None:
    branch = college.branches[0]
    one = plan(college.branch_secretary, branch, "group_meeting", group=college.group)
    codes = ("members_meeting", "committee_meeting", "group_meeting", "theme_day")
    four = plan(college.branch_secretary, branch, *codes, group=college.group)
    client.force_login(getattr(college, role))
    counts = [queries(client, f"/meetings/{gathering.pk}/record/") for gathering in (one, four)]
    assert counts[0] == counts[1] <= MOST


def test_a_deputy_may_confirm_while_the_office_is_vacant(client: Client, college: SmallCollege) -> None:
    branch = college.branches[0]
    deputy = make_officer(branch, Office.DEPUTY)
    gathering = plan(college.branch_secretary, branch, "members_meeting")
    client.force_login(deputy)
    url = f"/meetings/{gathering.pk}/record/"
    assert client.get(url).context["state"].may_confirm is False
    row = college.branch_secretary.person.appointments.get()  # type: ignore[union-attr]
    end_appointment(actor=make_admin(), appointment=row, ended_on=datetime.date(2026, 6, 14), reason="调离")
    assert client.get(url).context["state"].may_confirm is True
    assert queries(client, url) <= MOST


def test_meetings_of_the_levels_above(client: Client, college: SmallCollege) -> None:
    first = college.general_branches[0]
    College.objects.filter(organisation=first).update(dean=college.members[0])
    kinds = ("general_branch_meeting", "joint_meeting")
    above = [(college.general_secretary, plan(college.general_secretary, first, code)) for code in kinds]
    root = college.committee_secretary
    above.append((root, plan(root, college.committee, "party_committee_meeting")))
    for user, gathering in above:
        client.force_login(user)
        assert queries(client, f"/meetings/{gathering.pk}/record/") <= MOST


def test_a_part_read_with_the_gathering_is_the_part_read_alone(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(secretary, branch, "members_meeting", "theme_day")
    assert whole_gathering(user=secretary, pk=gathering.pk).part(branch).draft is None
    save_draft(actor=secretary, gathering=gathering, organisation=branch, data={"shared": {"title": "改"}}, version=0)
    together, alone = whole_gathering(user=secretary, pk=gathering.pk).part(branch), part_of(gathering, branch)
    assert together.sections == alone.sections
    assert together.draft is not None and alone.draft is not None
    for name in ("pk", "data", "version", "saved_by_id", "saved_at", "gathering_id", "organisation_id"):
        assert getattr(together.draft, name) == getattr(alone.draft, name)


def test_who_may_see_a_gathering_as_a_whole(college: SmallCollege) -> None:
    gathering = plan(college.branch_secretary, college.branches[0], "committee_meeting")
    Section.objects.filter(gathering=gathering).update(state=Section.State.DRAFT)
    for user in (college.member, college.outsider):
        with pytest.raises(Http404):
            whole_gathering(user=user, pk=gathering.pk)
    Section.objects.filter(gathering=gathering).delete()
    assert whole_gathering(user=college.branch_secretary, pk=gathering.pk).sections == []
    with pytest.raises(Http404):
        whole_gathering(user=college.outsider, pk=gathering.pk)


def test_the_form_of_who_confirmed_shows_the_roll_once(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(secretary, branch, "members_meeting")
    confirm(secretary, gathering, branch)
    state = form_state(user=secretary, gathering=gathering, organisation=branch)
    numbers = [person.number for person in state.people]
    assert len(numbers) == len(set(numbers)) == 11
