"""Drafts: kept as typed, two devices, what others see of them, and asking the secretary."""

from __future__ import annotations

import datetime

import pytest

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from meetings.errors import DraftConflict
from meetings.models import Draft
from meetings.services import mark_ready, save_draft
from notices.models import Notice
from tests.factories import SmallCollege, make_officer
from tests.meetings.making import confirm, plan

TYPED = {
    "shared": {"title": "  党员大会（改） ", "starts_at": "2026-06-11T09:00", "place": "报告厅"},
    "sections": {"1": {}},
}


def test_a_draft_is_kept_as_typed_and_shows_in_the_calendar(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(secretary, branch, "members_meeting")
    draft = save_draft(actor=secretary, gathering=gathering, organisation=branch, data=TYPED, version=0)
    assert (draft.data, draft.version, draft.saved_by) == (TYPED, 1, secretary)
    gathering.refresh_from_db()
    section = gathering.sections.get()
    assert (gathering.title, gathering.place) == ("党员大会（改）", "报告厅")
    assert gathering.starts_at == datetime.datetime(2026, 6, 11, 9, tzinfo=clock.SHANGHAI)
    assert (section.state, section.held_on) == ("draft", datetime.date(2026, 6, 11))
    again = save_draft(actor=secretary, gathering=gathering, organisation=branch, data=TYPED, version=1)
    assert again.version == 2
    assert gathering.history.count() == 2  # the second save changed nothing shared


def test_half_typed_facts_do_not_reach_the_gathering(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(secretary, branch, "members_meeting")
    data = {"shared": {"title": "", "starts_at": "2026-13-45T99:00", "place": "x" * 300, "lecturer_id": "999999"}}
    save_draft(actor=secretary, gathering=gathering, organisation=branch, data=data, version=0)
    gathering.refresh_from_db()
    assert (gathering.title, gathering.place, gathering.lecturer_id) == ("六月党员大会", "会议室", None)


def test_two_devices_see_the_conflict_and_nothing_is_overwritten(college: SmallCollege) -> None:
    branch = college.branches[0]
    gathering = plan(college.branch_secretary, branch, "members_meeting")
    save_draft(
        actor=college.branch_secretary, gathering=gathering, organisation=branch, data={"minutes": "手机"}, version=0
    )
    for version in (0, 5):
        with pytest.raises(DraftConflict) as caught:
            save_draft(
                actor=college.commissioner,
                gathering=gathering,
                organisation=branch,
                data={"minutes": "电脑"},
                version=version,
            )
        assert (caught.value.version, caught.value.data) == (1, {"minutes": "手机"})
        assert caught.value.saved_by == college.branch_secretary
    assert Draft.objects.get().data == {"minutes": "手机"}


def test_the_same_save_sent_twice_is_no_conflict(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(secretary, branch, "members_meeting")
    for _attempt in range(2):
        draft = save_draft(actor=secretary, gathering=gathering, organisation=branch, data={"a": 1}, version=0)
        assert draft.version == 1


def test_a_stale_tab_cannot_bring_a_draft_back_after_confirming(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(secretary, branch, "members_meeting")
    confirm(secretary, gathering, branch)
    for version in (0, 1):
        with pytest.raises(DraftConflict) as caught:
            save_draft(actor=secretary, gathering=gathering, organisation=branch, data={}, version=version)
        assert caught.value.version == 0
    assert not Draft.objects.exists()


def test_words_of_a_talk_are_not_kept_even_while_typing(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(secretary, branch, "heart_talk")
    data = {
        "shared": {"title": "谈家庭困难", "day": "2026-06-12", "starts_at": "2026-06-12T00:00", "minutes": "很多话"},
        "sections": {"1": {"persons": ["12", "13"], "attendance": {"12": {"mark": "present", "leave_reason": "抑郁"}}}},
    }
    draft = save_draft(actor=secretary, gathering=gathering, organisation=branch, data=data, version=0)
    assert draft.data == {
        "shared": {"title": "", "day": "2026-06-12", "starts_at": "2026-06-12T00:00", "minutes": ""},
        "sections": {"1": {"persons": ["12", "13"], "attendance": {"12": {"mark": "present", "leave_reason": ""}}}},
    }


def test_who_may_save(college: SmallCollege) -> None:
    branch = college.branches[0]
    gathering = plan(college.branch_secretary, branch, "members_meeting")
    for user in (college.group_leader, college.member, college.outsider, college.general_secretary):
        with pytest.raises(NotAllowed):
            save_draft(actor=user, gathering=gathering, organisation=branch, data={}, version=0)
    mine = plan(college.group_leader, branch, "group_meeting", group=college.group)
    assert save_draft(actor=college.group_leader, gathering=mine, organisation=branch, data={}, version=0).version == 1


def test_a_draft_too_large_or_no_object(college: SmallCollege, settings: object) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(secretary, branch, "members_meeting")
    settings.DRAFT_MAX_BYTES = 100  # type: ignore[attr-defined]
    with pytest.raises(InvalidInput):
        save_draft(actor=secretary, gathering=gathering, organisation=branch, data={"a": "字" * 50}, version=0)
    with pytest.raises(InvalidInput):
        save_draft(actor=secretary, gathering=gathering, organisation=branch, data=[1], version=0)  # type: ignore[arg-type]


def test_the_commissioner_asks_the_secretary(college: SmallCollege) -> None:
    branch = college.branches[0]
    gathering = plan(college.commissioner, branch, "members_meeting")
    for _attempt in range(2):
        sections = mark_ready(actor=college.commissioner, gathering=gathering, organisation=branch)
    assert sections[0].ready_by == college.commissioner.person
    notice = Notice.objects.get()
    assert (notice.person, notice.kind, notice.subject) == (
        college.branch_secretary.person,
        "to_review",
        f"section:{sections[0].pk}",
    )
    confirm(college.branch_secretary, gathering, branch)
    with pytest.raises(Conflict):
        mark_ready(actor=college.commissioner, gathering=gathering, organisation=branch)


def test_without_a_secretary_nobody_can_be_asked(college: SmallCollege) -> None:
    from orgs.models import Office

    sibling = college.branches[1]
    commissioner = make_officer(sibling, Office.ORGANISATION_COMMISSIONER)
    gathering = plan(commissioner, sibling, "theme_day")
    with pytest.raises(InvalidInput):
        mark_ready(actor=commissioner, gathering=gathering, organisation=sibling)
    with pytest.raises(NotAllowed):
        mark_ready(actor=college.member, gathering=gathering, organisation=sibling)
