"""Who is expected and who votes, for every kind that is shipped."""

from __future__ import annotations

import datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.models import MeetingKind
from meetings.rolls import roll
from orgs.models import College, Department, MemberStatus, Office, Organisation, Person
from orgs.services.appointments import appoint
from tests.factories import SINCE, SmallCollege, make_admin, make_officer, make_person
from tests.meetings.making import TODAY, kind


def names(code: str, organisation: Organisation, group: object = None) -> tuple[list[str], list[str]]:
    """Names expected, and names with a vote."""
    entries = roll(kind(code), organisation, group, TODAY)  # type: ignore[arg-type]
    return [entry.person.name for entry in entries], [entry.person.name for entry in entries if entry.may_vote]


def test_rolls_of_a_branch(college: SmallCollege) -> None:
    branch = college.branches[0]
    make_person(branch, "预备党员", status=MemberStatus.PROBATIONARY)
    Person.objects.filter(name="党员1").update(excused_reason="身患重病")
    expected, voters = names("members_meeting", branch)
    assert len(expected) == 12
    assert set(expected) - set(voters) == {"预备党员"}
    assert names("committee_meeting", branch) == (["支部书记", "组织委员", "宣传委员"],) * 2
    expected, voters = names("group_meeting", branch, college.group)
    assert (len(expected), voters) == (8, [])
    assert names("heart_talk", branch) == ([], [])
    expected, voters = names("democratic_appraisal", branch)
    assert "预备党员" in voters  # takes part in the count without being graded
    excused = [entry.person.name for entry in roll(kind("theme_day"), branch, None, TODAY) if entry.is_excused]
    assert excused == ["党员1"]


def test_rolls_of_the_upper_levels(college: SmallCollege) -> None:
    committee, (first, _second) = college.committee, college.general_branches
    dean = make_person(college.branches[0], "院长")
    College.objects.filter(organisation=first).update(dean=dean)
    make_officer(college.branches[1], name="邻支部书记")
    assert names("general_branch_meeting", first) == (["总支书记", "支部书记", "邻支部书记"],) * 2
    assert names("joint_meeting", first) == (["总支书记", "院长"], [])
    assert names("party_committee_meeting", committee) == (["党委书记"], ["党委书记"])
    department = Department.objects.create(code="XZ", name="学校行政", organisation=committee, duty="administration")
    principal = make_person(college.branches[1], "校长")
    appoint(actor=make_admin(), person=principal, office=Office.PRINCIPAL, department=department, started_on=SINCE)
    heads = MeetingKind(level="committee", expected="officers_and_heads", voters="committee")
    entries = [(entry.person.name, entry.may_vote) for entry in roll(heads, committee, None, TODAY)]
    assert entries == [("党委书记", True), ("校长", False)]


def test_the_roll_is_that_of_the_day(college: SmallCollege) -> None:
    branch = college.branches[0]
    late = make_person(branch, "新来的", joined_on=datetime.date(2026, 6, 14))
    make_officer(branch, Office.MEMBER, person=late, started_on=datetime.date(2026, 6, 15))
    for day, found in ((datetime.date(2026, 6, 13), 0), (datetime.date(2026, 6, 14), 1)):
        present = [entry for entry in roll(kind("members_meeting"), branch, None, day) if entry.person == late]
        assert len(present) == found
    assert "新来的" in names("committee_meeting", branch)[0]


def test_queries_do_not_grow_with_the_people(college: SmallCollege) -> None:
    counts = []
    members_meeting = kind("members_meeting")
    for _round in range(2):
        with CaptureQueriesContext(connection) as captured:
            roll(members_meeting, college.branches[0], None, TODAY)
        counts.append(len(captured))
        for _number in range(10):
            make_person(college.branches[0])
    assert counts == [counts[0], counts[0]]
    assert counts[0] <= 4
