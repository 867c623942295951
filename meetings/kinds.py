"""Reads the kinds of meetings shipped with the platform (``data/kinds.yaml``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

SHIPPED = Path(__file__).parent / "data" / "kinds.yaml"


def shipped_kinds(path: Path = SHIPPED) -> list[dict[str, Any]]:
    """Field values of every shipped kind, in the file's order (``position``), ready for ``MeetingKind(**values)``."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))["kinds"]
    return [_values(row, position) for position, row in enumerate(rows, start=1)]


def _values(row: dict[str, Any], position: int) -> dict[str, Any]:
    values = {"position": position * 10, **row}
    share = values.pop("quorum", None)
    if share is not None:
        values["quorum_numerator"], values["quorum_denominator"] = (int(part) for part in share.split("/"))
    rule = values.pop("pass", None)
    if rule is not None:
        values["pass_numerator"], values["pass_denominator"] = (int(part) for part in rule.split("/"))
    return values
