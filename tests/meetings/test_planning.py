"""Planning: who may, what belongs together, and that a double click makes one gathering."""

from __future__ import annotations

import datetime

import pytest

from common import clock
from common.errors import InvalidInput, NotAllowed
from meetings.models import Gathering, Section
from meetings.services import PlannedSection, add_section, cancel_section, plan_gathering
from notices.models import Notice
from tests.factories import SmallCollege, make_officer
from tests.meetings.making import AFTERNOON, kind, plan


def errors_of(caught: pytest.ExceptionInfo[InvalidInput]) -> dict[str, str]:
    """Messages by field."""
    return caught.value.errors


def test_one_afternoon_with_two_kinds_is_one_gathering(college: SmallCollege) -> None:
    gathering = plan(college.branch_secretary, college.branches[0], "theme_day", "lecture", title=" 六月主题党日 ")
    assert gathering.title == "六月主题党日"
    found = gathering.sections.order_by("kind__position").values_list("kind__code", "state", "held_on")
    assert list(found) == [
        ("lecture", "planned", datetime.date(2026, 6, 12)),
        ("theme_day", "planned", datetime.date(2026, 6, 12)),
    ]
    assert gathering.history.count() == 1
    assert gathering.history.get().history_user == college.branch_secretary


def test_a_double_click_makes_one_and_adds_what_is_missing(college: SmallCollege) -> None:
    branch = college.branches[0]
    first = plan(college.branch_secretary, branch, "theme_day")
    assert plan(college.commissioner, branch, "theme_day") == first
    assert plan(college.branch_secretary, branch, "theme_day", "lecture") == first
    assert first.sections.count() == 2
    later = plan(college.branch_secretary, branch, "theme_day", starts_at=AFTERNOON + datetime.timedelta(hours=1))
    assert later != first
    assert Gathering.objects.count() == 2


def test_a_cancelled_one_is_not_found_again(college: SmallCollege) -> None:
    branch = college.branches[0]
    first = plan(college.branch_secretary, branch, "theme_day")
    cancel_section(actor=college.branch_secretary, section=first.sections.get(), reason="改期")
    assert plan(college.branch_secretary, branch, "theme_day") != first


def test_two_talks_of_one_day_stay_two_once_one_is_typed(college: SmallCollege) -> None:
    from meetings.services import save_draft

    branch, secretary = college.branches[0], college.branch_secretary
    first = plan(secretary, branch, "heart_talk", title="谈工作压力和家庭困难")
    assert (first.title, first.place) == ("谈心谈话", "")
    assert first.starts_at == datetime.datetime(2026, 6, 12, tzinfo=clock.SHANGHAI)
    assert plan(secretary, branch, "heart_talk") == first
    save_draft(actor=secretary, gathering=first, organisation=branch, data={"shared": {}}, version=0)
    assert plan(secretary, branch, "heart_talk") != first


def test_nothing_of_a_talk_is_kept_in_history(college: SmallCollege) -> None:
    gathering = plan(college.branch_secretary, college.branches[0], "heart_talk", title="谈家庭困难")
    assert {row.title for row in gathering.history.all()} == {"谈心谈话"}


def test_the_group_leader_plans_only_the_own_group(college: SmallCollege) -> None:
    branch = college.branches[0]
    gathering = plan(college.group_leader, branch, "group_meeting", group=college.group)
    assert gathering.sections.get().group == college.group
    with pytest.raises(NotAllowed):
        plan(college.group_leader, branch, "members_meeting")
    with pytest.raises(NotAllowed):
        plan(college.group_leader, branch, "group_meeting", "theme_day", group=college.group)


@pytest.mark.parametrize("role", ["committee_secretary", "office", "general_secretary", "member", "outsider"])
def test_others_do_not_plan_for_the_branch(college: SmallCollege, role: str) -> None:
    with pytest.raises(NotAllowed):
        plan(getattr(college, role), college.branches[0], "members_meeting")


def test_the_neighbour_is_invited_and_told(college: SmallCollege) -> None:
    branch, sibling, other = college.branches
    neighbour = make_officer(sibling, name="邻支部书记")
    lecture = kind("lecture")

    def invite(*organisations: object) -> Gathering:
        return plan_gathering(
            actor=college.branch_secretary,
            organisation=branch,
            title="三个支部的党课",
            starts_at=AFTERNOON,
            ends_at=None,
            place="",
            sections=[PlannedSection(lecture, organisation) for organisation in organisations],  # type: ignore[arg-type]
        )

    gathering = invite(branch, sibling)
    assert gathering.sections.count() == 2
    notice = Notice.objects.get()
    section = gathering.sections.get(organisation=sibling)
    assert (notice.person, notice.kind, notice.subject) == (neighbour.person, "info", f"section:{section.pk}")
    assert notice.url == f"/meetings/{gathering.pk}/record/?organisation=ZB102"
    with pytest.raises(InvalidInput) as caught:
        invite(branch, other)
    assert list(errors_of(caught)) == ["sections"]
    with pytest.raises(InvalidInput) as caught:
        invite(sibling)
    assert list(errors_of(caught)) == ["sections"]


def test_every_fault_of_a_plan_at_once(college: SmallCollege) -> None:
    with pytest.raises(InvalidInput) as caught:
        plan_gathering(
            actor=college.branch_secretary,
            organisation=college.branches[0],
            title=" ",
            starts_at=AFTERNOON + datetime.timedelta(days=800),
            ends_at=AFTERNOON,
            place="长" * 201,
            sections=[PlannedSection(kind("study_session"), college.branches[0])],
        )
    assert set(errors_of(caught)) == {"title", "starts_at", "ends_at", "place", "sections"}
    assert Gathering.objects.count() == 0


@pytest.mark.parametrize("codes", [(), ("heart_talk", "theme_day"), ("group_meeting",), ("theme_day", "theme_day")])
def test_sections_that_do_not_go_together(college: SmallCollege, codes: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as caught:
        plan(college.branch_secretary, college.branches[0], *codes)
    assert list(errors_of(caught)) == ["sections"]


def test_a_section_is_added_and_planned_again_after_cancelling(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(secretary, branch, "theme_day")
    added = add_section(actor=secretary, gathering=gathering, kind=kind("lecture"), organisation=branch)
    assert add_section(actor=secretary, gathering=gathering, kind=kind("lecture"), organisation=branch) == added
    cancel_section(actor=secretary, section=added, reason="讲师出差")
    again = add_section(actor=secretary, gathering=gathering, kind=kind("lecture"), organisation=branch)
    assert (again.pk, again.state, again.cancel_reason) == (added.pk, "planned", "")
    with pytest.raises(InvalidInput):
        add_section(actor=secretary, gathering=gathering, kind=kind("heart_talk"), organisation=branch)
    with pytest.raises(NotAllowed):
        add_section(actor=college.outsider, gathering=gathering, kind=kind("lecture"), organisation=branch)
    assert Section.objects.count() == 2
