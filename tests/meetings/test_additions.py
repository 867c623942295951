"""Adding a section to a gathering that is planned or being typed, from its record form."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.errors import Conflict, NotAllowed
from meetings.models import Draft, Gathering, Section
from meetings.selectors.additions import additions
from meetings.services import add_section, cancel_section
from notices.models import Notice
from tests.factories import SmallCollege, make_group, make_officer, make_organisation
from tests.meetings.making import confirm, kind, plan, queries
from tests.meetings.recording import autosave, fields, only, url


def offered(college: SmallCollege, gathering: Gathering, role: str = "branch_secretary") -> list[tuple[str, str]]:
    """(code of the organisation, words) of what ``role`` may add."""
    found = additions(user=getattr(college, role), gathering=gathering)
    return [(one.organisation.code, one.label) for one in found]


def page_of(gathering: Gathering) -> str:
    return reverse("meetings:section_add", args=[gathering.pk])


def test_what_the_branch_can_hold_and_what_is_not_there_yet(college: SmallCollege, meeting: Gathering) -> None:
    assert offered(college, meeting) == [
        ("ZB101", "支部委员会会议"),
        ("ZB101", "党小组会 · 第一党小组"),
        ("ZB101", "党课"),
        ("ZB101", "主题党日"),
        ("ZB101", "组织生活会"),
        ("ZB101", "民主评议党员"),
    ]  # no talk: it stands alone; no second members' meeting


def test_a_cancelled_one_is_offered_again_and_a_branch_without_committee_holds_none(college: SmallCollege) -> None:
    sibling = college.branches[1]
    college.outsider = make_officer(sibling, name="邻支部书记")
    gathering = plan(college.outsider, sibling, "theme_day", "lecture")
    labels = [label for _code, label in offered(college, gathering, "outsider")]
    assert labels == ["支部党员大会", "组织生活会", "民主评议党员"]
    cancel_section(actor=college.outsider, section=gathering.sections.get(kind__code="lecture"), reason="改期")
    labels = [label for _code, label in offered(college, gathering, "outsider")]
    assert labels == ["支部党员大会", "党课", "组织生活会", "民主评议党员"]


def test_who_records_for_two_organisations_may_add_either(college: SmallCollege) -> None:
    """The secretary of the general branch who is also secretary of a branch below it, and nobody else's."""
    general = college.general_branches[0]
    own = make_organisation("ZB109", general)
    make_officer(own, person=college.general_secretary.person)
    make_officer(college.branches[1], name="邻支部书记")
    college.general_secretary.__dict__.pop("_grants", None)
    gathering = plan(college.general_secretary, general, "general_branch_meeting")
    assert {code for code, _label in offered(college, gathering, "general_secretary")} == {"ZZ1", "ZB109"}
    assert offered(college, gathering, "general_secretary")[0][0] == "ZZ1"
    with pytest.raises(NotAllowed):
        offered(college, gathering, "branch_secretary")


def test_the_leader_of_a_group_adds_the_own_group_only(college: SmallCollege, meeting: Gathering) -> None:
    make_group(college.branches[0], "第二党小组")
    assert offered(college, meeting, "group_leader") == [("ZB101", "党小组会 · 第一党小组")]


@pytest.mark.parametrize("role", ["member", "general_secretary", "office", "outsider"])
def test_others_add_nothing(college: SmallCollege, meeting: Gathering, role: str) -> None:
    with pytest.raises(NotAllowed):
        offered(college, meeting, role)


def test_nothing_is_added_to_what_is_confirmed_or_cancelled(college: SmallCollege, meeting: Gathering) -> None:
    secretary, branch = college.branch_secretary, college.branches[0]
    confirm(secretary, meeting, branch)
    other = plan(secretary, branch, "theme_day", title="另一次")
    cancel_section(actor=secretary, section=other.sections.get(), reason="改期")
    talk = plan(secretary, branch, "heart_talk")
    for gathering in (meeting, other, talk):
        with pytest.raises(Conflict):
            offered(college, gathering)
    for gathering in (meeting, other):
        with pytest.raises(Conflict):
            add_section(actor=secretary, gathering=gathering, kind=kind("lecture"), organisation=branch)
    assert not Section.objects.filter(kind__code="lecture").exists()


# --- the page


def send(client: Client, gathering: Gathering, label: str) -> Any:
    """Choose by its words."""
    choices = re.findall(r'<option value="([^"]+)">([^<]+)<', client.get(page_of(gathering)).content.decode())
    (value,) = [value for value, words in choices if words == label]
    return client.post(page_of(gathering), {"section": value}, follow=True)


def test_from_the_form_to_the_page_and_back_with_everything_typed(
    secretary: Client, college: SmallCollege, meeting: Gathering
) -> None:
    """What was typed is saved on the way; the new section is filled from the roll, the old one stays as typed."""
    away = college.members[0].pk
    first = only(meeting)
    page = secretary.get(url(meeting))
    assert 'name="action" value="section"' in page.content.decode()
    typed = {**fields(page), f"{first}.attendance.{away}.mark": "absent", "shared.minutes": "写了一半"}
    answer = secretary.post(url(meeting), {**typed, "action": "section"})
    assert answer.headers["Location"] == page_of(meeting)
    assert Draft.objects.get().data["shared"]["minutes"] == "写了一半"
    answer = send(secretary, meeting, "党课")
    assert answer.redirect_chain[-1][0] == url(meeting)
    assert [str(message) for message in answer.context["messages"]] == ["已加上“党课”，请填到会情况。"]
    added = meeting.sections.get(kind__code="lecture")
    values = fields(answer)
    assert values["shared.minutes"] == ["写了一半"]
    assert values[f"{first}.attendance.{away}.mark"] == ["absent"]
    assert values[f"sections.{added.pk}.attendance.{away}.mark"] == ["present"]
    assert (added.state, added.held_on) == ("planned", meeting.sections.get(kind__code="members_meeting").held_on)
    assert added.history.get().history_user == college.branch_secretary
    assert autosave(secretary, meeting, 1, shared__minutes="写完了").json()["version"] == 2
    assert {section.state for section in meeting.sections.all()} == {"draft"}


def test_a_choice_twice_and_no_choice(secretary: Client, meeting: Gathering) -> None:
    nothing = secretary.post(page_of(meeting), {"section": ""})
    assert nothing.status_code == 400
    assert nothing.context["form"].errors == {"section": ["请选择“再加一种会议”。"]}
    assert "请选择" in nothing.content.decode()
    send(secretary, meeting, "党课")
    assert "党课" not in [
        label for _value, label in secretary.get(page_of(meeting)).context["form"].fields["section"].choices
    ]
    assert meeting.sections.count() == 2


def test_an_organisation_of_ones_own_is_told_nothing_and_another_gets_a_notice(
    client: Client, college: SmallCollege
) -> None:
    """The branch below whose secretary is somebody else but for which the actor, a commissioner there, records too."""
    general = college.general_branches[0]
    own = make_organisation("ZB109", general)
    secretary = make_officer(own, name="书记另有其人")
    make_officer(own, "publicity_commissioner", person=college.general_secretary.person)
    gathering = plan(college.general_secretary, general, "general_branch_meeting")
    client.force_login(college.general_secretary)
    page = client.get(page_of(gathering)).content.decode()
    assert '<optgroup label="ZB109党支部">' in page
    answer = send(client, gathering, "党课")
    assert answer.redirect_chain[-1][0] == url(gathering, "ZB109")
    assert Notice.objects.get().person == secretary.person


def test_what_is_closed_answers_with_the_reason(secretary: Client, college: SmallCollege, meeting: Gathering) -> None:
    confirm(college.branch_secretary, meeting, college.branches[0])
    answer = secretary.get(page_of(meeting))
    assert answer.status_code == 409
    assert "这次会议已经核定或取消，不能再加。请另外登记一次会议。" in answer.content.decode()
    assert 'value="section"' not in secretary.get(url(meeting), follow=True).content.decode()


def test_a_talk_and_an_amendment_offer_no_addition(
    secretary: Client, college: SmallCollege, meeting: Gathering
) -> None:
    talk = plan(college.branch_secretary, college.branches[0], "heart_talk")
    assert 'value="section"' not in secretary.get(url(talk)).content.decode()
    confirm(college.branch_secretary, meeting, college.branches[0])
    page = secretary.post(f"/meetings/{meeting.pk}/amend/", {"csrfmiddlewaretoken": "x"}, follow=True)
    assert "修改原因" in page.content.decode()
    assert 'value="section"' not in page.content.decode()


def test_the_page_costs_the_same_queries_for_one_group_and_for_three(
    secretary: Client, college: SmallCollege, meeting: Gathering
) -> None:
    one = queries(secretary, page_of(meeting))
    for name in ("第二党小组", "第三党小组"):
        make_group(college.branches[0], name)
        plan(college.branch_secretary, college.branches[0], "theme_day", title=name)
    assert queries(secretary, page_of(meeting)) == one <= 10
