"""What a reviewer has to find about an indicator, and whether a finding fits it. Pure: no Django."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scoring.definition_parts import Indicator

MOST_TIMES = 999
BY_PEOPLE = ("manual", "mixed")


@dataclass(frozen=True)
class Finding:
    """What a reviewer found: a level, items (code → done), or events (name → times; empty: looked, none)."""

    level: str = ""
    checked: Mapping[str, bool] = field(default_factory=dict)
    events: Mapping[str, int] | None = None


def is_marked_by_people(indicator: Mapping[str, Any] | Indicator) -> bool:
    """Whether somebody has to look: at a level, items that no measure gives, or events; and it is not exempt.

    Also of an indicator as a draft has it, which may still be unsound.
    """
    if isinstance(indicator, Indicator):
        kind, source, exempt = indicator.kind, indicator.source, indicator.exempt
        params: Any = indicator.params
    else:
        kind, source, exempt = indicator.get("kind", ""), indicator.get("source", ""), indicator.get("exempt")
        params = indicator.get("params") or {}
    if exempt is not None:
        return False
    if kind == "checklist":
        return any(not item.get("auto") for item in params.get("items", ()))
    return kind == "rubric" or (kind == "deduct" and source in BY_PEOPLE)


def levels_of(indicator: Indicator) -> list[str]:
    """Names of the levels of a rubric, best first as the scheme has them."""
    return [level["name"] for level in indicator.params.get("levels", ())]


def items_of(indicator: Indicator) -> list[Mapping[str, Any]]:
    """Items of a checklist that no measure gives."""
    return [item for item in indicator.params.get("items", ()) if not item.get("auto")]


def events_of(indicator: Indicator) -> list[str]:
    """Names of the events that a reviewer counts."""
    weights = indicator.params.get("event_weights")
    return list(weights) if weights else [indicator.params["event"]]


def faults_of(indicator: Indicator, finding: Finding) -> dict[str, str]:
    """What does not fit: field (level, checked, events) → what is wrong with it; empty when the finding is whole."""
    if indicator.kind == "rubric":
        return {} if finding.level in levels_of(indicator) else {"level": "no_level"}
    if indicator.kind == "checklist":
        wanted = {item["code"] for item in items_of(indicator)}
        return {} if set(finding.checked) == wanted else {"checked": "not_all_checked"}
    if finding.events is None:
        return {"events": "not_looked"}
    if not set(finding.events) <= set(events_of(indicator)):
        return {"events": "unknown_event"}
    if any(not 1 <= times <= MOST_TIMES for times in finding.events.values()):
        return {"events": "odd_times"}
    return {}


def state_of(mark: Any) -> str:
    """What tells two states of a mark (a row, or ``None``) apart; empty for no mark."""
    if mark is None:
        return ""
    content = [mark.level, mark.checked, mark.events, mark.reason, mark.reviewer_id]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def markable_codes(body: Mapping[str, Any]) -> list[str]:
    """Codes of the indicators that people mark, in the order of the scheme; a draft may still be unsound."""
    lines = [line for block in body.get("blocks") or [] for line in block.get("indicators") or []]
    return [line["code"] for line in lines if is_marked_by_people(line)]
