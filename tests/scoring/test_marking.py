"""Marks: who may give them for whom, what a finding must hold, two reviewers at once, the stages."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.errors import Conflict, InvalidInput, NotAllowed
from orgs.models import Office, User
from scoring import definitions
from scoring.inputs import definition_in_force
from scoring.marking_rules import Finding, items_of, state_of
from scoring.models import Mark, Recalculation, Scheme, Stage
from scoring.selectors.marking import mark_rows, marks_waiting, my_seats
from scoring.services.marking import give_mark
from tests.factories import SmallCollege, make_admin, make_officer
from tests.scoring.places import publish_body
from tests.scoring.rules_making import CHECKLIST, DEDUCT, RUBRIC, at_stage, body, draft, in_force, publish, seat

pytestmark = pytest.mark.django_db
GOOD = {
    RUBRIC: Finding(level="突出"),
    CHECKLIST: Finding(checked={"a": True, "b": False}),
    DEDUCT: Finding(events={"查实的代签": 2}),
}


@pytest.fixture
def scheme(college: SmallCollege) -> Scheme:
    """In force; the general branch's secretary marks everything."""
    made = in_force(college)
    for code in GOOD:
        seat(college, made, college.general_secretary, code)
    Recalculation.objects.all().delete()
    return made


def mark(college: SmallCollege, scheme: Scheme, code: str = RUBRIC, actor: User | None = None, **values: Any) -> Mark:
    values = {"organisation": college.branches[0], "finding": GOOD[code], "reason": "现场查看台账"} | values
    return give_mark(actor=actor or college.general_secretary, scheme=scheme, code=code, **values)


@pytest.mark.parametrize(
    ("code", "stored"),
    [
        (RUBRIC, ("突出", {}, None)),
        (CHECKLIST, ("", {"a": True, "b": False}, None)),
        (DEDUCT, ("", {}, {"查实的代签": 2})),
    ],
)
def test_a_finding_is_written_with_name_reason_and_day(
    college: SmallCollege, scheme: Scheme, code: str, stored: tuple[Any, ...]
) -> None:
    made = mark(college, scheme, code, reason="  现场查看台账 ")
    assert (made.level, made.checked, made.events) == stored
    assert (made.reason, made.reviewer, made.marked_on.isoformat()) == (
        "现场查看台账",
        college.general_secretary.person,
        "2026-06-15",
    )
    assert list(Recalculation.objects.values_list("organisation__code", flat=True)) == ["ZB101"]
    assert made.history.get().history_user == college.general_secretary


def test_looked_and_found_nothing_is_a_finding_of_its_own(college: SmallCollege, scheme: Scheme) -> None:
    assert mark(college, scheme, DEDUCT, finding=Finding(events={})).events == {}
    with pytest.raises(InvalidInput) as caught:
        mark(college, scheme, DEDUCT, finding=Finding(events=None), organisation=college.branches[1])
    assert list(caught.value.errors) == ["events"]


@pytest.mark.parametrize(
    ("code", "finding", "field"),
    [
        (RUBRIC, Finding(), "level"),
        (RUBRIC, Finding(level="极好"), "level"),
        (CHECKLIST, Finding(checked={"a": True}), "checked"),
        (CHECKLIST, Finding(checked={"a": True, "b": True, "z": True}), "checked"),
        (DEDUCT, Finding(events={"别的": 1}), "events"),
        (DEDUCT, Finding(events={"查实的代签": 0}), "events"),
        (DEDUCT, Finding(events={"查实的代签": 1000}), "events"),
    ],
)
def test_a_finding_that_does_not_fit_is_refused_with_the_missing_reason(
    college: SmallCollege, scheme: Scheme, code: str, finding: Finding, field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        mark(college, scheme, code, finding=finding, reason=" ")
    assert sorted(caught.value.errors) == sorted([field, "reason"])
    assert not Mark.objects.exists()


def test_items_that_a_measure_gives_are_not_marked(college: SmallCollege) -> None:
    blocks = body()["blocks"]
    line = blocks[1]["indicators"][0]
    line["params"]["items"][0]["auto"] = True
    line |= {"source": "mixed", "exempt": None}
    made = definitions.read(
        body(blocks=[blocks[0], {**blocks[1], "indicators": [_measured(line), blocks[1]["indicators"][1]]}])
    )
    assert [item["code"] for item in items_of(made.indicator(CHECKLIST))] == ["b"]


def _measured(line: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in line.items() if value is not None} | {"measure": "some.items"}


# --- who


def test_nobody_marks_a_unit_where_they_hold_an_office(college: SmallCollege, scheme: Scheme) -> None:
    seat(college, scheme, college.branch_secretary)
    with pytest.raises(NotAllowed, match=r"您在ZB101党支部任职，按回避规定"):
        mark(college, scheme, actor=college.branch_secretary)
    made = mark(college, scheme, actor=college.branch_secretary, organisation=college.branches[1])
    assert made.organisation.code == "ZB102"


def test_an_office_below_the_unit_recuses_as_well(college: SmallCollege) -> None:
    # ZB101 is part of ZZ1: its records make ZZ1's figures.
    scheme = Scheme.objects.select_related("organisation").get(pk=publish_body(college.committee, college.office).pk)
    seat(college, scheme, college.branch_secretary, "2.1")
    finding: dict[str, Any] = {"code": "2.1", "finding": Finding("突出"), "reason": "实绩明显", "scheme": scheme}
    with pytest.raises(NotAllowed, match="任职，按回避规定"):
        give_mark(actor=college.branch_secretary, organisation=college.general_branches[0], **finding)
    other = college.general_branches[1]
    assert give_mark(actor=college.branch_secretary, organisation=other, **finding).level == "突出"
    (mine,) = my_seats(college.branch_secretary)
    assert (mine.recused, mine.left) == (1, 0)


def test_membership_alone_does_not_recuse(college: SmallCollege, scheme: Scheme) -> None:
    seat(college, scheme, college.member)
    assert mark(college, scheme, actor=college.member).reviewer == college.member.person


def test_an_office_that_has_ended_does_not_recuse(college: SmallCollege, scheme: Scheme) -> None:
    past = make_officer(
        college.branches[0],
        Office.DISCIPLINE_COMMISSIONER,
        home=college.branches[1],
        ended_on=datetime.date(2026, 6, 14),
    )
    seat(college, scheme, past)
    assert mark(college, scheme, actor=past).organisation.code == "ZB101"


def test_only_who_has_the_seat_marks(college: SmallCollege, scheme: Scheme) -> None:
    for actor in (college.office, college.committee_secretary, college.outsider):
        with pytest.raises(NotAllowed, match="不是这个指标的评分人"):
            mark(college, scheme, actor=actor)
    with pytest.raises(NotAllowed, match="没有对应的人员"):
        mark(college, scheme, actor=make_admin())


def test_only_units_of_the_scheme_and_lines_in_force(college: SmallCollege, scheme: Scheme) -> None:
    with pytest.raises(InvalidInput) as caught:
        mark(college, scheme, organisation=college.general_branches[0])
    assert list(caught.value.errors) == ["organisation"]
    with pytest.raises(Conflict, match="没有这个指标"):
        give_mark(
            actor=college.general_secretary,
            scheme=scheme,
            organisation=college.branches[0],
            code="Z9",
            finding=Finding(level="突出"),
            reason="看过",
        )


# --- when


@pytest.mark.parametrize("stage", Stage.values)
def test_marks_are_open_from_publication_of_the_rules_to_the_check(
    college: SmallCollege, scheme: Scheme, stage: str
) -> None:
    scheme = at_stage(scheme, stage)
    if stage in ("running", "statement", "review", "check"):
        assert mark(college, scheme).pk
        assert marks_waiting(college.general_secretary) == 8
    else:
        with pytest.raises(Conflict):
            mark(college, scheme)
        assert not Mark.objects.exists()
        assert marks_waiting(college.general_secretary) == 0


def test_without_rules_in_force_nothing_is_marked(college: SmallCollege) -> None:
    made = draft(college).scheme
    seat(college, made, college.general_secretary)
    with pytest.raises(Conflict, match="还没有发布"):
        mark(college, made)
    assert my_seats(college.general_secretary) == []


# --- two at once


def test_the_same_finding_twice_is_written_once(college: SmallCollege, scheme: Scheme) -> None:
    first = mark(college, scheme)
    again = mark(college, scheme)
    assert (again.pk, again.history.count()) == (first.pk, 1)


def test_another_reviewers_mark_is_not_overwritten_unseen(college: SmallCollege, scheme: Scheme) -> None:
    seat(college, scheme, college.outsider)
    first = mark(college, scheme, actor=college.outsider)
    with pytest.raises(Conflict, match="刚由外支部书记评过"):
        mark(college, scheme, finding=Finding(level="一般"))
    changed = mark(college, scheme, finding=Finding(level="一般"), seen=state_of(first))
    assert (changed.pk, changed.level, changed.reviewer) == (first.pk, "一般", college.general_secretary.person)
    assert [row.level for row in changed.history.order_by("history_id")] == ["突出", "一般"]


# --- what is left to do


def test_what_is_left_leaves_out_recused_units(college: SmallCollege, scheme: Scheme) -> None:
    seat(college, scheme, college.branch_secretary)
    (own,) = my_seats(college.branch_secretary)
    assert (own.total, own.marked, own.recused, own.left, own.is_open) == (2, 0, 1, 2, True)
    assert marks_waiting(college.branch_secretary) == 2
    mark(college, scheme, actor=college.branch_secretary, organisation=college.branches[1])
    assert marks_waiting(college.branch_secretary) == 1
    assert marks_waiting(college.member) == 0
    rows = mark_rows(college.branch_secretary, scheme, definition_in_force(scheme).indicator(RUBRIC))
    assert [(row.organisation.code, bool(row.mark), row.is_recused) for row in rows] == [
        ("ZB101", False, True),
        ("ZB102", True, False),
        ("ZB201", False, False),
    ]


def test_a_mark_that_no_longer_fits_the_rules_is_asked_for_again(college: SmallCollege, scheme: Scheme) -> None:
    mark(college, scheme)
    assert marks_waiting(college.general_secretary) == 8
    blocks = body()["blocks"]
    blocks[0]["indicators"][0]["params"]["levels"][0]["name"] = "优"
    publish(college, draft(college, blocks=blocks))
    assert marks_waiting(college.general_secretary) == 9
    rows = mark_rows(college.general_secretary, scheme, definition_in_force(scheme).indicator(RUBRIC))
    assert [row.is_current for row in rows] == [False, True, True]


def test_the_hint_costs_the_same_for_one_seat_and_for_three(college: SmallCollege) -> None:
    made, actor = in_force(college), college.general_secretary

    def cost() -> int:
        user = User.objects.select_related("person").get(pk=actor.pk)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            marks_waiting(user)
        return len(captured)

    counts = []
    for code in (RUBRIC, CHECKLIST, DEDUCT):
        seat(college, made, actor, code)
        counts.append(cost())
    assert counts == [5, 5, 5]
