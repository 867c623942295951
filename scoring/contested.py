"""What of a published sheet an objection can be about: its indicators, and the sums of bonus and penalty. Pure: no Django."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.definition_parts import Definition, Indicator

# Codes of a scheme are Latin letters and digits, so these never meet one.
BONUS, PENALTY = "加分", "扣分"
NAMES = {BONUS: "合计", PENALTY: "合计"}
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Contested:
    """One thing that can be objected to: scores from ``low`` to ``high``; ``points``: the end that the scheme sets.

    ``indicator`` is ``None`` for the sums of bonus (0 to the cap) and penalty (the cap, negative, to 0).
    """

    code: str
    name: str
    low: Decimal
    high: Decimal
    points: Decimal
    indicator: Indicator | None = None


def contested(definition: Definition, code: str) -> Contested:
    """What ``code`` of an objection stands for. Raises ``KeyError`` for a code that the scheme does not have."""
    if code == BONUS:
        cap = definition.bonus.cap
        return Contested(code, NAMES[code], ZERO, cap, cap)
    if code == PENALTY:
        cap = definition.penalty.cap
        return Contested(code, NAMES[code], cap, ZERO, cap)
    one = definition.indicator(code)
    return Contested(code, one.name, ZERO, one.points, one.points, one)


def sums_of(definition: Definition) -> tuple[Contested, ...]:
    """The sums that this scheme has: a scheme without a bonus table has no bonus to object to."""
    codes = [BONUS] if definition.bonus.awards else []
    codes += [PENALTY] if definition.penalty.items else []
    return tuple(contested(definition, code) for code in codes)
