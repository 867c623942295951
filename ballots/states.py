"""The states of a ballot, and what may be done in each; no Django."""

from __future__ import annotations

DRAFT, OPEN, CLOSED, COUNTED, CANCELLED = "draft", "open", "closed", "counted", "cancelled"

EDIT, START, VOTE, PAPER, CLOSE, COUNT, CANCEL = "edit", "open", "vote", "paper", "close", "count", "cancel"

ALLOWED: dict[str, frozenset[str]] = {
    EDIT: frozenset({DRAFT}),
    START: frozenset({DRAFT}),
    VOTE: frozenset({OPEN}),
    PAPER: frozenset({OPEN, CLOSED}),
    CLOSE: frozenset({OPEN}),
    COUNT: frozenset({CLOSED}),
    CANCEL: frozenset({DRAFT, OPEN, CLOSED}),
}


def is_allowed(verb: str, state: str) -> bool:
    """Whether ``verb`` may be done with a ballot in ``state``."""
    return state in ALLOWED[verb]
