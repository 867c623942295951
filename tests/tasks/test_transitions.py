"""Every state × verb of a Task: the table as it must be, written out."""

import pytest

from tasks import transitions

# One row per verb; a state that is not named refuses the verb.
EXPECTED = {
    "submit": {"active": "submitted", "returned": "submitted"},
    "accept": {"submitted": "done"},
    "return": {"submitted": "returned"},
    "waive": {"pending": "waived", "active": "waived", "submitted": "waived", "returned": "waived"},
    "stop": {"pending": "stopped", "active": "stopped", "submitted": "stopped", "returned": "stopped"},
    "report": {"active": "active", "returned": "returned"},
    "complete": {"pending": "done", "active": "done", "submitted": "done", "returned": "done"},
    "reopen": {"done": "active"},
    "reassign": {"pending": "pending", "active": "active", "returned": "returned"},
    "acknowledge": {"pending": "active"},
    "extend": {"active": "active", "returned": "returned"},
}


@pytest.mark.parametrize("verb", transitions.VERBS)
@pytest.mark.parametrize("state", transitions.STATES)
def test_every_state_and_verb(state: str, verb: str) -> None:
    assert transitions.next_state(verb, state) == EXPECTED[verb].get(state)
    assert (verb in transitions.allowed_verbs(state)) == (state in EXPECTED[verb])


def test_what_is_waived_or_stopped_stays_so() -> None:
    assert transitions.allowed_verbs("waived") == frozenset()
    assert transitions.allowed_verbs("stopped") == frozenset()
    assert transitions.allowed_verbs("done") == {"reopen"}


def test_every_verb_has_a_row_and_every_target_is_a_state() -> None:
    assert set(transitions.TABLE) == set(transitions.VERBS) == set(EXPECTED)
    assert {state for row in transitions.TABLE.values() for state in row.values()} <= set(transitions.STATES)
