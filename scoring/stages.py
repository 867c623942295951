"""The way of a scheme through its year: which stage follows which, what a step asks for, which dates it has. Pure: no Django.

Source: the reference (scoring_schemes.yaml, ``process``). The first step is taken by publishing the rules.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DRAFT, RUNNING, STATEMENT, REVIEW = "draft", "running", "statement", "review"
CHECK, APPROVAL, PUBLISHED, FINAL = "check", "approval", "published", "final"
ORDER = (DRAFT, RUNNING, STATEMENT, REVIEW, CHECK, APPROVAL, PUBLISHED, FINAL)

# What a step needs besides the right to lead the scheme.
RULES = "rules"  # a version in force
OTHER_EYES = "other_eyes"  # somebody who did not prepare it, without an office in an assessed unit
DECISION = "decision"  # the committee's decision
COMPLETE = "complete"  # no rated sheet lacks data
WINDOW_OVER = "window_over"  # the time for objections is over
ANSWERED = "answered"  # every objection is answered


@dataclass(frozen=True, slots=True)
class Step:
    """One step forward; ``needs``: of the words above."""

    old: str
    new: str
    needs: frozenset[str] = frozenset()


FORWARD: Mapping[str, Step] = {
    step.old: step
    for step in (
        Step(DRAFT, RUNNING, frozenset({RULES})),
        Step(RUNNING, STATEMENT),
        Step(STATEMENT, REVIEW),
        Step(REVIEW, CHECK),
        Step(CHECK, APPROVAL, frozenset({OTHER_EYES})),
        Step(APPROVAL, PUBLISHED, frozenset({DECISION, COMPLETE})),
        Step(PUBLISHED, FINAL, frozenset({WINDOW_OVER, ANSWERED})),
    )
}
# One step back, with a reason; what is published is never taken back, it is corrected.
BACK: Mapping[str, str] = {STATEMENT: RUNNING, REVIEW: STATEMENT, CHECK: REVIEW, APPROVAL: CHECK}
# Steps that a plain command takes; the others have commands of their own.
PLAIN = frozenset({RUNNING, STATEMENT, REVIEW, CHECK})
# What the steps of a scheme's ``process`` are called, and the stage they belong to; a step that names none belongs to
# the stage of the one before. 申诉 and 复核答复 happen while the results are published.
_NAMES = (
    ("发文", FINAL),
    ("公示", PUBLISHED),
    ("申诉", PUBLISHED),
    ("复核答复", PUBLISHED),
    ("审定", APPROVAL),
    ("四眼", CHECK),
    ("核分", CHECK),
    ("专项评价", REVIEW),
    ("自评", STATEMENT),
    ("平时", RUNNING),
    ("发布方案", DRAFT),
)


def is_before(one: str, other: str) -> bool:
    """Whether the stage ``one`` comes before ``other``."""
    return ORDER.index(one) < ORDER.index(other)


def preparers(events: Iterable[tuple[str, str, int]]) -> frozenset[int]:
    """Accounts that must not confirm the check: who last moved the scheme to review, and who last sent it to the check.

    Args: ``events``: (old stage, new stage, account) newest first; steps back do not count.
    """
    found: dict[tuple[str, str], int] = {}
    for old, new, account in events:
        if (old, new) in ((STATEMENT, REVIEW), (REVIEW, CHECK)):
            found.setdefault((old, new), account)
    return frozenset(found.values())


def stage_of(name: str) -> str:
    """The stage that a step of the process belongs to by its name; empty when it names none."""
    return next((stage for word, stage in _NAMES if word in name), "")


def by_stage(process: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """The steps of a scheme's ``process`` by stage, in their order."""
    found: dict[str, list[Mapping[str, Any]]] = {stage: [] for stage in ORDER}
    current = DRAFT
    for step in process:
        current = stage_of(str(step["name"])) or current
        found[current].append(step)
    return found


def due_day(text: object) -> datetime.date | None:
    """A due date written as a day; ``None`` for words such as 每月1日."""
    try:
        return datetime.date.fromisoformat(str(text))
    except ValueError:
        return None


def days_of(process: Sequence[Mapping[str, Any]], word: str, default: int) -> int:
    """Working days of the step whose name holds ``word`` (公示, 申诉, 答复), as the scheme has them, else ``default``."""
    for step in process:
        if word in str(step["name"]):
            days = step.get("days", step.get("window_days"))
            if days:
                return int(days)
    return default
