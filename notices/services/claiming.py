"""Claiming messages by compare-and-swap, fifty people at a time, and giving them back."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from django.db import models
from django.db.models import Case, F, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from common.bulk import update_rows
from notices import claims
from notices.models import NightlyStep, Notice

PEOPLE_PER_BATCH = 50
LEASE = datetime.timedelta(minutes=10)
BACK_OFF = (
    datetime.timedelta(minutes=5),
    datetime.timedelta(minutes=30),
    datetime.timedelta(hours=2),
    datetime.timedelta(hours=12),
)
MAX_ATTEMPTS = len(BACK_OFF) + 1

# Column of a message → attribute of its outcome.
_OUTCOME = {
    "state": "state",
    "attempts": "attempts",
    "last_error": "error",
    "message_id": "message_id",
    "sent_at": "sent_at",
    "next_attempt_at": "next_attempt_at",
}

State = Notice.State


@dataclass
class Outcome:
    """What became of one claimed message."""

    state: str
    attempts: int
    error: str = ""
    message_id: str = ""
    sent_at: datetime.datetime | None = None
    next_attempt_at: datetime.datetime | None = None


@dataclass
class Scope:
    """Which messages a run may take: all that are due, or only those that do not wait for the night."""

    between_nights: bool = False
    dead_claims: list[str] = field(default_factory=list)
    last_night: datetime.datetime | None = None

    @classmethod
    def read(cls, between_nights: bool) -> Scope:
        """Look up the claims of processes that are gone, and the start of the last night. At most two queries."""
        claimed = Notice.objects.filter(state=State.CLAIMED).order_by().values_list("claim", flat=True).distinct()
        scope = cls(between_nights, [token for token in claimed if claims.owner_is_gone(token)])
        if between_nights:
            nights = NightlyStep.objects.filter(step=NightlyStep.MAIL)
            scope.last_night = nights.aggregate(last=models.Max("started_at"))["last"]
        return scope

    def due(self, now: datetime.datetime) -> Q:
        """Condition for the messages that this run may claim at ``now``."""
        free = Q(state=State.PENDING) & (Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=now))
        if self.between_nights:
            # A digest waits for its night; one that the last night should have sent does not.
            early = Q(is_urgent=True) | Q(next_attempt_at__isnull=False)
            if self.last_night is not None:
                early |= Q(created_at__lte=self.last_night)
            free &= early
        left_behind = Q(state=State.CLAIMED) & (Q(claimed_at__lte=now - LEASE) | Q(claim__in=self.dead_claims))
        return Q(state__in=[State.PENDING, State.CLAIMED]) & (free | left_behind)


def claim_batch(due: Q, token: str, now: datetime.datetime) -> int:
    """Claim every due message of the next fifty people under ``token``; returns the number of messages. One query."""
    people = Notice.objects.filter(due).order_by("person_id").values("person_id").distinct()
    # Up to the fiftieth person, looked up once; a list of fifty would be looked up anew for every message.
    last = Coalesce(Subquery(people[PEOPLE_PER_BATCH - 1 : PEOPLE_PER_BATCH]), Value(models.BigIntegerField.MAX_BIGINT))
    return Notice.objects.filter(due, person_id__lte=last).update(state=State.CLAIMED, claim=token, claimed_at=now)


def claimed(token: str) -> list[Notice]:
    """The messages under ``token`` with person, account and organisation, grouped by person. One query."""
    return list(
        Notice.objects.filter(claim=token, state=State.CLAIMED)
        .select_related("person__user", "person__organisation")
        .order_by("person_id", "id")
    )


def failed_attempt(notice: Notice, error: str, now: datetime.datetime) -> Outcome:
    """One attempt more: another try after 5 min, 30 min, 2 h, 12 h; failed after the fifth."""
    attempts = notice.attempts + 1
    if attempts >= MAX_ATTEMPTS:
        return Outcome(State.FAILED, attempts, error=error)
    return Outcome(State.PENDING, attempts, error=error, next_attempt_at=now + BACK_OFF[attempts - 1])


def untouched(notice: Notice) -> Outcome:
    """Back into the queue as it was: it was claimed but not tried."""
    return Outcome(State.PENDING, notice.attempts, error=notice.last_error, next_attempt_at=notice.next_attempt_at)


def mark(token: str, outcomes: dict[int, Outcome]) -> int:
    """Write the outcomes of a batch and end its claim: one query. A claim taken over meanwhile is left alone."""
    if not outcomes:
        return 0
    values = {column: [getattr(each, name) for each in outcomes.values()] for column, name in _OUTCOME.items()}
    # In a batch without trouble nothing but the number of the mail differs.
    same = {column: found[0] for column, found in values.items() if len(set(found)) == 1}
    differing = [column for column in values if column not in same]
    return update_rows(
        Notice,
        differing,
        list(zip(outcomes, *(values[column] for column in differing), strict=True)),
        same={**same, "claim": "", "claimed_at": None},
        where={"claim": token, "state": State.CLAIMED},
    )


def postpone(due: Q, error: str, now: datetime.datetime) -> tuple[int, int]:
    """Count one failed attempt for everything that is due, without trying: the mail server is down. Two queries.

    Returns how many will be tried again and how many used up their attempts.
    """
    ended = {"claim": "", "claimed_at": None, "last_error": error, "attempts": F("attempts") + 1}
    last = Notice.objects.filter(due, attempts__gte=MAX_ATTEMPTS - 1)
    failed = last.update(state=State.FAILED, next_attempt_at=None, **ended)
    later = Case(
        *(When(attempts=tried, then=Value(now + pause)) for tried, pause in enumerate(BACK_OFF)),
        output_field=models.DateTimeField(),
    )
    retried = Notice.objects.filter(due).update(state=State.PENDING, next_attempt_at=later, **ended)
    return retried, failed
