"""What the platform asks of branches, in fields: the measure that should fall (R-BURDEN-1: no repeated form filling).

A field is what a person has to type or choose. Pre-filled rolls, taps and what the platform knows by itself cost
nothing. Pure: no Django, no queries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# What a plain record asks for: day, start, end, place, agenda, minutes, chair, recorder.
RECORD = ("day", "start", "end", "place", "agenda", "minutes", "chair", "recorder")
# Names of the counts of one month, and how many fields each of them costs.
RECORDS, LEAVE, RESOLUTIONS, AGREED, REPORTS, SUBMISSIONS, REQUESTS, ANSWERS = (
    "records", "leave", "resolutions", "agreed", "reported", "submitted", "ext_asked", "answered",
)  # fmt: skip
FIELDS: Mapping[str, int] = {
    RECORDS: len(RECORD),
    LEAVE: 2,  # reason, approver
    RESOLUTIONS: 4,  # text, yes, no, abstain
    AGREED: 3,  # text, owner, date
    REPORTS: 4,  # note, per cent, difficulty, help needed
    SUBMISSIONS: 1,  # note
    REQUESTS: 2,  # new date, reason
    ANSWERS: 1,  # the answer
}


@dataclass(frozen=True)
class Burden:
    """One month: fields asked for meetings, and for what was assigned."""

    meetings: int
    assigned: int

    @property
    def total(self) -> int:
        """Both."""
        return self.meetings + self.assigned


def burden(counts: Mapping[str, int]) -> Burden:
    """Fields asked in a month with ``counts`` (name in ``FIELDS`` → number of times)."""
    meetings = sum(FIELDS[name] * counts.get(name, 0) for name in (RECORDS, LEAVE, RESOLUTIONS, AGREED))
    assigned = sum(FIELDS[name] * counts.get(name, 0) for name in (REPORTS, SUBMISSIONS, REQUESTS, ANSWERS))
    return Burden(meetings, assigned)
