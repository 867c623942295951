"""Merging and weighing: examples by hand, and what holds whatever the votes are."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ballots.counting import SMALLEST_POOL, Counted, merge_small, outcome

POINTS = [Decimal(95), Decimal(85), Decimal(70), Decimal(50)]


def counted(name: str, weight: str, *counts: int) -> Counted:
    return Counted((name,), Decimal(weight), counts)


def test_a_result_by_hand() -> None:
    # 委员 (0.5): 4×95 + 2×85 = 550 / 6 = 91.666…; 群众 (0.5): 2×85 + 3×70 = 380 / 5 = 76
    found = outcome([counted("委员", "0.5", 4, 2, 0, 0), counted("群众", "0.5", 0, 2, 3, 0)], POINTS, 7)
    assert (found.ballots, [pool.ballots for pool in found.pools]) == (11, [6, 5])
    assert found.mean == Decimal("0.5") * (Decimal(550) / 6) + Decimal("0.5") * 76
    assert round(found.mean, 2) == Decimal("83.83")


def test_a_small_group_goes_with_the_next_and_its_weight_too() -> None:
    groups = [counted("甲", "0.5", 4, 0, 0, 0), counted("乙", "0.2", 0, 6, 0, 0), counted("丙", "0.3", 0, 0, 5, 0)]
    pools = merge_small(groups)
    assert [(pool.names, pool.weight, pool.counts) for pool in pools] == [
        (("甲", "乙"), Decimal("0.7"), (4, 6, 0, 0)),
        (("丙",), Decimal("0.3"), (0, 0, 5, 0)),
    ]
    # (4×95 + 6×85) / 10 = 89; 0.7 × 89 + 0.3 × 70 = 83.3
    assert outcome(groups, POINTS, 7).mean == Decimal("83.3")


def test_the_last_small_group_goes_with_the_one_before() -> None:
    groups = [counted("甲", "0.6", 5, 0, 0, 0), counted("乙", "0.4", 0, 0, 0, 4)]
    assert [pool.names for pool in merge_small(groups)] == [("甲", "乙")]


def test_small_groups_go_on_until_there_are_five() -> None:
    groups = [counted(name, "0.25", 2, 0, 0, 0) for name in "甲乙丙丁"]
    assert [(pool.names, pool.ballots) for pool in merge_small(groups)] == [(("甲", "乙", "丙", "丁"), 8)]


def test_too_few_ballots_have_no_result_and_no_parts() -> None:
    found = outcome([counted("甲", "1", 6, 0, 0, 0)], POINTS, 7)
    assert (found.ballots, found.mean, found.pools) == (6, None, ())
    assert outcome([counted("甲", "1", 4, 0, 0, 0)], POINTS, 1).mean is None  # never of fewer than five


rows = st.lists(st.tuples(*[st.integers(0, 12)] * 4), min_size=1, max_size=6)


def groups_of(counts: list[tuple[int, ...]]) -> list[Counted]:
    weight = Decimal(1) / len(counts)
    return [Counted((str(number),), weight, row) for number, row in enumerate(counts)]


@given(rows)
def test_nothing_is_lost_and_no_pool_is_small(counts: list[tuple[int, ...]]) -> None:
    groups = groups_of(counts)
    pools = merge_small(groups)
    assert [name for pool in pools for name in pool.names] == [name for group in groups for name in group.names]
    assert sum(pool.ballots for pool in pools) == sum(group.ballots for group in groups)
    assert sum(pool.weight for pool in pools) == sum(group.weight for group in groups)
    assert len(pools) == 1 or all(pool.ballots >= SMALLEST_POOL for pool in pools)


@given(rows)
def test_the_mean_lies_between_the_grades_given(counts: list[tuple[int, ...]]) -> None:
    found = outcome(groups_of(counts), POINTS, SMALLEST_POOL)
    given_points = [points for place, points in enumerate(POINTS) if any(row[place] for row in counts)]
    assert (found.mean is None) == (found.ballots < SMALLEST_POOL)
    if found.mean is not None:
        slack = Decimal("1e-20")
        assert min(given_points) - slack <= found.mean <= max(given_points) + slack


@given(rows, st.integers(0, 5), st.integers(1, 3))
def test_a_better_grade_never_lowers_the_mean(counts: list[tuple[int, ...]], group: int, grade: int) -> None:
    group %= len(counts)
    if not counts[group][grade]:
        return
    better = [list(row) for row in counts]
    better[group][grade] -= 1
    better[group][grade - 1] += 1
    before = outcome(groups_of(counts), POINTS, SMALLEST_POOL).mean
    after = outcome(groups_of([tuple(row) for row in better]), POINTS, SMALLEST_POOL).mean
    assert before is None or (after is not None and after >= before)


@given(rows)
def test_a_pool_that_is_large_enough_stays_alone(counts: list[tuple[int, ...]]) -> None:
    large = [tuple(count + 2 for count in row) for row in counts]
    assert list(merge_small(groups_of(large))) == groups_of(large)
