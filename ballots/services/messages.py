"""Messages to electors: that a ballot is open, and the day before the end to those who have not voted."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from ballots import states
from ballots.models import Ballot, Elector, HasVoted
from common import clock
from common.periods import ONE_DAY
from common.sentences import written as _
from notices.models import Notice
from notices.services import Message, owe

PREFIX = "ballot"


def tell_electors(ballot: Ballot) -> int:
    """Owe each elector with an account the message that the ballot is open; returns how many were new."""
    title = _("请参加匿名测评：%(title)s") % {"title": ballot.title}
    detail = _("%(day)s截止（当天仍可投）；不记名，提交后不能改") % {"day": ballot.closes_on}
    kind = Notice.Kind.INFO
    return owe(
        messages=[_message(row, kind, title, detail, clock.today()) for row in _reachable(ballot.electors.all())]
    )


def owe_reminders(*, today: datetime.date) -> dict[str, int]:
    """Owe those who have not voted in a ballot that ends tomorrow a reminder; repeating it owes nothing twice.

    Returns ``{"reminded": n}``. Two queries and owing, however many there are.
    """
    waiting = without_vote(Elector.objects.filter(ballot__state=states.OPEN, ballot__closes_on=today + ONE_DAY))
    messages = [
        _message(
            row,
            Notice.Kind.DUE_SOON,
            _("匿名测评明天截止：%(title)s") % {"title": row.ballot.title},
            _("您还没有投票"),
            today,
        )
        for row in _reachable(waiting)
    ]
    return {"reminded": owe(messages=messages)}


def without_vote(electors: QuerySet[Elector]) -> QuerySet[Elector]:
    """Those of ``electors`` who have not voted."""
    voted = HasVoted.objects.filter(ballot=OuterRef("ballot"), person=OuterRef("person"))
    return electors.filter(~Exists(voted))


def _reachable(electors: QuerySet[Elector]) -> Iterable[Elector]:
    return electors.filter(person__user__is_active=True).select_related("ballot").order_by("person_id")


def _message(row: Elector, kind: Notice.Kind, title: str, detail: str, day: datetime.date) -> Message:
    return Message(
        person_id=row.person_id,
        kind=kind.value,
        subject=f"{PREFIX}:{row.ballot_id}",
        day=day,
        title=title,
        detail=detail,
        url=reverse("ballots:vote", args=[row.ballot_id]),
    )
