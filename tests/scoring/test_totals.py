"""From outcomes to a total: worked out by hand, and what always holds."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.calculating import kept
from scoring.definitions import Award, Band, Block, Bonus, Component, Definition, Penalties, PenaltyItem
from scoring.formulas import Outcome, Status
from scoring.totals import Claim, Total, bonus_of, composite, penalty_of, rounded, total_of

from .building import D, indicator

BONUS = Bonus(cap=D(5), awards=(Award("J1", "国家级", D(3)), Award("J2", "省级", D(2)), Award("J4", "校级", D("0.5"))))
PENALTY = Penalties(
    cap=D(-10), items=(PenaltyItem("K1", "校级通报", D(-1), "次"), PenaltyItem("K4", "作假", D(-3), "件"))
)


def scheme(*blocks: list[str]) -> Definition:
    """Blocks of indicators with these points: the second of the first block is ``A2``."""
    made = []
    for letter, points in zip("ABCDEFGH", blocks, strict=False):
        lines = tuple(
            indicator("rubric", own, {}, code=f"{letter}{n}", measure="") for n, own in enumerate(points, start=1)
        )
        made.append(Block(letter, letter, sum((line.points for line in lines), D(0)), lines))
    full = sum((block.points for block in made), D(0))
    return Definition(
        "S", "方案", 2026, "branch", full, tuple(made), (Band("合格", D(0)),), bonus=BONUS, penalty=PENALTY
    )


def got(score: str) -> Outcome:
    return Outcome(Status.SCORED, D(score), "")


NA = Outcome(Status.NOT_APPLICABLE, None, "")
EXEMPT = Outcome(Status.EXEMPT, None, "")
MISSING = Outcome(Status.MISSING, None, "")
NOT_DUE = Outcome(Status.NOT_DUE, None, "")
HUNDRED = scheme(["30", "30"], ["40"])


def factors(total: Total) -> dict[str, Decimal]:
    return {line.code: line.factor for line in total.lines}


def test_a_plain_sum() -> None:
    """20 + 24.5 + 35 = 79.5."""
    found = total_of(HUNDRED, {"A1": got("20"), "A2": got("24.5"), "B1": got("35")})
    assert (found.total, found.so_far, found.missing) == (D("79.50"), D("79.50"), ())
    assert [(block.code, block.points, block.scored) for block in found.blocks] == [
        ("A", D(60), D("44.5")),
        ("B", D(40), D(35)),
    ]
    assert set(factors(found).values()) == {D(1)}
    assert found.words == "总分79.5，其中加分0，扣分0"


@pytest.mark.parametrize("gone", [NA, NOT_DUE])
def test_not_applicable_hands_its_points_to_its_block(gone: Outcome) -> None:
    """A1 has 24 of 30; A2 does not apply: block A = 24 × 60/30 = 48; with 30 of B: 78."""
    found = total_of(HUNDRED, {"A1": got("24"), "A2": gone, "B1": got("30")})
    assert found.total == D("78.00")
    assert found.blocks[0].points == D(60)
    assert found.blocks[0].scored == D(48)
    # A2 itself, if it came due, would share the block with A1 again: a point of it would be a point.
    assert factors(found) == {"A1": D(2), "A2": D(1), "B1": D(1)}
    assert [line.counts for line in found.lines] == [D(48), None, D(30)]


def test_exempt_leaves_the_denominator() -> None:
    """A2 exempt: 24 of 30 and 30 of 40 are 54 of 70, × 100/70 = 77.142857… → 77.14; a point is worth 100/70."""
    found = total_of(HUNDRED, {"A1": got("24"), "A2": EXEMPT, "B1": got("30")})
    assert found.total == D("77.14")
    assert found.blocks[0].points == D(30)
    assert factors(found) == {"A1": D(100) / D(70), "A2": D(0), "B1": D(100) / D(70)}


def test_exempt_and_not_applicable_in_one_block() -> None:
    """Block of 20+20+20, then 40. A1 exempt leaves 40; A2 not applicable: A3's 15 of 20 count 15 × 40/20 = 30 of 40.
    With 30 of 40 in B: 60 of 80, × 100/80 = 75. A point of A3 is worth 2 × 100/80 = 2.5."""
    found = total_of(scheme(["20", "20", "20"], ["40"]), {"A1": EXEMPT, "A2": NA, "A3": got("15"), "B1": got("30")})
    assert found.total == D("75.00")
    assert (found.blocks[0].points, found.blocks[0].scored) == (D(40), D(30))
    assert factors(found)["A3"] == D("2.5")


@pytest.mark.parametrize("gone", [(NA, NA), (EXEMPT, EXEMPT), (EXEMPT, NA), (NOT_DUE, EXEMPT)])
def test_a_block_with_nothing_left_leaves_the_denominator(gone: tuple[Outcome, Outcome]) -> None:
    """30 of 40 in the only block left: × 100/40 = 75."""
    found = total_of(HUNDRED, {"A1": gone[0], "A2": gone[1], "B1": got("30")})
    assert found.total == D("75.00")
    assert found.blocks[0].points == D(0)


def test_missing_is_no_zero() -> None:
    """B1 is missing: no total. So far 54 of 60, × 100/60 = 90."""
    found = total_of(HUNDRED, {"A1": got("24"), "A2": got("30"), "B1": MISSING})
    assert (found.total, found.base, found.missing, found.so_far) == (None, None, ("B1",), D("90.00"))
    assert factors(found) == {"A1": D(1), "A2": D(1), "B1": D(1)}
    assert found.words == "缺B1，暂无总分"
    found = total_of(HUNDRED, {"A1": got("24"), "A2": MISSING, "B1": got("30")})
    assert found.so_far == D("78.00")  # 24 × 60/30 + 30
    assert (found.blocks[0].scored, found.blocks[0].so_far) == (D(24), D(48))


def test_an_outcome_that_nobody_computed_is_missing() -> None:
    assert total_of(HUNDRED, {"A1": got("24"), "B1": got("30")}).missing == ("A2",)


def test_nothing_to_score() -> None:
    found = total_of(HUNDRED, {"A1": NA, "A2": EXEMPT, "B1": NOT_DUE})
    assert (found.total, found.so_far, found.missing) == (None, None, ())
    assert found.words == "没有可以计分的指标，暂无总分"
    # B1 alone, once due, would be all of the total: 100/40.
    assert factors(found)["B1"] == D("2.5")


def test_rounded_once_half_up() -> None:
    """Three thirds of 10 with 1/3 each: 3.333… × 3 = 10 exactly; single roundings would give 9.99."""
    third = str(D(10) / D(3))
    assert total_of(scheme(["4", "4", "4"]), {"A1": got(third), "A2": got(third), "A3": got(third)}).total == D("10.00")
    # 0.0025 twice is 0.005, which rounds to 0.01; each by itself would be 0.00.
    assert total_of(scheme(["4", "4"]), {"A1": got("0.0025"), "A2": got("0.0025")}).total == D("0.01")


def test_a_half_stays_a_half_through_a_division() -> None:
    """8 × 1/3 + 8 × 2/3 + 0.125 = 8.125 → 8.13, although the thirds have been cut after 28 digits."""
    one, two = str(D(8) / D(3)), str(D(16) / D(3))
    assert total_of(scheme(["8", "8", "1"]), {"A1": got(one), "A2": got(two), "A3": got("0.125")}).total == D("8.13")


def test_bonus_counts_an_achievement_once_and_is_capped() -> None:
    """The same achievement at provincial and national level: 3, not 5. With two school brands 4; at most 5."""
    same = [Claim("J2", "样板支部"), Claim("J1", "样板支部")]
    brands = [Claim("J4", "品牌甲"), Claim("J4", "品牌乙")]
    assert bonus_of(BONUS, same) == D(3)
    assert bonus_of(BONUS, [*same, *brands]) == D(4)
    assert bonus_of(BONUS, [*same, Claim("J1", "另一项")]) == D(5)
    assert bonus_of(Bonus(D(5), "sum", BONUS.awards), same) == D(5)
    with pytest.raises(KeyError):
        bonus_of(BONUS, [Claim("J9", "无")])


def test_penalty_by_count_is_capped() -> None:
    """Two notices and one falsification: −2 − 3 = −5; four falsifications −12 stop at −10."""
    assert penalty_of(PENALTY, {"K1": 2, "K4": 1}) == D(-5)
    assert penalty_of(PENALTY, {"K4": 4}) == D(-10)
    assert penalty_of(PENALTY, {}) == D(0)
    with pytest.raises(KeyError):
        penalty_of(PENALTY, {"K9": 1})


def test_bonus_and_penalty_in_the_total() -> None:
    """79.5 + 3 − 1 = 81.5."""
    outcomes = {"A1": got("20"), "A2": got("24.5"), "B1": got("35")}
    found = total_of(HUNDRED, outcomes, [Claim("J1", "样板")], {"K1": 1})
    assert (found.total, found.bonus, found.penalty, found.base) == (D("81.50"), D(3), D(-1), D("79.5"))


def test_the_total_stays_between_nothing_and_full_mark_with_bonus() -> None:
    full = {"A1": got("30"), "A2": got("30"), "B1": got("40")}
    claims = [Claim("J1", "一"), Claim("J1", "二")]
    assert total_of(HUNDRED, full, claims).total == D("105.00")
    poor = {"A1": got("3"), "A2": got("0"), "B1": got("0")}
    assert total_of(HUNDRED, poor, (), {"K4": 3}).total == D("0.00")


# --- what always holds ------------------------------------------------------------------------------------------------
STATES = st.sampled_from([Status.SCORED, Status.SCORED, Status.NOT_APPLICABLE, Status.EXEMPT, Status.NOT_DUE])
CELLS = st.tuples(st.integers(1, 500), st.integers(0, 100), STATES)
SHEETS = st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=5)
Sheet = list[list[tuple[int, int, Status]]]


def made(sheet: Sheet, share: Decimal | None = None) -> tuple[Definition, dict[str, Outcome]]:
    """A scheme and outcomes: points in hundredths, the share of them that was scored in percent, the state."""
    definition = scheme(*[[str(D(points) / 100) for points, _, _ in row] for row in sheet])
    cells = [cell for row in sheet for cell in row]
    outcomes = {}
    for line, (_, percent, status) in zip(definition.indicators(), cells, strict=True):
        part = share if share is not None else D(percent) / 100
        outcomes[line.code] = Outcome(status, line.points * part if status is Status.SCORED else None, "")
    return definition, outcomes


@given(SHEETS)
def test_what_does_not_count_keeps_the_whole(sheet: Sheet) -> None:
    """With everything full the total is the full mark, and every block has all the points left to it."""
    definition, outcomes = made(sheet, D(1))
    found = total_of(definition, outcomes)
    if found.total is None:
        assert Status.SCORED not in {outcome.status for outcome in outcomes.values()}
        return
    assert found.total == definition.full_mark
    for block, total in zip(definition.blocks, found.blocks, strict=True):
        exempt = sum((one.points for one in block.indicators if outcomes[one.code].status is Status.EXEMPT), D(0))
        assert total.points in {D(0), block.points - exempt}
        assert abs(total.scored - total.points) < D("1e-20")


@given(SHEETS, st.randoms())
def test_bounded_and_the_lines_make_the_total(sheet: Sheet, dice: Random) -> None:
    definition, outcomes = made(sheet)
    found = total_of(definition, outcomes)
    if found.total is None:
        return
    assert 0 <= found.total <= definition.full_mark
    assert found.total == found.so_far
    parts = sum((line.counts for line in found.lines if line.counts is not None), D(0))
    assert abs(parts - found.base) < D("1e-18")
    keys = list(outcomes)
    dice.shuffle(keys)
    assert total_of(definition, {key: outcomes[key] for key in keys}) == found


@given(SHEETS, st.integers(0, 24))
def test_a_point_is_worth_its_factor(sheet: Sheet, which: int) -> None:
    """Raising one scored line raises the base by the raise times the factor, and nothing falls."""
    definition, outcomes = made(sheet)
    found = total_of(definition, outcomes)
    scored = [code for code, outcome in outcomes.items() if outcome.status is Status.SCORED]
    if not scored:
        return
    code = scored[which % len(scored)]
    more = outcomes | {code: Outcome(Status.SCORED, outcomes[code].score + D("0.01"), "")}
    higher = total_of(definition, more)
    assert abs((higher.base - found.base) - D("0.01") * factors(found)[code]) < D("1e-18")
    assert higher.total >= found.total


@given(st.integers(-(10**6), 10**6), st.integers(1, 1000))
def test_rounding_is_half_up(top: int, under: int) -> None:
    exact = Fraction(top, under)
    found = rounded(exact)
    assert abs(Fraction(found) - exact) <= Fraction(1, 200)
    if 100 % under == 0 or 1000 % under == 0:
        assert found == (D(top) / D(under)).quantize(D("0.01"), ROUND_HALF_UP)


# --- the composite ----------------------------------------------------------------------------------------------------
PARTS = (
    Component("PARTY", "党建工作", D("0.30"), D(100), "scheme", "GB-2026"),
    Component("BUSINESS", "事业发展", D("0.70"), D(100), "import_xlsx", owner="发展规划处"),
)


def test_the_thirty_per_cent() -> None:
    """0.30 × 91.35 + 0.70 × 88.40 = 27.405 + 61.88 = 89.285 → 89.29."""
    found = composite({"PARTY": D("91.35"), "BUSINESS": D("88.4")}, PARTS)
    assert (found.total, found.missing) == (D("89.29"), ())
    assert found.counts == {"PARTY": D("27.405"), "BUSINESS": D("61.88")}
    assert found.words == "0.30×91.35 + 0.70×88.4 = 89.29"


@pytest.mark.parametrize(
    ("parts", "missing", "words"),
    [
        ({"PARTY": D(90)}, ("BUSINESS",), "缺事业发展得分，不能合成总分"),
        ({"PARTY": None, "BUSINESS": D(0)}, ("PARTY",), "缺党建工作得分，不能合成总分"),
        ({}, ("PARTY", "BUSINESS"), "缺党建工作得分、事业发展得分，不能合成总分"),
    ],
)
def test_a_missing_part_is_no_zero(parts: dict[str, Decimal | None], missing: tuple[str, ...], words: str) -> None:
    found = composite(parts, PARTS)
    assert (found.total, found.missing, found.words) == (None, missing, words)


def test_a_real_zero_counts() -> None:
    assert composite({"PARTY": D(90), "BUSINESS": D(0)}, PARTS).total == D("27.00")


def test_a_part_of_another_full_mark() -> None:
    """60 of 120 are 50 of 100: 0.3 × 80 + 0.7 × 50 = 59."""
    parts = (PARTS[0], Component("BUSINESS", "事业发展", D("0.70"), D(120), "import_xlsx", owner="发展规划处"))
    found = composite({"PARTY": D(80), "BUSINESS": D(60)}, parts)
    assert (found.total, found.words) == (D("59.00"), "0.30×80 + 0.70×60×100/120 = 59.00")


@pytest.mark.parametrize(
    ("exact", "as_kept"), [("4.4535625", "4.453563"), ("0.0000005", "0.000001"), ("2", "2.000000")]
)
def test_a_score_is_kept_half_up(exact: str, as_kept: str) -> None:
    assert str(kept(D(exact))) == as_kept
