"""What the score reads: the mean with its groups, or why there is none."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from ballots.measures import MEASURES, changed_since, survey
from ballots.services import cancel_ballot, close_ballot
from common import clock
from common.measures import Gives, Question
from tests.ballots.world import FAIR, GOOD, KEY, TODAY, World, draft, opened, vote

PARAMS = {"subject_key": KEY}


def ask(world: World, params=None):
    question = Question([*world.units, world.college.committee], 2026, TODAY)
    return survey(question, PARAMS if params is None else params)


def test_the_mean_and_the_rows_behind_it(world: World) -> None:
    ballot = opened(world)
    for voter in world.voters[:6]:
        vote(ballot, voter, GOOD, FAIR)
    close_ballot(ballot=ballot, actor=world.office)
    found = ask(world)
    first, second = (found[unit.pk] for unit in world.units)
    assert first.values == {"value": Decimal(95), "mean": Decimal(95), "ballots": Decimal(6)}
    assert second.values["mean"] == Decimal(85)
    assert [(row.label, row.amount, row.url) for row in first.rows] == [
        ("代表，权重1", "平均95.00分，6票", f"/ballots/{ballot.pk}/")
    ]
    assert found[world.college.committee.pk].missing == "测评尚未进行"
    assert ask(world, {"indicator": KEY, "subject_key": "GB-2026:9"})[world.units[0].pk].values == first.values


def test_what_is_missing_is_said_and_never_a_zero(world: World) -> None:
    unit = world.units[0].pk
    assert ask(world)[unit].missing == ask(world, {})[unit].missing == "测评尚未进行"
    first = draft(world)
    assert ask(world)[unit].missing == "测评尚未进行"
    cancel_ballot(ballot=first, reason="重来", actor=world.office)
    ballot = opened(world, min_ballots=7)
    for voter in world.voters[:6]:
        vote(ballot, voter, GOOD, FAIR)
    running = ask(world)[unit]
    assert (running.missing, running.values) == ("测评尚未结束", {})
    assert "95" not in repr(running)
    close_ballot(ballot=ballot, actor=world.office)
    assert ask(world)[unit].missing == "有效票不足：收到6张，至少要7张"
    assert ask(world)[unit].values == {}


def test_the_number_of_queries_does_not_grow(world: World) -> None:
    ballot = opened(world)
    for voter in world.voters:
        vote(ballot, voter, GOOD, FAIR)
    close_ballot(ballot=ballot, actor=world.office)
    counts = []
    for organisations in (world.units[:1], world.units):
        with CaptureQueriesContext(connection) as captured:
            survey(Question(organisations, 2026, TODAY), PARAMS)
        counts.append(len(captured))
    assert counts == [2, 2]


def test_what_changed_since(world: World) -> None:
    ballot = opened(world)
    for voter in world.voters:
        vote(ballot, voter, GOOD, FAIR)
    later = datetime.datetime(2026, 12, 20, tzinfo=clock.SHANGHAI)
    assert changed_since(later) == set()
    with clock.moved(datetime.datetime(2026, 12, 20, 20)):
        close_ballot(ballot=ballot, actor=None)
    assert changed_since(later) == {unit.pk for unit in world.units}


def test_the_measure_is_offered() -> None:
    assert [(one.code, one.gives) for one in MEASURES] == [("ballots.survey", Gives.VALUE)]
