"""Confirming special forms: joint lectures, talks, appraisals, make-ups; and what else a record proves."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.errors import NotAllowed
from meetings.models import AppraisalResult, Section
from meetings.nightly import open_due_tasks
from meetings.record import (
    AgreedRecord,
    AppraisalRecord,
    AttendanceRecord,
    GuestRecord,
    ResolutionRecord,
)
from meetings.services import PlannedSection, confirm_sections, plan_gathering
from orgs.models import MemberStatus, Person
from tasks.models import Task
from tests.factories import SmallCollege, make_officer, make_person
from tests.meetings.making import AFTERNOON, TODAY, confirm, faults, kind, plan, record, shared


def test_a_lecture_for_two_branches_is_typed_once(college: SmallCollege) -> None:
    branch, sibling, _other = college.branches
    neighbour, secretary = make_officer(sibling, name="邻支部书记"), college.branch_secretary
    open_due_tasks(TODAY)
    gathering = plan_gathering(
        actor=secretary,
        organisation=branch,
        title="党课",
        starts_at=AFTERNOON,
        ends_at=None,
        place="",
        sections=[PlannedSection(kind("lecture"), branch), PlannedSection(kind("lecture"), sibling)],
    )
    assert "shared.lecturer" in faults(neighbour, gathering, sibling)
    facts = shared(gathering, lecturer_id=secretary.person_id)
    assert confirm(secretary, gathering, branch, shared=facts).expected_count == 11
    section = confirm(neighbour, gathering, sibling, chair_id=neighbour.person_id)
    assert section.expected_count == Person.objects.filter(organisation=sibling).count()
    states = Task.objects.filter(kind="lecture").order_by("natural_key").values_list("organisation__code", "state")
    assert list(states) == [("ZB101", "done"), ("ZB102", "done"), ("ZB201", "active")]
    gathering.refresh_from_db()
    assert (gathering.lecturer, gathering.minutes) == (secretary.person, "大家发言")
    with pytest.raises(NotAllowed):
        confirm(secretary, gathering, sibling)


def test_a_talk_keeps_date_and_persons_only(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    open_due_tasks(TODAY)
    gathering = plan(secretary, branch, "heart_talk")
    one, two = secretary.person_id, college.members[0].pk
    assert list(faults(secretary, gathering, branch, attendance=(AttendanceRecord(two, "present"),))) == ["attendance"]
    stranger = make_person(college.branches[2]).pk
    other = make_person(college.branches[2]).pk
    both = (AttendanceRecord(stranger, "present"), AttendanceRecord(other, "present"))
    assert list(faults(secretary, gathering, branch, attendance=both)) == ["attendance"]
    section = confirm(
        secretary,
        gathering,
        branch,
        shared=shared(gathering, title="谈困难", minutes="很多话", agenda="私事", place="家里"),
        attendance=(AttendanceRecord(one or 0, "present", "病"), AttendanceRecord(two, "leave", "抑郁", one)),
        resolutions=(ResolutionRecord("不应保留", yes=1),),
        agreed_items=(AgreedRecord("不应保留", two, datetime.date(2026, 7, 1)),),
        guests=(GuestRecord(name="不应保留"),),
        topics=("conduct",),
    )
    gathering.refresh_from_db()
    assert (gathering.title, gathering.place, gathering.agenda, gathering.minutes) == ("谈心谈话", "", "", "")
    assert gathering.ends_at is None
    marks = section.attendance.values_list("person_id", "mark", "leave_reason", "leave_approver_id")
    assert set(marks) == {(one, "present", "", None), (two, "present", "", None)}
    assert not section.resolutions.exists()
    assert not section.agreed_items.exists()
    assert not section.guests.exists()
    assert (section.chair_id, section.topics, section.study_hours) == (None, [], Decimal(0))
    kept = str(section.versions.get().data)
    for word in ("困难", "很多话", "私事", "家里", "抑郁", "不应保留"):
        assert word not in kept
    assert Task.objects.get(natural_key="heart_talk:ZB101:2026").state == "done"


def appraisals(college: SmallCollege, grades: str, votes: int = 3) -> tuple[AppraisalRecord, ...]:
    """Results of the first members: e for excellent, q for qualified."""
    words = {"e": "excellent", "q": "qualified"}
    return tuple(
        AppraisalRecord(person.pk, words[grade], **{words[grade]: votes})
        for person, grade in zip(college.members, grades, strict=False)
    )


def test_the_democratic_appraisal(college: SmallCollege, settings: Any) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    probationary = make_person(branch, "预备", status=MemberStatus.PROBATIONARY)
    gathering = plan(secretary, branch, "democratic_appraisal")

    def found(rows: tuple[AppraisalRecord, ...]) -> dict[str, str]:
        return faults(secretary, gathering, branch, appraisals=rows)

    assert list(found(())) == ["appraisals"]
    assert found(appraisals(college, "eeqqqq")[:5]) == {"appraisals": "优秀2人，超过上限：5人的1/3，最多1人。"}
    graded = (*appraisals(college, "q"), AppraisalRecord(probationary.pk, "qualified"))
    assert list(found(graded)) == [f"appraisals.{probationary.pk}"]
    first = college.members[0].pk
    assert list(found(appraisals(college, "q", votes=13))) == [f"appraisals.{first}"]
    settings.APPRAISAL_EXCELLENT_BASE = "members"
    rows = (*appraisals(college, "eeq", votes=12), AppraisalRecord(probationary.pk, "none", qualified=12))
    section = confirm(secretary, gathering, branch, appraisals=rows)
    assert AppraisalResult.objects.get(person_id=first).excellent == 12
    assert section.appraisals.count() == 4


def test_making_up_for_an_overdue_period(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    for day in (datetime.date(2026, 5, 1), TODAY):
        open_due_tasks(day)
    gathering = plan(secretary, branch, "committee_meeting")
    assert list(faults(secretary, gathering, branch, period_code="2026-04")) == ["period_code"]
    section = confirm(secretary, gathering, branch, period_code="2026-05")
    assert section.period_code == "2026-05"
    tasks = Task.objects.filter(kind="committee_meeting").order_by("period_code")
    assert list(tasks.values_list("period_code", "state", "is_late")) == [
        ("2026-05", "done", True),
        ("2026-06", "active", False),
    ]


def test_a_theme_day_after_its_fixed_day_counts_late(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    open_due_tasks(datetime.date(2026, 6, 1))
    confirm(secretary, plan(secretary, branch, "theme_day"), branch)  # held on the 12th, due on the 10th
    task = Task.objects.get(natural_key="theme_day:ZB101:2026-06")
    assert (task.state, task.is_late) == ("done", True)


def test_the_chair_of_a_duty_list_is_served_by_the_same_record(college: SmallCollege) -> None:
    from tasks.services import TaskSpec, open_tasks

    branch, secretary = college.branches[0], college.branch_secretary
    base = {"source": "list", "kind": "item", "organisation_id": branch.pk}
    window = {"window_start": datetime.date(2026, 1, 1), "due_on": datetime.date(2026, 12, 31)}
    specs = [
        TaskSpec(
            natural_key=f"item:{part}",
            title=part,
            person_id=person,
            requirement={"evidence": "lecture", "part": part, "count": count},
            **base,
            **window,
        )
        for part, person, count in [
            ("lectured", secretary.person_id, 1),
            ("chaired", college.commissioner.person_id, 1),
            ("attended", college.members[0].pk, 1),
            ("held", None, 2),
        ]
    ]
    open_tasks(specs=specs)
    gathering = plan(secretary, branch, "lecture")
    facts = shared(gathering, lecturer_id=secretary.person_id)
    confirm(secretary, gathering, branch, shared=facts)
    states = dict(Task.objects.filter(source="list").values_list("title", "state"))
    assert states == {"lectured": "done", "chaired": "active", "attended": "done", "held": "active"}


def test_queries_do_not_grow_with_the_people(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    counts = []
    for hour in (8, 10):
        start = AFTERNOON.replace(hour=hour)
        gathering = plan(secretary, branch, "members_meeting", starts_at=start)
        facts = record(gathering, branch)
        with CaptureQueriesContext(connection) as captured:
            confirm_sections(actor=secretary, gathering=gathering, organisation=branch, record=facts, version=0)
        counts.append(len(captured))
        for _number in range(10):
            make_person(branch)
    assert counts[0] == counts[1]
    assert Section.objects.filter(state="confirmed").count() == 2
