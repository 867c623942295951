"""The pure rules of a plan and of its figures, by examples and by properties."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.project_plans import (
    IndicatorPlan,
    MilestonePlan,
    done_share,
    faults,
    reported_share,
    value_words,
    way_gone,
    windows,
    worst,
)
from tests.tasks.projects.making import END, INDICATORS, MILESTONES, START


def found(**more: Any) -> dict[str, str]:
    """Place → rule of everything wrong with the plan of the tests, changed."""
    plan: dict[str, Any] = {"starts_on": START, "ends_on": END, "milestones": MILESTONES, "indicators": INDICATORS}
    return {fault.where: fault.code for fault in faults(**{**plan, **more})}


def changed(row: int, **more: Any) -> list[MilestonePlan]:
    return [replace(one, **more) if number == row else one for number, one in enumerate(MILESTONES)]


def test_nothing_is_wrong_with_a_right_plan() -> None:
    assert found() == {}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"milestones": changed(0, weight=39)}, {"milestones": "weights"}),
        ({"milestones": changed(0, weight=41)}, {"milestones": "weights"}),
        ({"milestones": changed(1, weight=0)}, {"milestones.1.weight": "weight", "milestones": "weights"}),
        ({"milestones": changed(0, due_on=date(2026, 6, 14))}, {"milestones.0.due_on": "due_before_start"}),
        ({"milestones": changed(2, due_on=date(2026, 12, 16))}, {"milestones.2.due_on": "due_after_end"}),
        ({"milestones": changed(1, due_on=date(2026, 7, 10))}, {"milestones.1.due_on": "not_in_order"}),
        ({"milestones": changed(1, title=" ")}, {"milestones.1.title": "no_title"}),
        ({"milestones": []}, {"milestones": "milestone_count"}),
        (
            {"ends_on": date(2026, 6, 14), "milestones": []},
            {"ends_on": "ends_before_start", "milestones": "milestone_count"},
        ),
        ({"indicators": []}, {"indicators": "indicator_count"}),
        ({"indicators": [INDICATORS[0], INDICATORS[0]]}, {"indicators.1.name": "same_name"}),
        ({"indicators": [IndicatorPlan("", Decimal(1), Decimal(2))]}, {"indicators.0.name": "no_name"}),
        ({"indicators": [IndicatorPlan("人数", Decimal(2), Decimal(2))]}, {"indicators.0.target": "target_is_base"}),
        ({"indicators": [IndicatorPlan("率", Decimal(46), Decimal("0.6"), "比率")]}, {"indicators.0.base": "rate"}),
        ({"indicators": [IndicatorPlan("数", Decimal("0.00001"), Decimal(1))]}, {"indicators.0.base": "too_fine"}),
        ({"indicators": [IndicatorPlan("数", Decimal(1), Decimal(10) ** 9)]}, {"indicators.0.target": "too_large"}),
        ({"indicators": [IndicatorPlan("数", Decimal("NaN"), Decimal(1))]}, {"indicators.0.base": "not_a_number"}),
    ],
)
def test_each_fault_at_its_place(more: dict[str, Any], expected: dict[str, str]) -> None:
    assert found(**more) == expected


def test_a_due_date_on_the_first_and_on_the_last_day_is_right() -> None:
    rows = [replace(MILESTONES[0], due_on=START), MILESTONES[1], replace(MILESTONES[2], due_on=END)]
    assert found(milestones=rows) == {}


dues = st.lists(st.integers(1, 300), min_size=1, max_size=20, unique=True).map(
    lambda days: [START + timedelta(days=day) for day in sorted(days)]
)


@given(dues)
def test_windows_follow_each_other_without_gap(found_dues: list[date]) -> None:
    spans = windows(START, found_dues)
    assert [due for _start, due in spans] == found_dues
    assert [start for start, _due in spans] == [START, *found_dues[:-1]]


@given(st.lists(st.tuples(st.integers(1, 100), st.booleans()), max_size=20))
def test_progress_is_the_sum_of_what_was_accepted(parts: list[tuple[int, bool]]) -> None:
    assert done_share(parts) == sum(weight for weight, accepted in parts if accepted)
    assert done_share([(weight, False) for weight, _accepted in parts]) == 0


def test_what_is_reported_is_a_share_of_the_weight() -> None:
    assert [reported_share(35, 60), reported_share(25, 0), reported_share(25, 100)] == [21, 0, 25]


@given(st.decimals(-1000, 1000, places=2), st.decimals(-1000, 1000, places=2), st.decimals(-2000, 2000, places=2))
def test_the_way_of_an_indicator_stays_between_its_ends(base: Decimal, target: Decimal, now: Decimal) -> None:
    assert 0 <= way_gone(base, target, now) <= 100
    if base != target:
        assert (way_gone(base, target, base), way_gone(base, target, target)) == (0, 100)


def test_indicators_may_fall() -> None:
    assert way_gone(Decimal(112), Decimal(56), Decimal(84)) == 50
    assert way_gone(Decimal(112), Decimal(56), Decimal(120)) == 0
    assert way_gone(Decimal(112), Decimal(56), None) == 0


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        ("0.4600", "比率", "46%"),
        ("0.5555", "比率", "55.55%"),
        ("31.0000", "人", "31人"),
        ("2.5000", "万元", "2.5万元"),
        ("100.0000", "", "100"),
    ],
)
def test_values_as_people_read_them(value: str, unit: str, words: str) -> None:
    assert value_words(Decimal(value), unit) == words


def test_the_worst_light_wins_and_the_first_of_equals() -> None:
    assert worst([("green", "a"), ("orange", "b"), ("yellow", "c"), ("orange", "d")]) == ("orange", "b")
    assert worst([]) == ("green", "")
