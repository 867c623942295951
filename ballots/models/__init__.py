"""Facts about anonymous ballots: what is asked of whom, who has voted, and counters that nobody is named at."""

from ballots.models.ballot import Ballot, BallotGroup, BallotSubject, Scope, Source
from ballots.models.counting import GroupResult, PaperCount, PaperResult, Tally, Urn
from ballots.models.voters import Allotment, Code, Elector, HasVoted

__all__ = [
    "Allotment",
    "Ballot",
    "BallotGroup",
    "BallotSubject",
    "Code",
    "Elector",
    "GroupResult",
    "HasVoted",
    "PaperCount",
    "PaperResult",
    "Scope",
    "Source",
    "Tally",
    "Urn",
]
