"""The measures of all rooms, and whose figures have changed."""

from __future__ import annotations

import datetime
from functools import cache
from importlib import import_module
from types import ModuleType

from common.measures import Gives, Measure, by_code

# The rooms that offer measures, in the import order; each has ``MEASURES`` and ``changed_since``.
ROOMS = ("orgs", "tasks", "ballots", "meetings")


def _offers() -> list[ModuleType]:
    return [import_module(f"{room}.measures") for room in ROOMS]


@cache
def measures() -> dict[str, Measure]:
    """Every measure by its code."""
    return by_code(measure for room in _offers() for measure in room.MEASURES)


def given() -> dict[str, Gives]:
    """What each measure gives; a scheme is checked against it."""
    return {code: measure.gives for code, measure in measures().items()}


def changed_since(moment: datetime.datetime) -> set[int]:
    """Ids of the organisations whose records changed since ``moment``; a few queries for each room."""
    return set().union(*(room.changed_since(moment) for room in _offers()))
