"""Reminders of what waits to be signed for: on the night after its clock ran out, then at the usual distance."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.conf import settings

from common import clock
from common.periods import ONE_DAY
from notices.services import Message, owe
from tasks.models import State, Task
from tasks.people import officers_of, owners
from tasks.services.issuing import sign_message
from tasks.services.reminders import Night

NIGHT_BEGINS = datetime.time(20)  # when the night's steps run (CELERY_BEAT_SCHEDULE)


def owe_signing_reminders(*, today: datetime.date, since: datetime.date | None) -> dict[str, int]:
    """Owe a message for each Task whose time to sign has run out; repeating it owes nothing twice.

    Returns ``{"to_sign": n}``: the Tasks that call for one tonight. Three queries, however many there are.
    """
    night = Night.since(today, since)
    tonight = datetime.datetime.combine(today, NIGHT_BEGINS, clock.SHANGHAI)
    rows = Task.objects.filter(state=State.PENDING, acknowledge_by__lt=tonight)
    due = rows.select_related("organisation", "department").order_by("pk")
    tasks = [task for task in due if night.falls_on(_first_night(task), settings.REMIND_OVERDUE_EVERY)]
    owe(messages=list(_messages(tasks, today)))
    return {"to_sign": len(tasks)}


def _first_night(task: Task) -> datetime.date:
    """The first night whose reminders are written after the clock has run out."""
    ends = (task.acknowledge_by or clock.now()).astimezone(clock.SHANGHAI)
    return ends.date() if ends.timetz().replace(tzinfo=None) < NIGHT_BEGINS else ends.date() + ONE_DAY


def _messages(tasks: list[Task], today: datetime.date) -> Iterable[Message]:
    officers = officers_of({task.organisation.path for task in tasks}, today) if tasks else None
    for task in tasks:
        for person in sorted(owners(task, officers)) if officers else ():
            yield sign_message(task, person, is_late=True)
