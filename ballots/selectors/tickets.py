"""The right to vote of one person, or of one code: in which group, about which units, and whether it is used up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from ballots import codes, recusal, states
from ballots.models import Ballot, BallotGroup, BallotSubject, Code, Elector, HasVoted
from ballots.secret import CODES, secret_key
from ballots.selectors.entitled import own_paths
from common import clock
from common.errors import InvalidInput

if TYPE_CHECKING:
    from orgs.models import User


@dataclass(frozen=True)
class Ticket:
    """Who votes (a person or a code), in which group, and the units they are asked about, in tree order."""

    ballot: Ballot
    group: BallotGroup
    subjects: tuple[BallotSubject, ...]
    has_voted: bool
    person_id: int | None = None
    code_id: UUID | None = None

    @property
    def is_open(self) -> bool:
        """Whether votes are taken today."""
        return is_voting(self.ballot)


def _own(elector: Elector, person_id: int) -> frozenset[str]:
    """Paths of what is the person's own: the unit frozen at the opening, else today's. One query at most."""
    if elector.unit is not None:
        return frozenset([elector.unit.path])
    return own_paths([person_id], clock.today()).get(person_id, frozenset())


def is_voting(ballot: Ballot) -> bool:
    """Whether ``ballot`` takes votes today; the last day counts."""
    return ballot.state == states.OPEN and ballot.opens_on <= clock.today() <= ballot.closes_on


def ticket_of(ballot: Ballot, user: User) -> Ticket | None:
    """The right of ``user`` in ``ballot``, or ``None``. Three queries.

    What is one's own is asked for today: who takes office in a judged unit while the ballot runs no longer judges it.
    """
    if user.person_id is None:
        return None
    voted = HasVoted.objects.filter(ballot=OuterRef("ballot"), person=OuterRef("person"))
    rows = Elector.objects.filter(ballot=ballot, person=user.person_id).exclude(ballot__state=states.DRAFT)
    found = rows.select_related("group", "unit", "ballot__organisation").annotate(voted=Exists(voted))
    elector = found.first()
    if elector is None:
        return None
    own = _own(elector, user.person_id)
    has_voted = bool(getattr(elector, "voted", False))
    subjects = offered(elector.group, elector.ballot, own)
    return Ticket(elector.ballot, elector.group, subjects, has_voted, person_id=user.person_id)


@sensitive_variables("text", "code")
def ticket_by_code(text: str) -> Ticket:
    """The right of a code as typed. Raises ``InvalidInput`` with the same words for wrong, used and closed. Two queries."""
    code = codes.read(text)
    voted = HasVoted.objects.filter(code=OuterRef("pk"))
    rows = Code.objects.filter(locator=code[: codes.LOCATOR]).annotate(used=Exists(voted))
    found = rows.select_related("allotment__unit", "allotment__group__ballot__organisation").first()
    salt, kept = (found.salt, found.digest) if found else ("", "")
    # Compared whether or not there is such a row: the time of the answer says nothing.
    if not codes.is_code(code, kept, key=secret_key(CODES), salt=salt) or found is None or getattr(found, "used", True):
        raise unusable()
    group = found.allotment.group
    if not is_voting(group.ballot):
        raise unusable()
    own = frozenset([found.allotment.unit.path]) if found.allotment.unit else frozenset()
    return Ticket(group.ballot, group, offered(group, group.ballot, own), False, code_id=found.pk)


def unusable() -> InvalidInput:
    """What is said of every code that does not vote, whatever the cause."""
    words = _(
        "这个投票码不能用：请对照纸条再输一次。已经用过的、测评还没开始或已经截止的投票码也不能用；刚才已提交成功的，票已计入，不用再投。"
    )
    return InvalidInput(words, errors={"code": words})


def offered(group: BallotGroup, ballot: Ballot, own: frozenset[str]) -> tuple[BallotSubject, ...]:
    """The units that somebody of ``group`` with the ``own`` units is asked about. One query."""
    subjects = ballot.subjects.select_related("organisation").order_by("organisation__path")
    return tuple(one for one in subjects if recusal.is_offered(group.scope, one.organisation.path, own))


def offered_on_paper(group: BallotGroup, subjects: tuple[BallotSubject, ...], unit_path: str) -> list[BallotSubject]:
    """The units that the people of an allotment are asked about. No query."""
    own = frozenset([unit_path]) if unit_path else frozenset()
    return [one for one in subjects if recusal.is_offered(group.scope, one.organisation.path, own)]
