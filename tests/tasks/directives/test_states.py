"""Every state × verb of a directive and of a dual sign-off: the tables as they must be, written out."""

import pytest

from tasks import directive_states, signing_states
from tasks.models import Directive, DualSignature

# One row per verb; a state that is not named refuses the verb.
DIRECTIVE = {
    "edit": {"draft": "draft"},
    "submit": {"draft": "awaiting"},
    "discard": {"draft": "stopped"},
    "return": {"awaiting": "draft"},
    "approve": {"awaiting": "issued"},
    "stop": {"awaiting": "stopped", "issued": "stopped"},
    "finish": {"issued": "done"},
}
SIGNING = {
    "sign_as_secretary": {"awaiting": "secretary", "head": "both"},
    "sign_as_head": {"awaiting": "head", "secretary": "both"},
    "refuse": {"awaiting": "refused", "secretary": "refused", "head": "refused"},
    "void": {"awaiting": "void", "secretary": "void", "head": "void"},
}


@pytest.mark.parametrize("verb", directive_states.VERBS)
@pytest.mark.parametrize("state", directive_states.STATES)
def test_directive(state: str, verb: str) -> None:
    assert directive_states.next_state(verb, state) == DIRECTIVE[verb].get(state)
    assert (verb in directive_states.allowed_verbs(state)) == (state in DIRECTIVE[verb])


@pytest.mark.parametrize("verb", signing_states.VERBS)
@pytest.mark.parametrize("state", signing_states.STATES)
def test_signing(state: str, verb: str) -> None:
    assert signing_states.next_state(verb, state) == SIGNING[verb].get(state)


def test_the_words_of_the_tables_are_those_of_the_models() -> None:
    assert set(directive_states.STATES) == set(Directive.State.values)
    assert set(signing_states.STATES) == set(DualSignature.State.values)
    assert set(directive_states.TABLE) == set(directive_states.VERBS) == set(DIRECTIVE)
    assert set(signing_states.TABLE) == set(signing_states.VERBS) == set(SIGNING)
    assert directive_states.allowed_verbs("done") == directive_states.allowed_verbs("stopped") == frozenset()
