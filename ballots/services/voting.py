"""Casting a vote: that somebody has voted is written down, what they chose only added to the counters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.views.decorators.debug import sensitive_variables

from ballots import states
from ballots.marks import Marks
from ballots.models import Ballot, Code, HasVoted, Urn
from ballots.selectors.tickets import Ticket, is_voting, ticket_by_code, ticket_of, unusable
from ballots.services.holding import require_state
from ballots.services.urns import add_vote
from common.errors import Conflict, InvalidInput, NotAllowed
from common.sentences import written as _

if TYPE_CHECKING:
    from orgs.models import User


@sensitive_variables()
def cast_vote(*, ballot: Ballot, marks: Marks, actor: User) -> None:
    """Vote as ``actor``, once: a grade or 弃权 for every unit that this person is asked about.

    Raises ``NotAllowed`` (not an elector), ``Conflict`` (closed; voted already, also on another device at the same
    moment), ``InvalidInput`` by unit (``s<subject id>``). Side effects: that one has voted; the counters.
    """
    # No decorator around the whole: its frame would hold the arguments for an error report.
    with transaction.atomic():
        ticket = ticket_of(ballot, actor)
        if ticket is None:
            raise not_entitled()
        _drop(ticket, marks)


@sensitive_variables()
def cast_code_vote(*, code: str, marks: Marks) -> None:
    """Vote with a single-use code. Raises ``InvalidInput`` on ``code`` (wrong, used or closed alike) or by unit."""
    with transaction.atomic():
        ticket = ticket_by_code(code)
        try:
            _drop(ticket, marks)
        except Conflict as error:
            raise unusable() from error


@sensitive_variables()
def _drop(ticket: Ticket, marks: Marks) -> None:
    """Lock the urn, look at the state once more, claim the right to vote, and add."""
    if ticket.has_voted:
        raise voted_already()
    _require_complete(ticket, marks)
    urn = Urn.objects.select_for_update().filter(group=ticket.group).first()
    ballot = Ballot.objects.get(pk=ticket.ballot.pk)  # after the lock: closing takes all urns before it counts
    require_state(ballot, states.VOTE)
    if urn is None or not is_voting(ballot):
        raise Conflict(_("这次测评不在投票时间内，请在开放期间再来投票。"))
    if ticket.code_id is not None and not Code.objects.filter(pk=ticket.code_id).exists():
        raise unusable()  # made void while we waited
    try:
        with transaction.atomic():
            HasVoted.objects.create(ballot=ballot, person_id=ticket.person_id, code_id=ticket.code_id)
    except IntegrityError as error:
        raise voted_already() from error
    add_vote(urn, marks, len(ballot.grades))


@sensitive_variables("marks")
def _require_complete(ticket: Ticket, marks: Marks) -> None:
    asked = {subject.pk for subject in ticket.subjects}
    if not asked:
        raise Conflict(_("这次测评的单位您都应回避，不用投票。"))
    wrong = marks.strange(len(ticket.ballot.grades)) | (asked ^ set(marks))
    if wrong:
        raise InvalidInput(errors={f"s{pk}": _("请选一个等次，或者选弃权。") for pk in sorted(wrong)})


def not_entitled() -> NotAllowed:
    """What is said to who is no elector."""
    return NotAllowed(_("这次测评的投票人名单里没有您；名单在开放投票时确定，有疑问请联系组织方。"))


def voted_already() -> Conflict:
    """What is said to a second vote."""
    return Conflict(_("您已经投过票，票已计入一次，不会重复计算，也不能再改。"), code="voted")
