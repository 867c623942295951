"""Owing a message: rows written in the transaction of the fact they tell of."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from notices.models import Notice

CHUNK = 400


@dataclass(frozen=True)
class Message:
    """A message owed to a person. ``subject`` is ``prefix:id`` of what it is about; ``url`` a path of this site.

    Never put a reason of leave, of health or the content of a talk into ``title`` or ``detail``: both are mailed.
    """

    person_id: int
    kind: str
    subject: str
    day: datetime.date
    title: str
    detail: str = ""
    url: str = ""
    is_urgent: bool = False

    @property
    def key(self) -> tuple[int, str, str, datetime.date]:
        """What makes the message the same message."""
        return (self.person_id, self.subject, str(self.kind), self.day)


@transaction.atomic
def owe(*, messages: list[Message]) -> int:
    """Write the outbox rows that are not there yet (unique: person, subject, kind, day); returns how many were new.

    Idempotent: the same message owed twice on a day is one row. Titles longer than the column are shortened.
    One query to read and one to write for every 400 messages (SQLite writes in smaller portions). Side effect: rows in the state pending; nothing is sent here.
    """
    unique = {message.key: message for message in messages}
    return sum(_insert(chunk) for chunk in _chunks(list(unique.values())))


def _chunks(messages: list[Message]) -> Iterator[list[Message]]:
    for start in range(0, len(messages), CHUNK):
        yield messages[start : start + CHUNK]


def _insert(messages: list[Message]) -> int:
    there = set(
        Notice.objects.filter(
            person_id__in={message.person_id for message in messages}, day__in={message.day for message in messages}
        ).values_list("person_id", "subject", "kind", "day")
    )
    fresh = [message for message in messages if message.key not in there]
    # Somebody may write the same row between the two statements: the unique key decides, not our reading.
    Notice.objects.bulk_create([_row(message) for message in fresh], ignore_conflicts=True)
    return len(fresh)


def _row(message: Message) -> Notice:
    return Notice(
        person_id=message.person_id,
        kind=message.kind,
        subject=message.subject,
        day=message.day,
        title=_fit(message.title),
        detail=_fit(message.detail),
        url=message.url,
        is_urgent=message.is_urgent,
    )


def _fit(text: str, length: int = 300) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
