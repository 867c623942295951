"""The Tasks of a year, read once for every measure and every organisation of a question."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from django.urls import reverse

from common.measures import ONE, Figure, Question, Row
from common.sentences import written as _
from orgs.selectors.measured import concerned
from tasks.models import OPEN_STATES, State, Task, TaskEvent, Verb
from tasks.querysets import TaskQuerySet

NUMERATOR, DENOMINATOR = "numerator", "denominator"
MEETING = "cadence"  # source of the meetings that are owed by cadence
_DROPPED = (State.WAIVED, State.STOPPED)
_WORDS = {
    State.PENDING: "尚未签收",
    State.SUBMITTED: "已提交，待核查",
    State.RETURNED: "已退回，待重新提交",
    State.WAIVED: "免办",
    State.STOPPED: "中止",
}


class Owed(NamedTuple):
    """One Task as a figure needs it. ``state``: as of the day of the question."""

    task_id: int
    organisation_id: int
    group_id: int | None
    person_id: int | None
    unit: str
    source: str
    kind: str
    title: str
    period_code: str
    due_on: datetime.date
    state: str
    closed_on: datetime.date | None
    is_late: bool
    profile: str
    evidence_url: str
    reported_on: datetime.date | None

    @property
    def is_done(self) -> bool:
        """Whether it was done, in time or late."""
        return self.state == State.DONE

    @property
    def is_dropped(self) -> bool:
        """Whether it is not owed any more: waived or stopped."""
        return self.state in _DROPPED

    @property
    def is_on_time(self) -> bool:
        """Whether it was done by its due date."""
        return self.is_done and not self.is_late


_COLUMNS = (
    "pk", "organisation_id", "group_id", "person_id", "organisation__name", "source", "kind", "title", "period_code",
    "due_on", "state", "closed_on", "is_late", "profile", "evidence_url",
    "last_report_on",
)  # fmt: skip


def known_until(question: Question) -> datetime.date:
    """Up to which day what was decided counts: of a year that is over, whatever is known by now."""
    return question.as_of if question.as_of < question.end else datetime.date.max


def owed_of(rows: TaskQuerySet, question: Question, prefix: str = "") -> list[Owed]:
    """Tasks as they stood on the day of the question, in the order of due dates. One query.

    ``prefix``: the relation from ``rows`` to the Task, with ``__``. What was closed later was still open that day.
    """
    columns = rows.order_by(f"{prefix}due_on", f"{prefix}pk").values_list(*(f"{prefix}{name}" for name in _COLUMNS))
    last = known_until(question)
    return [_then(Owed._make(row), last) for row in columns]


def _then(row: Owed, last: datetime.date) -> Owed:
    if row.closed_on is None or row.closed_on <= last or row.state in OPEN_STATES:
        return row
    return row._replace(state=State.ACTIVE.value, closed_on=None, is_late=False, evidence_url="")


def tasks_of(question: Question) -> dict[int, list[Owed]]:
    """Tasks due in the year of every organisation concerned, by organisation id. One query for all measures.

    Who only supports a directive is not measured by it.
    """

    def read() -> dict[int, list[Owed]]:
        rows = Task.objects.filter(
            organisation_id__in=list(concerned(question)), due_on__gte=question.start, due_on__lte=question.end
        ).exclude(profile="support")
        found: dict[int, list[Owed]] = defaultdict(list)
        for row in owed_of(rows, question):
            found[row.organisation_id].append(row)
        return found

    return question.once("tasks.owed", read)


def dropped_because(question: Question) -> dict[int, str]:
    """Why Tasks were waived or stopped, by Task id, in the words of who decided. One query for all measures."""

    def read() -> dict[int, str]:
        rows = TaskEvent.objects.filter(
            task__organisation_id__in=list(concerned(question)),
            task__due_on__gte=question.start, task__due_on__lte=question.end,
            task__state__in=_DROPPED, verb__in=(Verb.WAIVED, Verb.STOPPED),
        )  # fmt: skip
        return dict(rows.order_by("pk").values_list("task_id", "cause"))

    return question.once("tasks.dropped", read)


def url_of(row: Owed) -> str:
    """The record that proves it, else the Task."""
    return row.evidence_url or reverse("tasks:task_detail", args=[row.task_id])


def rate_of(
    rows: Iterable[Owed],
    question: Question,
    *,
    late_counts: bool = False,
    weights: dict[int, int] | None = None,
) -> Figure:
    """Done on time ÷ due by the day of the question; each Task once, with 1 or its weight by Task id.

    ``late_counts``: what was made up for counts as done. What was waived or stopped is in neither number; what is not
    due yet neither, but its row says what it would change.
    """
    seen: dict[int, Owed] = {row.task_id: row for row in rows}
    top = under = Decimal(0)
    found = []
    for row in sorted(seen.values(), key=lambda each: (each.due_on, each.task_id)):
        weight = Decimal(weights[row.task_id]) if weights else ONE
        good = row.is_done if late_counts else row.is_on_time
        if row.due_on <= question.as_of and not row.is_dropped:
            under += weight
            top += weight if good else 0
        found.append(row_of(row, question, late_counts=late_counts, weight=weight, weighted=weights is not None))
    return Figure(values={NUMERATOR: top, DENOMINATOR: under}, rows=tuple(found))


def row_of(
    row: Owed, question: Question, *, late_counts: bool = False, weight: Decimal = ONE, weighted: bool = False
) -> Row:
    """The line of one Task: whether it counts, why not, and what doing it would change."""
    due, good = row.due_on <= question.as_of, row.is_done if late_counts else row.is_on_time
    done, undone = _effects(row, question, weight, late_counts=late_counts)
    return Row(
        label=label_of(row),
        url=url_of(row),
        day=row.due_on,
        unit=row.unit,
        counts=good and due and not row.is_dropped,
        why=_why(row, question, due),
        amount=_("权重%(weight)s") % {"weight": weight} if weighted else "",
        if_done=done,
        if_not=undone,
    )


def label_of(row: Owed) -> str:
    """What it is; of what is still open, what to do."""
    if row.is_done or row.is_dropped:
        return row.title
    words = _("开好%(title)s") if row.source == MEETING else _("完成“%(title)s”")
    return words % {"title": row.title}


def _effects(
    row: Owed, question: Question, weight: Decimal, *, late_counts: bool
) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """What doing it, and leaving it, would change; nothing where it is too late to be on time."""
    if row.is_dropped or row.is_done:
        return {}, {}
    if row.due_on > question.as_of:
        return {NUMERATOR: weight, DENOMINATOR: weight}, {DENOMINATOR: weight}
    handed_in = row.state == State.SUBMITTED and row.reported_on is not None and row.reported_on <= row.due_on
    return ({NUMERATOR: weight}, {}) if late_counts or handed_in or row.due_on == question.as_of else ({}, {})


def _why(row: Owed, question: Question, due: bool) -> str:
    if row.is_dropped:
        words = _WORDS[State(row.state)]
        cause = dropped_because(question).get(row.task_id, "")
        return f"{words}：{cause}（不计入应完成数）" if cause else f"{words}，不计入应完成数"
    if row.is_done:
        when = f"{row.closed_on.isoformat()}完成" if row.closed_on else "已完成"
        late = f"{when}，逾期" if row.is_late else when
        return late if due else f"{late}，{row.due_on.isoformat()}到期后计入"
    waiting = _WORDS.get(State(row.state), "")
    if due:
        return f"{row.due_on.isoformat()}到期，{waiting or '未完成'}"
    return f"{row.due_on.isoformat()}到期{'，' + waiting if waiting else ''}"
