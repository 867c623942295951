"""Which change of a directive is legal in which state (forms.yaml, directive_states): one table, pure, no Django here."""

from __future__ import annotations

DRAFT, AWAITING, ISSUED, DONE, STOPPED = "draft", "awaiting", "issued", "done", "stopped"
STATES = (DRAFT, AWAITING, ISSUED, DONE, STOPPED)

EDIT, SUBMIT, DISCARD = "edit", "submit", "discard"
RETURN, APPROVE, STOP, FINISH = "return", "approve", "stop", "finish"
VERBS = (EDIT, SUBMIT, DISCARD, RETURN, APPROVE, STOP, FINISH)

TABLE: dict[str, dict[str, str]] = {
    EDIT: {DRAFT: DRAFT},
    SUBMIT: {DRAFT: AWAITING},
    DISCARD: {DRAFT: STOPPED},
    RETURN: {AWAITING: DRAFT},
    APPROVE: {AWAITING: ISSUED},
    STOP: {AWAITING: STOPPED, ISSUED: STOPPED},
    # When everybody who carries it out has closed; nobody presses a button for it.
    FINISH: {ISSUED: DONE},
}


def next_state(verb: str, state: str) -> str | None:
    """The state after ``verb`` in ``state``; ``None`` when the change is not legal."""
    return TABLE[verb].get(state)


def allowed_verbs(state: str) -> frozenset[str]:
    """The verbs that are legal in ``state``, whoever asks."""
    return frozenset(verb for verb in VERBS if state in TABLE[verb])
