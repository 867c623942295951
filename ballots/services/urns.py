"""The counters of a group: made at the opening, added to by one statement a vote, read once by the counting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.views.decorators.debug import sensitive_variables

from ballots.marks import Marks
from ballots.models import BallotGroup, BallotSubject, Tally, Urn
from ballots.sealing import SealBroken, new_seal, open_counts, seal_counts
from ballots.secret import SEALING, secret_key
from common.errors import Conflict
from common.sentences import written as _


def make_urns(groups: Iterable[BallotGroup], subjects: Sequence[BallotSubject], grades: int) -> None:
    """An urn for each group with all its counters at nought: every unit, every grade and 弃权."""
    urns, tallies = [], []
    for group in groups:
        urn = Urn(group=group, seal=new_seal())
        places = [(subject.pk, grade) for subject in subjects for grade in range(grades + 1)]
        sealed = seal_counts([0] * len(places), key=secret_key(SEALING), seal=urn.seal)
        urns.append(urn)
        tallies += [
            Tally(group=group, subject_id=subject_id, grade=grade, sealed=value)
            for (subject_id, grade), value in zip(sorted(places), sealed, strict=True)
        ]
    Urn.objects.bulk_create(urns)
    Tally.objects.bulk_create(tallies)


@sensitive_variables()
def add_vote(urn: Urn, marks: Marks, grades: int) -> None:
    """Add one vote to the counters of a locked urn, under a new seal. Two statements to write, whatever was chosen.

    Every row of the group is written, most of them one vote richer by nothing: neither the values nor the database's
    own versions of the rows tell which counter it was.
    """
    rows = _rows(urn)
    counts = _opened(urn, [row.sealed for row in rows])
    added = [
        count + (marks.place(row.subject_id, grades) == row.grade) for row, count in zip(rows, counts, strict=True)
    ]
    urn.seal = new_seal()
    for row, value in zip(rows, seal_counts(added, key=secret_key(SEALING), seal=urn.seal), strict=True):
        row.sealed = value
    Tally.objects.bulk_update(rows, ["sealed"])
    urn.save(update_fields=["seal"])


@sensitive_variables()
def read_urn(urn: Urn) -> dict[tuple[int, int], int]:
    """(subject id, place of the grade) → votes. One query."""
    rows = _rows(urn)
    counts = _opened(urn, [row.sealed for row in rows])
    return {(row.subject_id, row.grade): count for row, count in zip(rows, counts, strict=True)}


def _rows(urn: Urn) -> list[Tally]:
    return list(Tally.objects.filter(group=urn.group_id).order_by("subject_id", "grade"))


@sensitive_variables()
def _opened(urn: Urn, sealed: Sequence[int]) -> list[int]:
    try:
        return open_counts(sealed, key=secret_key(SEALING), seal=urn.seal)
    except SealBroken as error:
        words = _("服务器密钥换过，已投的票无法读出。请恢复原来的密钥，或者作废后重新测评。")
        raise Conflict(words) from error
