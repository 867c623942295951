"""Rows of different tables that hang on a record, read in one statement: a page may take ten in all.

Every table says which of its columns stand where in a common row; what it has not stays empty. The union of them is
read once and becomes rows of the models again, with the people they name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, BooleanField, DateField, F, Model, QuerySet, TextField, Value
from django.db.models.functions import Cast

from common.partial import partial
from meetings.models import AgreedItem, AppraisalResult, Attachment, Attendance, Guest, Resolution
from orgs.models import Person
from tasks.models import Task


class Row(NamedTuple):
    """One row of any of the tables. ``other`` is the approver of a leave, or the Task of an agreed item."""

    table: str
    id: int
    section: Any  # the id of a section; of a gathering's file there is none
    person: int | None
    name: str | None
    number: str | None
    other: int | None
    other_word: str | None
    text: str
    word: str
    rule: str
    day: Any  # a date, or none
    first: int
    second: int
    third: int
    fourth: int
    is_so: bool
    is_also: bool


# The types stand in the first table of a union and in PostgreSQL's comparison of its columns: NULL needs one.
_NO_ID = Cast(Value(None), BigIntegerField())
_NO_TEXT, _NO_COUNT, _NOT_SO = Value("", TextField()), Value(0, BigIntegerField()), Value(False, BooleanField())
_EMPTY: dict[str, Any] = {
    **dict.fromkeys(("section", "person", "other"), _NO_ID),
    **dict.fromkeys(("name", "number", "other_word", "text", "word", "rule"), _NO_TEXT),
    **dict.fromkeys(("first", "second", "third", "fourth"), _NO_COUNT),
    **dict.fromkeys(("is_so", "is_also"), _NOT_SO),
    "day": Cast(Value(None), DateField()),
}
_PERSON = {"person": "person_id", "name": "person__name", "number": "person__number"}
_COLUMNS: dict[type[Model], dict[str, str]] = {
    Attendance: {
        **_PERSON,
        "section": "section_id",
        "text": "leave_reason",
        "word": "mark",
        "other": "leave_approver_id",
        "other_word": "leave_approver__name",
        "is_so": "may_vote",
        "is_also": "is_excused",
    },
    Guest: {**_PERSON, "section": "section_id", "text": "name"},
    Resolution: {
        "section": "section_id",
        "text": "text",
        "word": "method",
        "rule": "rule_text",
        "first": "yes",
        "second": "no",
        "third": "abstain",
        "is_so": "is_election",
        "is_also": "passed",
    },
    AgreedItem: {
        "section": "section_id",
        "person": "owner_id",
        "name": "owner__name",
        "number": "owner__number",
        "text": "text",
        "day": "due_on",
        "other": "task_id",
        "other_word": "task__state",
    },
    AppraisalResult: {
        **_PERSON,
        "section": "section_id",
        "word": "grade",
        "first": "excellent",
        "second": "qualified",
        "third": "basically",
        "fourth": "unqualified",
    },
    Attachment: {"text": "name", "first": "size"},
}


def of(found: QuerySet[Any]) -> QuerySet[Any]:
    """The rows of one table in the common shape."""
    places: dict[str, Any] = {**_EMPTY, "id": F("pk")}
    places |= {place: F(column) for place, column in _COLUMNS[found.model].items()}
    table = Value(found.model.__name__, TextField())
    return found.order_by().values_list(table, *(places[name] for name in Row._fields[1:]))


def read(branches: Sequence[QuerySet[Any]]) -> Iterator[Model]:
    """Rows of the models, each table's in the order of entry. One query; none without ``branches``."""
    if not branches:
        return iter(())
    first, *others = branches
    found = sorted(map(Row._make, first.union(*others, all=True) if others else first), key=lambda row: row.id)
    return map(_model_row, found)


def _person(row: Row) -> Person | None:
    return None if row.person is None else partial(Person, row.person, name=row.name, number=row.number)


def _model_row(row: Row) -> Model:
    return _MAKERS[row.table](row)


def _attendance(row: Row) -> Attendance:
    return Attendance(
        id=row.id,
        section_id=row.section,
        person=_person(row),
        mark=row.word,
        leave_reason=row.text,
        leave_approver=None if row.other is None else partial(Person, row.other, name=row.other_word),
        may_vote=row.is_so,
        is_excused=row.is_also,
    )


def _guest(row: Row) -> Guest:
    return Guest(id=row.id, section_id=row.section, person=_person(row), name=row.text)


def _resolution(row: Row) -> Resolution:
    return Resolution(
        id=row.id,
        section_id=row.section,
        text=row.text,
        method=row.word,
        rule_text=row.rule,
        yes=row.first,
        no=row.second,
        abstain=row.third,
        is_election=row.is_so,
        passed=row.is_also,
    )


def _agreed(row: Row) -> AgreedItem:
    task = None if row.other is None else partial(Task, row.other, state=row.other_word)
    return AgreedItem(id=row.id, section_id=row.section, owner=_person(row), text=row.text, due_on=row.day, task=task)


def _appraisal(row: Row) -> AppraisalResult:
    return AppraisalResult(
        id=row.id,
        section_id=row.section,
        person=_person(row),
        grade=row.word,
        excellent=row.first,
        qualified=row.second,
        basically=row.third,
        unqualified=row.fourth,
    )


def _file(row: Row) -> Attachment:
    return partial(Attachment, row.id, name=row.text, size=row.first)


_MAKERS: dict[str, Callable[[Row], Any]] = {
    "Attendance": _attendance,
    "Guest": _guest,
    "Resolution": _resolution,
    "AgreedItem": _agreed,
    "AppraisalResult": _appraisal,
    "Attachment": _file,
}
