"""Which change of a project is legal in which state (breakthrough_projects.yaml): one table, pure, no Django here."""

from __future__ import annotations

DRAFT, REVIEWING, ACTIVE, EXTENSION = "draft", "reviewing", "active", "extension"
ACCEPTANCE, CLOSED, STOPPED = "acceptance", "closed", "stopped"
STATES = (DRAFT, REVIEWING, ACTIVE, EXTENSION, ACCEPTANCE, CLOSED, STOPPED)
RUNNING = (ACTIVE, EXTENSION, ACCEPTANCE)
OPEN = (DRAFT, REVIEWING, *RUNNING)
# What takes up the one project that somebody may lead in a year.
COUNTED = (DRAFT, REVIEWING, *RUNNING, CLOSED)

CREATE, EDIT, SUBMIT, DISCARD = "create", "edit", "submit", "discard"
RETURN, APPROVE = "return", "approve"
REPORT, REPLAN, ASK_EXTENSION, SETTLE_EXTENSION = "report", "replan", "ask_extension", "settle_extension"
APPLY, ACCEPT, REJECT, STOP = "apply", "accept", "reject", "stop"
VERBS = (
    EDIT,
    SUBMIT,
    DISCARD,
    RETURN,
    APPROVE,
    REPORT,
    REPLAN,
    ASK_EXTENSION,
    SETTLE_EXTENSION,
    APPLY,
    ACCEPT,
    REJECT,
    STOP,
)

TABLE: dict[str, dict[str, str]] = {
    EDIT: {DRAFT: DRAFT},
    SUBMIT: {DRAFT: REVIEWING},
    DISCARD: {DRAFT: STOPPED},
    RETURN: {REVIEWING: DRAFT},
    APPROVE: {REVIEWING: ACTIVE},
    REPORT: {ACTIVE: ACTIVE, EXTENSION: EXTENSION},
    # Not while a request for more time waits: two hands would move the same dates.
    REPLAN: {ACTIVE: ACTIVE},
    ASK_EXTENSION: {ACTIVE: EXTENSION, EXTENSION: EXTENSION},
    SETTLE_EXTENSION: {EXTENSION: ACTIVE},
    APPLY: {ACTIVE: ACCEPTANCE},
    ACCEPT: {ACCEPTANCE: CLOSED},
    REJECT: {ACCEPTANCE: ACTIVE},
    STOP: {REVIEWING: STOPPED, ACTIVE: STOPPED, EXTENSION: STOPPED, ACCEPTANCE: STOPPED},
}


def next_state(verb: str, state: str) -> str | None:
    """The state after ``verb`` in ``state``; ``None`` when the change is not legal."""
    return TABLE[verb].get(state)


def allowed_verbs(state: str) -> frozenset[str]:
    """The verbs that are legal in ``state``, whoever asks."""
    return frozenset(verb for verb in VERBS if state in TABLE[verb])
