"""The end: results by hand, small groups merged, too few ballots; the night closes and reminds."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from ballots import nightly, truth
from ballots.models import Ballot, GroupResult, HasVoted, Tally, Urn
from ballots.selectors.pages import has_ballots, waiting_for
from ballots.services import Allotted, cancel_ballot, close_ballot, count_ballot, open_ballot
from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from notices.models import Notice
from tests.ballots.world import (
    BAD,
    FAIR,
    GOOD,
    LAST,
    PLAIN,
    World,
    draft,
    group,
    make_voter,
    opened,
    subject_of,
    vote,
)
from tests.factories import make_admin

EVE = LAST - datetime.timedelta(days=1)
AFTER = LAST + datetime.timedelta(days=1)


def test_groups_are_weighed_and_small_ones_merged(world: World) -> None:
    more = [make_voter(world.college.branches[2], f"群众{number}") for number in range(6)]
    ballot = draft(world, min_ballots=7)
    group(world, ballot, "委员", "0.5", world.voters[:3])
    group(world, ballot, "部门", "0.2", world.voters[3:])
    group(world, ballot, "群众", "0.3", more)
    open_ballot(ballot=ballot, actor=world.office)
    for voter in world.voters[:3]:
        vote(ballot, voter, GOOD, None)  # three: fewer than five
    for voter in world.voters[3:5]:
        vote(ballot, voter, FAIR, FAIR)  # two of five came
    for voter in more:
        vote(ballot, voter, PLAIN, BAD)
    close_ballot(ballot=ballot, actor=world.office)
    first, second = (subject_of(ballot, unit) for unit in world.units)
    rows = list(first.results.values_list("name", "weight", "mean", "ballots", "counts", "is_merged"))
    assert rows == [
        ("委员、部门", Decimal("0.7"), Decimal(91), 5, [3, 2, 0, 0], True),  # (3×95 + 2×85) / 5
        ("群众", Decimal("0.3"), Decimal(70), 6, [0, 0, 6, 0], False),
    ]
    assert (first.ballots, first.mean) == (11, Decimal("84.7"))  # 0.7×91 + 0.3×70
    # Of the second unit the first two groups have two ballots together: everything is one group.
    assert list(second.results.values_list("name", "weight", "counts")) == [
        ("委员、部门、群众", Decimal(1), [0, 2, 0, 6])
    ]
    assert (second.ballots, second.mean) == (8, Decimal("58.75"))  # (2×85 + 6×50) / 8


def test_too_few_ballots_have_no_result_and_leave_nothing(world: World) -> None:
    ballot = opened(world, min_ballots=6)
    for voter in world.voters[:5]:
        vote(ballot, voter, GOOD, GOOD)
    close_ballot(ballot=ballot, actor=world.office)
    assert list(ballot.subjects.values_list("ballots", "mean")) == [(5, None), (5, None)]
    assert (GroupResult.objects.count(), Tally.objects.count(), Urn.objects.count()) == (0, 0, 0)


def test_counting_leaves_no_counter_of_a_single_group(world: World) -> None:
    ballot = opened(world)
    for voter in world.voters:
        vote(ballot, voter, GOOD, GOOD)
    close_ballot(ballot=ballot, actor=world.office)
    assert (Tally.objects.count(), Urn.objects.count()) == (0, 0)
    assert all(sum(row.counts) == row.ballots >= 5 for row in GroupResult.objects.all())


def test_transitions_that_do_not_exist(world: World) -> None:
    ballot = draft(world)
    for command in (close_ballot, count_ballot):
        with pytest.raises(Conflict):
            command(ballot=ballot, actor=world.office)
    group(world, ballot, users=world.voters)
    open_ballot(ballot=ballot, actor=world.office)
    with pytest.raises(Conflict):
        count_ballot(ballot=ballot, actor=world.office)
    with pytest.raises(NotAllowed):
        close_ballot(ballot=ballot, actor=world.college.general_secretary)
    close_ballot(ballot=ballot, actor=world.office)
    for command in (close_ballot, count_ballot, open_ballot):
        with pytest.raises(Conflict):
            command(ballot=ballot, actor=world.office)
    with pytest.raises(Conflict):
        cancel_ballot(ballot=ballot, reason="太晚了", actor=world.office)
    assert Ballot.objects.get().state == "counted"


def test_cancelled_with_a_reason_nothing_of_the_votes_is_left(world: World) -> None:
    ballot = opened(world)
    vote(ballot, world.voters[0], GOOD, GOOD)
    with pytest.raises(InvalidInput):
        cancel_ballot(ballot=ballot, reason="", actor=world.office)
    cancel_ballot(ballot=ballot, reason="名单有误", actor=world.office)
    assert (Tally.objects.count(), Urn.objects.count()) == (0, 0)
    latest = ballot.history.first()
    assert (latest.state, latest.history_change_reason) == ("cancelled", "名单有误")


def test_the_night_closes_what_is_past_its_last_day_once(world: World) -> None:
    first = opened(world)
    paper = draft(world, subject_key="")
    group(world, paper, users=world.voters, allotted=(Allotted(papers=3),))
    open_ballot(ballot=paper, actor=world.office)
    for voter in world.voters:
        vote(first, voter, GOOD, GOOD)
    nothing = {"closed": 0, "counted": 0, "stuck": 0, "reminded": 0}
    with clock.moved(LAST):
        assert nightly.close_due(LAST) == nothing
    with clock.moved(AFTER):
        assert nightly.close_due(AFTER) == {**nothing, "closed": 1, "counted": 1}
        assert nightly.close_due(AFTER) == nothing
    assert list(Ballot.objects.order_by("pk").values_list("state", flat=True)) == ["counted", "closed"]
    assert first.history.first().history_user is None


def test_one_that_cannot_be_closed_does_not_keep_the_others(world: World, settings) -> None:
    opened(world)
    kept = settings.SECRET_KEY
    settings.SECRET_KEY = "another key for this test"
    opened(world, subject_key="")
    settings.SECRET_KEY = kept
    with clock.moved(AFTER):
        assert nightly.close_due(AFTER) == {"closed": 0, "counted": 1, "stuck": 1, "reminded": 0}


def test_the_evening_before_who_has_not_voted_is_reminded(world: World) -> None:
    ballot = opened(world)
    for voter in world.voters[:5]:
        vote(ballot, voter, GOOD, GOOD)
    with clock.moved(EVE):
        assert nightly.close_due(EVE)["reminded"] == 3
        assert nightly.close_due(EVE)["reminded"] == 0
    soon = Notice.objects.filter(subject=f"ballot:{ballot.pk}", kind="due_soon")
    assert set(soon.values_list("person", flat=True)) == {voter.person_id for voter in world.voters[5:]}


def test_a_message_is_not_said_any_more_once_one_has_voted_or_it_is_over(
    world: World, django_assert_num_queries
) -> None:
    ballot = opened(world)
    notices = list(Notice.objects.filter(subject=f"ballot:{ballot.pk}").order_by("pk"))
    vote(ballot, world.voters[0], GOOD, GOOD)
    with django_assert_num_queries(1):
        still = truth.ballots_still_wait(notices)
    told = {notice.pk: notice.person_id for notice in notices}
    assert {told[pk] for pk in still} == {voter.person_id for voter in world.voters[1:]}
    close_ballot(ballot=ballot, actor=world.office)
    assert truth.ballots_still_wait(notices) == set()


def test_what_waits_for_me(world: World) -> None:
    ballot = opened(world)
    assert list(waiting_for(world.voters[0])) == [ballot]
    assert list(waiting_for(world.office)) == []
    vote(ballot, world.voters[0], GOOD, GOOD)
    assert list(waiting_for(world.voters[0])) == []
    with clock.moved(AFTER):
        assert list(waiting_for(world.voters[1])) == []
    assert HasVoted.objects.count() == 1


def test_the_navigation_is_for_who_runs_or_may_vote(world: World, django_assert_num_queries) -> None:
    first, last = world.voters[0], world.voters[7]
    ballot = draft(world)
    group(world, ballot, users=world.voters[:7])
    assert (has_ballots(world.office), has_ballots(first), has_ballots(make_admin())) == (True, False, True)
    open_ballot(ballot=ballot, actor=world.office)
    with django_assert_num_queries(1):  # the grants are there already
        assert has_ballots(first)
    assert not has_ballots(last)
