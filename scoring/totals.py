"""From outcomes to a total: not applicable, exempt, missing, bonus, penalty, composite. Pure: no Django.

Everything is exact (fractions) until the one rounding at the end, half up, so the order of lines cannot matter. Sources:
the reference (scoring_schemes.yaml): ``na_policy``, ``exempt_policy``, ``missing_component_policy``, ``rounding``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from scoring.definition_checks import plain
from scoring.definition_parts import Block, Bonus, Component, Definition, Indicator, Penalties
from scoring.formulas import Outcome, Status

TOTAL_DECIMALS = 2
COUNTING = frozenset({Status.SCORED, Status.MISSING})
# A score such as 8×1/3 carries an error in its 28th digit; it must not push a sum that is exactly half to one side.
GUARD = 10**20


class Achieved(Protocol):
    """What counts for the bonus: anything with these two."""

    @property
    def code(self) -> str: ...

    @property
    def achievement(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Claim:
    """An achievement of the bonus table: the award's code, and which achievement it is (the same one is paid once)."""

    code: str
    achievement: str


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator in the total. A point of the indicator is worth ``factor`` points of the total.

    Of a line that does not count now (not applicable, not due) the factor is what it would be if it did; exempt: 0.
    ``counts``: its part of the total so far, unrounded; ``None`` unless scored.
    """

    code: str
    status: Status
    factor: Decimal
    counts: Decimal | None


@dataclass(frozen=True, slots=True)
class BlockTotal:
    """One block: ``points`` it has left (less exempt ones; 0 when nothing of it counts) and what was ``scored`` of them.

    Both are in points of the block, unrounded; ``so_far`` leaves out what is missing, as ``Total.so_far`` does.
    """

    code: str
    points: Decimal
    scored: Decimal
    so_far: Decimal


@dataclass(frozen=True, slots=True)
class Total:
    """The total of one sheet, rounded, or ``None`` while something is ``missing`` (codes) or nothing can be scored.

    ``so_far`` is computed over what is there, as if the missing lines did not apply; it is never a result.
    """

    total: Decimal | None
    so_far: Decimal | None
    missing: tuple[str, ...]
    base: Decimal | None
    bonus: Decimal
    penalty: Decimal
    blocks: tuple[BlockTotal, ...]
    lines: tuple[Line, ...]
    words: str


@dataclass(frozen=True, slots=True)
class _Side:
    """A block with the lines that count: ``left`` points it stands for, ``per`` point of a counting line."""

    left: Fraction
    per: Fraction
    scored: Fraction


def rounded(exact: Fraction | Decimal, decimals: int = TOTAL_DECIMALS) -> Decimal:
    """``exact`` with ``decimals`` places, half up (away from zero): the only rounding of a score."""
    exact = Fraction(round(Fraction(exact) * GUARD), GUARD)
    scaled = abs(exact) * 10**decimals
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(units if exact >= 0 else -units).scaleb(-decimals)


def total_of(
    definition: Definition,
    outcomes: Mapping[str, Outcome],
    bonuses: Iterable[Achieved] = (),
    penalties: Mapping[str, int] | None = None,
) -> Total:
    """The total of one sheet.

    What is not applicable or not due yet hands its points to the rest of its block. What is exempt takes its points out
    of the whole, which is then scaled back to the full mark; a block of which nothing is left leaves as well.

    Args: ``outcomes`` by code of indicator, all of them (one that lacks counts as missing); ``bonuses`` and
    ``penalties`` (times by code) as decided by reviewers. Raises: ``KeyError`` for a code that the scheme does not have.
    """
    missing = tuple(one.code for one in definition.indicators() if _status(outcomes, one) is Status.MISSING)
    strict = {block.code: _side(block, outcomes, COUNTING) for block in definition.blocks}
    loose = {block.code: _side(block, outcomes, frozenset({Status.SCORED})) for block in definition.blocks}
    left = sum((side.left for side in strict.values()), Fraction(0))
    more, less = bonus_of(definition.bonus, bonuses), penalty_of(definition.penalty, penalties or {})
    base, so_far = _base(strict.values(), definition.full_mark), _base(loose.values(), definition.full_mark)
    whole = None if missing or base is None else _bounded(definition, base + Fraction(more) + Fraction(less))
    part = None if so_far is None else _bounded(definition, so_far + Fraction(more) + Fraction(less))
    return Total(
        total=None if whole is None else rounded(whole),
        so_far=None if part is None else rounded(part),
        missing=missing,
        base=None if missing or base is None else decimal(base),
        bonus=more,
        penalty=less,
        blocks=tuple(_block_total(block, strict[block.code], loose[block.code]) for block in definition.blocks),
        lines=tuple(
            _line(definition, block, one, outcomes, strict, left)
            for block in definition.blocks
            for one in block.indicators
        ),
        words=_words(missing, whole, more, less),
    )


def decimal(exact: Fraction) -> Decimal:
    """A fraction as ``Decimal`` with 28 digits."""
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def _status(outcomes: Mapping[str, Outcome], indicator: Indicator) -> Status:
    outcome = outcomes.get(indicator.code)
    return outcome.status if outcome is not None else Status.MISSING


def _side(block: Block, outcomes: Mapping[str, Outcome], counting: frozenset[Status], also: str = "") -> _Side:
    """The block when lines of the ``counting`` states, and the line ``also``, share its points."""
    left = Fraction(block.points)
    shared = scored = Fraction(0)
    for one in block.indicators:
        status = _status(outcomes, one)
        if status is Status.EXEMPT:
            left -= Fraction(one.points)
        elif status in counting or one.code == also:
            shared += Fraction(one.points)
            score = outcomes[one.code].score if status is Status.SCORED else None
            scored += Fraction(score) if score is not None else 0
    if not shared:
        return _Side(Fraction(0), Fraction(0), Fraction(0))
    return _Side(left, left / shared, scored * left / shared)


def _base(sides: Iterable[_Side], full_mark: Decimal) -> Fraction | None:
    sides = list(sides)
    left = sum((side.left for side in sides), Fraction(0))
    if not left:
        return None
    return sum((side.scored for side in sides), Fraction(0)) * Fraction(full_mark) / left


def _bounded(definition: Definition, exact: Fraction) -> Fraction:
    most = Fraction(definition.full_mark) + Fraction(definition.bonus.cap)
    return max(Fraction(0), min(most, exact))


def _block_total(block: Block, strict: _Side, loose: _Side) -> BlockTotal:
    return BlockTotal(block.code, decimal(strict.left), decimal(strict.scored), decimal(loose.scored))


def _line(
    definition: Definition,
    block: Block,
    one: Indicator,
    outcomes: Mapping[str, Outcome],
    strict: Mapping[str, _Side],
    left: Fraction,
) -> Line:
    status = _status(outcomes, one)
    if status is Status.EXEMPT:
        return Line(one.code, status, Decimal(0), None)
    own, whole = strict[block.code], left
    if status not in COUNTING:
        counted, own = own, _side(block, outcomes, COUNTING, also=one.code)
        whole += own.left - counted.left
    factor = own.per * Fraction(definition.full_mark) / whole
    score = outcomes[one.code].score if status is Status.SCORED else None
    return Line(one.code, status, decimal(factor), None if score is None else decimal(Fraction(score) * factor))


def bonus_of(bonus: Bonus, claims: Iterable[Achieved]) -> Decimal:
    """Points for achievements: of the same achievement only the highest award (``highest_per_item``), capped.

    Raises: ``KeyError`` for an award that the scheme does not have.
    """
    worth = {award.code: award.points for award in bonus.awards}
    found: dict[str, Decimal] = {}
    for claim in claims:
        points, before = worth[claim.code], found.get(claim.achievement, Decimal(0))
        found[claim.achievement] = max(before, points) if bonus.stacking == "highest_per_item" else before + points
    return min(bonus.cap, sum(found.values(), Decimal(0)))


def penalty_of(penalties: Penalties, times: Mapping[str, int]) -> Decimal:
    """Points lost (negative): each item's points times how often, not below the cap. Raises ``KeyError`` as above."""
    worth = {item.code: item.points for item in penalties.items}
    lost = sum((worth[code] * count for code, count in times.items()), Decimal(0))
    return max(penalties.cap, lost)


def _words(missing: Sequence[str], whole: Fraction | None, more: Decimal, less: Decimal) -> str:
    if missing:
        return f"缺{'、'.join(missing)}，暂无总分"
    if whole is None:
        return "没有可以计分的指标，暂无总分"
    return f"总分{plain(rounded(whole))}，其中加分{plain(more)}，扣分{plain(less)}"


@dataclass(frozen=True, slots=True)
class Composite:
    """The composite of one college: the total, or ``None`` with the names of the parts that are ``missing``.

    ``counts``: what each part that is there adds, by its code, unrounded.
    """

    total: Decimal | None
    missing: tuple[str, ...]
    counts: Mapping[str, Decimal]
    words: str


def composite(parts: Mapping[str, Decimal | None], components: Sequence[Component], decimals: int = 2) -> Composite:
    """Σ weight × score, scores of another full mark taken to 100 first; rounded once. A missing part: no total.

    Args: ``parts``: the score by component's code, ``None`` or absent where there is none yet.
    """
    lacking = [one for one in components if parts.get(one.code) is None]
    exact: dict[str, Fraction] = {}
    for one in components:
        score = parts.get(one.code)
        if score is not None:
            exact[one.code] = Fraction(one.weight) * Fraction(score) * 100 / Fraction(one.full_mark)
    counts = {code: decimal(value) for code, value in exact.items()}
    if lacking or not components:
        names = "、".join(f"{one.name}得分" for one in lacking)
        return Composite(
            None, tuple(one.code for one in lacking), counts, f"缺{names}，不能合成总分" if lacking else "没有组成部分"
        )
    total = rounded(sum(exact.values(), Fraction(0)), decimals)
    sums = " + ".join(f"{format(one.weight, 'f')}×{_part(parts[one.code])}{_scale(one)}" for one in components)
    return Composite(total, (), counts, f"{sums} = {format(total, 'f')}")


def _part(score: Decimal | None) -> str:
    return "" if score is None else plain(score)


def _scale(one: Component) -> str:
    return "" if one.full_mark == 100 else f"×100/{plain(one.full_mark)}"
