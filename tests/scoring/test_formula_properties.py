"""What holds for every formula, whatever the figures: bounds, monotony, order."""

from __future__ import annotations

import datetime
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from common.measures import Figure, Happening, Row
from scoring.definitions import Indicator
from scoring.formulas import Marks, Outcome, Span, gain, score_of

from .building import RATE, WHOLE, YEAR_END, YEAR_START, D, indicator, rate

POINTS = st.integers(1, 2000).map(lambda cents: D(cents) / 100)
COUNTS = st.integers(0, 60)
SHARES = st.integers(0, 100).map(lambda cents: D(cents) / 100)
DAYS = st.dates(YEAR_START, YEAR_END)
HAPPENED = st.lists(st.builds(Happening, DAYS, st.sampled_from(["A", "B"])), max_size=40)
CAPS = st.sampled_from([{}, {"cap_per_month": 1}, {"cap_per_month": 2}, {"cap_per_quarter": 1}])
NOBODY = Marks()


def scored(outcome: Outcome) -> Decimal:
    assert outcome.score is not None
    return outcome.score


def frequency(required: int, cap: dict[str, int]) -> Indicator:
    return indicator("frequency", "8", {"required": required, "period": "year", "counts": "会"} | cap)


@given(POINTS, COUNTS, st.integers(1, 60), SHARES, SHARES)
def test_a_rate_is_bounded_and_rises(points: Decimal, top: int, under: int, one: Decimal, two: Decimal) -> None:
    if one == two:
        return
    line = indicator("rate_linear", str(points), {**RATE, "full_at": max(one, two), "zero_at": min(one, two)})
    score = scored(score_of(line, rate(top, under), NOBODY, WHOLE))
    assert 0 <= score <= points
    assert scored(score_of(line, rate(top + 1, under), NOBODY, WHOLE)) >= score
    assert scored(score_of(line, rate(top, under + 1), NOBODY, WHOLE)) <= score


@given(st.integers(1, 24), CAPS, HAPPENED, DAYS, st.integers(1, 3), st.integers(0, 12), st.randoms())
def test_a_frequency_is_bounded_rises_and_knows_no_order(
    required: int,
    cap: dict[str, int],
    happened: list[Happening],
    as_of: datetime.date,
    units: int,
    excused: int,
    dice: Random,
) -> None:
    line = frequency(required, cap)
    span = Span(YEAR_START, YEAR_END, as_of)
    values = {"excused": D(excused)}
    found = score_of(line, Figure(values, tuple(happened), units), NOBODY, span)
    assert found.score is None or 0 <= found.score <= 8
    mixed = list(happened)
    dice.shuffle(mixed)
    assert score_of(line, Figure(values, tuple(mixed), units), NOBODY, span) == found
    more = score_of(line, Figure(values, (*happened, Happening(YEAR_START, "A")), units), NOBODY, span)
    assert (more.score or 0) >= (found.score or 0)
    less_owed = score_of(line, Figure({"excused": D(excused + 1)}, tuple(happened), units), NOBODY, span)
    assert found.score is None or less_owed.score is None or less_owed.score >= found.score


@given(st.integers(1, 24), CAPS, HAPPENED, DAYS, DAYS)
def test_a_row_is_never_worth_less_than_nothing_nor_more_than_the_points(
    required: int, cap: dict[str, int], happened: list[Happening], as_of: datetime.date, due: datetime.date
) -> None:
    row = Row("会议", day=due, unit="A", if_done={"held": D(1)})
    found = gain(
        frequency(required, cap), Figure(happened=tuple(happened)), row, NOBODY, Span(YEAR_START, YEAR_END, as_of)
    )
    assert 0 <= found <= 8


@given(POINTS, st.dictionaries(st.sampled_from(["黄灯", "橙灯", "红灯"]), COUNTS))
def test_deductions_are_bounded_and_fall(points: Decimal, events: dict[str, int]) -> None:
    weights = {"黄灯": D("0.2"), "橙灯": D("0.5"), "红灯": D(1)}
    line = indicator("deduct", str(points), {"event_weights": weights, "floor": D(0)})
    figure = {name: D(times) for name, times in events.items()}
    score = scored(score_of(line, Figure(values=figure), NOBODY, WHOLE))
    assert 0 <= score <= points
    backwards = dict(reversed(list(figure.items())))
    assert scored(score_of(line, Figure(values=backwards), NOBODY, WHOLE)) == score
    worse = figure | {"红灯": figure.get("红灯", D(0)) + 1}
    assert scored(score_of(line, Figure(values=worse), NOBODY, WHOLE)) <= score


@given(st.lists(st.tuples(st.integers(0, 300), st.booleans()), min_size=1, max_size=8), st.integers(0, 7))
def test_a_list_is_bounded_and_rises(parts: list[tuple[int, bool]], which: int) -> None:
    items = tuple({"code": f"a{n}", "t": f"条{n}", "p": D(cents) / 100} for n, (cents, _) in enumerate(parts))
    points = sum((item["p"] for item in items), D(0))
    line = indicator("checklist", str(points), {"items": items}, measure="", source="manual")
    checked = {f"a{n}": done for n, (_, done) in enumerate(parts)}
    score = scored(score_of(line, None, Marks(checked=checked), WHOLE))
    assert 0 <= score <= points
    better = checked | {f"a{which % len(parts)}": True}
    assert scored(score_of(line, None, Marks(checked=better), WHOLE)) >= score
    all_done = dict.fromkeys(checked, True)
    assert scored(score_of(line, None, Marks(checked=all_done), WHOLE)) == points


@given(POINTS, st.decimals(-50, 200, places=3), st.decimals(0, 20, places=3))
def test_imported_scores_and_ballots_are_bounded_and_rise(points: Decimal, value: Decimal, more: Decimal) -> None:
    sheet = indicator("imported", str(points), {"from": "检查", "from_full": D(80)})
    ballot = indicator("survey", str(points), {"min_ballots": 1, "groups": ()}, source="ballot")
    for line, name in ((sheet, "value"), (ballot, "mean")):
        low = scored(score_of(line, Figure(values={name: value, "ballots": D(9)}), NOBODY, WHOLE))
        high = scored(score_of(line, Figure(values={name: value + more, "ballots": D(9)}), NOBODY, WHOLE))
        assert 0 <= low <= high <= points


@given(st.integers(0, 40), st.integers(1, 40))
def test_steps_rise(top: int, under: int) -> None:
    steps = ({"min": D("0.9"), "s": D(5)}, {"min": D("0.6"), "s": D(3)}, {"min": D(0), "s": D(0)})
    line = indicator("stepped", "5", {**RATE, "steps": steps})
    score = scored(score_of(line, rate(top, under), NOBODY, WHOLE))
    assert score in {D(0), D(3), D(5)}
    assert scored(score_of(line, rate(top + 1, under), NOBODY, WHOLE)) >= score
