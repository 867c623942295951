"""After the confirmation: amending, returning, cancelling."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest

from common.errors import Conflict, InvalidInput, NotAllowed
from meetings.errors import DraftConflict
from meetings.models import Section
from meetings.nightly import open_due_tasks
from meetings.record import AgreedRecord, GatheringRecord
from meetings.services import (
    amend_sections,
    cancel_section,
    confirm_sections,
    return_section,
    save_draft,
    start_amendment,
)
from notices.models import Notice
from notices.services import still_true
from tasks.models import Task, TaskEvent
from tests.factories import SmallCollege
from tests.meetings.making import TODAY, confirm, plan, record, section_record, shared

DUE = datetime.date(2026, 7, 1)
KEY = "members_meeting:ZB101:2026-Q2"


@pytest.fixture
def confirmed(college: SmallCollege) -> Section:
    """A members' meeting of ZB101 with two agreed items, which has closed the quarter."""
    open_due_tasks(TODAY)
    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(secretary, branch, "members_meeting")
    items = tuple(AgreedRecord(text, college.members[0].pk, DUE) for text in ("第一件", "第二件"))
    return confirm(secretary, gathering, branch, agreed_items=items)


def amend(college: SmallCollege, section: Section, reason: str = "漏记", version: int = 0, **values: Any) -> Section:
    """Amend with everything as ``making.section_record`` has it, unless said."""
    section = Section.objects.get(pk=section.pk)
    facts = GatheringRecord(shared=shared(section.gathering), sections=(section_record(section, **values),))
    return amend_sections(
        actor=college.branch_secretary,
        gathering=section.gathering,
        organisation=college.branches[0],
        record=facts,
        reason=reason,
        version=version,
    )[0]


def task_state() -> str:
    """State of the quarter's Task."""
    return Task.objects.get(natural_key=KEY).state


def test_an_amendment_makes_a_version_and_keeps_the_old(college: SmallCollege, confirmed: Section) -> None:
    first = college.members[0].pk
    kept, dropped = confirmed.agreed_items.order_by("pk")
    items = (AgreedRecord("第一件", first, DUE, kept.pk), AgreedRecord("第二件（改）", first, DUE, dropped.pk))
    section = amend(college, confirmed, leave={first: "出差"}, agreed_items=items)
    assert (section.version, section.present_count, section.leave_count) == (2, 10, 1)
    versions = list(section.versions.order_by("number").values_list("number", "reason"))
    assert versions == [(1, ""), (2, "漏记")]
    old = section.versions.get(number=1).data["section"]["attendance"]
    assert {row["mark"] for row in old} == {"present"}
    assert section.history.latest().history_change_reason == "漏记"
    states = Task.objects.filter(source="agreed_item").order_by("pk").values_list("title", "state")
    assert list(states) == [("第一件", "active"), ("第二件", "stopped"), ("第二件（改）", "active")]
    assert TaskEvent.objects.filter(verb="stopped").get().cause == "漏记"
    assert section.agreed_items.get(pk=kept.pk).task == Task.objects.get(title="第一件")
    assert task_state() == "done"


def test_an_amendment_that_changes_nothing_else_leaves_the_proof_alone(
    college: SmallCollege, confirmed: Section
) -> None:
    before = TaskEvent.objects.filter(task__natural_key=KEY).count()
    amend(college, confirmed, topics=("ideology",))
    assert TaskEvent.objects.filter(task__natural_key=KEY).count() == before


def test_losing_the_quorum_opens_the_quarter_again(college: SmallCollege, confirmed: Section) -> None:
    section = amend(college, confirmed, reason="核对签到表", absent=tuple(person.pk for person in college.members))
    task = Task.objects.get(natural_key=KEY)
    assert (section.is_quorate, task.state, task.return_cause) == (False, "active", "核对签到表")
    assert amend(college, confirmed, reason="再次核对").is_quorate is True
    assert task_state() == "done"


def test_an_amendment_needs_a_reason_and_the_secretary(college: SmallCollege, confirmed: Section) -> None:
    with pytest.raises(InvalidInput) as caught:
        amend(college, confirmed, reason="  ")
    assert list(caught.value.errors) == ["reason"]
    with pytest.raises(NotAllowed):
        start_amendment(actor=college.commissioner, gathering=confirmed.gathering, organisation=confirmed.organisation)


def test_the_amendment_has_a_draft_of_its_own(college: SmallCollege, confirmed: Section) -> None:
    branch, gathering, secretary = college.branches[0], confirmed.gathering, college.branch_secretary
    with pytest.raises(DraftConflict):
        save_draft(actor=secretary, gathering=gathering, organisation=branch, data={"a": 1}, version=0)
    for _attempt in range(2):
        draft = start_amendment(actor=secretary, gathering=gathering, organisation=branch)
        assert (draft.version, draft.data) == (1, {})
    save_draft(actor=secretary, gathering=gathering, organisation=branch, data={"a": 1}, version=1)
    with pytest.raises(DraftConflict):
        amend(college, confirmed, version=1)
    amend(college, confirmed, version=2)
    assert not gathering.drafts.exists()
    confirmed.refresh_from_db()
    assert (confirmed.state, confirmed.version) == ("confirmed", 2)


def test_two_amendments_of_the_same_version(college: SmallCollege, confirmed: Section) -> None:
    stale = record(confirmed.gathering, college.branches[0])
    amend(college, confirmed)
    with pytest.raises(Conflict):
        amend_sections(
            actor=college.branch_secretary,
            gathering=confirmed.gathering,
            organisation=college.branches[0],
            record=stale,
            reason="另一处",
            version=0,
        )


def test_returning_reopens_with_the_cause_and_tells_the_secretary(college: SmallCollege, confirmed: Section) -> None:
    section = return_section(actor=college.general_secretary, section=confirmed, reason="缺少表决票数")
    assert (section.state, section.return_reason) == ("returned", "缺少表决票数")
    task = Task.objects.get(natural_key=KEY)
    assert (task.state, task.return_cause) == ("active", "缺少表决票数")
    assert TaskEvent.objects.filter(task=task).latest("pk").verb == "reopened"
    notice = Notice.objects.get()
    assert (notice.person, notice.kind, notice.subject) == (
        college.branch_secretary.person,
        "returned",
        f"section:{section.pk}",
    )
    assert "缺少" not in notice.title + notice.detail
    assert still_true([notice]) == {notice.pk}
    assert set(Task.objects.filter(source="agreed_item").values_list("state", flat=True)) == {"active"}
    with pytest.raises(Conflict):
        return_section(actor=college.general_secretary, section=confirmed, reason="又一次")

    section = confirm(college.branch_secretary, section.gathering, college.branches[0])
    assert (section.version, section.return_reason, section.is_late_entry) == (2, "", False)
    assert section.versions.get(number=2).reason == "退回后重新核定：缺少表决票数"
    assert task_state() == "done"
    assert still_true([notice]) == set()


def test_a_returned_record_may_also_be_amended_with_an_own_reason(college: SmallCollege, confirmed: Section) -> None:
    return_section(actor=college.office, section=confirmed, reason="缺少表决票数")
    section = amend(college, confirmed, reason="已补票数")
    assert (section.state, section.versions.get(number=2).reason) == ("confirmed", "已补票数")


@pytest.mark.parametrize("role", ["branch_secretary", "commissioner", "member", "outsider"])
def test_four_eyes_when_returning(college: SmallCollege, confirmed: Section, role: str) -> None:
    with pytest.raises(NotAllowed):
        return_section(actor=getattr(college, role), section=confirmed, reason="不行")
    assert Section.objects.get().state == "confirmed"


def test_returning_needs_a_reason(college: SmallCollege, confirmed: Section) -> None:
    with pytest.raises(InvalidInput):
        return_section(actor=college.general_secretary, section=confirmed, reason="")
    assert Section.objects.get().state == "confirmed"


def test_cancelling(college: SmallCollege, confirmed: Section) -> None:
    secretary = college.branch_secretary
    with pytest.raises(Conflict):
        cancel_section(actor=secretary, section=confirmed, reason="没开成")
    return_section(actor=college.general_secretary, section=confirmed, reason="没有开会")
    with pytest.raises(InvalidInput):
        cancel_section(actor=secretary, section=confirmed, reason=" ")
    with pytest.raises(NotAllowed):
        cancel_section(actor=college.member, section=confirmed, reason="没开成")
    section = cancel_section(actor=secretary, section=confirmed, reason="没开成")
    assert (section.state, section.cancel_reason, section.agreed_items.count()) == ("cancelled", "没开成", 0)
    assert set(Task.objects.filter(source="agreed_item").values_list("state", flat=True)) == {"stopped"}
    with pytest.raises(Conflict):
        cancel_section(actor=secretary, section=confirmed, reason="再取消")


def test_the_day_does_not_move_under_a_confirmed_neighbour(college: SmallCollege) -> None:
    from meetings.services import PlannedSection, plan_gathering
    from tests.factories import make_officer
    from tests.meetings.making import AFTERNOON, kind

    branch, sibling, _other = college.branches
    neighbour, secretary = make_officer(sibling, name="邻支部书记"), college.branch_secretary
    gathering = plan_gathering(
        actor=secretary,
        organisation=branch,
        title="联合主题党日",
        starts_at=AFTERNOON,
        ends_at=None,
        place="",
        sections=[PlannedSection(kind("theme_day"), branch), PlannedSection(kind("theme_day"), sibling)],
    )
    confirm(neighbour, gathering, sibling, chair_id=neighbour.person_id)
    moved = shared(gathering, starts_at=AFTERNOON - datetime.timedelta(days=1))
    facts = replace(record(gathering, branch), shared=moved)
    values = {"actor": secretary, "gathering": gathering, "organisation": branch, "version": 0}
    with pytest.raises(InvalidInput) as caught:
        confirm_sections(record=facts, **values)
    assert list(caught.value.errors) == ["shared.starts_at"]
    later = replace(facts, shared=shared(gathering, starts_at=AFTERNOON + datetime.timedelta(minutes=5)))
    assert confirm_sections(record=later, **values)[0].state == "confirmed"
