"""The one way a Task changes: claim its old state, write the new one with its light, append the event."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common import clock
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from tasks import transitions
from tasks.lighting import Lighting
from tasks.models import State, Task, TaskEvent, Verb

if TYPE_CHECKING:
    from orgs.models import User

CAUSE_LENGTH = 500


@dataclass(frozen=True)
class Before:
    """State and light of a Task before a change."""

    state: str
    light: str

    @classmethod
    def of(cls, task: Task) -> Before:
        """What ``task`` looks like now."""
        return cls(task.state, task.light)


def event_of(
    task: Task,
    verb: Verb,
    *,
    before: Before | None,
    actor: User | None,
    cause: str = "",
    progress: int | None = None,
    day: datetime.date | None = None,
    **words: Any,
) -> TaskEvent:
    """An unsaved event for the state and light that ``task`` has now; ``before`` is empty when it was opened.

    ``words`` are the further columns of a report (``difficulty``, ``help_needed``) or of a new date (``due_on``).
    """
    return TaskEvent(
        task=task,
        actor=actor,
        verb=verb,
        from_state=before.state if before else "",
        to_state=task.state,
        from_light=before.light if before else "",
        to_light=task.light,
        cause=cause[:CAUSE_LENGTH],
        progress=progress,
        day=day or clock.today(),
        **words,
    )


def require_state(task: Task, verb: str) -> str:
    """The state after ``verb``, or ``Conflict`` with a reason in plain words."""
    target = transitions.next_state(verb, task.state)
    if target is None:
        raise Conflict(refusal(verb, task.state))
    return target


def refusal(verb: str, state: str) -> str:
    """Why ``verb`` is refused in ``state``, and what to do."""
    if state == transitions.DONE:
        return _("这件事已经办结，不需要再操作。请刷新页面查看结果。")
    if state in (transitions.WAIVED, transitions.STOPPED):
        return _("这件事已经%(state)s，不能再操作。") % {"state": State(state).label}
    if state == transitions.PENDING:
        return _("这件事还没有签收，请先签收。")
    if state == transitions.SUBMITTED:
        return _("这件事已经提交，正在等待核查。请等核查结果。")
    if verb == transitions.REOPEN:
        return _("这件事还没有办结，不需要重新打开。")
    if verb == transitions.ACKNOWLEDGE:
        return _("这件事已经签收，不需要再签。请刷新页面查看。")
    return _("这件事还没有提交，暂时不能核查。请先由承办人提交。")


def require_text(value: str, name: str, message: str) -> str:
    """``value`` without blanks around it, or ``InvalidInput`` on the field ``name`` when nothing is left."""
    if not value.strip():
        raise InvalidInput(message, errors={name: message})
    return optional_text(value, name)


def optional_text(value: str, name: str) -> str:
    """``value`` without blanks around it, or ``InvalidInput`` on the field ``name`` when it is too long."""
    text = value.strip()
    if len(text) > CAUSE_LENGTH:
        message = _("最多%(count)d字，现在是%(now)d字。") % {"count": CAUSE_LENGTH, "now": len(text)}
        raise InvalidInput(message, errors={name: message})
    return text


def apply_change(
    task: Task,
    *,
    verb: str,
    event: Verb,
    actor: User | None,
    cause: str = "",
    progress: int | None = None,
    words: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Task:
    """Move ``task`` by ``verb`` and write ``fields`` with it. Two queries.

    ``progress`` (per cent) is written to both row and event, ``words`` to the event alone.

    Raises ``Conflict`` when the table does not allow it, or when somebody else was quicker. Side effects: the row,
    one ``TaskEvent``, and ``task`` itself shows what was written.
    """
    before = Before.of(task)
    target = require_state(task, verb)
    if progress is not None:
        fields["progress"] = progress
    task.state = target
    for name, value in fields.items():
        setattr(task, name, value)
    task.light, task.light_cause = Lighting(clock.today()).of(task)
    written = {name: getattr(task, name) for name in fields}
    claimed = Task.objects.filter(pk=task.pk, state=before.state).update(
        state=target, light=task.light, light_cause=task.light_cause, **written
    )
    if claimed != 1:
        task.refresh_from_db()
        raise Conflict(
            refusal(verb, task.state) if task.state != before.state else _("这件事刚刚变化了，请刷新后再试。")
        )
    event_of(task, event, before=before, actor=actor, cause=cause, progress=progress, **(words or {})).save()
    return task
