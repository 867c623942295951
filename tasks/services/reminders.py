"""Which reminders a night owes, to whom: the only place that decides who is chased."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from common import clock
from common.sentences import written as _
from notices.models import Notice
from notices.services import Message, owe
from tasks.models import FOLLOW_UP, OPEN_STATES, Profile, State, Task, TaskEvent, Verb
from tasks.people import Officers, officers_of, owners, reviewers

CHUNK = 500
CATCH_UP_DAYS = 7
Kind = Notice.Kind


@dataclass(frozen=True)
class Night:
    """The days whose reminders are due tonight: those since the last successful night, at most seven."""

    today: datetime.date
    days: tuple[datetime.date, ...]

    @classmethod
    def since(cls, today: datetime.date, since: datetime.date | None) -> Night:
        """The days after ``since`` up to ``today``; without a night before, today alone; repeated, today again."""
        missed = 1 if since is None else (today - since).days
        count = min(max(missed, 1), CATCH_UP_DAYS)
        return cls(today, tuple(today - datetime.timedelta(days=n) for n in range(count)))

    def falls_on(self, first: datetime.date, every: int) -> bool:
        """Whether one of the days is ``first`` or lies a multiple of ``every`` days after it."""
        return any(day >= first and (day - first).days % every == 0 for day in self.days)


def kind_by_date(due_on: datetime.date, night: Night, opened_on: datetime.date | None = None) -> Kind | None:
    """The reminder that a due date calls for tonight, or ``None``.

    Days left and days overdue that trigger are settings (REMIND_DAYS_LEFT, REMIND_DAYS_OVERDUE, then every
    REMIND_OVERDUE_EVERY days). A trigger of a missed night still triggers, and says what is true today. What was
    overdue when it was opened is told at once.
    """
    left = (due_on - night.today).days
    is_triggered = any(_triggers((due_on - day).days) for day in night.days)
    if left < 0 and opened_on is not None and opened_on > due_on:
        is_triggered |= opened_on in night.days
    if not is_triggered:
        return None
    return Kind.OVERDUE if left < 0 else Kind.DUE_TODAY if left == 0 else Kind.DUE_SOON


def _triggers(left: int) -> bool:
    if left >= 0:
        return left == 0 or left in settings.REMIND_DAYS_LEFT
    over = -left
    last = max(settings.REMIND_DAYS_OVERDUE)
    return over in settings.REMIND_DAYS_OVERDUE or (over > last and (over - last) % settings.REMIND_OVERDUE_EVERY == 0)


def owe_reminders(*, today: datetime.date, since: datetime.date | None) -> dict[str, int]:
    """Owe a message for each open Task that calls for one tonight; repeating it owes nothing twice.

    Five queries for every 500 Tasks. Side effects: outbox rows. Returns counts per kind, ``new`` rows, and
    ``nobody``: Tasks that have a message but no person in office to get it.
    """
    night = Night.since(today, since)
    counts: Counter[str] = Counter({"new": 0, "nobody": 0})
    last = 0
    while batch := _batch(today, last):
        last = batch[-1].pk
        messages = _messages(batch, night, counts)
        counts["new"] += owe(messages=messages)
    return dict(counts)


def _batch(today: datetime.date, after: int) -> list[Task]:
    """Open Tasks that may call for a message: due by the farthest reminder, submitted, or returned. One query.

    Of the follow-ups that one work has missed only the latest is told: one report answers them all.
    """
    horizon = today + datetime.timedelta(days=max(settings.REMIND_DAYS_LEFT))
    near = Q(due_on__lte=horizon) | Q(state__in=(State.SUBMITTED, State.RETURNED))
    # Who only supports is asked to sign for it (signing_reminders), and for nothing else.
    tasks = Task.objects.filter(near, state__in=OPEN_STATES, pk__gt=after).exclude(profile=Profile.SUPPORT)
    missed = Task.objects.filter(source=FOLLOW_UP, state__in=OPEN_STATES, due_on__lt=today)
    later = missed.filter(parent_id=OuterRef("parent_id"), due_on__gt=OuterRef("due_on"))
    tasks = tasks.exclude(Q(Exists(later), source=FOLLOW_UP))
    return list(tasks.select_related("organisation", "group", "department").order_by("pk")[:CHUNK])


def _messages(batch: Sequence[Task], night: Night, counts: Counter[str]) -> list[Message]:
    officers = officers_of({task.organisation.path for task in batch}, night.today)
    returned = _returned_in(batch, night)
    found: list[Message] = []
    for task in batch:
        kind = _kind(task, night, returned)
        if kind is None:
            continue
        counts[kind] += 1
        people = recipients(task, kind, officers)
        counts["nobody"] += not people
        found += [message_of(task, kind, person_id, night.today) for person_id in sorted(people)]
    return found


def _returned_in(batch: Iterable[Task], night: Night) -> set[int]:
    """Ids of the Tasks returned on one of the days. One query."""
    ids = [task.pk for task in batch if task.state == State.RETURNED]
    rows = TaskEvent.objects.filter(task__in=ids, verb=Verb.RETURNED, day__in=night.days)
    return set(rows.values_list("task_id", flat=True))


def _kind(task: Task, night: Night, returned: set[int]) -> Kind | None:
    if task.state == State.SUBMITTED:
        waits_since = task.last_report_on or night.today
        return Kind.TO_REVIEW if night.falls_on(waits_since, settings.REMIND_OVERDUE_EVERY) else None
    if task.pk in returned:
        return Kind.RETURNED
    return kind_by_date(task.due_on, night, task.created_at.astimezone(clock.SHANGHAI).date())


def recipients(task: Task, kind: Kind, officers: Officers) -> set[int]:
    """Persons who get the message: who may decide what was submitted, else who has to act."""
    return reviewers(task, officers) if kind == Kind.TO_REVIEW else owners(task, officers)


def message_of(task: Task, kind: Kind, person_id: int, today: datetime.date) -> Message:
    """The message for one person: whose, by when, for how long; the link leads to where it is done."""
    unit = task.department.name if task.department else task.organisation.name
    where = f"{unit} · {task.group.name}" if task.group else unit
    detail = _("%(where)s：%(words)s") % {"where": where, "words": _words(task, kind, today)}
    opens_task = kind in (Kind.TO_REVIEW, Kind.RETURNED) or not task.act_url
    url = _page().replace("/0/", f"/{task.pk}/") if opens_task else task.act_url
    return Message(
        person_id=person_id,
        kind=kind.value,
        subject=f"task:{task.pk}",
        day=today,
        title=task.title,
        detail=detail,
        url=url,
    )


@cache
def _page() -> str:
    """The address of a Task's page; resolving it anew for every message takes longer than writing the message."""
    return reverse("tasks:task_detail", args=[0])


def _words(task: Task, kind: Kind, today: datetime.date) -> str:
    due = _("%(year)d年%(month)d月%(day)d日") % {
        "year": task.due_on.year,
        "month": task.due_on.month,
        "day": task.due_on.day,
    }
    left = (task.due_on - today).days
    if kind == Kind.TO_REVIEW:
        return _("已提交，等待核查")
    if kind == Kind.RETURNED:
        return _("退回原因：%(cause)s（%(due)s到期）") % {"cause": task.return_cause, "due": due}
    if kind == Kind.OVERDUE:
        return _("已逾期%(days)d天，应于%(due)s完成") % {"days": -left, "due": due}
    if kind == Kind.DUE_TODAY:
        return _("今天到期（%(due)s）") % {"due": due}
    return _("还剩%(days)d天，%(due)s到期") % {"days": left, "due": due}
