"""Paper: counted by two, entered once, withdrawn with a reason, added at the counting."""

from __future__ import annotations

from typing import Any

import pytest

from ballots.models import Ballot, PaperCount, PaperResult, Scope
from ballots.services import (
    Allotted,
    PaperFacts,
    cancel_paper_result,
    close_ballot,
    count_ballot,
    enter_paper_result,
    open_ballot,
)
from common.errors import Conflict, InvalidInput, NotAllowed
from tests.ballots.world import FAIR, GOOD, World, allotment_of, draft, group, subject_of, vote


@pytest.fixture
def ballot(world: World) -> Ballot:
    """Eight voters with accounts, six on paper."""
    made = draft(world)
    group(world, made, users=world.voters, allotted=(Allotted(papers=6),))
    return open_ballot(ballot=made, actor=world.office)


def facts(world: World, ballot: Ballot, *, papers: int = 6, same: bool = False, **counts: Any) -> PaperFacts:
    first, second = (subject_of(ballot, unit).pk for unit in world.units)
    return PaperFacts(
        papers=papers,
        counter=world.college.members[0],
        witness=world.college.members[0 if same else 1],
        counts={first: counts.get("first", (4, 2, 0, 0)), second: counts.get("second", (0, 0, 5, 0))},
    )


def enter(world: World, ballot: Ballot, **values: Any) -> PaperResult:
    return enter_paper_result(allotment=allotment_of(ballot), facts=facts(world, ballot, **values), actor=world.office)


def test_it_is_added_once_at_the_counting(world: World, ballot: Ballot) -> None:
    for voter in world.voters[:4]:
        vote(ballot, voter, FAIR, GOOD)
    paper = enter(world, ballot)
    assert (paper.papers, paper.counter.name, paper.witness.name) == (6, "党员1", "党员2")
    with pytest.raises(Conflict, match="已经登记过"):
        enter(world, ballot)
    assert close_ballot(ballot=ballot, actor=world.office).state == "counted"
    first, second = (subject_of(ballot, unit) for unit in world.units)
    assert [list(row.results.values_list("counts", "ballots")) for row in (first, second)] == [
        [([4, 6, 0, 0], 10)],
        [([4, 0, 5, 0], 9)],  # one paper abstained
    ]
    assert PaperCount.objects.count() == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"papers": 7}, "papers"),
        ({"papers": 0}, "papers"),
        ({"same": True}, "witness"),
        ({"first": (4, 3, 0, 0)}, "first"),
        ({"first": (4, -1, 0, 0)}, "first"),
        ({"first": (4, 1)}, "first"),
    ],
)
def test_faults(world: World, ballot: Ballot, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        enter(world, ballot, **values)
    assert (f"s{subject_of(ballot, world.units[0]).pk}" if field == "first" else field) in caught.value.errors
    assert PaperResult.objects.count() == 0


def test_withdrawn_with_a_reason_it_may_be_entered_anew(world: World, ballot: Ballot) -> None:
    paper = enter(world, ballot, first=(0, 0, 0, 6))
    with pytest.raises(InvalidInput):
        cancel_paper_result(paper=paper, reason=" ", actor=world.office)
    cancel_paper_result(paper=paper, reason="抄错一行", actor=world.office)
    with pytest.raises(Conflict):
        cancel_paper_result(paper=paper, reason="再撤一次", actor=world.office)
    assert PaperCount.objects.count() == 0
    enter(world, ballot)
    close_ballot(ballot=ballot, actor=world.office)
    assert subject_of(ballot, world.units[0]).results.get().counts == [4, 2, 0, 0]
    with pytest.raises(Conflict):
        cancel_paper_result(paper=PaperResult.objects.get(state="valid"), reason="太晚", actor=world.office)


def test_closed_it_waits_for_the_paper(world: World, ballot: Ballot) -> None:
    for voter in world.voters:
        vote(ballot, voter, GOOD, GOOD)
    assert close_ballot(ballot=ballot, actor=world.office).state == "closed"
    with pytest.raises(Conflict):
        close_ballot(ballot=ballot, actor=world.office)
    assert not subject_of(ballot, world.units[0]).results.exists()
    enter(world, ballot)
    assert count_ballot(ballot=ballot, actor=world.office).state == "counted"
    assert subject_of(ballot, world.units[0]).ballots == 14
    with pytest.raises(Conflict):
        enter(world, ballot)


def test_paper_never_entered_is_not_counted(world: World, ballot: Ballot) -> None:
    for voter in world.voters:
        vote(ballot, voter, GOOD, GOOD)
    close_ballot(ballot=ballot, actor=world.office)
    count_ballot(ballot=ballot, actor=world.office)
    assert subject_of(ballot, world.units[0]).ballots == 8


def test_only_who_runs_it(world: World, ballot: Ballot) -> None:
    with pytest.raises(NotAllowed):
        enter_paper_result(
            allotment=allotment_of(ballot), facts=facts(world, ballot), actor=world.college.general_secretary
        )


def test_papers_of_a_unit_judge_what_its_people_judge(world: World) -> None:
    made = draft(world)
    group(world, made, scope=Scope.OWN, allotted=(Allotted(world.units[0], papers=6),))
    open_ballot(ballot=made, actor=world.office)
    first = subject_of(made, world.units[0]).pk
    sent = PaperFacts(6, world.college.members[0], world.college.members[1], {first: (6, 0, 0, 0)})
    enter_paper_result(allotment=allotment_of(made), facts=sent, actor=world.office)
    close_ballot(ballot=made, actor=world.office)
    assert [subject_of(made, unit).ballots for unit in world.units] == [6, 0]
