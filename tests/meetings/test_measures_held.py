"""How often meetings were held and owed, worked out by hand for the college of 15 June 2026."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from common import clock
from common.measures import Happening
from meetings.measures import changed_since
from meetings.models import Section
from meetings.services import return_section
from orgs.models import Organisation
from tests.factories import SmallCollege, make_officer, make_organisation, make_person
from tests.meetings.measuring import ask, day, hold, owe, queries, rate, stored, waive


@pytest.fixture
def owing(college: SmallCollege, settings: Any) -> SmallCollege:
    """Everything since January is owed."""
    settings.OBLIGATIONS_SINCE = datetime.date(2026, 1, 1)
    owe()
    return college


def test_a_meeting_counts_once_for_its_branch_and_up_to_the_day_asked(owing: SmallCollege) -> None:
    branch, _sibling, other = owing.branches
    hold(owing.branch_secretary, branch, "members_meeting", "03-10")
    asked: dict[str, Any] = {"kind": "members_meeting", "required": 4}
    mine, theirs = ask("held", branch, other, **asked)
    assert mine.happened == (Happening(day("03-10")),)
    assert (mine.units, mine.values) == (1, {"excused": Decimal(0)})
    assert theirs.happened == ()
    assert [(row.label, row.counts, bool(row.if_done)) for row in mine.rows] == [
        ("支部党员大会：03-10会议", True, False),
        ("开好2026年第二季度支部党员大会", False, True),
    ]
    assert [row.day for row in theirs.rows] == [day("03-31"), day("06-30")]
    assert ask("held", branch, as_of=day("03-09"), **asked)[0].happened == ()
    # Held on the 10th, confirmed on the 11th: not known on the 10th.
    assert ask("held", branch, as_of=day("03-10"), **asked)[0].happened == ()
    assert len(ask("held", branch, as_of=day("03-11"), **asked)[0].happened) == 1


def test_what_is_returned_or_lacks_its_quorum_is_shown_and_does_not_count(owing: SmallCollege) -> None:
    branch = owing.branches[0]
    section = hold(owing.branch_secretary, branch, "members_meeting", "03-10")
    return_section(section=section, actor=owing.general_secretary, reason="缺表决结果")
    absent = tuple(person.pk for person in owing.members)  # six of eleven
    hold(owing.branch_secretary, branch, "members_meeting", "05-12", absent=absent)
    (figure,) = ask("held", branch, kind="members_meeting", required=4)
    assert figure.happened == ()
    assert [row.why[:7] for row in figure.rows if "会议" in row.label and not row.if_done] == [
        "已退回：缺表决",
        "未达到法定人数",
    ]
    (sound,) = ask("sound_meetings", branch)
    assert rate(sound) == (0, 2)
    assert sound.rows[0].if_done == {"numerator": Decimal(1)}


def test_what_is_made_up_for_counts_for_its_own_period(owing: SmallCollege) -> None:
    branch = owing.branches[0]
    hold(owing.branch_secretary, branch, "members_meeting", "04-20", period_code="2026-Q1")
    (figure,) = ask("held", branch, kind="members_meeting", required=4)
    assert figure.happened == (Happening(day("03-31")),)
    assert figure.rows[0].why == "2026-04-20补开"


def test_what_is_made_up_for_in_january_counts_for_the_year_before(owing: SmallCollege) -> None:
    """Quarters 1 to 3 held in 2026, the fourth on 6 January 2027: four of four for 2026, none of them for 2027."""
    branch = owing.branches[0]
    for number, on in enumerate(("03-10", "05-12", "09-08"), start=1):
        stored(branch, "members_meeting", on, period_code=f"2026-Q{number}")
    fourth = stored(branch, "members_meeting", "12-30", period_code="2026-Q4")
    Section.objects.filter(pk=fourth.pk).update(held_on=datetime.date(2027, 1, 6))
    asked: dict[str, Any] = {"kind": "members_meeting", "required": 4}
    (over,) = ask("held", branch, as_of=day("12-31"), **asked)
    assert [each.day for each in over.happened] == [day("03-10"), day("05-12"), day("09-08"), day("12-31")]
    (made_up,) = [row for row in over.rows if row.day == datetime.date(2027, 1, 6)]
    assert (made_up.counts, made_up.why) == (True, "2027-01-06补开")
    # Not before the year is over, and what is counted by its own day stays in 2027.
    assert len(ask("held", branch, as_of=day("12-30"), **asked)[0].happened) == 3
    assert rate(ask("sound_meetings", branch, as_of=day("12-31"))[0])[1] == 3
    (next_year,) = ask("held", branch, as_of=datetime.date(2027, 1, 31), **asked)
    assert next_year.happened == ()
    assert [row.why for row in next_year.rows if not row.if_done] == ["补开2026年的，不计入本年"]


def test_what_can_only_be_done_within_the_year_promises_nothing_after_it(owing: SmallCollege) -> None:
    """One meeting on ideology would not make two, and a lecture in January is none of the year before."""
    branch, first = owing.branches[0], owing.general_branches[0]
    ideology, talks, hours = (
        ask(code, place, hours=32, as_of=day("12-31"))[0]
        for code, place in (("ideology_checklist", first), ("heart_talks", branch), ("study_hours", branch))
    )
    (lectures,) = ask("secretary_lectures", first, required=2, as_of=day("12-31"))
    assert [row.if_done for figure in (ideology, talks, hours, lectures) for row in figure.rows] == [{}, {}, {}, {}]
    (half,) = ask("ideology_checklist", first, as_of=day("06-30"))
    assert half.rows[-1].if_done == {"a1": Decimal(1)}  # one is due by then, and one is enough
    assert half.rows[-1].if_not == {}
    (earlier,) = ask("ideology_checklist", first, as_of=day("06-29"))
    assert (earlier.rows[-1].if_done, earlier.rows[-1].if_not) == ({}, {"a1": Decimal(-1)})  # none by 30 June costs it
    (before,) = ask("secretary_lectures", first, required=2, as_of=day("12-30"))
    assert before.rows[-1].if_done == {"held": Decimal(1)}


def test_a_waived_month_is_excused_unless_it_was_held(owing: SmallCollege) -> None:
    branch = owing.branches[0]
    waive(branch, "theme_day", "2026-02")
    asked: dict[str, Any] = {"kind": "theme_day", "required": 12}
    (figure,) = ask("held", branch, **asked)
    assert figure.values["excused"] == 1
    assert [row.why for row in figure.rows if "2月" in row.label] == ["免办：寒假（不计入应完成数）"]
    stored(branch, "theme_day", "02-11", period_code="2026-02")
    assert ask("held", branch, **asked)[0].values["excused"] == 0


def test_months_before_a_branch_was_founded_are_excused(college: SmallCollege, settings: Any) -> None:
    settings.OBLIGATIONS_SINCE = datetime.date(2026, 1, 1)
    young = make_organisation("ZB103", college.general_branches[0], founded_on=day("04-20"))
    owe()
    # January to April: founded after April's second Wednesday; May was owed.
    assert ask("held", young, kind="theme_day", required=12)[0].values["excused"] == 4
    assert ask("secretary_lectures", young, required=2)[0].values["excused"] == 0  # three months of twelve


def test_kinds_that_do_not_apply_say_so(owing: SmallCollege) -> None:
    branch, sibling, other = owing.branches
    assert ask("held", other, kind="committee_meeting", required=12)[0].not_applicable == "没有设支部委员会"
    assert ask("held", sibling, kind="group_meeting", required=12)[0].not_applicable == "没有划分党小组"
    assert ask("held", branch, kind="joint_meeting", required=12)[0].not_applicable == "党政联席会议不属于党支部"
    offices = owing.general_branches[1]  # no college
    assert ask("held", offices, kind="joint_meeting", required=12)[0].not_applicable == "没有对应的二级学院"
    assert ask("held", branch, kind="nothing")[0].missing == "没有会议类型“nothing”"


def test_each_group_owes_its_own(owing: SmallCollege) -> None:
    branch = owing.branches[0]
    leader = owing.group_leader.person
    assert leader is not None
    hold(owing.branch_secretary, branch, "group_meeting", "02-10", group=owing.group, chair_id=leader.pk)
    (figure,) = ask("held", branch, kind="group_meeting", required=12)
    assert (figure.units, figure.happened) == (1, (Happening(day("02-10"), "第一党小组"),))
    assert {row.unit for row in figure.rows} == {"第一党小组"}


def test_a_topic_is_asked_for_in_the_organisations_own_meetings(owing: SmallCollege) -> None:
    first, second = owing.general_branches
    stored(first, "general_branch_meeting", "03-03", topics=["party_building"], period_code="2026-Q1")
    stored(first, "general_branch_meeting", "04-03", topics=["ideology"], period_code="2026-Q2")
    asked: dict[str, Any] = {"kind": "general_branch_meeting", "topic": "party_building", "required": 4}
    mine, theirs = ask("held", first, second, **asked)
    assert [each.day for each in mine.happened] == [day("03-03")]
    assert "没有标记“专题研究党建”" in [row.why for row in mine.rows]
    assert theirs.happened == ()
    mine, theirs = ask("ideology_checklist", first, second, as_of=day("06-30"))
    assert mine.values["a1"] == 1
    assert theirs.values["a1"] == 0
    assert ask("ideology_checklist", second, as_of=day("06-29"))[0].values["a1"] == 1
    assert ask("ideology_checklist", first, as_of=day("12-31"))[0].values["a1"] == 0


def test_a_lecture_is_the_secretarys_wherever_it_was_given_and_once(owing: SmallCollege) -> None:
    branch, sibling, other = owing.branches
    secretary, outsider = owing.general_secretary.person, owing.outsider.person
    section = stored(sibling, "lecture", "03-05", lecturer=secretary)
    Section.objects.create(
        gathering=section.gathering, kind=section.kind, organisation=branch, held_on=section.held_on,
        state="confirmed", confirmed_at=section.confirmed_at,
    )  # fmt: skip
    stored(branch, "lecture", "04-05", lecturer=outsider)
    first, second, theirs = ask("secretary_lectures", *owing.general_branches, other, required=2)
    assert [each.day for each in first.happened] == [day("03-05")]
    assert second.happened == ()
    assert [each.day for each in theirs.happened] == [day("04-05")]
    assert first.rows[-1].why == "全年2次，已讲1次"


def test_three_meetings_and_one_lesson_by_what_was_owed(owing: SmallCollege) -> None:
    first, second = owing.general_branches
    branch = owing.branches[0]
    # ZB101 owed by 15 June: members' meeting Q1, lecture Q1, committee and group January to May: 1+1+5+5 = 12.
    # ZB102 (no committee, no group): members' meeting and lecture Q1: 2. ZB201 likewise 2.
    assert [rate(figure) for figure in ask("three_meetings_one_lesson", first, second, branch)] == [
        (0, 14),
        (0, 2),
        (0, 12),
    ]
    hold(owing.branch_secretary, branch, "committee_meeting", "02-10")
    hold(owing.branch_secretary, branch, "committee_meeting", "02-20")  # one more than owed makes up for nothing
    hold(owing.branch_secretary, branch, "members_meeting", "04-20", period_code="2026-Q1")  # late, but held
    waive(branch, "group_meeting", "2026-02")
    above, elsewhere = ask("three_meetings_one_lesson", first, second)
    assert (rate(above), rate(elsewhere)) == ((2, 13), (0, 2))
    label = "开好2026年6月支部委员会会议"
    (june,) = [row for row in above.rows if row.label == label]
    assert (june.if_done, june.if_not) == (
        {"numerator": Decimal(1), "denominator": Decimal(1)},
        {"denominator": Decimal(1)},
    )
    assert rate(ask("three_meetings_one_lesson", first, as_of=day("02-15"))[0]) == (0, 2)  # January's two
    assert rate(ask("three_meetings_one_lesson", first, as_of=day("02-28"))[0]) == (1, 3)


def test_theme_days_count_branch_months(owing: SmallCollege) -> None:
    first = owing.general_branches[0]
    branch, sibling, _other = owing.branches
    hold(owing.branch_secretary, branch, "theme_day", "03-11")
    waive(sibling, "theme_day", "2026-02")
    # January to June (10 June has passed) of two branches, one month waived.
    assert rate(ask("theme_days", first)[0]) == (1, 11)
    Organisation.objects.filter(pk=sibling.pk).update(dissolved_on=datetime.date(2025, 12, 1))
    assert rate(ask("theme_days", first)[0]) == (1, 6)


def test_the_number_of_queries_does_not_grow(owing: SmallCollege) -> None:
    branch, _sibling, other = owing.branches
    hold(owing.branch_secretary, branch, "members_meeting", "03-10")
    waive(branch, "theme_day", "2026-02")
    one, three = queries(branch), queries(*owing.branches)
    assert one == three <= 16
    above = queries(owing.general_branches[0])
    assert above <= one + 1  # the branches below
    for number in range(30):
        grown = make_organisation(f"ZB9{number:02d}", owing.general_branches[number % 2])
        make_person(grown)
        stored(grown, "theme_day", "03-11", period_code="2026-03")
    make_officer(other, "deputy")
    owe()
    assert queries(*owing.general_branches) == above


def test_changes_name_the_branch_and_who_lectured_there(owing: SmallCollege) -> None:
    branch = owing.branches[0]
    moment = datetime.datetime(2026, 6, 15, 12, tzinfo=clock.SHANGHAI)
    assert changed_since(moment) == set()
    with clock.moved(datetime.datetime(2026, 6, 16, 9, tzinfo=clock.SHANGHAI)):
        stored(branch, "lecture", "06-15", lecturer=owing.general_secretary.person)
    assert changed_since(moment) == {branch.pk, owing.general_branches[0].pk}
