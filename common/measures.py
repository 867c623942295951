"""What a room can tell the score: a named measure gives the figures of many organisations at once, and the rows behind them.

Each room offers its measures in its own ``measures.py`` (``MEASURES``, ``changed_since``); the room of scores gathers
them. A measure says what happened, never how many points it is worth.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

Kept = TypeVar("Kept")

ONE, NOTHING = Decimal(1), Decimal(0)


class Gives(StrEnum):
    """Which figures a measure gives, and so which kinds of formula can read it."""

    RATE = "rate"  # numerator, denominator                      -> rate_linear
    HELD = "held"  # one Happening a time it was done, `excused`  -> frequency
    EVENTS = "events"  # a number by name of event                -> deduct
    ITEMS = "items"  # 1 or 0 by code of item                     -> checklist
    VALUE = "value"  # value                                      -> imported, survey


@dataclass(frozen=True, slots=True)
class Happening:
    """One time that something was validly done: the day it counts for, and by whom where each unit owes it (groups)."""

    day: datetime.date
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line behind a figure, as the page of a sheet shows it.

    ``counts``: whether it went into the result (done, in time, present); if not, ``why`` says what is missing.
    ``if_done`` and ``if_not`` say what it adds to ``Figure.values`` once it is done or stays undone: empty for what
    nothing can change any more. What is overdue has ``if_done={"numerator": 1}``; what is not due yet
    ``if_done={"numerator": 1, "denominator": 1}`` and ``if_not={"denominator": 1}``.
    """

    label: str
    url: str = ""
    day: datetime.date | None = None
    unit: str = ""
    counts: bool = True
    why: str = ""
    amount: str = ""
    if_done: Mapping[str, Decimal] = field(default_factory=dict)
    if_not: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """What a measure found for one organisation.

    ``values``: figures by name (``Gives``). ``units``: how many units owe it each (groups of a branch), else 1.
    ``values["excused"]`` (frequency): how many of the periods that have ended were not owed (waived, before it was
    founded). ``missing``: why there is no figure, in words; it then blocks publication and is never a zero.
    ``not_applicable``: why it does not apply here, in words. ``not_due``: what is owed once a year and may still be
    done, in words; it then costs nothing yet, and counts once it is done in full.
    """

    values: Mapping[str, Decimal] = field(default_factory=dict)
    happened: tuple[Happening, ...] = ()
    units: int = 1
    rows: tuple[Row, ...] = ()
    missing: str = ""
    not_applicable: str = ""
    not_due: str = ""


class Question:
    """For whom and when a measure is asked: ``organisations`` (in tree order) in ``year``, as of ``as_of``.

    What several measures read is read once for all of them (``once``): the number of queries does not grow with the
    number of measures that need the same rows, nor with the number of organisations.
    """

    def __init__(self, organisations: Sequence[Any], year: int, as_of: datetime.date) -> None:
        self.organisations = tuple(organisations)
        self.year = year
        self.start, self.end = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
        self.as_of = min(as_of, self.end)
        self._kept: dict[str, Any] = {}

    def once(self, key: str, make: Callable[[], Kept]) -> Kept:
        """What ``make`` gives; asked again under the same ``key``, the same without asking."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]


Answer = Mapping[int, Figure]
Ask = Callable[[Question, Mapping[str, Any]], Answer]


@dataclass(frozen=True)
class Measure:
    """A named measure. ``ask(question, params)`` gives a ``Figure`` by organisation id, for all that were asked.

    ``code``: room and name (``meetings.theme_days``). ``params``: what the indicator of the scheme says besides (a
    kind of meeting, a topic). ``title`` and ``source`` say in Chinese what is counted and from which records.
    """

    code: str
    title: str
    gives: Gives
    ask: Ask
    source: str = ""
    items: Mapping[str, str] = field(default_factory=dict)  # of Gives.ITEMS and EVENTS: code -> words


def by_code(measures: Iterable[Measure]) -> dict[str, Measure]:
    """The measures by code; a code given twice is an error of the programmer."""
    found: dict[str, Measure] = {}
    for measure in measures:
        if measure.code in found:
            raise ValueError(f"Two measures are called {measure.code}.")
        found[measure.code] = measure
    return found
