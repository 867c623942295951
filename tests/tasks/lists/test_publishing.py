"""What a published list owes: current periods, who it applies to, adoption in both orders, records, notes."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.errors import Conflict
from orgs.models import Organisation
from orgs.services.organisations import dissolve_organisation
from tasks.models import LIST_ITEM, ItemTask, Project, Task
from tasks.services import Offer, accept_task, offer_evidence, return_task, submit_task
from tests.factories import SmallCollege, make_group, make_organisation
from tests.tasks.lists.making import (
    MEETING,
    day,
    facts,
    item_of,
    links,
    make_draft,
    night,
    owed,
    publish,
    room_task,
)
from tests.tasks.world import log

LECTURED = {"evidence": "lecture", "part": "lectured"}


def offer(
    person_id: int, organisation: Organisation, on: str, kind: str = "lecture", part: str = "lectured"
) -> list[int]:
    """A record in which a person played a part."""
    return offer_evidence(
        record=f"section:{organisation.code}:{on}",
        occurred_on=day(on),
        offers=[Offer(kind=kind, part=part, organisation_id=organisation.pk, person_id=person_id)],
        url="/meetings/1/",
        label=f"{on} 党课",
        actor=None,
    )


def test_every_holder_owes_the_current_period_and_none_that_is_past(college: SmallCollege) -> None:
    publish(college.office, facts())
    assert owed() == [(code, "2026-Q2", "2026-06-30", "active") for code in ("ZB101", "ZB102", "ZB201")]
    task = Task.objects.get(organisation__code="ZB101")
    assert (task.title, task.person, task.office, task.profile) == (
        "向党员讲形势（2026年第二季度）",
        None,
        "secretary",
        "cadence",
    )
    assert task.natural_key == "list_item:2026:branch:01:ZB101:2026-Q2"
    assert log(task) == [("opened", "active", "green", "按责任清单开启")]
    assert task.events.get().actor == college.office
    assert list(Task.objects.owed_by(college.branch_secretary)) == [task]


def test_the_night_opens_the_next_periods_once_and_makes_up_for_missed_nights(college: SmallCollege) -> None:
    publish(college.office, facts(frequency="monthly"))
    assert night() == {**dict.fromkeys(night(), 0), "lists": 1}
    assert night(day("08-03"))["opened"] == 6  # July and August: no night in between
    assert night(day("08-03"))["opened"] == 0
    assert [row[1:3] for row in owed() if row[0] == "ZB101"] == [
        ("2026-06", "2026-06-30"),
        ("2026-07", "2026-07-31"),
        ("2026-08", "2026-08-31"),
    ]


def test_what_was_due_before_the_list_was_there_is_not_owed(college: SmallCollege) -> None:
    publish(
        college.office,
        facts("年初的事", frequency="yearly", due_rule={"rule": "dates", "dates": ["04-15"]}),
        facts("年末的事", frequency="yearly", due_rule={"rule": "dates", "dates": ["11-30"]}),
    )
    assert {row[2] for row in owed()} == {"2026-11-30"}


def test_a_list_of_next_year_waits_for_it(college: SmallCollege) -> None:
    publish(college.office, facts(frequency="yearly"), on=day("12-20"), year=2027)
    night(day("12-31"))
    assert not Task.objects.exists()
    night(day("2027-01-01"))
    assert set(Task.objects.values_list("period_code", flat=True)) == {"2027"}


def test_a_semester_goes_on_into_the_next_year(college: SmallCollege) -> None:
    publish(college.office, facts(frequency="semester"), on=day("03-10"))
    night(day("09-07"))
    assert [row[1:3] for row in owed() if row[0] == "ZB101"] == [
        ("2025-2026-2", "2026-07-12"),
        ("2026-2027-1", "2027-01-17"),
    ]
    assert night(day("2027-01-05"))["lists"] == 1
    assert night(day("2027-03-01"))["lists"] == 0


@pytest.mark.parametrize(
    ("condition", "role", "expected"),
    [
        ("no_committee", "branch", ["ZB101"]),
        ("no_groups", "branch", ["ZB101"]),
        ("no_college", "general_branch", ["ZZ1"]),
        ("", "branch", ["ZB101", "ZB102", "ZB201"]),
    ],
)
def test_who_owes_it(college: SmallCollege, condition: str, role: str, expected: list[str]) -> None:
    publish(college.office, facts(not_applicable=condition), role=role)
    assert [row[0] for row in owed(role)] == expected


def test_what_comes_to_apply_is_owed_from_then_on(college: SmallCollege) -> None:
    publish(college.office, facts(not_applicable="no_groups"))
    make_group(college.branches[1])
    night()
    assert [row[0] for row in owed()] == ["ZB101", "ZB102"]


def test_a_new_branch_owes_it_with_ten_days_left_and_a_dissolved_one_no_more(college: SmallCollege) -> None:
    publish(college.office, facts(frequency="monthly"))
    make_organisation("ZB103", college.general_branches[0], founded_on=day("07-10"))
    make_organisation("ZB104", college.general_branches[0], founded_on=day("07-25"))
    night(day("07-26"))
    assert [row[:3] for row in owed() if row[0] in ("ZB103", "ZB104")] == [("ZB103", "2026-07", "2026-07-31")]
    with clock.moved(day("07-27")):
        young = Organisation.objects.get(code="ZB103")
        dissolve_organisation(actor=college.office, organisation=young, dissolved_on=day("07-27"), reason="合并")
    assert night(day("07-28"))["stopped"] == 1
    task = Task.objects.get(organisation__code="ZB103")
    assert (task.state, log(task)[-1][3]) == ("stopped", "组织已撤销")


def test_what_a_room_opened_before_is_adopted_at_once(college: SmallCollege) -> None:
    task = room_task(college.branches[0])
    found = publish(college.office, facts(requirement=MEETING, adopts=True))
    assert links(found) == [("ZB101", "2026-Q2", "cadence", True)]
    assert Task.objects.count() == 1
    night()  # the others' rooms opened nothing by the end of the night
    assert links(found) == [
        ("ZB101", "2026-Q2", "cadence", True),
        ("ZB102", "2026-Q2", LIST_ITEM, False),
        ("ZB201", "2026-Q2", LIST_ITEM, False),
    ]
    assert list(Task.objects.owed_by(college.branch_secretary)) == [task]


def test_what_a_room_opens_later_is_adopted_by_the_night(college: SmallCollege) -> None:
    found = publish(college.office, facts(requirement=MEETING, adopts=True))
    assert links(found) == []
    for branch in college.branches:
        room_task(branch)
    counts = night()
    assert (counts["adopted"], counts["opened"]) == (3, 0)
    assert [row[2:] for row in links(found)] == [("cadence", True)] * 3
    assert night()["adopted"] == 0


def test_an_own_task_gives_way_when_the_room_opens_one_after_all(college: SmallCollege) -> None:
    found = publish(college.office, facts(requirement=MEETING, adopts=True))
    night()
    own = Task.objects.get(organisation__code="ZB101")
    room = room_task(college.branches[0])
    assert night()["replaced"] == 1
    own.refresh_from_db()
    assert (own.state, log(own)[-1][0]) == ("stopped", "stopped")
    assert [row for row in links(found) if row[0] == "ZB101"] == [("ZB101", "2026-Q2", "cadence", True)]
    assert list(Task.objects.owed_by(college.branch_secretary).open()) == [room]


def test_only_the_same_record_of_the_same_organisation_and_period_is_adopted(college: SmallCollege) -> None:
    branch = college.branches[0]
    room_task(branch, code="2026-Q1", due="03-31", window_start=day("01-01"))
    room_task(branch, natural_key="x", requirement={"evidence": "lecture"})
    room_task(branch, natural_key="y", requirement={"evidence": "members_meeting", "part": "chaired"})
    room_task(branch, natural_key="z", person_id=college.members[0].pk)
    found = publish(college.office, facts(requirement=MEETING, adopts=True))
    assert links(found) == []


def test_an_item_about_groups_adopts_the_task_of_every_group(college: SmallCollege) -> None:
    branch = college.branches[0]
    second = make_group(branch, "第二党小组")
    wanted = {"evidence": "group_meeting", "part": "held"}
    found = publish(college.office, facts(requirement=wanted, adopts=True, not_applicable="no_groups"))
    for group in (college.group, second):
        room_task(branch, group_id=group.pk, office="group_leader", requirement={"evidence": "group_meeting"})
    assert night()["adopted"] == 2
    third = make_group(branch, "第三党小组")
    room_task(branch, group_id=third.pk, office="group_leader", requirement={"evidence": "group_meeting"})
    assert night()["adopted"] == 1
    assert links(found) == [("ZB101", "2026-Q2", "cadence", True)] * 3
    assert not Task.objects.owed_by(college.branch_secretary).filter(source=LIST_ITEM).exists()


def test_a_lecture_of_the_holder_closes_the_item_and_nobody_submits_it(college: SmallCollege) -> None:
    rule = {"rule": "dates", "dates": ["12-15"]}
    publish(college.office, facts("讲党课", frequency="yearly", due_rule=rule, requirement=LECTURED))
    own, other = (Task.objects.get(organisation__code=code) for code in ("ZB101", "ZB102"))
    with pytest.raises(Conflict, match="不需要另外提交"):
        submit_task(task=own, actor=college.branch_secretary, note="讲过了")
    assert offer(college.branch_secretary.person_id, college.branches[1], "06-12") == [own.pk]
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.state, own.is_late, other.state) == ("done", False, "active")


def test_after_its_date_a_record_still_counts_late_until_the_period_ends(college: SmallCollege) -> None:
    rule = {"rule": "dates", "dates": ["12-15"]}
    publish(college.office, facts("讲党课", frequency="yearly", due_rule=rule, requirement=LECTURED))
    own = Task.objects.get(organisation__code="ZB101")
    assert own.requirement == {**LECTURED, "count": 1, "until": "2026-12-31"}
    secretary = college.branch_secretary.person_id
    with clock.moved(day("2027-01-04")):
        assert offer(secretary, college.branches[0], "2027-01-03") == []
        assert offer(secretary, college.branches[0], "12-20") == [own.pk]
    own.refresh_from_db()
    assert (own.state, own.is_late, own.closed_on) == ("done", True, day("12-20"))


def test_once_the_period_is_over_words_stand_in_for_the_record(college: SmallCollege) -> None:
    publish(college.office, facts(frequency="monthly", requirement={"evidence": "branch_life", "part": "attended"}))
    task = Task.objects.select_related("organisation").get(organisation__code="ZB101")
    with clock.moved(day("06-30")), pytest.raises(Conflict):
        submit_task(task=task, actor=college.branch_secretary, note="在外地参加了组织生活")
    with clock.moved(day("07-01")):
        submit_task(task=task, actor=college.branch_secretary, note="在外地参加了组织生活")
        accept_task(task=task, actor=college.general_secretary)
    assert (task.state, task.is_late) == ("done", True)


def test_a_note_is_checked_by_the_level_above(college: SmallCollege) -> None:
    publish(college.office, facts(awaits_room="联系登记"))
    task = Task.objects.select_related("organisation").get(organisation__code="ZB101")
    submit_task(task=task, actor=college.branch_secretary, note="已联系流动党员2名")
    return_task(task=task, actor=college.general_secretary, reason="写明姓名")
    submit_task(task=task, actor=college.branch_secretary, note="已联系张某、李某")
    accept_task(task=task, actor=college.general_secretary)
    assert (task.state, task.note, task.is_late) == ("done", "已联系张某、李某", False)


def test_each_branch_below_is_counted_once(college: SmallCollege) -> None:
    guided = {"evidence": "branch_life", "part": "guided", "distinct": "organisation", "each": "branches_below"}
    publish(college.office, facts(frequency="semester", requirement=guided), role="general_branch")
    task = Task.objects.get(organisation__code="ZZ1")
    assert task.requirement == {
        "evidence": "branch_life",
        "part": "guided",
        "distinct": "organisation",
        "count": 2,
    }
    assert Task.objects.get(organisation__code="ZZ2").requirement["count"] == 1
    secretary = college.general_secretary.person_id
    first, second, foreign = college.branches
    for number, branch in ((1, first), (2, first), (3, foreign)):
        offer(secretary, branch, f"06-0{number}", "branch_life", "guided")
    task.refresh_from_db()
    assert (task.state, task.evidence.count()) == ("active", 2)  # the foreign branch is none of theirs
    offer(secretary, second, "06-09", "branch_life", "guided")
    task.refresh_from_db()
    assert (task.state, task.closed_on) == ("done", day("06-09"))


def test_who_has_no_branch_below_owes_none(college: SmallCollege) -> None:
    make_organisation("ZZ9", college.committee)
    guided = {"evidence": "branch_life", "part": "guided", "distinct": "organisation", "each": "branches_below"}
    publish(college.office, facts(requirement=guided), role="general_branch")
    assert [row[0] for row in owed("general_branch")] == ["ZZ1", "ZZ2"]


def _project(college: SmallCollege, leader: Any, ends_on: datetime.date, **values: Any) -> Project:
    return Project.objects.create(
        **{
            "code": f"P{Project.objects.count()}",
            "title": "攻坚",
            "year": 2026,
            "level": "general_branch",
            "organisation": college.general_branches[0],
            "leader": leader.person,
            "problem": "难",
            "target": "好",
            "starts_on": day("03-01"),
            "ends_on": ends_on,
            "drafted_by": college.office,
            "state": "active",
            **values,
        }
    )


def test_an_item_due_with_a_project_follows_its_end(college: SmallCollege) -> None:
    publish(college.office, facts(frequency="yearly", due_rule={"rule": "project"}), role="general_branch")
    assert [row[2] for row in owed("general_branch")] == ["2026-12-31", "2026-12-31"]
    project = _project(college, college.general_secretary, day("11-20"))
    assert night()["redated"] == 1
    task = Task.objects.get(organisation__code="ZZ1")
    assert (task.due_on, log(task)[-1]) == (
        day("11-20"),
        ("changed", "active", "green", "按领办项目的结束日期调整；期限由2026-12-31改为2026-11-20"),
    )
    assert night()["redated"] == 0
    Project.objects.filter(pk=project.pk).update(state="stopped")
    assert night()["redated"] == 1
    assert Task.objects.get(organisation__code="ZZ1").due_on == day("12-31")


def test_a_project_that_is_not_approved_yet_says_nothing(college: SmallCollege) -> None:
    _project(college, college.general_secretary, day("11-20"), state="reviewing")
    _project(college, college.general_secretary, day("10-20"), year=2025)
    publish(college.office, facts(frequency="yearly", due_rule={"rule": "project"}), role="general_branch")
    assert [row[2] for row in owed("general_branch")] == ["2026-12-31", "2026-12-31"]


def test_who_helps_to_lead_owes_it_with_that_project(college: SmallCollege) -> None:
    project = _project(college, college.general_secretary, day("11-20"))
    project.co_leaders.add(college.branch_secretary.person)
    publish(college.office, facts(frequency="yearly", due_rule={"rule": "project"}))
    assert {row[0]: row[2] for row in owed()} == {
        "ZB101": "2026-11-20",
        "ZB102": "2026-12-31",
        "ZB201": "2026-12-31",
    }


def test_the_queries_of_a_night_do_not_grow(college: SmallCollege) -> None:
    def counted(on: datetime.date) -> int:
        with CaptureQueriesContext(connection) as queries:
            night(on)
        return len(queries)

    publish(college.office, facts(frequency="monthly"), facts("会", requirement=MEETING, adopts=True))
    night()
    few = counted(day("07-01"))
    for number in range(10, 14):
        make_organisation(f"ZB1{number}", college.general_branches[0])
    night(day("07-01"))
    assert counted(day("08-01")) == few
    assert few <= 40


def test_nothing_is_owed_by_a_draft(college: SmallCollege) -> None:
    make_draft(college.office, facts())
    assert night()["lists"] == 0
    assert not Task.objects.exists() and not ItemTask.objects.exists()


def test_two_times_are_said_and_counted(college: SmallCollege) -> None:
    found = publish(college.office, facts(times=2, requirement=LECTURED))
    task = Task.objects.get(organisation__code="ZB101")
    assert (task.title, task.requirement["count"]) == ("向党员讲形势（2次）（2026年第二季度）", 2)
    assert item_of(found).times == 2
