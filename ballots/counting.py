"""From counters to a result: small groups merged, means weighted; plain arithmetic on ``Decimal``, no Django.

Groups with fewer than five ballots are merged with the next (the last with the one before), weights added and ballots
pooled, so that no mean is the mean of a few who can be guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

SMALLEST_POOL = 5


@dataclass(frozen=True)
class Counted:
    """The ballots of one group, or of several merged: how often each grade was given, the best first."""

    names: tuple[str, ...]
    weight: Decimal
    counts: tuple[int, ...]

    @property
    def ballots(self) -> int:
        """How many ballots there are."""
        return sum(self.counts)

    def mean(self, points: Sequence[Decimal]) -> Decimal:
        """Mean points of a ballot; there must be one."""
        worth = sum((count * each for count, each in zip(self.counts, points, strict=True)), Decimal(0))
        return worth / self.ballots

    def with_next(self, other: Counted) -> Counted:
        """Both as one: weights added, ballots pooled."""
        counts = tuple(mine + theirs for mine, theirs in zip(self.counts, other.counts, strict=True))
        return Counted(self.names + other.names, self.weight + other.weight, counts)


@dataclass(frozen=True)
class Outcome:
    """The result for one unit: ``mean`` and ``pools`` are empty when there are too few ballots."""

    ballots: int
    mean: Decimal | None = None
    pools: tuple[Counted, ...] = ()


def merge_small(groups: Sequence[Counted], smallest: int = SMALLEST_POOL) -> tuple[Counted, ...]:
    """The groups in their order, none with fewer than ``smallest`` ballots unless there are fewer in all."""
    pools: list[Counted] = []
    waiting: Counted | None = None
    for group in groups:
        current = group if waiting is None else waiting.with_next(group)
        waiting = current if current.ballots < smallest else None
        if waiting is None:
            pools.append(current)
    if waiting is not None:
        pools[-1:] = [pools[-1].with_next(waiting)] if pools else [waiting]
    return tuple(pools)


def outcome(groups: Sequence[Counted], points: Sequence[Decimal], minimum: int) -> Outcome:
    """The weighted mean of the merged groups, or none with fewer than ``minimum`` ballots (at least five)."""
    ballots = sum(group.ballots for group in groups)
    if ballots < max(minimum, SMALLEST_POOL):
        return Outcome(ballots)
    pools = merge_small(groups)
    weight = sum((pool.weight for pool in pools), Decimal(0))
    total = sum((pool.weight * pool.mean(points) for pool in pools), Decimal(0))
    return Outcome(ballots, total / weight, pools)
