"""A draft: every fault is said at its field, and nobody but who configures the organisation may touch it."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from ballots.models import Ballot, BallotGroup, Scope
from ballots.services import (
    Allotted,
    BallotFacts,
    GroupFacts,
    add_group,
    cancel_ballot,
    create_ballot,
    edit_ballot,
    edit_group,
    open_ballot,
    remove_group,
    set_allotments,
    set_electors,
    set_subjects,
)
from common.errors import Conflict, InvalidInput, NotAllowed
from tests.ballots.world import KEY, LAST, TODAY, World, draft, group, opened, people


def facts(**values: object) -> BallotFacts:
    return BallotFacts(**{"title": "述职评议", "opens_on": TODAY, "closes_on": LAST, **values})  # type: ignore[arg-type]


def test_a_draft_keeps_what_was_typed(world: World) -> None:
    ballot = create_ballot(
        organisation=world.college.committee, facts=facts(title=" 述职 ", subject_key=KEY), actor=world.office
    )
    ballot.refresh_from_db()
    assert (ballot.title, ballot.state, ballot.subject_key) == ("述职", "draft", KEY)
    assert ballot.words == ["好", "较好", "一般", "差"]
    assert ballot.points == [Decimal(95), Decimal(85), Decimal(70), Decimal(50)]
    row = ballot.history.get()
    assert (row.history_user, row.history_change_reason) == (world.office, "新建测评")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 101}, "title"),
        ({"closes_on": TODAY - datetime.timedelta(days=1)}, "closes_on"),
        ({"min_ballots": 4}, "min_ballots"),
        ({"grades": [("好", Decimal(95))]}, "grades"),
        ({"grades": [("好", Decimal(95)), ("好", Decimal(85))]}, "grades"),
        ({"grades": [("好", Decimal(70)), ("差", Decimal(85))]}, "grades"),
        ({"grades": [("好", Decimal(101)), ("差", Decimal(85))]}, "grades"),
    ],
)
def test_faults_are_said_at_their_fields(world: World, values: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        create_ballot(organisation=world.college.committee, facts=facts(**values), actor=world.office)
    assert set(caught.value.errors) == {field}
    assert Ballot.objects.count() == 0


def test_only_who_configures_may(world: World) -> None:
    ballot = draft(world)
    made = group(world, ballot)
    for user in (world.college.general_secretary, world.college.branch_secretary, world.college.member):
        for command in (
            lambda user=user: create_ballot(organisation=world.college.committee, facts=facts(), actor=user),
            lambda user=user: edit_ballot(ballot=ballot, facts=facts(), actor=user),
            lambda user=user: set_subjects(ballot=ballot, organisations=world.units, actor=user),
            lambda user=user: add_group(ballot=ballot, facts=GroupFacts("甲", Decimal(1)), actor=user),
            lambda user=user: remove_group(group=made, actor=user),
            lambda user=user: set_electors(group=made, people=[], actor=user),
            lambda user=user: set_allotments(group=made, allotted=[], actor=user),
            lambda user=user: open_ballot(ballot=ballot, actor=user),
            lambda user=user: cancel_ballot(ballot=ballot, reason="不办了", actor=user),
        ):
            with pytest.raises(NotAllowed):
                command()
    assert Ballot.objects.get().state == "draft"


def test_once_open_nothing_of_it_changes(world: World) -> None:
    ballot = opened(world)
    made = ballot.groups.get()
    for command in (
        lambda: edit_ballot(ballot=ballot, facts=facts(), actor=world.office),
        lambda: set_subjects(ballot=ballot, organisations=world.units[:1], actor=world.office),
        lambda: add_group(ballot=ballot, facts=GroupFacts("甲", Decimal(1)), actor=world.office),
        lambda: edit_group(group=made, facts=GroupFacts("甲", Decimal(1)), actor=world.office),
        lambda: remove_group(group=made, actor=world.office),
        lambda: set_electors(group=made, people=[], actor=world.office),
        lambda: set_allotments(group=made, allotted=[], actor=world.office),
        lambda: open_ballot(ballot=ballot, actor=world.office),
    ):
        with pytest.raises(Conflict):
            command()
    assert ballot.electors.count() == 8


def test_one_ballot_for_an_indicator_in_an_organisation_unless_cancelled(world: World) -> None:
    first = draft(world)
    with pytest.raises(InvalidInput) as caught:
        draft(world)
    assert set(caught.value.errors) == {"subject_key"}
    cancel_ballot(ballot=first, reason="单位选错", actor=world.office)
    assert draft(world).pk != first.pk
    draft(world, subject_key="")
    draft(world, subject_key="")  # without an indicator as many as one likes


def test_units_lie_below_the_organisation_that_holds_it(world: World) -> None:
    ballot = draft(world)
    set_subjects(ballot=ballot, organisations=world.college.branches[:2], actor=world.office)
    assert [row.organisation.code for row in ballot.subjects.all()] == ["ZB101", "ZB102"]
    other = create_ballot(organisation=world.units[0], facts=facts(), actor=world.office)
    with pytest.raises(InvalidInput) as caught:
        set_subjects(ballot=other, organisations=[world.college.branches[2]], actor=world.office)
    assert "ZB201" in caught.value.errors["organisations"]
    with pytest.raises(InvalidInput):
        set_subjects(ballot=ballot, organisations=[], actor=world.office)


def test_a_unit_no_longer_judged_takes_its_codes_along(world: World) -> None:
    ballot = draft(world)
    made = group(world, ballot, scope=Scope.OWN, allotted=tuple(Allotted(unit, codes=3) for unit in world.units))
    set_subjects(ballot=ballot, organisations=world.units[:1], actor=world.office)
    assert [row.unit for row in made.allotments.all()] == world.units[:1]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"weight": Decimal(0)}, "weight"),
        ({"weight": Decimal("1.1")}, "weight"),
        ({"weight": Decimal("0.33333")}, "weight"),
        ({"scope": "some"}, "scope"),
        ({"source": "all"}, "source"),
    ],
)
def test_faults_of_a_group(world: World, values: dict[str, object], field: str) -> None:
    ballot = draft(world)
    with pytest.raises(InvalidInput) as caught:
        add_group(ballot=ballot, facts=GroupFacts(**{"name": "甲", "weight": Decimal(1), **values}), actor=world.office)  # type: ignore[arg-type]
    assert set(caught.value.errors) == {field}
    assert not BallotGroup.objects.exists()


def test_a_group_is_named_once_and_a_person_picked_once(world: World) -> None:
    ballot = draft(world)
    first = group(world, ballot, "甲", "0.5", world.voters[:2])
    second = group(world, ballot, "乙", "0.5")
    with pytest.raises(InvalidInput):
        group(world, ballot, "甲")
    with pytest.raises(InvalidInput) as caught:
        set_electors(group=second, people=people(world.voters[1:3]), actor=world.office)
    assert "代表1" in caught.value.errors["people"]
    assert set_electors(group=first, people=people(world.voters[:1]), actor=world.office) == 1
    assert set_electors(group=second, people=people(world.voters[1:3]), actor=world.office) == 2


def test_codes_and_paper_only_for_judged_units(world: World) -> None:
    ballot = draft(world)
    made = group(world, ballot)
    with pytest.raises(InvalidInput):
        set_allotments(group=made, allotted=[Allotted(world.college.branches[0], codes=1)], actor=world.office)
    with pytest.raises(InvalidInput):
        set_allotments(group=made, allotted=[Allotted(codes=-1)], actor=world.office)
    rows = [Allotted(codes=3, papers=2), Allotted(world.units[0], papers=1), Allotted(world.units[1])]
    assert set_allotments(group=made, allotted=rows, actor=world.office) == 6
    assert made.allotments.count() == 2
