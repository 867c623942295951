"""Transfers, admission, groups, excused status, voting base and corrections: each rule and each refusal."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from common.errors import Conflict, InvalidInput, NotAllowed
from orgs.models import Group, Person, User, VotingExclusion
from orgs.selectors import roll
from orgs.services import people
from orgs.services.appointments import end_appointment
from tests.factories import SmallCollege, make_admin, make_college, make_group, make_organisation, make_person

pytestmark = pytest.mark.django_db
D = datetime.date
TODAY, TOMORROW, YESTERDAY = D(2026, 6, 15), D(2026, 6, 16), D(2026, 6, 14)


@pytest.fixture
def college(db: None) -> SmallCollege:
    """The small college of the suite."""
    return make_college()


def spans(person: Person) -> list[tuple[Any, ...]]:
    """(branch, group, from, to) of all memberships, oldest first."""
    rows = person.memberships.order_by("id")
    return list(rows.values_list("organisation__code", "group__name", "started_on", "ended_on"))


def stored(person: Person) -> Person:
    return Person.objects.select_related("organisation", "group").get(pk=person.pk)


def refused(error: pytest.ExceptionInfo[InvalidInput]) -> set[str]:
    return set(error.value.errors)


def test_a_transfer_moves_the_person_from_the_day(college: SmallCollege) -> None:
    old, new = college.branches[:2]
    person, group = college.members[0], make_group(college.branches[1], "新组")
    people.transfer(
        actor=college.general_secretary, person=person, organisation=new, on=D(2026, 6, 10), reason="调动", group=group
    )
    assert spans(person) == [
        ("ZB101", "第一党小组", D(2010, 7, 1), D(2026, 6, 9)),
        ("ZB102", "新组", D(2026, 6, 10), None),
    ]
    assert (stored(person).organisation, stored(person).group) == (new, group)
    assert person in roll.members_on(old, D(2026, 6, 9)) and person not in roll.members_on(old, D(2026, 6, 10))
    assert person in roll.members_on(new, D(2026, 6, 10)) and person not in roll.members_on(new, D(2026, 6, 9))
    line = person.history.first()
    assert line is not None
    assert (line.history_user, line.history_change_reason) == (college.general_secretary, "调动")


@pytest.mark.parametrize(
    ("role", "target", "allowed"),
    [
        ("general_secretary", 1, True),
        ("office", 2, True),
        ("general_secretary", 2, False),  # the other branch belongs to another general branch
        ("branch_secretary", 1, False),
        ("outsider", 2, False),  # manages the new branch but not the old one
        ("member", 1, False),
    ],
)
def test_a_transfer_needs_the_right_on_both_sides(college: SmallCollege, role: str, target: int, allowed: bool) -> None:
    person = college.members[0]
    try:
        people.transfer(
            actor=getattr(college, role), person=person, organisation=college.branches[target], on=TODAY, reason="调动"
        )
    except NotAllowed:
        assert not allowed
    else:
        assert allowed
    assert stored(person).organisation == college.branches[target if allowed else 0]


def test_transfers_that_are_refused(college: SmallCollege) -> None:
    old, new, _other = college.branches
    person, admin = college.members[0], make_admin()
    closed = make_organisation("ZB109", college.general_branches[0], dissolved_on=D(2026, 1, 1))
    cases = [
        ({"organisation": old}, "organisation"),
        ({"organisation": college.general_branches[1]}, "organisation"),
        ({"organisation": closed}, "organisation"),
        ({"organisation": new, "group": college.group}, "group"),
        ({"organisation": new, "on": TOMORROW}, "on"),
        ({"organisation": new, "on": D(2010, 6, 30)}, "on"),
    ]
    for values, field in cases:
        with pytest.raises(InvalidInput) as error:
            people.transfer(actor=admin, person=person, **{"on": TODAY, "reason": "调动", **values})  # type: ignore[arg-type]
        assert refused(error) == {field}, values
    assert spans(person) == [("ZB101", "第一党小组", D(2010, 7, 1), None)]


def test_nobody_in_office_is_transferred(college: SmallCollege) -> None:
    officer, admin = college.commissioner.person, make_admin()
    assert officer is not None
    for command in (
        lambda: people.transfer(actor=admin, person=officer, organisation=college.branches[1], on=TODAY, reason="调动"),
        lambda: people.transfer_out(actor=admin, person=officer, on=TODAY, reason="调离"),
    ):
        with pytest.raises(Conflict) as error:
            command()
        assert "组织委员" in error.value.message
    end_appointment(actor=admin, appointment=officer.appointments.get(), ended_on=YESTERDAY, reason="调离")
    people.transfer(actor=admin, person=officer, organisation=college.branches[1], on=TODAY, reason="调动")
    secretary = college.general_secretary.person  # an office above stays with a member of any branch
    assert secretary is not None
    people.transfer(actor=admin, person=secretary, organisation=college.branches[0], on=TODAY, reason="调动")


def test_a_transfer_of_today_is_corrected_today(college: SmallCollege) -> None:
    person, admin = college.members[0], make_admin()
    for branch in (college.branches[1], college.branches[2]):
        people.transfer(actor=admin, person=person, organisation=branch, on=TODAY, reason="调动")
    assert spans(person) == [
        ("ZB101", "第一党小组", D(2010, 7, 1), YESTERDAY),
        ("ZB201", None, TODAY, None),
    ]


def test_out_of_the_college_and_back(college: SmallCollege) -> None:
    person, branch = college.members[0], college.branches[0]
    with pytest.raises(InvalidInput) as error:
        people.transfer_out(actor=college.branch_secretary, person=person, on=TODAY, reason=" ")
    assert refused(error) == {"reason"}
    people.transfer_out(actor=college.branch_secretary, person=person, on=TODAY, reason="转至市属单位")
    assert (stored(person).organisation, stored(person).group) == (None, None)
    assert person in roll.members_on(branch, TODAY) and person not in roll.members_on(branch, TOMORROW)
    with pytest.raises(Conflict):
        people.set_excused(actor=make_admin(), person=person, excused_reason="年老体弱")
    facts: dict[str, Any] = {
        "number": person.number,
        "name": person.name,
        "kind": "staff",
        "status": "formal",
        "reason": "调回",
    }
    with pytest.raises(InvalidInput) as error:
        people.transfer_in(actor=college.branch_secretary, organisation=branch, on=TODAY, **facts)
    assert refused(error) == {"on"}  # today is still the last day of the time before


def test_taking_in_somebody_new(college: SmallCollege) -> None:
    branch = college.branches[0]
    facts: dict[str, Any] = {
        "number": " N1 ",
        "name": "新党员",
        "kind": "staff",
        "status": "probationary",
        "on": TODAY,
        "reason": "从企业转入",
        "joined_on": D(2025, 9, 1),
        "email": "new@test.example",
        "group": college.group,
    }
    person = people.transfer_in(actor=college.branch_secretary, organisation=branch, **facts)
    assert (person.number, spans(person)) == ("N1", [("ZB101", "第一党小组", TODAY, None)])
    assert not User.objects.filter(person=person).exists()
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "number"),
        ({"number": "N2"}, "email"),
        ({"number": "", "email": ""}, "number"),
        ({"number": "N2", "email": "", "name": " "}, "name"),
        ({"number": "N2", "email": "", "kind": "guest"}, "kind"),
        ({"number": "N2", "email": "", "status": "none"}, "status"),
        ({"number": "N2", "email": "", "formal_on": D(2026, 6, 1)}, "formal_on"),
        ({"number": "N2", "email": "", "status": "formal", "formal_on": D(2025, 8, 31)}, "formal_on"),
        ({"number": "N2", "email": "", "on": TOMORROW}, "on"),
        ({"number": "N2", "email": "", "group": make_group(college.branches[1])}, "group"),
    ]
    for change, field in cases:
        with pytest.raises(InvalidInput) as error:
            people.transfer_in(actor=college.branch_secretary, organisation=branch, **{**facts, **change})
        assert refused(error) == {field}, change
    with pytest.raises(NotAllowed):
        people.transfer_in(actor=college.outsider, organisation=branch, **{**facts, "number": "N2"})


def test_admission_counts_from_its_day(college: SmallCollege) -> None:
    branch = college.branches[0]
    person = make_person(branch, status="probationary", joined_on=D(2025, 6, 1))
    for day in (TOMORROW, D(2025, 6, 1)):
        with pytest.raises(InvalidInput) as error:
            people.admit_to_full_membership(actor=college.branch_secretary, person=person, formal_on=day)
        assert refused(error) == {"formal_on"}
    people.admit_to_full_membership(actor=college.branch_secretary, person=person, formal_on=D(2026, 6, 10))
    assert person.pk not in roll.voters_on(branch, D(2026, 6, 9))
    assert person.pk in roll.voters_on(branch, D(2026, 6, 10))
    with pytest.raises(Conflict):
        people.admit_to_full_membership(actor=college.branch_secretary, person=person, formal_on=TODAY)
    with pytest.raises(NotAllowed):
        people.admit_to_full_membership(actor=college.outsider, person=person, formal_on=TODAY)


def test_groups_keep_the_past(college: SmallCollege) -> None:
    person, second = college.members[0], make_group(college.branches[0], "第二党小组")
    people.change_group(actor=college.commissioner, person=person, group=second, on=TODAY)
    assert person in roll.group_members_on(college.group, YESTERDAY)
    assert person in roll.group_members_on(second, TODAY) and person not in roll.group_members_on(college.group, TODAY)
    before = person.history.count()
    people.change_group(actor=college.commissioner, person=person, group=second, on=TODAY)
    assert person.history.count() == before  # nothing changed, nothing written
    people.change_group(actor=college.commissioner, person=person, group=None, on=TODAY)
    assert spans(person)[1:] == [("ZB101", None, TODAY, None)]
    Group.objects.filter(pk=second.pk).update(dissolved_on=D(2026, 1, 1))
    for group, day, field in (
        (make_group(college.branches[1]), TODAY, "group"),
        (Group.objects.get(pk=second.pk), TODAY, "group"),
        (college.group, TOMORROW, "on"),
    ):
        with pytest.raises(InvalidInput) as error:
            people.change_group(actor=college.commissioner, person=person, group=group, on=day)
        assert refused(error) == {field}


def test_a_leader_stays_with_the_group(college: SmallCollege) -> None:
    leader = college.group_leader.person
    assert leader is not None
    second = make_group(college.branches[0], "第二党小组")
    with pytest.raises(Conflict) as error:
        people.change_group(actor=make_admin(), person=leader, group=second, on=TODAY)
    assert "党小组组长" in error.value.message


def test_excused_members_keep_their_vote(college: SmallCollege) -> None:
    person = college.members[0]
    people.set_excused(actor=college.branch_secretary, person=person, excused_reason="年老体弱")
    assert stored(person).is_excused
    assert person.pk in roll.voters_on(college.branches[0], TODAY)
    before = person.history.count()
    people.set_excused(actor=college.branch_secretary, person=person, excused_reason=" 年老体弱 ")
    assert person.history.count() == before
    people.set_excused(actor=college.branch_secretary, person=person, excused_reason="")
    assert not stored(person).is_excused
    with pytest.raises(NotAllowed):
        people.set_excused(actor=college.member, person=person, excused_reason="失能")


def test_out_of_the_voting_base_and_back(college: SmallCollege) -> None:
    branch, (one, two) = college.branches[0], college.members[:2]
    base = roll.voters_on(branch, TODAY)
    observed = people.set_voting_exclusion(
        actor=college.branch_secretary, person=one, ground="observation", started_on=D(2026, 6, 1)
    )
    people.set_voting_exclusion(
        actor=college.branch_secretary,
        person=two,
        ground="bedridden",
        started_on=D(2026, 6, 1),
        superior_approval="党组〔2026〕8号",
        meeting_on=D(2026, 6, 10),
    )
    assert roll.voters_on(branch, D(2026, 6, 9)) == base - {one.pk}  # the meeting had not agreed yet
    assert roll.voters_on(branch, TODAY) == base - {one.pk, two.pk}
    with pytest.raises(InvalidInput) as error:
        people.end_voting_exclusion(actor=make_admin(), exclusion=observed, ended_on=D(2026, 5, 31))
    assert refused(error) == {"ended_on"}
    people.end_voting_exclusion(actor=college.branch_secretary, exclusion=observed, ended_on=YESTERDAY)
    assert roll.voters_on(branch, TODAY) == base - {two.pk}
    with pytest.raises(Conflict):
        people.end_voting_exclusion(actor=make_admin(), exclusion=observed, ended_on=TODAY)
    with pytest.raises(NotAllowed):
        people.end_voting_exclusion(actor=college.outsider, exclusion=observed, ended_on=TODAY)


@pytest.mark.parametrize("ground", sorted(VotingExclusion.NEEDS_APPROVAL))
def test_grounds_that_need_consent(college: SmallCollege, ground: str) -> None:
    person = college.members[0]
    cases: list[tuple[dict[str, Any], set[str]]] = [
        ({}, {"superior_approval", "meeting_on"}),
        ({"superior_approval": "8号"}, {"meeting_on"}),
        ({"superior_approval": " ", "meeting_on": TODAY}, {"superior_approval"}),
        ({"superior_approval": "8号", "meeting_on": TOMORROW}, {"meeting_on"}),
    ]
    for values, fields in cases:
        with pytest.raises(InvalidInput) as error:
            people.set_voting_exclusion(
                actor=college.branch_secretary, person=person, ground=ground, started_on=TODAY, **values
            )
        assert refused(error) == fields
    assert not VotingExclusion.objects.exists()


def test_exclusions_that_make_no_sense(college: SmallCollege) -> None:
    actor, person = college.branch_secretary, college.members[0]
    probationary = make_person(college.branches[0], status="probationary")
    people.set_voting_exclusion(actor=actor, person=person, ground="detained", started_on=TODAY)
    cases: list[tuple[dict[str, Any], set[str]]] = [
        ({"person": person, "ground": "observation", "started_on": D(2026, 6, 20)}, {"started_on"}),
        ({"person": probationary, "ground": "observation", "started_on": TODAY}, {"person"}),
        ({"person": college.members[1], "ground": "absent", "started_on": TODAY}, {"ground"}),
        (
            {"person": college.members[1], "ground": "detained", "started_on": TODAY, "ended_on": YESTERDAY},
            {"ended_on"},
        ),
    ]
    for values, fields in cases:
        with pytest.raises(InvalidInput) as error:
            people.set_voting_exclusion(actor=actor, **values)
        assert refused(error) == fields
    earlier = {"ground": "observation", "started_on": D(2025, 1, 1), "ended_on": YESTERDAY}
    people.set_voting_exclusion(actor=actor, person=person, **earlier)  # type: ignore[arg-type]


def test_correcting_details(college: SmallCollege) -> None:
    user = college.member
    assert user.person is not None
    people.correct_details(
        actor=college.branch_secretary, person=user.person, reason="更正", email="right@test.example", mobile=" 139 "
    )
    user.refresh_from_db()
    assert (user.email, stored(user.person).mobile) == ("right@test.example", "139")
    people.correct_details(actor=college.branch_secretary, person=user.person, reason="无邮箱", email="")
    assert stored(user.person).email is None
    cases: list[tuple[dict[str, Any], set[str]]] = [
        ({"email": (college.members[0].email or "").upper()}, {"email"}),
        ({"name": " "}, {"name"}),
        ({"joined_on": D(2011, 7, 2)}, {"formal_on"}),
        ({"mobile": "1", "reason": " "}, {"reason"}),
        ({"status": "probationary"}, set()),
        ({"organisation": None}, set()),
    ]
    for values, fields in cases:
        with pytest.raises(InvalidInput) as error:
            people.correct_details(actor=make_admin(), person=user.person, **{"reason": "更正", **values})
        assert refused(error) == fields
    with pytest.raises(NotAllowed):
        people.correct_details(actor=user, person=user.person, reason="自己改", mobile="1")
