"""Which change of a Task is legal in which state (DESIGN.md §1): one table, pure, no Django here."""

from __future__ import annotations

PENDING, ACTIVE, SUBMITTED, RETURNED = "pending", "active", "submitted", "returned"
DONE, WAIVED, STOPPED = "done", "waived", "stopped"
STATES = (PENDING, ACTIVE, SUBMITTED, RETURNED, DONE, WAIVED, STOPPED)
OPEN = (PENDING, ACTIVE, SUBMITTED, RETURNED)

SUBMIT, ACCEPT, RETURN = "submit", "accept", "return"
WAIVE, STOP, REPORT = "waive", "stop", "report"
COMPLETE, REOPEN, REASSIGN = "complete", "reopen", "reassign"
ACKNOWLEDGE, EXTEND = "acknowledge", "extend"
VERBS = (SUBMIT, ACCEPT, RETURN, WAIVE, STOP, REPORT, COMPLETE, REOPEN, REASSIGN, ACKNOWLEDGE, EXTEND)

TABLE: dict[str, dict[str, str]] = {
    SUBMIT: {ACTIVE: SUBMITTED, RETURNED: SUBMITTED},
    ACCEPT: {SUBMITTED: DONE},
    RETURN: {SUBMITTED: RETURNED},
    WAIVE: dict.fromkeys(OPEN, WAIVED),
    STOP: dict.fromkeys(OPEN, STOPPED),
    REPORT: {ACTIVE: ACTIVE, RETURNED: RETURNED},
    # A room's confirmed record closes at once; its return opens again.
    COMPLETE: dict.fromkeys(OPEN, DONE),
    REOPEN: {DONE: ACTIVE},
    # What is being checked keeps its owner until it is decided.
    REASSIGN: {PENDING: PENDING, ACTIVE: ACTIVE, RETURNED: RETURNED},
    ACKNOWLEDGE: {PENDING: ACTIVE},
    # Who has submitted needs no more time; who has not signed for it has not looked at it yet.
    EXTEND: {ACTIVE: ACTIVE, RETURNED: RETURNED},
}


def next_state(verb: str, state: str) -> str | None:
    """The state after ``verb`` in ``state``; ``None`` when the change is not legal."""
    return TABLE[verb].get(state)


def allowed_verbs(state: str) -> frozenset[str]:
    """The verbs that are legal in ``state``, whoever asks."""
    return frozenset(verb for verb in VERBS if state in TABLE[verb])
