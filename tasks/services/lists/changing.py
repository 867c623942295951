"""Own Tasks of a list when its terms change: new dates and requirements in place, or given up, always with the cause."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from common import clock
from common.sentences import written as _
from tasks.lighting import Lighting
from tasks.models import Task, TaskEvent, TaskEvidence, Verb
from tasks.services.changes import Before, event_of
from tasks.services.evidence import recount_evidence
from tasks.services.open import withdraw_tasks

if TYPE_CHECKING:
    from orgs.models import User

_WRITTEN = (
    "title",
    "due_on",
    "original_due_on",
    "requirement",
    "light",
    "light_cause",
    "evidence_url",
    "evidence_label",
)


@dataclass(frozen=True)
class NewTerms:
    """What changes on a Task; ``None`` leaves it as it is."""

    due_on: datetime.date | None = None
    title: str | None = None
    requirement: dict[str, Any] | None = None


def alter_tasks(rows: Sequence[tuple[Task, NewTerms]], *, cause: str, actor: User | None) -> int:
    """Write new terms on open Tasks that no supervision follows. Returns how many changed.

    The log keeps the old date. Proofs of another kind than the one asked for now are dropped. Side effects: CHANGED
    events; a Task that has enough proof by its new requirement is done. A fixed number of queries.
    """
    changed = [(task, terms) for task, terms in rows if _differs(task, terms)]
    if not changed:
        return 0
    lighting = Lighting(clock.today())
    events, other_proof, recounted = [], [], []
    for task, terms in changed:
        before, old_due = Before.of(task), task.due_on
        if terms.requirement is not None and terms.requirement != task.requirement:
            recounted.append(task.pk)
            if _proof(terms.requirement) != _proof(task.requirement):
                other_proof.append(task.pk)
                task.evidence_url = task.evidence_label = ""
            task.requirement = terms.requirement
        task.title = (terms.title or task.title)[:200]
        task.due_on = task.original_due_on = terms.due_on or task.due_on
        task.light, task.light_cause = lighting.of(task)
        words, moved = cause, None
        if task.due_on != old_due:
            moved = task.due_on
            words = _("%(cause)s；期限由%(old)s改为%(new)s") % {"cause": cause, "old": old_due, "new": task.due_on}
        events.append(event_of(task, Verb.CHANGED, before=before, actor=actor, cause=words, due_on=moved))
    TaskEvidence.objects.filter(task__in=other_proof).delete()
    Task.objects.bulk_update([task for task, _terms in changed], _WRITTEN)
    TaskEvent.objects.bulk_create(events)
    if recounted:
        recount_evidence(task_ids=recounted, cause=cause, actor=actor)
    return len(changed)


def _differs(task: Task, terms: NewTerms) -> bool:
    wanted = ((terms.due_on, task.due_on), (terms.title, task.title), (terms.requirement, task.requirement))
    return any(new is not None and new != old for new, old in wanted)


def _proof(requirement: dict[str, Any]) -> tuple[Any, Any]:
    return requirement.get("evidence"), requirement.get("part")


def withdraw_own(tasks: Sequence[Task], *, cause: str, actor: User | None) -> list[int]:
    """Stop own open Tasks and free their natural keys, so that the item may be owed again. Returns their ids.

    Side effects: STOPPED events with the cause. Four queries.
    """
    if not tasks:
        return []
    stopped = withdraw_tasks(natural_keys=[task.natural_key for task in tasks], cause=cause, actor=actor)
    freed = Concat(F("natural_key"), Value(":"), Cast("pk", CharField()), output_field=CharField())
    Task.objects.filter(pk__in=stopped).update(natural_key=freed)
    return stopped
