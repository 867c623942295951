"""Voting: once, completely, for no unit of one's own; by account and by code."""

from __future__ import annotations

import datetime

import pytest

from ballots.marks import Marks
from ballots.models import Code, HasVoted, Scope, Source, Urn
from ballots.selectors.tickets import ticket_by_code, ticket_of
from ballots.services import (
    Allotted,
    cancel_ballot,
    cast_code_vote,
    cast_vote,
    close_ballot,
    open_ballot,
    print_codes,
)
from ballots.services.urns import read_urn
from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from orgs.models import College, Office
from orgs.services.appointments import appoint
from tests.ballots.world import (
    BAD,
    FAIR,
    GOOD,
    LAST,
    TODAY,
    World,
    allotment_of,
    draft,
    group,
    marks,
    opened,
    subject_of,
    vote,
)
from tests.factories import make_admin


def votes(ballot) -> dict[tuple[str, int], int]:
    """Code of the unit and place of the grade → votes; without the noughts."""
    units = dict(ballot.subjects.values_list("pk", "organisation__code"))
    found = {}
    for urn in Urn.objects.filter(group__ballot=ballot):
        for (subject, grade), count in read_urn(urn).items():
            if count:
                key = (units[subject], grade)
                found[key] = found.get(key, 0) + count
    return found


def asked(ballot, user) -> list[str]:
    ticket = ticket_of(ballot, user)
    assert ticket is not None
    return [subject.organisation.code for subject in ticket.subjects]


def test_a_vote_is_counted_once(world: World) -> None:
    ballot = opened(world)
    vote(ballot, world.voters[0], GOOD, None)
    vote(ballot, world.voters[1], GOOD, BAD)
    assert votes(ballot) == {("ZZ1", GOOD): 2, ("ZZ2", BAD): 1, ("ZZ2", 4): 1}
    with pytest.raises(Conflict, match="已经投过"):
        vote(ballot, world.voters[0], BAD, BAD)
    assert votes(ballot) == {("ZZ1", GOOD): 2, ("ZZ2", BAD): 1, ("ZZ2", 4): 1}
    assert HasVoted.objects.count() == 2


def test_every_unit_needs_a_grade_that_exists(world: World) -> None:
    ballot, voter = opened(world), world.voters[0]
    first, second = (subject_of(ballot, unit).pk for unit in world.units)
    for chosen, faults in (
        ({first: GOOD}, {second}),
        ({}, {first, second}),
        ({first: GOOD, second: 4}, {second}),
        ({first: -1, second: GOOD}, {first}),
        ({first: GOOD, second: GOOD, second + 99: GOOD}, {second + 99}),
    ):
        with pytest.raises(InvalidInput) as caught:
            cast_vote(ballot=ballot, marks=Marks(chosen), actor=voter)
        assert set(caught.value.errors) == {f"s{pk}" for pk in faults}
    assert (HasVoted.objects.count(), votes(ballot)) == (0, {})


def test_who_is_no_elector_cannot(world: World) -> None:
    ballot = opened(world, world.voters[:6])
    chosen = marks(ballot, dict.fromkeys(world.units, GOOD))
    for user in (world.voters[6], world.office, make_admin()):
        with pytest.raises(NotAllowed):
            cast_vote(ballot=ballot, marks=chosen, actor=user)
    assert votes(ballot) == {}


def test_only_while_it_is_open(world: World) -> None:
    ballot = opened(world)
    with clock.moved(LAST + datetime.timedelta(days=1)), pytest.raises(Conflict):
        vote(ballot, world.voters[0], GOOD, GOOD)
    with clock.moved(LAST):
        vote(ballot, world.voters[0], GOOD, GOOD)
    close_ballot(ballot=ballot, actor=world.office)
    with pytest.raises(Conflict):
        vote(ballot, world.voters[1], GOOD, GOOD)
    other = opened(world, subject_key="")
    cancel_ballot(ballot=other, reason="不办", actor=world.office)
    with pytest.raises(Conflict):
        vote(other, world.voters[1], GOOD, GOOD)
    assert HasVoted.objects.count() == 1


def test_peers_do_not_judge_their_own_unit(world: World) -> None:
    ballot = draft(world)
    group(world, ballot, users=world.voters, scope=Scope.OTHERS)
    open_ballot(ballot=ballot, actor=world.office)
    of_first, of_second = world.voters[0], world.voters[1]
    assert (asked(ballot, of_first), asked(ballot, of_second)) == (["ZZ2"], ["ZZ1"])
    with pytest.raises(InvalidInput):
        cast_vote(ballot=ballot, marks=marks(ballot, dict.fromkeys(world.units, GOOD)), actor=of_first)
    vote(ballot, of_first, FAIR)
    assert votes(ballot) == {("ZZ2", FAIR): 1}


def test_an_office_or_the_deanship_in_a_unit_recuses_too_even_after_the_opening(world: World) -> None:
    ballot = draft(world)
    group(world, ballot, users=world.voters, scope=Scope.OTHERS)
    open_ballot(ballot=ballot, actor=world.office)
    voter, dean = world.voters[0], world.voters[1]
    appoint(
        actor=make_admin(), person=voter.person, office=Office.MEMBER, organisation=world.units[1], started_on=TODAY
    )
    College.objects.filter(organisation=world.units[0]).update(dean=dean.person)
    assert (asked(ballot, voter), asked(ballot, dean)) == ([], [])
    with pytest.raises(Conflict, match="回避"):
        cast_vote(ballot=ballot, marks=Marks({}), actor=voter)
    assert HasVoted.objects.count() == 0


def test_own_members_judge_their_own_unit_alone(world: World) -> None:
    ballot = draft(world)
    group(world, ballot, scope=Scope.OWN, source=Source.MEMBERS)
    open_ballot(ballot=ballot, actor=world.office)
    assert (asked(ballot, world.voters[0]), asked(ballot, world.voters[1])) == (["ZZ1"], ["ZZ2"])
    assert asked(ballot, world.college.outsider) == ["ZZ2"]


def with_codes(world: World, *allotted: Allotted, scope: str = Scope.ALL):
    ballot = draft(world)
    group(world, ballot, scope=scope, allotted=allotted)
    return open_ballot(ballot=ballot, actor=world.office)


def test_a_code_votes_once(world: World) -> None:
    ballot = with_codes(world, Allotted(codes=6))
    slips = print_codes(allotment=allotment_of(ballot), actor=world.office)
    assert (len(set(slips)), {len(slip) for slip in slips}) == (6, {19})
    chosen = marks(ballot, dict.fromkeys(world.units, GOOD))
    cast_code_vote(code=slips[0].lower(), marks=chosen)
    for used in (slips[0], slips[0].replace("-", "")):
        with pytest.raises(InvalidInput) as caught:
            cast_code_vote(code=used, marks=chosen)
        assert "已经用过" in caught.value.errors["code"]
    assert votes(ballot) == {("ZZ1", GOOD): 1, ("ZZ2", GOOD): 1}
    assert list(HasVoted.objects.values_list("person", "code__locator")) == [(None, slips[0][:4])]


def test_every_code_that_does_not_vote_gets_the_same_words(world: World) -> None:
    ballot = with_codes(world, Allotted(codes=6))
    slips = print_codes(allotment=allotment_of(ballot), actor=world.office)
    chosen = marks(ballot, dict.fromkeys(world.units, GOOD))
    cast_code_vote(code=slips[0], marks=chosen)
    right_locator = slips[1][:4] + "-" + "-".join(["2222"] * 3)
    said = set()
    for text in (slips[0], right_locator, "2222-2222-2222-2222", "短", ""):
        with pytest.raises(InvalidInput) as caught:
            ticket_by_code(text)
        said.add(caught.value.message)
    close_ballot(ballot=ballot, actor=world.office)
    with pytest.raises(InvalidInput) as caught:
        cast_code_vote(code=slips[1], marks=chosen)
    assert said == {caught.value.message}


def test_of_a_code_only_a_salted_digest_is_kept(world: World) -> None:
    ballot = with_codes(world, Allotted(codes=6))
    slips = print_codes(allotment=allotment_of(ballot), actor=world.office)
    rows = list(Code.objects.all())
    kept = "".join(f"{row.pk}{row.locator}{row.salt}{row.digest}" for row in rows)
    for slip in slips:
        assert slip not in kept
        assert slip.replace("-", "") not in kept
        assert slip[5:].replace("-", "") not in kept
    assert len({row.salt for row in rows}) == 6


def test_printing_again_needs_a_reason_and_makes_the_unused_void(world: World) -> None:
    ballot = with_codes(world, Allotted(codes=6))
    allotment = allotment_of(ballot)
    first = print_codes(allotment=allotment, actor=world.office)
    chosen = marks(ballot, dict.fromkeys(world.units, GOOD))
    cast_code_vote(code=first[0], marks=chosen)
    with pytest.raises(InvalidInput) as caught:
        print_codes(allotment=allotment, actor=world.office)
    assert set(caught.value.errors) == {"reason"}
    second = print_codes(allotment=allotment, actor=world.office, reason="打印机卡纸")
    assert (len(second), set(first) & set(second), Code.objects.count()) == (5, set(), 6)
    with pytest.raises(InvalidInput):
        cast_code_vote(code=first[1], marks=chosen)
    cast_code_vote(code=second[0], marks=chosen)
    assert votes(ballot) == {("ZZ1", GOOD): 2, ("ZZ2", GOOD): 2}
    assert [row.history_change_reason for row in allotment.history.all()[:2]] == ["打印机卡纸", "打印投票码"]


def test_codes_are_printed_while_it_is_open_by_who_runs_it(world: World) -> None:
    ballot = draft(world)
    group(world, ballot, users=world.voters, allotted=(Allotted(codes=2),))
    with pytest.raises(Conflict):
        print_codes(allotment=allotment_of(ballot), actor=world.office)
    open_ballot(ballot=ballot, actor=world.office)
    with pytest.raises(NotAllowed):
        print_codes(allotment=allotment_of(ballot), actor=world.college.general_secretary)
    close_ballot(ballot=ballot, actor=world.office)
    with pytest.raises(Conflict):
        print_codes(allotment=allotment_of(ballot), actor=world.office)
    assert not Code.objects.exists()


@pytest.mark.parametrize(
    ("scope", "units"), [(Scope.OWN, ["ZZ1"]), (Scope.OTHERS, ["ZZ2"]), (Scope.ALL, ["ZZ1", "ZZ2"])]
)
def test_a_code_of_a_unit_is_asked_like_its_people(world: World, scope: str, units: list[str]) -> None:
    ballot = with_codes(world, Allotted(world.units[0], codes=6), scope=scope)
    slips = print_codes(allotment=allotment_of(ballot), actor=world.office)
    assert [subject.organisation.code for subject in ticket_by_code(slips[0]).subjects] == units


def test_votes_cannot_be_read_with_another_secret(world: World, settings) -> None:
    ballot = opened(world)
    vote(ballot, world.voters[0], GOOD, GOOD)
    settings.SECRET_KEY = "another key for this test"
    with pytest.raises(Conflict, match="密钥"):
        vote(ballot, world.voters[1], GOOD, GOOD)
    with pytest.raises(Conflict, match="密钥"):
        close_ballot(ballot=ballot, actor=world.office)
    ballot.refresh_from_db()
    assert (ballot.state, HasVoted.objects.count()) == ("open", 1)
