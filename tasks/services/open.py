"""Opening Tasks, and withdrawing them: what a room says is owed."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction

from common import clock
from tasks import transitions
from tasks.lighting import Lighting
from tasks.models import Profile, State, Task, TaskEvent, Verb
from tasks.services.changes import Before, event_of

if TYPE_CHECKING:
    from orgs.models import User

CHUNK = 500


@dataclass(frozen=True)
class TaskSpec:
    """One thing owed, as its source states it; ``natural_key`` makes it one (DESIGN.md §1)."""

    natural_key: str
    source: str
    kind: str
    title: str
    organisation_id: int
    window_start: datetime.date
    due_on: datetime.date
    period_code: str = ""
    group_id: int | None = None
    person_id: int | None = None
    department_id: int | None = None
    office: str = "secretary"
    profile: str = Profile.CADENCE.value
    requirement: dict[str, Any] = field(default_factory=dict)
    act_url: str = ""
    parent_id: int | None = None
    acknowledge_by: datetime.datetime | None = None


@transaction.atomic
def open_tasks(*, specs: Iterable[TaskSpec], actor: User | None = None, cause: str = "") -> int:
    """Open the Tasks that do not exist yet, by natural key; safe to repeat and to run twice at once.

    Existing Tasks stay as they are, open or closed. ``requirement`` may name ``evidence``, ``part`` (default held)
    and ``count`` (default 1); a spec with ``acknowledge_by`` waits to be signed for. Returns how many were opened. Side effects: an OPENED event with the first light for
    each. Four queries per 500 specs. No right is asked: the room that states the obligation has done so.
    """
    return sum(_open_chunk(chunk, actor, cause) for chunk in _chunks(list(specs)))


def _chunks(specs: Sequence[TaskSpec]) -> Iterator[Sequence[TaskSpec]]:
    for start in range(0, len(specs), CHUNK):
        yield specs[start : start + CHUNK]


def _open_chunk(specs: Sequence[TaskSpec], actor: User | None, cause: str) -> int:
    keys = {spec.natural_key for spec in specs}
    known = set(Task.objects.filter(natural_key__in=keys).values_list("natural_key", flat=True))
    lighting = Lighting(clock.today())
    wanted = {spec.natural_key: spec for spec in specs if spec.natural_key not in known}
    if not wanted:
        return 0
    # Two runs at once: the unique key keeps one row, and only its maker finds it without an event.
    Task.objects.bulk_create([_task_of(spec, lighting) for spec in wanted.values()], ignore_conflicts=True)
    opened = list(Task.objects.filter(natural_key__in=wanted, events__isnull=True))
    TaskEvent.objects.bulk_create(event_of(task, Verb.OPENED, before=None, actor=actor, cause=cause) for task in opened)
    return len(opened)


def _task_of(spec: TaskSpec, lighting: Lighting) -> Task:
    task = Task(
        natural_key=spec.natural_key,
        source=spec.source,
        kind=spec.kind,
        title=spec.title[:200],
        organisation_id=spec.organisation_id,
        group_id=spec.group_id,
        person_id=spec.person_id,
        department_id=spec.department_id,
        office=spec.office,
        parent_id=spec.parent_id,
        period_code=spec.period_code,
        window_start=spec.window_start,
        due_on=spec.due_on,
        original_due_on=spec.due_on,
        profile=spec.profile,
        requirement=_requirement(spec.requirement),
        state=State.PENDING if spec.acknowledge_by else State.ACTIVE,
        acknowledge_by=spec.acknowledge_by,
        act_url=spec.act_url,
    )
    task.light, task.light_cause = lighting.of(task)
    return task


def _requirement(stated: dict[str, Any]) -> dict[str, Any]:
    """The requirement with its defaults written out, so that evidence is matched by plain equality."""
    return {"part": "held", "count": 1, **stated} if stated.get("evidence") else dict(stated)


@transaction.atomic
def withdraw_tasks(*, natural_keys: Iterable[str], cause: str, actor: User | None) -> list[int]:
    """Stop the open Tasks whose source does not state them any more (an item struck from an amended record).

    No right is asked: the room that stated the obligation has asked its own. What is done stays done. Returns the
    ids. Side effects: STOPPED events with the cause. Three queries.
    """
    tasks = list(
        Task.objects.filter(natural_key__in=list(natural_keys), state__in=tuple(transitions.TABLE[transitions.STOP]))
        .select_for_update()
        .order_by("pk")
    )
    lighting = Lighting(clock.today())
    events = []
    for task in tasks:
        before = Before.of(task)
        task.state, task.closed_on = State.STOPPED, lighting.today
        task.light, task.light_cause = lighting.of(task)
        events.append(event_of(task, Verb.STOPPED, before=before, actor=actor, cause=cause))
    Task.objects.bulk_update(tasks, ["state", "closed_on", "light", "light_cause"])
    TaskEvent.objects.bulk_create(events)
    return [task.pk for task in tasks]
