"""What people entered about one organisation, as plain data. Pure: no Django."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from scoring.formulas import Marks


@dataclass(frozen=True, slots=True)
class Claimed:
    """An accepted bonus: the award's code, what it was for, and its document."""

    code: str
    achievement: str
    document: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A penalty in force: its code, how often, and why."""

    code: str
    times: int
    reason: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """A figure that a review replaced."""

    score: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Exempted:
    """Why one organisation need not be marked on an indicator, and who allowed it when."""

    reason: str
    approved_by: str
    approved_on: datetime.date


@dataclass
class Entered:
    """Everything that people entered about one organisation, by code of the indicator where it belongs to one."""

    marks: dict[str, Marks] = field(default_factory=dict)
    bonuses: list[Claimed] = field(default_factory=list)
    penalties: list[Taken] = field(default_factory=list)
    vetoes: list[str] = field(default_factory=list)
    exemptions: dict[str, Exempted] = field(default_factory=dict)
    corrections: dict[str, Corrected] = field(default_factory=dict)
