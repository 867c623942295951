"""Several at once: a vote counts once, none is lost, and counting waits for those that are being cast."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connections

from ballots.marks import Marks
from ballots.models import Ballot, HasVoted, PaperResult, Urn
from ballots.services import (
    Allotted,
    PaperFacts,
    cast_code_vote,
    cast_vote,
    close_ballot,
    enter_paper_result,
    open_ballot,
    print_codes,
)
from ballots.services.urns import read_urn
from common import clock
from common.errors import Conflict, InvalidInput
from tests.ballots.world import BAD, GOOD, TODAY, World, allotment_of, draft, group, make_world, opened
from tests.meetings.test_at_once import at_once, conflicts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    """The small college, committed, so that several connections see it."""
    with clock.moved(TODAY):
        yield make_world()
    connections.close_all()


def chosen(ballot: Ballot, grade: int) -> Marks:
    return Marks({subject.pk: grade for subject in ballot.subjects.all()})


def sums(ballot: Ballot) -> dict[int, int]:
    """Place of the grade → votes over all units."""
    found: dict[int, int] = {}
    for urn in Urn.objects.filter(group__ballot=ballot):
        for (_subject, grade), count in read_urn(urn).items():
            found[grade] = found.get(grade, 0) + count
    return found


def test_two_devices_of_one_person_count_once(world: World) -> None:
    ballot, voter = opened(world), world.voters[0]
    marks = chosen(ballot, GOOD)

    def act() -> None:
        cast_vote(ballot=ballot, marks=marks, actor=voter)

    assert conflicts(at_once(act, act, act)) == 2
    assert (HasVoted.objects.count(), sums(ballot)) == (1, {0: 2, 1: 0, 2: 0, 3: 0, 4: 0})


def test_votes_at_the_same_moment_are_all_counted(world: World) -> None:
    ballot = opened(world)
    marks = [chosen(ballot, GOOD), chosen(ballot, BAD)]

    def act(number: int) -> Callable[[], None]:
        return lambda: cast_vote(ballot=ballot, marks=marks[number % 2], actor=world.voters[number])

    assert at_once(*(act(number) for number in range(8))) == [None] * 8
    assert sums(ballot) == {0: 8, 1: 0, 2: 0, 3: 8, 4: 0}  # four voters, two units


def test_a_code_given_twice_at_once_counts_once(world: World) -> None:
    ballot = draft(world)
    group(world, ballot, allotted=(Allotted(codes=6),))
    open_ballot(ballot=ballot, actor=world.office)
    slip = print_codes(allotment=allotment_of(ballot), actor=world.office)[0]
    marks = chosen(ballot, GOOD)

    def act() -> bool:
        try:
            cast_code_vote(code=slip, marks=marks)
        except InvalidInput:
            return False
        return True

    assert sorted(at_once(act, act, act)) == [False, False, True]
    assert sums(ballot)[0] == 2


def test_closing_counts_every_vote_that_was_taken(world: World) -> None:
    ballot = opened(world)
    marks = chosen(ballot, GOOD)
    for voter in world.voters[:5]:
        cast_vote(ballot=ballot, marks=marks, actor=voter)

    def act(number: int) -> Callable[[], None]:
        return lambda: cast_vote(ballot=ballot, marks=marks, actor=world.voters[number])

    results = at_once(act(5), act(6), act(7), lambda: close_ballot(ballot=ballot, actor=world.office))
    assert isinstance(results[3], Ballot)
    taken = HasVoted.objects.filter(ballot=ballot).count()
    assert taken == 8 - conflicts(results[:3])
    assert set(ballot.subjects.values_list("ballots", flat=True)) == {taken}


def test_a_ballot_is_closed_once(world: World) -> None:
    ballot = opened(world)

    def act() -> Ballot:
        return close_ballot(ballot=ballot, actor=world.office)

    assert conflicts(at_once(act, act)) == 1
    assert ballot.history.filter(state="counted").count() == 1


def test_paper_is_entered_once(world: World) -> None:
    ballot = draft(world)
    group(world, ballot, users=world.voters, allotted=(Allotted(papers=6),))
    open_ballot(ballot=ballot, actor=world.office)
    counts = {subject.pk: (6, 0, 0, 0) for subject in ballot.subjects.all()}
    facts = PaperFacts(6, world.college.members[0], world.college.members[1], counts)
    allotment = allotment_of(ballot)

    def act() -> PaperResult:
        return enter_paper_result(allotment=allotment, facts=facts, actor=world.office)

    assert conflicts(at_once(act, act)) == 1
    assert PaperResult.objects.count() == 1


def test_codes_made_void_while_one_of_them_votes(world: World) -> None:
    """Either the vote is counted and its code stays, or the code is void: never a vote of a code that is gone."""
    ballot = draft(world)
    group(world, ballot, allotted=(Allotted(codes=6),))
    open_ballot(ballot=ballot, actor=world.office)
    allotment = allotment_of(ballot)
    slip = print_codes(allotment=allotment, actor=world.office)[0]
    marks = chosen(ballot, GOOD)

    def cast() -> bool:
        try:
            cast_code_vote(code=slip, marks=marks)
        except (InvalidInput, Conflict):
            return False
        return True

    voted, fresh = at_once(cast, lambda: print_codes(allotment=allotment, actor=world.office, reason="重印"))
    assert (len(fresh), HasVoted.objects.count()) == ((5, 1) if voted else (6, 0))
    assert allotment.printed.count() == 6
