"""What a record proves for items of responsibility lists: taking part, guiding, topics; also when it came first."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from common import clock
from meetings.nightly import count_earlier_records, open_due_tasks
from meetings.record import AttendanceRecord, GuestRecord
from meetings.services import amend_sections, return_section
from orgs.models import Organisation
from tasks.models import Task, TaskEvidence
from tasks.services import TaskSpec, open_tasks
from tests.factories import SmallCollege, make_officer
from tests.meetings.making import TODAY, confirm, plan, record

LIFE = "branch_life"


def owe(organisation: Organisation, evidence: str, part: str, **more: Any) -> Task:
    """An item of June that names no person."""
    spec: dict[str, Any] = {
        "natural_key": f"list_item:{organisation.code}:{evidence}:{part}",
        "source": "list_item",
        "kind": "list_item",
        "title": "清单条目",
        "organisation_id": organisation.pk,
        "window_start": datetime.date(2026, 6, 1),
        "due_on": datetime.date(2026, 6, 30),
        "period_code": "2026-06",
        "requirement": {"evidence": evidence, "part": part, **more},
    }
    open_tasks(specs=[TaskSpec(**spec)])
    return Task.objects.get(natural_key=spec["natural_key"])


def state(task: Task) -> str:
    return Task.objects.get(pk=task.pk).state


def guests(*people: Any) -> dict[str, Any]:
    return {"guests": tuple(GuestRecord(person_id=user.person_id) for user in people)}


def test_who_came_as_a_member_took_part_in_the_own_branchs_life(college: SmallCollege) -> None:
    """The committee's secretary is a member of ZB102."""
    attended = owe(college.committee, LIFE, "attended")
    guided = owe(college.committee, LIFE, "guided")
    branch, other = college.branches[0], college.branches[1]
    gathering = plan(college.branch_secretary, branch, "theme_day", title="主题党日")
    confirm(college.branch_secretary, gathering, branch, **guests(college.committee_secretary))
    assert (state(attended), state(guided)) == ("active", "done")  # a guest elsewhere
    secretary = make_officer(other, name="第二支部书记")
    gathering = plan(secretary, other, "theme_day", title="主题党日")
    absent = (college.committee_secretary.person_id,)
    confirm(secretary, gathering, other, absent=absent)
    assert state(attended) == "active"
    next_day = datetime.datetime(2026, 6, 13, 14, tzinfo=clock.SHANGHAI)
    gathering = plan(secretary, other, "theme_day", title="第二次主题党日", starts_at=next_day)
    confirm(secretary, gathering, other)
    assert state(attended) == "done"


def test_a_guest_from_the_general_branch_has_guided_this_branch(college: SmallCollege) -> None:
    task = owe(college.general_branches[0], LIFE, "guided", distinct="organisation", count=2)
    branch = college.branches[0]
    gathering = plan(college.branch_secretary, branch, "members_meeting")
    section = confirm(college.branch_secretary, gathering, branch, **guests(college.general_secretary))
    [row] = TaskEvidence.objects.filter(task=task)
    assert (row.organisation, row.record) == (branch, f"section:{section.pk}")
    assert state(task) == "active"


def test_a_talk_is_no_meeting_of_the_branch(college: SmallCollege) -> None:
    task = owe(college.branches[0], LIFE, "attended")
    gathering = plan(college.branch_secretary, college.branches[0], "heart_talk")
    pair = tuple(AttendanceRecord(pk, "present") for pk in (college.branch_secretary.person_id, college.members[0].pk))
    confirm(college.branch_secretary, gathering, college.branches[0], attendance=pair)
    assert state(task) == "active"


def test_a_topic_counts_for_the_organisation_and_for_who_chaired(college: SmallCollege) -> None:
    branch = college.branches[0]
    tasks = {
        (evidence, part): owe(branch, evidence, part)
        for evidence in ("committee_meeting:ideology", "meeting:ideology", "members_meeting:ideology")
        for part in ("held", "chaired")
    }
    gathering = plan(college.branch_secretary, branch, "committee_meeting")
    confirm(college.branch_secretary, gathering, branch, topics=("ideology",))
    assert {key: state(task) for key, task in tasks.items()} == {
        ("committee_meeting:ideology", "held"): "done",
        ("committee_meeting:ideology", "chaired"): "done",
        ("meeting:ideology", "held"): "done",
        ("meeting:ideology", "chaired"): "done",
        ("members_meeting:ideology", "held"): "active",
        ("members_meeting:ideology", "chaired"): "active",
    }


def test_changing_the_topic_moves_only_what_the_topic_proved(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    open_due_tasks(TODAY)
    task = owe(branch, "meeting:ideology", "held")
    gathering = plan(secretary, branch, "members_meeting")
    confirm(secretary, gathering, branch, topics=("ideology",))
    held = Task.objects.get(natural_key="members_meeting:ZB101:2026-Q2")
    before = held.events.count()
    facts = record(gathering, branch, topics=("conduct",))
    amend_sections(actor=secretary, gathering=gathering, organisation=branch, record=facts, reason="更正", version=0)
    assert (state(task), state(held)) == ("active", "done")
    assert held.events.count() == before


def test_a_return_takes_it_all_back(college: SmallCollege) -> None:
    attended = owe(college.branches[0], LIFE, "attended")
    gathering = plan(college.branch_secretary, college.branches[0], "members_meeting")
    section = confirm(college.branch_secretary, gathering, college.branches[0])
    assert state(attended) == "done"
    return_section(actor=college.general_secretary, section=section, reason="补充材料")
    assert state(attended) == "active"


def test_a_record_that_came_first_counts_at_night(college: SmallCollege) -> None:
    branch = college.branches[0]
    gathering = plan(college.branch_secretary, branch, "members_meeting")
    confirm(college.branch_secretary, gathering, branch, topics=("ideology",), **guests(college.general_secretary))
    early = plan(
        college.branch_secretary,
        branch,
        "theme_day",
        title="五月主题党日",
        starts_at=datetime.datetime(2026, 5, 13, 14, tzinfo=clock.SHANGHAI),
    )
    confirm(college.branch_secretary, early, branch, late_reason="补录")
    attended = owe(branch, LIFE, "attended")
    topic = owe(branch, "members_meeting:ideology", "chaired")
    guided = owe(college.general_branches[0], LIFE, "guided", distinct="organisation", count=2)
    lectured = owe(branch, "lecture", "lectured")
    assert count_earlier_records(TODAY) == {"counted": 1}  # not the one of May
    assert [state(task) for task in (attended, topic, guided, lectured)] == ["done", "done", "active", "active"]
    assert TaskEvidence.objects.filter(task=guided).count() == 1
    assert count_earlier_records(TODAY) == {"counted": 1}  # a second time it counts once
    assert TaskEvidence.objects.filter(task=attended).count() == 1
    with clock.moved(TODAY + datetime.timedelta(days=8)):
        assert count_earlier_records(TODAY + datetime.timedelta(days=8)) == {"counted": 0}


def test_a_record_without_its_quorum_counts_for_nobody(college: SmallCollege) -> None:
    attended = owe(college.branches[0], LIFE, "attended")
    gathering = plan(college.branch_secretary, college.branches[0], "members_meeting")
    absent = tuple(person.pk for person in college.members)
    confirm(college.branch_secretary, gathering, college.branches[0], absent=absent)
    assert count_earlier_records(TODAY) == {"counted": 0}
    assert state(attended) == "active"


@pytest.mark.parametrize("used", [False, True])
def test_what_it_proves_for_a_person_does_not_keep_it_from_its_own_period(college: SmallCollege, used: bool) -> None:
    """Confirmed before the night opened the period: it settles it, whatever it was counted for before."""
    branch = college.branches[0]
    attended = owe(branch, LIFE, "attended") if used else None
    gathering = plan(college.branch_secretary, branch, "members_meeting")
    confirm(college.branch_secretary, gathering, branch)
    assert attended is None or state(attended) == "done"
    assert open_due_tasks(TODAY)["settled"] == 1
    assert Task.objects.get(natural_key="members_meeting:ZB101:2026-Q2").state == "done"
