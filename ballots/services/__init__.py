"""Commands of the room ``ballots``: the only writers of its tables."""

from ballots.services.closing import cancel_ballot, close_ballot, count_ballot
from ballots.services.codes import print_codes
from ballots.services.drafts import BallotFacts, create_ballot, edit_ballot, set_subjects
from ballots.services.groups import (
    Allotted,
    GroupFacts,
    add_group,
    edit_group,
    remove_group,
    set_allotments,
    set_electors,
)
from ballots.services.opening import open_ballot
from ballots.services.papers import PaperFacts, cancel_paper_result, enter_paper_result
from ballots.services.voting import cast_code_vote, cast_vote

__all__ = [
    "Allotted",
    "BallotFacts",
    "GroupFacts",
    "PaperFacts",
    "add_group",
    "cancel_ballot",
    "cancel_paper_result",
    "cast_code_vote",
    "cast_vote",
    "close_ballot",
    "count_ballot",
    "create_ballot",
    "edit_ballot",
    "edit_group",
    "enter_paper_result",
    "open_ballot",
    "print_codes",
    "remove_group",
    "set_allotments",
    "set_electors",
    "set_subjects",
]
