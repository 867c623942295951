"""Figures that are times something was held: a kind of meeting, a topic, the secretary's lectures."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Q

from common.measures import ONE, Figure, Happening, Question, Row
from common.periods import Period
from meetings.measuring.reading import (
    Held,
    InOffice,
    counting_of,
    counts_for,
    ended_periods,
    groups_of,
    kinds_of,
    offices_of,
    read_sections,
)
from meetings.models import MeetingKind
from meetings.record import TOPICS
from orgs.models import Group, Level, Office, Organisation
from orgs.models.appointment import COMMITTEE_OFFICES
from tasks.measuring.reading import Owed, row_of, tasks_of

HELD = {"held": ONE}
EXCUSED = "excused"
COMMISSIONERS = frozenset(COMMITTEE_OFFICES) - {Office.SECRETARY, Office.DEPUTY}
When = MeetingKind.AppliesWhen


def held(question: Question, params: Mapping[str, Any]) -> dict[int, Figure]:
    """Confirmed, quorate sections of the kind ``params["kind"]``, with the topic ``params["topic"]`` if given.

    ``params["required"]``: how often in the year (default: once a period), to say how many times of the ended periods
    were not owed.
    """
    kind = kinds_of(question).get(str(params.get("kind", "")))
    if kind is None:
        return {one.pk: Figure(missing=f"没有会议类型“{params.get('kind', '')}”") for one in question.organisations}
    return {one.pk: _figure(one, kind, question, params) for one in question.organisations}


def _figure(one: Organisation, kind: MeetingKind, question: Question, params: Mapping[str, Any]) -> Figure:
    sections = [row for row in counting_of(question, one.pk) if row.kind == kind.code]
    owed = [row for row in tasks_of(question).get(one.pk, ()) if row.kind == kind.code]
    groups = groups_of(question).get(one.pk, []) if kind.applies_when == When.HAS_GROUPS else []
    if words := _not_applicable(one, kind, question, bool(sections or owed)):
        return Figure(not_applicable=words)
    topic = str(params.get("topic", ""))
    valid = [row for row in sections if row.is_valid and (not topic or topic in row.topics)]
    happened = [Happening(counts_for(row), row.group or "") for row in valid]
    happened = [each for each in happened if each.day >= question.start]
    excused = _excused(kind, question, owed, happened, groups, params)
    rows = [_section_row(row, topic, question) for row in sections] + _task_rows(owed, question)
    return Figure(
        values={EXCUSED: Decimal(excused)},
        happened=tuple(happened),
        units=len(groups) or 1,
        rows=tuple(sorted(rows, key=lambda row: row.day or question.end)),
    )


def _not_applicable(one: Organisation, kind: MeetingKind, question: Question, is_known: bool) -> str:
    """Why the kind does not apply; what is owed or was held all the same applies."""
    if kind.level != one.level:
        return f"{kind.name}不属于{Level(one.level).label}"
    if kind.applies_when == When.HAS_GROUPS and not groups_of(question).get(one.pk):
        return "没有划分党小组"
    if is_known:
        return ""
    if kind.applies_when == When.HAS_COMMITTEE and not _has_had_committee(one, question):
        return "没有设支部委员会"
    if kind.applies_when == When.HAS_COLLEGE and getattr(one, "college", None) is None:
        return "没有对应的二级学院"
    return ""


def _has_had_committee(one: Organisation, question: Question) -> bool:
    return any(row.office in COMMISSIONERS for row in offices_of(question).get(one.pk, ()))


def _excused(
    kind: MeetingKind,
    question: Question,
    owed: Iterable[Owed],
    happened: Iterable[Happening],
    groups: Iterable[Group],
    params: Mapping[str, Any],
) -> int:
    """How many times of what ended periods ask for were not owed: nothing was opened for them, or it was waived.

    A period in which it was held all the same is not excused, so that it cannot make up for another one.
    """
    ended, in_year = ended_periods(kind, question)
    if not ended:
        return 0
    claimed = {(row.group_id, row.period_code) for row in owed if not row.is_dropped}
    done = list(happened)
    units: list[tuple[int | None, str]] = [(group.pk, group.name) for group in groups] or [(None, "")]
    free = sum(
        (pk, period.code) not in claimed and not _was_held(done, name, period) for pk, name in units for period in ended
    )
    return int(params.get("required", in_year * kind.times)) * free // in_year


def _was_held(happened: Iterable[Happening], unit: str, period: Period) -> bool:
    return any(each.unit == unit and period.contains(each.day) for each in happened)


def _section_row(row: Held, topic: str, question: Question) -> Row:
    why = row.why_not
    if not why and topic and topic not in row.topics:
        why = f"没有标记“{TOPICS.get(topic, topic)}”"
    day = counts_for(row)
    if not why and day < question.start:
        why = f"补开{day.year}年的，不计入本年"
    made_up = "" if day == row.held_on else f"{row.held_on.isoformat()}补开"
    return Row(row.label, row.url, row.held_on, row.group or "", not why, why or made_up)


def _task_rows(owed: Iterable[Owed], question: Question) -> list[Row]:
    """What is still to be held, and what is not owed; what was held is there as its record."""
    names = {group.pk: group.name for found in groups_of(question).values() for group in found}
    rows = []
    for task in owed:
        if task.is_done:
            continue
        row = row_of(task, question, late_counts=True)
        unit = names.get(task.group_id, "") if task.group_id else ""
        rows.append(
            Row(row.label, row.url, row.day, unit, False, row.why, if_done={} if task.is_dropped else HELD)
        )  # fmt: skip
    return rows


def secretary_lectures(question: Question, params: Mapping[str, Any]) -> dict[int, Figure]:
    """Lectures whose lecturer was the organisation's secretary on that day, wherever; one a gathering. Two queries."""
    terms = {
        one.pk: [row for row in offices_of(question).get(one.pk, ()) if row.office == Office.SECRETARY]
        for one in question.organisations
    }
    people = {row.person_id for found in terms.values() for row in found}
    lectures: dict[int, dict[int, Held]] = defaultdict(dict)
    where = Q(kind__form=MeetingKind.Form.LECTURE, gathering__lecturer_id__in=people)
    for row in read_sections(where, question):
        if row.lecturer_id is not None and row.is_valid:
            lectures[row.lecturer_id].setdefault(row.gathering_id, row)
    return {one.pk: _lectures(one, terms[one.pk], lectures, question, params) for one in question.organisations}


def _lectures(
    one: Organisation,
    terms: Iterable[InOffice],
    lectures: Mapping[int, Mapping[int, Held]],
    question: Question,
    params: Mapping[str, Any],
) -> Figure:
    given = {
        row.gathering_id: row
        for term in terms
        for row in lectures.get(term.person_id, {}).values()
        if term.on(row.held_on)
    }
    ordered = sorted(given.values(), key=lambda row: (row.held_on, row.section_id))
    rows = [Row(f"{row.label}（{row.unit}）", row.url, row.held_on) for row in ordered]
    required = int(params.get("required", 0))
    if len(rows) < required:
        words = f"全年{required}次，已讲{len(rows)}次"
        change = HELD if question.as_of < question.end else {}
        rows.append(Row("由书记主讲一次党课", "", question.as_of, "", False, words, if_done=change))
    return Figure(
        values={EXCUSED: Decimal(required * _months_before(one.founded_on, question) // 12)},
        happened=tuple(Happening(row.held_on) for row in ordered),
        rows=tuple(rows),
    )


def _months_before(founded_on: datetime.date | None, question: Question) -> int:
    """Months of the year that had ended when the organisation was founded."""
    if founded_on is None or founded_on.year < question.year:
        return 0
    return founded_on.month - 1 if founded_on.year == question.year else 12
