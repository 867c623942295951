"""What every command does first: take the ballot under a lock, ask for the right, look at the state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from ballots import states
from ballots.models import Ballot
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from orgs import access

if TYPE_CHECKING:
    from orgs.models import User

REASON_LENGTH = 300
_DOING = {
    states.EDIT: gettext_lazy("修改"),
    states.START: gettext_lazy("开放投票"),
    states.VOTE: gettext_lazy("投票"),
    states.PAPER: gettext_lazy("登记纸质票"),
    states.CLOSE: gettext_lazy("截止"),
    states.COUNT: gettext_lazy("计票"),
    states.CANCEL: gettext_lazy("作废"),
}


def hold(ballot: Ballot, verb: str, actor: User | None) -> Ballot:
    """The ballot as it is now, locked, if ``actor`` (``None``: the night) may do ``verb`` with it.

    Raises ``NotAllowed`` (no right to configure its organisation), ``Conflict`` (its state does not allow it).
    """
    # Not the strongest lock: who is voting holds the urn and refers to this row, and we may wait for the urn next.
    rows = Ballot.objects.select_for_update(of=("self",), no_key=True).select_related("organisation")
    held = rows.get(pk=ballot.pk)
    if actor is not None:
        access.require(actor, access.CONFIGURE, held.organisation)
    require_state(held, verb)
    return held


def require_state(ballot: Ballot, verb: str) -> None:
    """Raise ``Conflict`` unless ``verb`` may be done with a ballot in its state."""
    if not states.is_allowed(verb, ballot.state):
        words = _("这次测评现在是“%(state)s”，不能%(doing)s。")
        raise Conflict(words % {"state": ballot.get_state_display(), "doing": _DOING[verb]})


def reason_of(text: str, ask: str) -> str:
    """A reason without blanks around it. Raises ``InvalidInput`` on ``reason``: none, or too long."""
    reason = text.strip()
    if not reason or len(reason) > REASON_LENGTH:
        message = _("%(ask)s（最多%(count)d字）") % {"ask": ask, "count": REASON_LENGTH}
        raise InvalidInput(errors={"reason": message})
    return reason
