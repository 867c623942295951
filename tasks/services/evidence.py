"""Evidence: a record of another room closes what it proves, and its withdrawal opens that again."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from common import clock
from orgs.models import Appointment, Organisation
from tasks import transitions
from tasks.lighting import Lighting
from tasks.models import State, Task, TaskEvent, TaskEvidence, Verb
from tasks.people import ancestor_paths
from tasks.services.changes import CAUSE_LENGTH, Before, event_of

if TYPE_CHECKING:
    from orgs.models import User
    from tasks.querysets import TaskQuerySet

HELD, GUIDED = "held", "guided"
# What was waived or stopped is owed by nobody; a Task already done keeps further evidence for the day that the
# first is withdrawn.
_RECEPTIVE = (*transitions.OPEN, transitions.DONE)
_WRITTEN = (
    "state",
    "light",
    "light_cause",
    "closed_on",
    "is_late",
    "evidence_url",
    "evidence_label",
    "return_cause",
)


@dataclass(frozen=True)
class Offer:
    """One thing a record is proof of: this kind was held by an organisation (a group), or a person played a part.

    Parts: held, chaired, lectured, attended, led; ``guided``: somebody from above was there as a guest, which counts
    for Tasks of an organisation at or above the one that held it.
    """

    kind: str
    part: str = HELD
    organisation_id: int | None = None
    group_id: int | None = None
    person_id: int | None = None
    period_code: str = ""


@transaction.atomic
def offer_evidence(
    *,
    record: str,
    occurred_on: datetime.date,
    offers: Sequence[Offer],
    url: str,
    label: str,
    actor: User | None,
) -> list[int]:
    """Count a record towards every Task whose requirement it meets; close those that now have enough.

    Args: ``record`` names it for good (``section:12``); an offer with ``period_code`` counts for that period even
    when it came late, one without counts for the Tasks whose window holds ``occurred_on`` (for one that names a day
    ``until`` in its requirement, up to that day, late). Returns the ids of the Tasks it now counts for. Offering again
    counts once and corrects date, link and name. Side effects: evidence rows with the organisation of the record,
    EVIDENCE and DONE events, title of the proof and its link on the Task. A fixed number of queries.
    """
    if not offers:
        return []
    tasks = list(_matching(offers, occurred_on).select_for_update().order_by("pk"))
    if not tasks:
        return []
    known = {row.task_id: row for row in TaskEvidence.objects.filter(record=record, task__in=tasks)}
    facts = {"occurred_on": occurred_on, "url": url, "label": label[:200], "organisation_id": _organisation_of(offers)}
    TaskEvidence.objects.bulk_create(
        TaskEvidence(task=task, record=record, **facts) for task in tasks if task.pk not in known
    )
    if known:
        TaskEvidence.objects.filter(record=record, task__in=known).update(**facts)
    fresh = {task.pk for task in tasks if task.pk not in known}
    _settle(tasks, actor=actor, fresh=fresh, cause=label)
    return [task.pk for task in tasks]


@transaction.atomic
def withdraw_evidence(*, record: str, cause: str, actor: User | None, keep: Iterable[int] = ()) -> list[int]:
    """Take a record back: what has not enough proof any more is owed again, with the cause. Returns those ids.

    A Task that other records still prove stays done; for the Tasks ``keep`` the record goes on counting. Side effects:
    evidence rows deleted (the log keeps them), REOPENED events, ``return_cause`` on the Tasks. A fixed number of
    queries.
    """
    rows = TaskEvidence.objects.filter(record=record).exclude(task__in=list(keep))
    tasks = list(Task.objects.filter(pk__in=rows.values("task")).select_for_update(of=("self",)).order_by("pk"))
    rows.delete()
    return _settle(tasks, actor=actor, fresh=set(), cause=cause)


@transaction.atomic
def recount_evidence(*, task_ids: Iterable[int], cause: str, actor: User | None) -> list[int]:
    """Let the state of Tasks follow from the evidence they have, after their requirement changed. Returns the ids of
    those owed again. Side effects: DONE and REOPENED events with the cause. A fixed number of queries.
    """
    tasks = list(Task.objects.filter(pk__in=list(task_ids)).select_for_update(of=("self",)).order_by("pk"))
    return _settle(tasks, actor=actor, fresh=set(), cause=cause)


def _organisation_of(offers: Iterable[Offer]) -> int | None:
    """The organisation whose record it is; ``None`` when the offers name none, or several."""
    found = {offer.organisation_id for offer in offers if offer.organisation_id is not None}
    return found.pop() if len(found) == 1 else None


def _matching(offers: Sequence[Offer], occurred_on: datetime.date) -> TaskQuerySet:
    """Tasks that one of ``offers`` satisfies."""
    wanted = Q(pk__in=[])
    people: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    above = _above(offers)
    for offer in offers:
        if offer.part == HELD:
            owner = Q(organisation_id=offer.organisation_id, group_id=offer.group_id)
            wanted |= _condition(offer.kind, offer.part, offer.period_code, occurred_on) & owner
        elif offer.person_id is not None:  # somebody from outside owes nothing here
            people[offer.kind, offer.part, offer.period_code].add(offer.person_id)
    # A hundred people who attended are one condition, not a hundred.
    for (kind, part, period_code), ids in people.items():
        owed = _condition(kind, part, period_code, occurred_on) & _owed_by_one_of(ids, occurred_on)
        wanted |= owed & above if part == GUIDED else owed
    return Task.objects.filter(wanted, state__in=_RECEPTIVE)


def _condition(kind: str, part: str, period_code: str, occurred_on: datetime.date) -> Q:
    """Tasks with this requirement, of the period named or with a window that holds the day."""
    required = Q(requirement__evidence=kind, requirement__part=part)
    if period_code:
        return required & Q(period_code=period_code)
    in_time = Q(due_on__gte=occurred_on) | Q(requirement__until__gte=occurred_on.isoformat())
    return required & Q(window_start__lte=occurred_on) & in_time


def _above(offers: Iterable[Offer]) -> Q:
    """Tasks of the organisation that a guided meeting belongs to, and of those above it. One query, if any was."""
    ids = {offer.organisation_id for offer in offers if offer.part == GUIDED}
    if not ids:
        return Q(pk__in=[])
    paths = Organisation.objects.filter(pk__in=ids).values_list("path", flat=True)
    return Q(organisation__path__in={each for path in paths for each in (path, *ancestor_paths(path))})


def _owed_by_one_of(people: set[int], day: datetime.date) -> Q:
    """Tasks that name one of ``people``, or that an office owes which one of them held on ``day``."""
    held = Appointment.objects.in_force(day).filter(
        person_id__in=people, organisation_id=OuterRef("organisation_id"), office=OuterRef("office")
    )
    return Q(person_id__in=people) | (Q(person__isnull=True) & Q(Exists(held)))


def _settle(tasks: Sequence[Task], *, actor: User | None, fresh: set[int], cause: str) -> list[int]:
    """Make each Task's state follow from the evidence it has. Returns the ids of those opened again."""
    rows: dict[int, list[TaskEvidence]] = defaultdict(list)
    for row in TaskEvidence.objects.filter(task__in=tasks).order_by("occurred_on", "id"):
        rows[row.task_id].append(row)
    lighting = Lighting(clock.today())
    events: list[TaskEvent] = []
    reopened: list[int] = []
    for task in tasks:
        before = Before.of(task)
        if task.pk in fresh:
            events.append(event_of(task, Verb.EVIDENCE, before=before, actor=actor, cause=cause))
        _follow(task, rows[task.pk], lighting, cause)
        if task.state == before.state:
            continue
        verb = Verb.DONE if task.state == State.DONE else Verb.REOPENED
        events.append(event_of(task, verb, before=before, actor=actor, cause=cause))
        if verb == Verb.REOPENED:
            reopened.append(task.pk)
    Task.objects.bulk_update(tasks, _WRITTEN)
    TaskEvent.objects.bulk_create(events)
    return reopened


def _counting(task: Task, rows: list[TaskEvidence]) -> list[TaskEvidence]:
    """The rows that count: with ``distinct: organisation`` the first of every organisation."""
    if task.requirement.get("distinct") != "organisation":
        return rows
    seen: dict[int | None, TaskEvidence] = {}
    for row in rows:
        seen.setdefault(row.organisation_id, row)
    return list(seen.values())


def _follow(task: Task, rows: list[TaskEvidence], lighting: Lighting, cause: str) -> None:
    """Set the fields of ``task`` that follow from its evidence, in the order in which it happened."""
    needed = int(task.requirement.get("count", 1))
    rows = _counting(task, rows)
    # The proof shown is the one that completed it; before that, the latest.
    proof = rows[min(needed, len(rows)) - 1] if rows else None
    task.evidence_url = proof.url if proof else ""
    task.evidence_label = proof.label if proof else ""
    if proof is not None and len(rows) >= needed:
        task.state = transitions.next_state(transitions.COMPLETE, task.state) or task.state
        task.closed_on, task.is_late = proof.occurred_on, proof.occurred_on > task.due_on
        task.return_cause = ""
    elif task.state == State.DONE:
        task.state = transitions.TABLE[transitions.REOPEN][task.state]
        task.closed_on, task.is_late, task.return_cause = None, False, cause[:CAUSE_LENGTH]
    else:
        return  # still owed as before: its light is the night's to change
    task.light, task.light_cause = lighting.of(task)
