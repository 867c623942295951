"""Which step of a dual sign-off is legal in which state (forms.yaml, dual_sign): one table, pure, no Django here."""

from __future__ import annotations

AWAITING, SECRETARY, HEAD, BOTH, REFUSED, VOID = "awaiting", "secretary", "head", "both", "refused", "void"
STATES = (AWAITING, SECRETARY, HEAD, BOTH, REFUSED, VOID)
OPEN = (AWAITING, SECRETARY, HEAD)

SIGN_AS_SECRETARY, SIGN_AS_HEAD, REFUSE, VOID_IT = "sign_as_secretary", "sign_as_head", "refuse", "void"
VERBS = (SIGN_AS_SECRETARY, SIGN_AS_HEAD, REFUSE, VOID_IT)

TABLE: dict[str, dict[str, str]] = {
    SIGN_AS_SECRETARY: {AWAITING: SECRETARY, HEAD: BOTH},
    SIGN_AS_HEAD: {AWAITING: HEAD, SECRETARY: BOTH},
    # Both or nothing: who has signed may still say no while the other has not.
    REFUSE: dict.fromkeys(OPEN, REFUSED),
    VOID_IT: dict.fromkeys(OPEN, VOID),
}


def next_state(verb: str, state: str) -> str | None:
    """The state after ``verb`` in ``state``; ``None`` when the step is not legal."""
    return TABLE[verb].get(state)
