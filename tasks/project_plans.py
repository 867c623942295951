"""The plan of a project: what may be wrong with it, the windows of its milestones, how far it is. Pure, no Django."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tasks.lights import GREEN, SEVERITY

FULL = 100
MOST_ROWS = 20
RATE = "比率"  # the unit of indicators that are parts of one and shown in per cent
HIGHEST_RATE = Decimal(2)  # above it somebody typed per cent without the sign
PLACES = 4
HIGHEST = Decimal(10) ** 8  # the column has twelve digits, four of them behind the point


@dataclass(frozen=True)
class MilestonePlan:
    """A step: what, by when, and its weight of 100."""

    title: str
    due_on: datetime.date
    weight: int


@dataclass(frozen=True)
class IndicatorPlan:
    """A figure that moves from ``base`` to ``target``; ``unit`` 比率: parts of one."""

    name: str
    base: Decimal
    target: Decimal
    unit: str = ""


@dataclass(frozen=True)
class Fault:
    """Something wrong: where (``milestones.1.due_on``: second row), which rule, and the facts for its words."""

    where: str
    code: str
    facts: dict[str, object] = field(default_factory=dict)


def faults(
    *,
    starts_on: datetime.date,
    ends_on: datetime.date,
    milestones: Sequence[MilestonePlan],
    indicators: Sequence[IndicatorPlan],
) -> list[Fault]:
    """Everything wrong with a plan, at most one fault for each place.

    The project ends on or after its start; one to twenty milestones with dates in order inside the project's days
    and weights of exactly 100; one to twenty indicators with different names and a target other than the base.
    """
    found = [] if ends_on >= starts_on else [Fault("ends_on", "ends_before_start", {"day": starts_on})]
    found += _of_milestones(starts_on, ends_on, milestones)
    found += _of_indicators(indicators)
    first: dict[str, Fault] = {}
    for fault in found:
        first.setdefault(fault.where, fault)
    return list(first.values())


def _of_milestones(
    starts_on: datetime.date, ends_on: datetime.date, milestones: Sequence[MilestonePlan]
) -> Iterator[Fault]:
    if not 1 <= len(milestones) <= MOST_ROWS:
        yield Fault("milestones", "milestone_count", {"most": MOST_ROWS})
    before: datetime.date | None = None
    for row, milestone in enumerate(milestones):
        where = f"milestones.{row}"
        if not milestone.title.strip():
            yield Fault(f"{where}.title", "no_title")
        if not 1 <= milestone.weight <= FULL:
            yield Fault(f"{where}.weight", "weight")
        if milestone.due_on < starts_on:
            yield Fault(f"{where}.due_on", "due_before_start", {"day": starts_on})
        elif milestone.due_on > ends_on:
            yield Fault(f"{where}.due_on", "due_after_end", {"day": ends_on})
        elif before is not None and milestone.due_on <= before:
            yield Fault(f"{where}.due_on", "not_in_order", {"day": before})
        before = milestone.due_on if before is None else max(before, milestone.due_on)
    total = sum(milestone.weight for milestone in milestones)
    if milestones and total != FULL:
        yield Fault("milestones", "weights", {"sum": total})


def _of_indicators(indicators: Sequence[IndicatorPlan]) -> Iterator[Fault]:
    if not 1 <= len(indicators) <= MOST_ROWS:
        yield Fault("indicators", "indicator_count", {"most": MOST_ROWS})
    names: set[str] = set()
    for row, indicator in enumerate(indicators):
        where = f"indicators.{row}"
        name = indicator.name.strip()
        if not name:
            yield Fault(f"{where}.name", "no_name")
        elif name in names:
            yield Fault(f"{where}.name", "same_name")
        names.add(name)
        for which, value in (("base", indicator.base), ("target", indicator.target)):
            if (code := number_fault(value, indicator.unit)) is not None:
                yield Fault(f"{where}.{which}", code)
        if indicator.base == indicator.target:
            yield Fault(f"{where}.target", "target_is_base")


def number_fault(value: Decimal, unit: str) -> str | None:
    """What is wrong with a value: ``not_a_number``, ``too_large``, ``too_fine`` (four places), ``rate``; or nothing."""
    if not value.is_finite():
        return "not_a_number"
    if abs(value) >= HIGHEST:
        return "too_large"
    if value != round(value, PLACES):
        return "too_fine"
    if unit == RATE and abs(value) > HIGHEST_RATE:
        return "rate"
    return None


def windows(starts_on: datetime.date, dues: Sequence[datetime.date]) -> list[tuple[datetime.date, datetime.date]]:
    """(start, due) of each milestone: from the due date of the one before, the first from the project's start."""
    starts = [starts_on, *dues][: len(dues)]
    return list(zip(starts, dues, strict=True))


def done_share(parts: Iterable[tuple[int, bool]]) -> int:
    """Progress in per cent: the sum of the weights of the accepted milestones. What is only reported does not count."""
    return sum(weight for weight, is_accepted in parts if is_accepted)


def reported_share(weight: int, progress: int) -> int:
    """The share of the whole that a running milestone of ``weight`` reports with ``progress`` (0 to 100), rounded."""
    return round(weight * progress / FULL)


def way_gone(base: Decimal, target: Decimal, current: Decimal | None) -> int:
    """How much of the way from ``base`` to ``target`` an indicator has gone, in per cent from 0 to 100."""
    if current is None or target == base:
        return 0
    gone = (current - base) / (target - base) * FULL
    return int(min(max(gone, Decimal(0)), Decimal(FULL)))


def worst(lights: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """The worst of (light, cause), the first of equals; green without words when there is none."""
    found = list(lights)
    return max(found, key=lambda one: SEVERITY[one[0]]) if found else (GREEN, "")


def value_words(value: Decimal | None, unit: str) -> str:
    """A value as people read it: 0.46 of unit 比率 is 46%, 31.0000 人 is 31人."""
    if value is None:
        return "—"
    if unit == RATE:
        return f"{_plain(value * FULL)}%"
    return f"{_plain(value)}{unit}"


def _plain(value: Decimal) -> str:
    return f"{round(value, PLACES):f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"
