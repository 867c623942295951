"""Reads the responsibility lists shipped with the platform (``data/responsibility_lists.yaml``)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SHIPPED = Path(__file__).parent / "data" / "responsibility_lists.yaml"


@dataclass(frozen=True)
class Record:
    """A record by which an item closes by itself; ``requirement`` and ``adopts`` as on ``ListItem``."""

    code: str
    name: str
    requirement: dict[str, Any]
    adopts: bool = False


@dataclass(frozen=True)
class ShippedList:
    """The list of one role; ``items`` are field values of ``ListItem`` in their order."""

    role: str
    title: str
    signed_with: str
    items: list[dict[str, Any]]


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    return found


def records() -> dict[str, Record]:
    """Every record that an item may name, by its code."""
    return {code: Record(code, **row) for code, row in _data()["records"].items()}


def record_of(requirement: dict[str, Any], adopts: bool) -> Record | None:
    """The record with this requirement, if it is one of ours."""
    rows = (row for row in records().values() if (row.requirement, row.adopts) == (requirement, adopts))
    return next(rows, None)


def shipped_lists() -> list[ShippedList]:
    """The shipped list of every role."""
    return [
        ShippedList(row["role"], row["title"], row["signed_with"], _items(row["items"])) for row in _data()["lists"]
    ]


def _items(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_values(row, number) for number, row in enumerate(rows, start=1)]


def _values(row: dict[str, Any], number: int) -> dict[str, Any]:
    record = records()[row["record"]] if "record" in row else None
    return {
        "code": f"{number:02d}",
        "number": number,
        "title": row["title"],
        "frequency": row["frequency"],
        "times": row.get("times", 1),
        "due_rule": row["due"],
        "evidence_words": row.get("evidence", ""),
        "requirement": dict(record.requirement) if record else {},
        "adopts": record.adopts if record else False,
        "awaits_room": row.get("awaits", ""),
        "measure": row.get("measure", ""),
        "not_applicable": row.get("not_applicable", ""),
        "article": row.get("article", ""),
    }
