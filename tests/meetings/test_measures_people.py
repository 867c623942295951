"""Soundness, appraisal and figures that count people, worked out by hand."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from meetings.models import AppraisalResult, Section
from orgs.models import Person
from tasks.models import Task
from tests.factories import SmallCollege, make_person, make_user
from tests.meetings.measuring import ask, day, hold, owe, present, rate, stored


def test_sound_meetings_name_their_flags(college: SmallCollege) -> None:
    branch, _sibling, other = college.branches
    secretary, member = college.branch_secretary.person, college.member.person
    assert secretary is not None and member is not None
    stored(branch, "members_meeting", "03-03", chair=secretary, is_quorate=True)
    stored(branch, "members_meeting", "03-04", chair=secretary, is_quorate=False, rule_text="到会4人，须6人")
    stored(branch, "members_meeting", "03-05", chair=member, delegation_note="书记出差")
    stored(branch, "members_meeting", "03-06", chair=member)
    stored(branch, "theme_day", "03-11", chair=member, is_late_entry=True)
    stored(branch, "theme_day", "04-08", chair=member, state="returned", return_reason="缺签到")
    stored(branch, "theme_day", "05-13", chair=member, state="cancelled")
    stored(other, "theme_day", "03-11")
    mine, above, theirs = ask("sound_meetings", branch, college.general_branches[0], other)
    assert (rate(mine), rate(above), rate(theirs)) == ((1, 6), (1, 6), (1, 1))
    assert [row.why for row in mine.rows if not row.counts] == [
        "未达到法定人数：到会4人，须6人",
        "受委托主持的不是副书记或委员",
        "主持人不是书记，没有委托说明",
        "超过补录宽限期才核定",
        "已退回，尚未重新核定：缺签到",
    ]
    assert rate(ask("sound_meetings", branch, as_of=day("03-04"))[0]) == (1, 2)


def test_attendance_leaves_out_leave_and_the_excused(college: SmallCollege) -> None:
    branch, _sibling, other = college.branches
    old = college.members[0]
    Person.objects.filter(pk=old.pk).update(excused_reason="年老体弱")
    section = stored(branch, "theme_day", "03-11")
    ids = [person.pk for person in college.members]
    present(section, ids[0], is_excused=True)
    present(section, ids[1], ids[2])
    present(section, ids[3], mark="leave", leave_approver_id=ids[1])
    present(section, ids[4], mark="leave")  # nobody approved it
    present(section, ids[5], mark="absent")
    present(stored(branch, "theme_day", "04-08", state="returned"), *ids)
    present(stored(branch, "heart_talk", "04-09"), *ids)
    mine, theirs = ask("attendance", branch, other)
    assert (rate(mine), rate(theirs)) == ((2, 4), (0, 0))
    assert [(row.why, row.amount) for row in mine.rows] == [("应到4人，实到2人，请假或不作硬性要求2人不计", "2/4")]
    assert rate(ask("attendance", branch, as_of=day("03-10"))[0]) == (0, 0)


def test_talks_are_counted_without_names(college: SmallCollege) -> None:
    branch, sibling, other = college.branches
    ids = [person.pk for person in college.members]
    present(stored(branch, "heart_talk", "03-01"), ids[0], ids[1])
    present(stored(branch, "heart_talk", "04-01"), ids[1], ids[2])
    present(stored(other, "heart_talk", "04-01"), ids[3])  # held elsewhere, still talked with
    # ZB101: eleven members; ZB102: the three who hold offices above.
    mine, theirs, above = ask("heart_talks", branch, other, college.general_branches[0])
    assert (rate(mine), rate(theirs), rate(above)) == ((4, 11), (0, 1), (4, 14))
    assert mine.not_due == "每人全年谈一次，2026-12-31到期；已谈4人，党员11人"
    (row,) = mine.rows
    assert (row.label, row.why, row.if_done) == (branch.name, "已谈4人，党员11人", {"numerator": Decimal(7)})
    assert [each.unit for each in above.rows] == [branch.name, sibling.name]
    assert not any(
        name in f"{each.label}{each.why}" for each in above.rows for name in ("小组长", "普通党员", "组织委员")
    )
    assert rate(ask("heart_talks", branch, as_of=day("03-01"))[0]) == (2, 11)


def test_study_hours_by_the_months_that_have_ended(college: SmallCollege) -> None:
    branch = college.branches[0]
    ids = [person.pk for person in college.members]
    Person.objects.filter(pk=ids[5]).update(excused_reason="身患重病")
    present(stored(branch, "theme_day", "03-11", study_hours=Decimal("12")), *ids)
    present(stored(branch, "theme_day", "04-08", study_hours=Decimal("1.3")), ids[0])
    present(stored(branch, "theme_day", "04-09", study_hours=Decimal("1.4")), ids[1])
    # 32 h × 5/12 = 13.33 by the end of May: 13.4 is enough, 13.3 is not. Eleven members, one excused.
    (figure,) = ask("study_hours", branch, hours=32)
    assert rate(figure) == (1, 10)
    assert figure.rows[0].why == "达标1人，应参学10人（全年32学时，按5个月折算为13.3学时）"
    assert rate(ask("study_hours", branch, hours=32, as_of=day("12-31"))[0]) == (0, 10)
    assert rate(ask("study_hours", branch, hours=32, as_of=day("04-30"))[0]) == (5, 10)  # 10.67 h
    assert rate(ask("study_hours", branch, hours=32, as_of=day("01-30"))[0]) == (0, 0)


def test_members_are_those_of_the_day(college: SmallCollege) -> None:
    branch = college.branches[0]
    make_person(branch, "新来的", joined_on=datetime.date(2026, 6, 10))
    assert rate(ask("heart_talks", branch)[0]) == (0, 12)
    assert rate(ask("heart_talks", branch, as_of=day("06-09"))[0]) == (0, 11)


def appraise(college: SmallCollege, on: str, excellent: int, lacking: int = 0) -> list[int]:
    """Results of ZB101's eleven members, of whom the first ``excellent`` are graded so and the last lack one."""
    branch = college.branches[0]
    section = stored(branch, "democratic_appraisal", on, period_code="2026")
    ids = list(Person.objects.filter(organisation=branch).order_by("pk").values_list("pk", flat=True))
    present(section, *ids)
    for number, pk in enumerate(ids[: len(ids) - lacking]):
        grade = "excellent" if number < excellent else "qualified"
        AppraisalResult.objects.create(section=section, person_id=pk, grade=grade, qualified=9)
    return ids


def test_the_appraisal_step_by_step(college: SmallCollege, settings: Any) -> None:
    settings.OBLIGATIONS_SINCE = datetime.date(2026, 1, 1)
    owe()
    branch, _sibling, other = college.branches
    (before,) = ask("appraisal_checklist", branch)
    assert before.not_due == "民主评议2026-12-31到期，尚未开展"
    (waiting,) = before.rows
    assert (waiting.label, waiting.counts) == ("开好2026年民主评议党员", False)
    assert waiting.if_done == {"a1": Decimal(1), "a2": Decimal(1), "a3": Decimal(1)}
    assert ask("appraisal_checklist", other, as_of=day("12-31"))[0].values == {"a1": 0, "a2": 0, "a3": 0}
    ids = appraise(college, "06-10", excellent=4, lacking=1)
    (figure,) = ask("appraisal_checklist", branch)
    # Ten graded of eleven; a third of ten is three; six members have no account.
    assert figure.values == {"a1": 0, "a2": 0, "a3": 0}
    assert [row.why for row in figure.rows] == [
        "应评定等次11人，已计票10人",
        "已评定10人，5人没有账号，看不到本人的等次",
        "优秀4人，最多3人",
    ]
    section = AppraisalResult.objects.all()[0].section
    AppraisalResult.objects.create(section=section, person_id=ids[-1], grade="qualified", qualified=9)
    AppraisalResult.objects.filter(person_id=ids[0]).update(grade="qualified")
    for person in college.members:
        make_user(person)
    assert ask("appraisal_checklist", branch)[0].values == {"a1": 1, "a2": 1, "a3": 1}


def test_an_appraisal_made_up_for_in_january_is_last_years(college: SmallCollege, settings: Any) -> None:
    """Held on 11 January 2027 for 2026: three of three for 2026, and 2027 still waits for its own."""
    settings.OBLIGATIONS_SINCE = datetime.date(2026, 1, 1)
    owe()
    branch = college.branches[0]
    for person in college.members:
        make_user(person)
    appraise(college, "12-30", excellent=3)
    held = AppraisalResult.objects.all()[0].section
    Section.objects.filter(pk=held.pk).update(held_on=datetime.date(2027, 1, 11))
    (year,) = ask("appraisal_checklist", branch, as_of=day("12-31"))
    assert year.values == {"a1": 1, "a2": 1, "a3": 1}
    assert [row.day for row in year.rows] == [datetime.date(2027, 1, 11)] * 3
    for code in ("organisational_life_meeting", "democratic_appraisal"):
        task = Task.objects.filter(organisation=branch, kind=code)
        task.update(state="done", closed_on=datetime.date(2027, 1, 11), is_late=True)
    # The other branch has done neither.
    assert rate(ask("life_and_appraisal", college.general_branches[0], as_of=day("12-31"))[0]) == (1, 2)
    (later,) = ask("appraisal_checklist", branch, as_of=datetime.date(2027, 6, 15))
    assert later.not_due == "民主评议2027-12-31到期，尚未开展"
    assert later.rows == ()  # no Task of 2027 is open in this test


def test_life_meeting_and_appraisal_together(college: SmallCollege, settings: Any) -> None:
    settings.OBLIGATIONS_SINCE = datetime.date(2026, 1, 1)
    owe()
    branch = college.branches[0]
    first, second = college.general_branches
    early, elsewhere = ask("life_and_appraisal", first, second)
    assert (rate(early), rate(elsewhere)) == ((0, 0), (0, 0))
    assert early.rows[0].if_not == {"denominator": Decimal(1)}
    hold(college.branch_secretary, branch, "organisational_life_meeting", "06-10")
    (end,) = ask("life_and_appraisal", first, as_of=day("12-31"))
    assert rate(end) == (0, 2)
    assert end.rows[0].why == "民主评议未开展"


@pytest.mark.parametrize("code", ["heart_talks", "attendance", "study_hours", "sound_meetings", "theme_days"])
def test_a_general_branch_without_branches_has_nothing_to_divide_by(college: SmallCollege, code: str) -> None:
    from tests.factories import make_organisation

    empty = make_organisation("ZZ9", college.committee)
    assert rate(ask(code, empty)[0]) == (0, 0)
