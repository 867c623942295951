"""What happened to a project: its own log, that of its milestones, and its files, read together."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import BigIntegerField, CharField, DateField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from common import clock
from tasks import project_states as states
from tasks.models import ProjectEvent, TaskEvent, TaskFile, Verb

if TYPE_CHECKING:
    from tasks.models import Project

PROJECT, MILESTONE, FILE = "project", "milestone", "file"
VERBS = {
    states.CREATE: _("起草"),
    states.EDIT: _("修改草拟"),
    states.SUBMIT: _("提交审核"),
    states.DISCARD: _("撤销草拟"),
    states.RETURN: _("退回修改"),
    states.APPROVE: _("审核通过，开始推进"),
    states.REPLAN: _("调整计划"),
    states.ASK_EXTENSION: _("进入延期审批"),
    states.SETTLE_EXTENSION: _("延期审批有结果"),
    states.APPLY: _("申请验收"),
    states.ACCEPT: _("验收通过，销号"),
    states.REJECT: _("验收退回"),
    states.STOP: _("中止"),
}
_DECISIONS = {states.RETURN, states.APPROVE, states.REPLAN, states.ACCEPT, states.REJECT, states.STOP}
_TASK_DECISIONS = {
    Verb.ACCEPTED,
    Verb.RETURNED,
    Verb.WAIVED,
    Verb.STOPPED,
    Verb.EXTENDED,
    Verb.EXTENSION_REFUSED,
}
# One of the two logs says it, in the same minute: the project that it began, the milestone that it got more time.
_SAID_TWICE = {
    (MILESTONE, Verb.OPENED),
    (MILESTONE, Verb.RESCHEDULED),
    (PROJECT, states.ASK_EXTENSION),
    (PROJECT, states.SETTLE_EXTENSION),
}


class _Row(NamedTuple):
    kind: str
    pk: int
    at: datetime.datetime
    day: datetime.date | None
    actor: str | None
    verb: str
    from_state: str
    to_state: str
    light: str
    cause: str
    progress: int | None
    difficulty: str
    help_needed: str
    task_id: int | None
    size: int | None


@dataclass(frozen=True)
class Line:
    """One line of the story. ``number`` is the milestone's, ``None`` for the project itself."""

    kind: str
    pk: int
    at: datetime.datetime
    day: datetime.date
    who: str
    what: str
    verb: str
    cause: str
    light: str
    progress: int | None
    difficulty: str
    help_needed: str
    number: int | None
    size: int | None

    @property
    def is_decision(self) -> bool:
        """Whether somebody above decided something."""
        if self.kind == PROJECT:
            return self.verb in _DECISIONS
        return self.kind == MILESTONE and self.verb in _TASK_DECISIONS

    @property
    def is_report(self) -> bool:
        """Whether somebody said how far it is."""
        return self.kind == MILESTONE and self.verb in (Verb.REPORTED, Verb.SUBMITTED)


def story(project: Project, numbers: dict[int, int]) -> list[Line]:
    """Everything that happened, newest first. ``numbers``: Task id → number of the milestone. One query."""
    parts = [_of_project(project), _of_tasks(list(numbers)), _of_files(project, list(numbers))]
    rows = [_Row(*row) for row in parts[0].union(*parts[1:], all=True)]
    lines = [_line(row, numbers) for row in rows if (row.kind, row.verb) not in _SAID_TWICE]
    order = {PROJECT: 0, MILESTONE: 1, FILE: 2}
    return sorted(lines, key=lambda line: (line.at, order[line.kind], line.pk), reverse=True)


def _none(field: Any) -> Any:
    return Cast(Value(None), field)


def _text(value: str) -> Any:
    return Value(value, output_field=CharField())


def _name(of: str) -> Any:
    return Coalesce(f"{of}__person__name", f"{of}__username", output_field=CharField())


def _columns(rows: QuerySet[Any], **columns: Any) -> QuerySet[Any, tuple[Any, ...]]:
    """The columns of ``_Row`` in their order, under names that clash with no field."""
    return (
        rows.order_by()
        .annotate(**{f"s_{name}": columns[name] for name in _Row._fields})
        .values_list(*[f"s_{name}" for name in _Row._fields])
    )


def _of_project(project: Project) -> QuerySet[Any, tuple[Any, ...]]:
    return _columns(
        ProjectEvent.objects.filter(project=project),
        kind=_text(PROJECT),
        pk=F("id"),
        at=F("at"),
        day=F("day"),
        actor=_name("actor"),
        verb=F("verb"),
        from_state=F("from_state"),
        to_state=F("to_state"),
        light=_text(""),
        cause=F("cause"),
        progress=_none(BigIntegerField()),
        difficulty=_text(""),
        help_needed=_text(""),
        task_id=_none(BigIntegerField()),
        size=_none(BigIntegerField()),
    )


def _of_tasks(tasks: Sequence[int]) -> QuerySet[Any, tuple[Any, ...]]:
    return _columns(
        TaskEvent.objects.filter(task_id__in=tasks),
        kind=_text(MILESTONE),
        pk=F("id"),
        at=F("at"),
        day=F("day"),
        actor=_name("actor"),
        verb=F("verb"),
        from_state=F("from_state"),
        to_state=F("to_state"),
        light=F("to_light"),
        cause=F("cause"),
        progress=Cast(F("progress"), BigIntegerField()),
        difficulty=F("difficulty"),
        help_needed=F("help_needed"),
        task_id=F("task_id"),
        size=_none(BigIntegerField()),
    )


def _of_files(project: Project, tasks: Sequence[int]) -> QuerySet[Any, tuple[Any, ...]]:
    return _columns(
        TaskFile.objects.filter(Q(project=project) | Q(task_id__in=tasks)),
        kind=_text(FILE),
        pk=F("id"),
        at=F("uploaded_at"),
        day=_none(DateField()),
        actor=_name("uploaded_by"),
        verb=_text("file"),
        from_state=_text(""),
        to_state=_text(""),
        light=_text(""),
        cause=F("name"),
        progress=_none(BigIntegerField()),
        difficulty=_text(""),
        help_needed=_text(""),
        task_id=F("task_id"),
        size=F("size"),
    )


def _line(row: _Row, numbers: dict[int, int]) -> Line:
    what = {PROJECT: VERBS.get(row.verb, row.verb), FILE: _("上传材料")}.get(row.kind) or Verb(row.verb).label
    at = row.at.astimezone(clock.SHANGHAI)
    return Line(
        kind=row.kind,
        pk=row.pk,
        at=at,
        day=row.day or at.date(),
        who=row.actor or "",
        what=str(what),
        verb=row.verb,
        cause=row.cause,
        light=row.light if row.verb == Verb.LIGHT else "",
        progress=row.progress,
        difficulty=row.difficulty,
        help_needed=row.help_needed,
        number=numbers.get(row.task_id) if row.task_id is not None else None,
        size=row.size,
    )
