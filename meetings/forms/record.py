"""The record form as the template shows it: one object per field, row and section, with its value and its error."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy

from common import clock
from meetings import options
from meetings.forms.labels import FieldWords
from meetings.forms.values import APPRAISAL, Values, tidy
from meetings.models import AppraisalResult, MeetingKind, Resolution, Voters
from meetings.record import TOPICS
from orgs.models import MemberStatus

if TYPE_CHECKING:
    from meetings.selectors import FormSection, FormState
    from orgs.models import Person

USUAL_REASONS = (
    gettext_lazy("因公出差"),
    gettext_lazy("上课或监考"),
    gettext_lazy("事假"),
    gettext_lazy("病假"),
    gettext_lazy("在外实习"),
)


@dataclass(frozen=True)
class Entry:
    """One field: ``path`` is its name, its id and the name of its error."""

    path: str
    value: Any = ""
    error: str = ""


@dataclass(frozen=True)
class Choice:
    """One option of a list or a group of boxes."""

    value: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True)
class RollRow:
    """One person of the roll."""

    path: str
    person: Person
    may_vote: bool
    is_excused: bool
    mark: str
    leave_reason: str
    approver: str
    error: str = ""

    @property
    def is_probationary(self) -> bool:
        """Whether the person is a probationary member, as the roster has it now."""
        return self.person.status == MemberStatus.PROBATIONARY


@dataclass(frozen=True)
class Row:
    """One repeatable row: its typed values by field."""

    path: str
    values: Mapping[str, Any]
    error: str = ""


@dataclass(frozen=True)
class AppraisalRow:
    """Votes and grade of one member."""

    path: str
    person: Person
    values: Mapping[str, str]
    grades: list[Choice]
    error: str = ""


@dataclass(frozen=True)
class SectionForm:
    """One section of the form."""

    part: FormSection
    path: str
    fields: dict[str, Entry]
    roll: list[RollRow]
    persons: list[Choice]
    topics: list[Choice]
    periods: list[Choice]
    guests: list[Row]
    resolutions: list[Row]
    agreed_items: list[Row]
    appraisals: list[AppraisalRow]
    previous: str = ""  # path of the section before, whose marks may be copied

    @property
    def is_talk(self) -> bool:
        """Only date and persons are asked."""
        return self.part.section.kind.form == MeetingKind.Form.TALK

    @property
    def is_lecture(self) -> bool:
        """A lecturer is asked for."""
        return self.part.section.kind.form == MeetingKind.Form.LECTURE

    @property
    def votes(self) -> bool:
        """Whether resolutions are taken."""
        return self.part.section.kind.voters != Voters.NONE and not self.is_talk and not self.appraisals

    @property
    def opens_more(self) -> bool:
        """Whether the folded part holds something or an error."""
        typed = [self.guests, self.agreed_items, [one for one in self.topics if one.is_chosen]]
        names = ("delegation_note", "recorder", "study_hours", "guests", "topics")
        return any(typed) or any(self.fields[name].error for name in names)


@dataclass(frozen=True)
class RecordForm:
    """The whole form of one organisation."""

    state: FormState
    values: Values
    version: int
    day: datetime.date | None
    shared: dict[str, Entry]
    sections: list[SectionForm]
    approvers: list[Person]
    reasons: dict[str, Entry]
    errors: dict[str, str] = field(default_factory=dict)
    is_first: bool = False  # nothing typed yet: the marks are ours
    message: str = ""

    @property
    def is_talk(self) -> bool:
        """Only date and persons are asked."""
        return any(section.is_talk for section in self.sections)

    @property
    def has_lecture(self) -> bool:
        """A lecturer is asked for."""
        return any(section.is_lecture for section in self.sections)

    @property
    def is_late(self) -> bool:
        """Whether the day is so long ago that a reason for the late entry is needed."""
        return self.day is not None and (clock.today() - self.day).days > options.late_entry_grace_days()

    @property
    def grace_days(self) -> int:
        """Days after the meeting within which no reason is needed."""
        return options.late_entry_grace_days()

    @property
    def people(self) -> list[Person]:
        """People for the lists of chair, recorder and owners."""
        return self.state.people

    @property
    def usual_reasons(self) -> list[str]:
        """Usual reasons of leave."""
        return [str(reason) for reason in USUAL_REASONS]

    @property
    def methods(self) -> list[tuple[str, Any]]:
        """How votes are taken."""
        return list(Resolution.Method.choices)

    @property
    def blank_resolution(self) -> dict[str, str]:
        """A new resolution: the votes follow the voters present until somebody types them."""
        return {"auto": "1", "method": Resolution.Method.HANDS.value}

    @property
    def blank_agreed(self) -> dict[str, str]:
        """A new agreed item."""
        return {}

    @property
    def problems(self) -> list[Entry]:
        """All errors in the order they were found; ``value`` says in words which field it is."""
        words = FieldWords(self.state)
        return [Entry(path, words.label(path), error) for path, error in self.errors.items()]


def day_of(values: Values) -> datetime.date | None:
    """The day typed, or ``None`` when there is none that can be read."""
    try:
        return parse_date(values["shared"]["day"])
    except ValueError:
        return None


def build_form(
    state: FormState,
    values: Values,
    *,
    version: int,
    approvers: Sequence[Person],
    errors: Mapping[str, str] | None = None,
    is_first: bool = False,
    message: str = "",
) -> RecordForm:
    """The form for these values; ``version`` is that of the draft they belong to (0: none yet).

    ``approvers``: who may approve leave, the secretary first.
    """
    found = dict(errors or {})
    sections: list[SectionForm] = []
    for part in state.sections:
        typed = values["sections"].get(str(part.section.pk)) or tidy({"sections": {"1": {}}})["sections"]["1"]
        previous = sections[-1].path if sections and sections[-1].roll else ""
        sections.append(_SectionBuilder(part, typed, state, found, approvers).build(previous))
    names = ("title", "starts_at", "ends_at", "day", "start", "end", "place", "lecturer", "agenda", "minutes")
    shared = {name: _entry(f"shared.{name}", values["shared"].get(name, ""), found) for name in names}
    reasons = {name: _entry(name, values[name], found) for name in ("late_reason", "reason")}
    day = day_of(values) if state.is_caller else state.sections[0].section.held_on
    return RecordForm(state, values, version, day, shared, sections, list(approvers), reasons, found, is_first, message)


def _entry(path: str, value: Any, errors: Mapping[str, str]) -> Entry:
    return Entry(path, value, errors.get(path, ""))


class _SectionBuilder:
    """Puts one section together."""

    def __init__(
        self,
        part: FormSection,
        typed: Values,
        state: FormState,
        errors: Mapping[str, str],
        approvers: Sequence[Person],
    ) -> None:
        self.part, self.typed, self.state, self.errors, self.approvers = part, typed, state, errors, approvers
        self.path = f"sections.{part.section.pk}"

    def build(self, previous: str) -> SectionForm:
        names = ("version", "chair", "delegation_note", "recorder", "study_hours", "period_code")
        fields = {name: _entry(f"{self.path}.{name}", self.typed[name], self.errors) for name in names}
        for name in ("attendance", "appraisals", "guests", "topics"):
            fields[name] = _entry(f"{self.path}.{name}", "", self.errors)
        return SectionForm(
            part=self.part,
            path=self.path,
            fields=fields,
            roll=self._roll(),
            persons=self._persons(),
            topics=[Choice(code, str(label), code in self.typed["topics"]) for code, label in TOPICS.items()],
            periods=[
                Choice(period.code, period.label, period.code == self.typed["period_code"])
                for period in self.part.periods
            ],
            guests=self._rows("guests"),
            resolutions=self._rows("resolutions"),
            agreed_items=self._rows("agreed_items"),
            appraisals=self._appraisals(),
            previous=previous,
        )

    def _roll(self) -> list[RollRow]:
        rows = []
        for entry in self.part.roll:
            key = str(entry.person.pk)
            mark = self.typed["attendance"].get(key, {})
            path = f"{self.path}.attendance.{key}"
            rows.append(
                RollRow(
                    path=path,
                    person=entry.person,
                    may_vote=entry.may_vote,
                    is_excused=entry.is_excused,
                    mark=mark.get("mark", ""),
                    leave_reason=mark.get("leave_reason", ""),
                    approver=mark.get("approver") or self._approver_of(entry.person),
                    error=self.errors.get(path, ""),
                )
            )
        return rows

    def _approver_of(self, person: Person) -> str:
        """The secretary, who comes first; for the secretary's own leave somebody else of the committee."""
        return next((str(one.pk) for one in self.approvers if one.pk != person.pk), "")

    def _persons(self) -> list[Choice]:
        if self.part.section.kind.form != MeetingKind.Form.TALK:
            return []
        return [Choice(str(one.pk), one.name, str(one.pk) in self.typed["persons"]) for one in self.state.people]

    def _rows(self, name: str) -> list[Row]:
        paths = (f"{self.path}.{name}.{number}" for number in range(len(self.typed[name])))
        return [Row(path, row, self.errors.get(path, "")) for path, row in zip(paths, self.typed[name], strict=True)]

    def _appraisals(self) -> list[AppraisalRow]:
        if self.part.section.kind.form != MeetingKind.Form.APPRAISAL:
            return []
        rows = []
        for entry in self.part.roll:
            key = str(entry.person.pk)
            typed = self.typed["appraisals"].get(key) or dict.fromkeys(APPRAISAL, "")
            path = f"{self.path}.appraisals.{key}"
            grades = self._grades(entry.person, typed["grade"])
            rows.append(AppraisalRow(path, entry.person, typed, grades, self.errors.get(path, "")))
        return rows

    def _grades(self, person: Person, chosen: str) -> list[Choice]:
        """Probationary members take part without a grade (R-APPRAISE-1)."""
        grade = AppraisalResult.Grade
        if person.status == MemberStatus.PROBATIONARY:
            return [Choice(grade.NONE, str(grade.NONE.label), True)]
        default = chosen or grade.QUALIFIED
        return [
            Choice(value, str(label), value == default)
            for value, label in grade.choices
            if value != grade.NONE or chosen == value
        ]
