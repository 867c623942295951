"""Paper of people without an account: counted by one person before another, entered once, cancelled with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.views.decorators.debug import sensitive_variables

from ballots import states
from ballots.models import Allotment, Ballot, BallotSubject, PaperCount, PaperResult
from ballots.sealing import new_seal, seal_counts
from ballots.secret import SEALING, secret_key
from ballots.selectors.tickets import offered_on_paper
from ballots.services.holding import hold, reason_of
from common import audit
from common.errors import Conflict, InvalidInput
from common.sentences import written as _

if TYPE_CHECKING:
    from orgs.models import Person, User


@dataclass(frozen=True)
class PaperFacts:
    """What two people counted: ``counts`` has for each unit asked about (subject id) the papers of each grade.

    What is missing up to ``papers`` abstained.
    """

    papers: int
    counter: Person
    witness: Person
    counts: Mapping[int, Sequence[int]]


@sensitive_variables("facts", "numbers")
def enter_paper_result(*, allotment: Allotment, facts: PaperFacts, actor: User) -> PaperResult:
    """Enter the paper of an allotment, once.

    Raises ``NotAllowed``; ``Conflict`` (no votes are counted now, entered already); ``InvalidInput`` by field
    (``papers``, ``witness``, ``s<subject id>``). Side effects: history; the counts, sealed, until the counting.
    """
    with transaction.atomic():
        ballot = hold(allotment.group.ballot, states.PAPER, actor)
        subjects = asked_on_paper(ballot, allotment)
        if errors := _faults(ballot, allotment, facts, subjects):
            raise InvalidInput(errors=errors)
        paper = PaperResult(allotment=allotment, papers=facts.papers, counter=facts.counter, witness=facts.witness)
        try:
            with transaction.atomic():
                audit.save(paper, actor=actor, reason=_("登记纸质票"))
        except IntegrityError as error:
            raise Conflict(_("这部分纸质票已经登记过；数错的，请先撤销再登记。")) from error
        numbers = [number for subject in subjects for number in facts.counts[subject.pk]]
        seal = new_seal()
        sealed = seal_counts(numbers, key=secret_key(SEALING), seal=seal)
        PaperCount.objects.create(paper=paper, seal=seal, sealed=sealed)
    return paper


@transaction.atomic
def cancel_paper_result(*, paper: PaperResult, reason: str, actor: User) -> PaperResult:
    """Withdraw a paper result that was counted or typed wrongly, so that it can be entered anew.

    Raises ``NotAllowed``, ``Conflict`` (cancelled or counted already), ``InvalidInput`` on ``reason``.
    """
    hold(paper.allotment.group.ballot, states.PAPER, actor)
    held = PaperResult.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    if held.state != PaperResult.State.VALID:
        raise Conflict(_("这次登记已经撤销过，不用再办。"))
    held.reason = reason_of(reason, _("请写明为什么撤销。"))
    held.state = PaperResult.State.CANCELLED
    PaperCount.objects.filter(paper=held).delete()
    return audit.save(held, actor=actor, reason=held.reason, update_fields=["state", "reason"])


def asked_on_paper(ballot: Ballot, allotment: Allotment) -> list[BallotSubject]:
    """The units that the people of an allotment judge, in the order in which their counts are kept. One query."""
    subjects = tuple(ballot.subjects.select_related("organisation").order_by("pk"))
    return offered_on_paper(allotment.group, subjects, allotment.unit.path if allotment.unit else "")


@sensitive_variables("facts", "counts")
def _faults(
    ballot: Ballot, allotment: Allotment, facts: PaperFacts, subjects: Sequence[BallotSubject]
) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not 1 <= facts.papers <= allotment.papers:
        errors["papers"] = _("收回票数在1到%(most)d之间（发出的票数）。") % {"most": allotment.papers}
    if facts.counter.pk == facts.witness.pk:
        errors["witness"] = _("计票人和监票人必须是两个人。")
    for subject in subjects:
        counts = facts.counts.get(subject.pk, ())
        if len(counts) != len(ballot.grades) or any(count < 0 for count in counts):
            errors[f"s{subject.pk}"] = _("请填每个等次的票数，没有的填0。")
        elif sum(counts) > facts.papers:
            errors[f"s{subject.pk}"] = _("各等次相加不能超过收回票数。")
    return errors
