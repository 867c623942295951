"""Kinds as shipped, as edited, and who may edit them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command

from common.errors import InvalidInput, NotAllowed
from meetings.kinds import shipped_kinds
from meetings.models import MeetingKind
from meetings.record import ResolutionRecord
from meetings.services import load_kinds, save_kind
from tests.factories import SmallCollege
from tests.meetings.making import AFTERNOON, confirm, kind, plan


@pytest.mark.django_db
def test_loading_creates_what_is_missing_and_keeps_what_was_edited(capsys: pytest.CaptureFixture[str]) -> None:
    assert load_kinds() == 13
    MeetingKind.objects.filter(code="lecture").update(cadence="half_yearly", name="微党课")
    MeetingKind.objects.filter(code="heart_talk").delete()
    call_command("load_kinds")
    assert capsys.readouterr().out == "1 kinds created\n"
    lecture = MeetingKind.objects.get(code="lecture")
    assert (lecture.cadence, lecture.name) == ("half_yearly", "微党课")
    assert load_kinds() == 0
    assert MeetingKind.history.filter(code="heart_talk").count() >= 2


@pytest.mark.django_db
def test_the_shipped_kinds_are_valid_and_name_their_source() -> None:
    from meetings.services.kinds import _faults

    for values in shipped_kinds():
        assert _faults(MeetingKind(**values)) == {}, values["code"]
        assert values["article"]
    load_kinds()
    verified = dict(MeetingKind.objects.values_list("code", "article_verified"))
    assert verified["members_meeting"] is True
    assert verified["lecture"] is verified["heart_talk"] is verified["joint_meeting"] is False
    meeting = kind("members_meeting")
    assert (meeting.quorum_numerator, meeting.quorum_denominator, meeting.article) == (
        1,
        2,
        "支部工作条例(试行)2018 第11条",
    )
    theme_day = kind("theme_day")
    assert (theme_day.due_rule, theme_day.due_weekday, theme_day.due_nth) == ("nth_weekday", 3, 2)


def test_the_office_edits_and_the_history_knows_why(college: SmallCollege) -> None:
    lecture = kind("lecture")
    lecture.cadence = "semester"
    save_kind(actor=college.office, kind=lecture, reason="党委会决定每学期一次")
    lecture.refresh_from_db()
    assert lecture.cadence == "semester"
    latest = lecture.history.latest()
    assert (latest.history_user, latest.history_change_reason) == (college.office, "党委会决定每学期一次")
    for role in ("branch_secretary", "general_secretary", "member"):
        with pytest.raises(NotAllowed):
            save_kind(actor=getattr(college, role), kind=lecture, reason="x")


@pytest.mark.parametrize(
    ("code", "changes", "field"),
    [
        ("lecture", {"name": ""}, "name"),
        ("lecture", {"cadence": "weekly"}, "cadence"),
        ("theme_day", {"due_weekday": 8}, "due_weekday"),
        ("theme_day", {"due_nth": None}, "due_nth"),
        ("members_meeting", {"quorum_numerator": None}, "quorum_denominator"),
        ("members_meeting", {"quorum_numerator": 3}, "quorum_numerator"),
        ("members_meeting", {"pass_numerator": 2}, "pass_numerator"),
        ("members_meeting", {"pass_numerator": 0}, "pass_numerator"),
        ("members_meeting", {"pass_denominator": None}, "pass_denominator"),
        ("members_meeting", {"pass_base": "everybody"}, "pass_base"),
        ("members_meeting", {"voters": "none"}, "voters"),
        ("members_meeting", {"chair_office": "emperor"}, "chair_office"),
        ("members_meeting", {"chair_office": "group_leader"}, "chair_office"),
        ("group_meeting", {"applies_when": "always"}, "applies_when"),
        ("heart_talk", {"expected": "members"}, "expected"),
        ("study_session", {"expected": "members"}, "level"),
        ("lecture", {"times": 0}, "times"),
    ],
)
def test_values_that_make_no_sense(college: SmallCollege, code: str, changes: dict[str, Any], field: str) -> None:
    edited = kind(code)
    for name, value in changes.items():
        setattr(edited, name, value)
    with pytest.raises(InvalidInput) as caught:
        save_kind(actor=college.office, kind=edited, reason="试试")
    assert field in caught.value.errors


def test_what_records_rest_on_does_not_change(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    confirm(secretary, plan(secretary, branch, "theme_day"), branch)
    edited = kind("theme_day")
    edited.form = "lecture"
    with pytest.raises(InvalidInput) as caught:
        save_kind(actor=college.office, kind=edited, reason="x")
    assert list(caught.value.errors) == ["form"]
    with pytest.raises(InvalidInput) as caught:
        save_kind(actor=college.office, kind=kind("lecture"), reason=" ")
    assert list(caught.value.errors) == ["reason"]


def test_the_pass_rule_is_shipped_and_holds_for_records_confirmed_from_now_on(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    voting = MeetingKind.objects.exclude(voters="none").values_list("pass_numerator", "pass_denominator", "pass_base")
    assert set(voting) == {(1, 2, "expected")}
    votes = (ResolutionRecord("同意", yes=6, no=2),)
    away = tuple(person.pk for person in college.members[:3])
    before = confirm(secretary, plan(secretary, branch, "members_meeting"), branch, absent=away, resolutions=votes)
    edited = kind("members_meeting")
    edited.pass_numerator, edited.pass_denominator = 2, 3
    save_kind(actor=college.office, kind=edited, reason="党委会决定")
    later = AFTERNOON.replace(hour=16)
    after = confirm(
        secretary, plan(secretary, branch, "members_meeting", starts_at=later), branch, absent=away, resolutions=votes
    )
    found = [section.resolutions.get() for section in (before, after)]
    assert [row.passed for row in found] == [True, False]
    assert "应到会有表决权11人，须超过2/3即至少8票，未通过" in found[1].rule_text
    edited.pass_base = "present"
    save_kind(actor=college.office, kind=edited, reason="改为到会人数")
    at = later.replace(hour=18)
    last = confirm(
        secretary, plan(secretary, branch, "members_meeting", starts_at=at), branch, absent=away, resolutions=votes
    )
    assert "到会有表决权8人，须超过2/3即至少6票，通过" in last.resolutions.get().rule_text
