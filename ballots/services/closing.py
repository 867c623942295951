"""The end of a ballot: closed, counted, or cancelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.views.decorators.debug import sensitive_variables

from ballots import states
from ballots.counting import Counted, Outcome, outcome
from ballots.models import (
    Allotment,
    Ballot,
    BallotGroup,
    BallotSubject,
    GroupResult,
    PaperCount,
    PaperResult,
    Tally,
    Urn,
)
from ballots.sealing import SealBroken, open_counts
from ballots.secret import SEALING, secret_key
from ballots.services.holding import hold, reason_of
from ballots.services.papers import asked_on_paper
from ballots.services.urns import read_urn
from common import audit
from common.errors import Conflict
from common.sentences import written as _

if TYPE_CHECKING:
    from orgs.models import User

Votes = Counter[tuple[int, int, int]]  # group, subject, place of the grade


@transaction.atomic
def close_ballot(*, ballot: Ballot, actor: User | None) -> Ballot:
    """End the voting; counted at once unless paper is still to be entered. ``actor`` ``None``: the night.

    Raises ``NotAllowed``, ``Conflict`` (not open). Side effects: history; those of ``count_ballot``.
    """
    held = hold(ballot, states.CLOSE, actor)
    held.state = states.CLOSED
    audit.save(held, actor=actor, reason=_("截止投票"), update_fields=["state"])
    return held if papers_missing(held) else count_ballot(ballot=held, actor=actor)


@transaction.atomic
@sensitive_variables()
def count_ballot(*, ballot: Ballot, actor: User | None) -> Ballot:
    """Count a closed ballot; paper not entered is not counted.

    For each unit the groups are merged and weighed (``ballots.counting``). Then the counters of every group are
    deleted: what stays are sums of five ballots or more. Raises ``NotAllowed``, ``Conflict`` (not closed, or the
    server's secret is another than when votes were cast). Side effects: results, history.
    """
    held = hold(ballot, states.COUNT, actor)
    groups = list(held.groups.order_by("position"))
    subjects = list(held.subjects.order_by("pk"))
    votes = _votes(held)
    results: list[GroupResult] = []
    for subject in subjects:
        found = outcome(_counted(groups, subject, votes, len(held.grades)), held.points, held.min_ballots)
        subject.ballots, subject.mean = found.ballots, found.mean
        results += _rows(subject, found)
    GroupResult.objects.bulk_create(results)
    audit.bulk_update(subjects, BallotSubject, ["ballots", "mean"], actor=actor, reason=_("计票"))
    _empty(held)
    held.state = states.COUNTED
    return audit.save(held, actor=actor, reason=_("计票"), update_fields=["state"])


@transaction.atomic
def cancel_ballot(*, ballot: Ballot, reason: str, actor: User) -> Ballot:
    """Give a ballot up before it is counted, with a reason; nothing of its votes is kept.

    Raises ``NotAllowed``, ``Conflict`` (counted or cancelled), ``InvalidInput`` on ``reason``.
    """
    held = hold(ballot, states.CANCEL, actor)
    held.reason = reason_of(reason, _("请写明为什么作废。"))
    _urns(held)
    _empty(held)
    held.state = states.CANCELLED
    return audit.save(held, actor=actor, reason=held.reason, update_fields=["state", "reason"])


def papers_missing(ballot: Ballot) -> bool:
    """Whether paper of the ballot is still to be entered. One query."""
    valid = PaperResult.objects.filter(allotment=OuterRef("pk"), state=PaperResult.State.VALID)
    return Allotment.objects.filter(~Exists(valid), group__ballot=ballot, papers__gt=0).exists()


def _urns(ballot: Ballot) -> list[Urn]:
    """All urns of a ballot, locked: votes that were being cast are in, and no more come."""
    return list(Urn.objects.select_for_update().filter(group__ballot=ballot).order_by("group_id"))


@sensitive_variables()
def _votes(ballot: Ballot) -> Votes:
    """Every counter of the ballot, with the paper added."""
    votes: Votes = Counter()
    for urn in _urns(ballot):
        for (subject_id, grade), count in read_urn(urn).items():
            votes[urn.group_id, subject_id, grade] += count
    kept = PaperCount.objects.filter(paper__allotment__group__ballot=ballot)
    for paper in kept.select_related("paper__allotment__group", "paper__allotment__unit"):
        allotment = paper.paper.allotment
        try:
            numbers = iter(open_counts(paper.sealed, key=secret_key(SEALING), seal=paper.seal))
        except SealBroken as error:
            raise Conflict(_("服务器密钥换过，登记的纸质票无法读出，请撤销后重新登记。")) from error
        for subject in asked_on_paper(ballot, allotment):
            for grade in range(len(ballot.grades)):
                votes[allotment.group_id, subject.pk, grade] += next(numbers)
    return votes


@sensitive_variables()
def _counted(groups: Sequence[BallotGroup], subject: BallotSubject, votes: Votes, grades: int) -> list[Counted]:
    return [
        Counted((group.name,), group.weight, tuple(votes[group.pk, subject.pk, grade] for grade in range(grades)))
        for group in groups
    ]


def _rows(subject: BallotSubject, found: Outcome) -> list[GroupResult]:
    points = subject.ballot.points
    return [
        GroupResult(
            subject=subject,
            position=position,
            name="、".join(pool.names),
            weight=pool.weight,
            mean=pool.mean(points),
            ballots=pool.ballots,
            counts=list(pool.counts),
            is_merged=len(pool.names) > 1,
        )
        for position, pool in enumerate(found.pools, 1)
    ]


def _empty(ballot: Ballot) -> None:
    """Delete every counter of the ballot, of paper too."""
    PaperCount.objects.filter(paper__allotment__group__ballot=ballot).delete()
    Tally.objects.filter(group__ballot=ballot).delete()
    Urn.objects.filter(group__ballot=ballot).delete()
