"""What a scheme of scoring consists of, as plain frozen data. Pure: no Django.

``definitions.read`` builds it from YAML and checks it; nobody else makes one by hand. Points are ``Decimal``.
Source of the shape: the example schemes of the reference (scoring_schemes.yaml).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a scheme: ``path`` (``blocks.0.indicators.2.points``) and what to do about it, in Chinese."""

    path: str
    message: str


class DefinitionFault(Exception):
    """A scheme that cannot be used; ``problems`` names everything that is wrong with it at once."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("；".join(f"{problem.path}：{problem.message}" for problem in problems))


@dataclass(frozen=True, slots=True)
class Exemption:
    """Why an indicator is not counted this year, and who allowed it. It leaves the denominator and stays on the sheet."""

    reason: str
    approved_by: str
    approved_on: datetime.date


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of a scheme. ``kind`` names the formula, ``source`` is auto, manual, mixed or ballot.

    ``params``: what the formula and the measure need (``definition_checks.PARAMS``); numbers are ``Decimal`` or ``int``.
    """

    code: str
    name: str
    points: Decimal
    kind: str
    source: str
    params: Mapping[str, Any]
    measure: str = ""
    reviewer: str = ""
    cadence: str = ""
    basis: str = ""
    rule_id: str = ""
    note: str = ""
    exempt: Exemption | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Indicators that belong together; their points sum to the block's."""

    code: str
    name: str
    points: Decimal
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class Award:
    """A kind of achievement that adds ``points``."""

    code: str
    name: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Bonus:
    """Points for achievements, at most ``cap`` in all. ``stacking``: highest_per_item or sum; ``proof``: what to attach."""

    cap: Decimal = NONE
    stacking: str = "highest_per_item"
    awards: tuple[Award, ...] = ()
    proof: tuple[str, ...] = ()
    basis: str = ""


@dataclass(frozen=True, slots=True)
class PenaltyItem:
    """What costs ``points`` (negative) each ``per`` (次, 件)."""

    code: str
    name: str
    points: Decimal
    per: str


@dataclass(frozen=True, slots=True)
class Penalties:
    """Deductions from the whole; ``cap`` is the most they can be, a negative number."""

    cap: Decimal = NONE
    items: tuple[PenaltyItem, ...] = ()
    basis: str = ""


@dataclass(frozen=True, slots=True)
class VetoItem:
    """A ground for the lowest band."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Veto:
    """Grounds for the lowest band, valid only with the decision of ``decided_by``."""

    decided_by: str = ""
    items: tuple[VetoItem, ...] = ()
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A grade from ``min`` points up. ``quota_max_ratio``: the part (0..1) of all units that may have it.

    ``quota_round``: floor, half_up or ceil. ``quota_scope``: in words, which bands share the quota; empty: this one
    alone. ``extra``: further conditions (``bands.condition``).
    """

    name: str
    min: Decimal
    quota_max_ratio: Decimal | None = None
    quota_round: str = "floor"
    quota_scope: str = ""
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole scheme of one year. ``min_age_months``: younger organisations are not rated."""

    code: str
    name: str
    year: int
    applies_to: str
    full_mark: Decimal
    blocks: tuple[Block, ...]
    bands: tuple[Band, ...]
    min_age_months: int | None = None
    bonus: Bonus = field(default_factory=Bonus)
    penalty: Penalties = field(default_factory=Penalties)
    veto: Veto = field(default_factory=Veto)
    tie_break: tuple[str, ...] = ()
    grade_map: Mapping[str, Decimal] = field(default_factory=dict)
    dynamic: Mapping[str, Any] = field(default_factory=dict)
    process: tuple[Mapping[str, Any], ...] = ()
    bands_basis: str = ""
    process_basis: str = ""
    note: str = ""

    def indicators(self) -> tuple[Indicator, ...]:
        """All indicators in the order of the scheme."""
        return tuple(indicator for block in self.blocks for indicator in block.indicators)

    def indicator(self, code: str) -> Indicator:
        """The indicator of this code. Raises ``KeyError`` if there is none."""
        for indicator in self.indicators():
            if indicator.code == code:
                return indicator
        raise KeyError(code)

    def block_of(self, code: str) -> Block:
        """The block that holds the indicator of this code. Raises ``KeyError`` if there is none."""
        for block in self.blocks:
            if any(indicator.code == code for indicator in block.indicators):
                return block
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the composite. ``source``: scheme (then ``scheme`` is its code) or import_xlsx (then ``owner`` gives it)."""

    code: str
    name: str
    weight: Decimal
    full_mark: Decimal
    source: str
    scheme: str = ""
    owner: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class CompositeDefinition:
    """The yearly composite of the colleges: weighted parts, rounded once to ``decimals`` places, half up."""

    code: str
    name: str
    year: int
    components: tuple[Component, ...]
    decimals: int = 2
    note: str = ""
