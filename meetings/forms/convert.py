"""Between what is typed (``meetings.forms.values``) and what a record consists of (``meetings.record``)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from common import clock
from common.errors import InvalidInput
from meetings.forms.values import Values, tidy
from meetings.models import AppraisalResult, Attendance, MeetingKind
from meetings.record import (
    MAX_STUDY_HOURS,
    AgreedRecord,
    AppraisalRecord,
    AttendanceRecord,
    GatheringRecord,
    GuestRecord,
    ResolutionRecord,
    SectionRecord,
    SharedRecord,
)
from meetings.services.drafts import typed_time

if TYPE_CHECKING:
    from meetings.models import Gathering
    from meetings.selectors import FormSection, FormState
    from orgs.models import Person

_NUMBERED = re.compile(r"（([^（）]+)）\s*$")


def person_text(person: Person) -> str:
    """A person as a search field shows them: name and number, which finds the person again."""
    return f"{person.name}（{person.number}）"


def number_in(text: str) -> str:
    """The number at the end of ``person_text``, or ``""`` for a free name."""
    found = _NUMBERED.search(text)
    return found.group(1) if found else ""


def typed_numbers(values: Values) -> set[str]:
    """Numbers of all people named in search fields (lecturer, guests)."""
    texts = [values["shared"]["lecturer"]]
    texts += [guest["name"] for section in values["sections"].values() for guest in section["guests"]]
    return {number for text in texts if (number := number_in(text))}


def initial_values(state: FormState, names: Mapping[int, str], chair: Person | None) -> Values:
    """What the form shows first: the stored record, else the roll with everybody present.

    ``names``: ``person_text`` by person id, for the people of search fields. ``chair``: who chairs where the kind names
    no office.
    """
    record = state.record
    shared = record.shared if record is not None and record.shared is not None else None
    stored = {row.section_id: row for row in record.sections} if record is not None else {}
    sections = {}
    for part in state.sections:
        row = stored.get(part.section.pk)
        sections[str(part.section.pk)] = _stored(row, names) if row is not None else _fresh(part, chair)
    return tidy({"shared": _shared_values(state.gathering, shared, names), "sections": sections})


def _shared_values(gathering: Gathering, shared: SharedRecord | None, names: Mapping[int, str]) -> dict[str, Any]:
    source: Any = shared or gathering
    starts_at, ends_at = _local(source.starts_at), _local(source.ends_at)
    return {
        "title": source.title,
        "day": f"{starts_at:%Y-%m-%d}" if starts_at else "",
        "start": f"{starts_at:%H:%M}" if starts_at else "",
        "end": f"{ends_at:%H:%M}" if ends_at else "",
        "place": source.place,
        "lecturer": names.get(source.lecturer_id or 0, source.lecturer_name),
        "agenda": source.agenda,
        "minutes": source.minutes,
    }


def _local(moment: datetime.datetime | None) -> datetime.datetime | None:
    return timezone.localtime(moment, clock.SHANGHAI) if moment else None


def _fresh(part: FormSection, chair: Person | None) -> dict[str, Any]:
    """Everybody present, those without a hard attendance requirement on leave; shown as such on the page."""
    present, leave = Attendance.Mark.PRESENT.value, Attendance.Mark.LEAVE.value
    marks: dict[str, Any] = {}
    for entry in part.roll:
        marks[str(entry.person.pk)] = (
            {"mark": leave, "leave_reason": _("不作硬性要求")} if entry.is_excused else {"mark": present}
        )
    chair = part.default_chair or (chair if not part.section.kind.chair_office else None)
    asked_for = part.section.period_code
    return {
        "version": part.section.version,
        "period_code": asked_for if asked_for in {period.code for period in part.periods} else "",
        "chair": chair.pk if chair else "",
        "recorder": part.default_recorder.pk if part.default_recorder else "",
        "attendance": marks,
    }


def _stored(row: SectionRecord, names: Mapping[int, str]) -> dict[str, Any]:
    hours = f"{row.study_hours.normalize():f}" if row.study_hours else ""
    return {
        "version": row.version,
        "chair": row.chair_id,
        "delegation_note": row.delegation_note,
        "recorder": row.recorder_id,
        "study_hours": hours,
        "period_code": row.period_code,
        "topics": list(row.topics),
        "persons": [str(mark.person_id) for mark in row.attendance],
        "attendance": {
            str(mark.person_id): {
                "mark": mark.mark,
                "leave_reason": mark.leave_reason,
                "approver": mark.leave_approver_id,
            }
            for mark in row.attendance
        },
        "guests": [{"name": names.get(guest.person_id or 0, guest.name)} for guest in row.guests],
        "resolutions": [{**vars(item), "is_election": "on" if item.is_election else ""} for item in row.resolutions],
        "agreed_items": [
            {"id": item.id, "text": item.text, "owner": item.owner_id, "due_on": item.due_on}
            for item in row.agreed_items
        ],
        "appraisals": {str(item.person_id): vars(item) for item in row.appraisals},
    }


class RecordReader:
    """Reads typed values into a ``GatheringRecord``; collects what cannot be read by field path."""

    def __init__(self, values: Values, state: FormState, people: Mapping[str, Person]) -> None:
        """``people``: those named in search fields, by number."""
        missing: dict[str, dict[str, str]] = {
            str(part.section.pk): {} for part in state.sections if str(part.section.pk) not in values["sections"]
        }
        blank = tidy({"sections": missing})["sections"]
        self.values, self.state, self.people = {**values, "sections": {**values["sections"], **blank}}, state, people
        self.errors: dict[str, str] = {}

    def read(self) -> GatheringRecord:
        """The record. Raises ``InvalidInput`` with every field that cannot be read."""
        shared = self._shared(self.values["shared"]) if self.state.is_caller else None
        typed = self.values["sections"]
        sections = tuple(self._section(part, typed[str(part.section.pk)]) for part in self.state.sections)
        if self.errors:
            raise InvalidInput(_("有几处没有填对，请按提示修改。"), errors=self.errors)
        return GatheringRecord(shared=shared, sections=sections)

    def _shared(self, typed: Values) -> SharedRecord:
        lecturer, name = self._person_or_name(typed["lecturer"])
        return SharedRecord(
            title=typed["title"].strip(),
            starts_at=self._moment("shared.starts_at", typed["starts_at"]),
            ends_at=self._moment("shared.ends_at", typed["ends_at"]),
            place=typed["place"].strip(),
            lecturer_id=lecturer,
            lecturer_name=name,
            agenda=typed["agenda"].strip(),
            minutes=typed["minutes"].strip(),
        )

    def _section(self, part: FormSection, typed: Values) -> SectionRecord:
        path = f"sections.{part.section.pk}"
        return SectionRecord(
            section_id=part.section.pk,
            version=self._whole(f"{path}.version", typed["version"]),
            chair_id=self._id(typed["chair"]),
            delegation_note=typed["delegation_note"].strip(),
            recorder_id=self._id(typed["recorder"]),
            study_hours=self._hours(f"{path}.study_hours", typed["study_hours"]),
            topics=tuple(typed["topics"]),
            period_code=typed["period_code"],
            attendance=self._attendance(part, typed),
            guests=tuple(GuestRecord(*self._person_or_name(row["name"])) for row in typed["guests"]),
            resolutions=tuple(
                self._resolution(f"{path}.resolutions.{n}", row) for n, row in enumerate(typed["resolutions"])
            ),
            agreed_items=tuple(
                self._agreed(f"{path}.agreed_items.{n}", row) for n, row in enumerate(typed["agreed_items"])
            ),
            appraisals=self._appraisals(part, typed),
        )

    def _attendance(self, part: FormSection, typed: Values) -> tuple[AttendanceRecord, ...]:
        """Marks of the people on the roll who have one; of a talk the persons chosen."""
        if part.section.kind.form == MeetingKind.Form.TALK:
            chosen = [pk for key in typed["persons"] if (pk := self._id(key)) is not None]
            return tuple(AttendanceRecord(pk, Attendance.Mark.PRESENT) for pk in dict.fromkeys(chosen))
        rows = []
        for entry in part.roll:
            mark = typed["attendance"].get(str(entry.person.pk), {})
            if mark.get("mark"):
                on_leave = mark["mark"] == Attendance.Mark.LEAVE
                reason = mark["leave_reason"].strip() if on_leave else ""
                approver = self._id(mark["approver"]) if on_leave else None
                rows.append(AttendanceRecord(entry.person.pk, mark["mark"], reason, approver))
        return tuple(rows)

    def _resolution(self, path: str, row: Values) -> ResolutionRecord:
        if row["text"].strip() and not any(row[name].strip() for name in ("yes", "no", "abstain")):
            self.errors[path] = _("请填写票数。")
        return ResolutionRecord(
            text=row["text"].strip(),
            yes=self._whole(path, row["yes"]),
            no=self._whole(path, row["no"]),
            abstain=self._whole(path, row["abstain"]),
            is_election=bool(row["is_election"]),
            method=row["method"] or "hands",
        )

    def _agreed(self, path: str, row: Values) -> AgreedRecord:
        return AgreedRecord(
            row["text"].strip(), self._id(row["owner"]), self._day(path, row["due_on"]), self._id(row["id"])
        )

    def _appraisals(self, part: FormSection, typed: Values) -> tuple[AppraisalRecord, ...]:
        rows = []
        for entry in part.roll:
            row = typed["appraisals"].get(str(entry.person.pk))
            if part.section.kind.form != MeetingKind.Form.APPRAISAL or row is None:
                continue
            path = f"sections.{part.section.pk}.appraisals.{entry.person.pk}"
            votes = [self._whole(path, row[name]) for name in ("excellent", "qualified", "basically", "unqualified")]
            if row["grade"] or any(votes):
                rows.append(AppraisalRecord(entry.person.pk, row["grade"] or AppraisalResult.Grade.NONE, *votes))
        return tuple(rows)

    def _person_or_name(self, text: str) -> tuple[int | None, str]:
        """A known person's id, else the name as typed. The full name of exactly one person of the form is enough.

        A number beside another name than that person's is somebody's words, not a choice from the list.
        """
        text = text.strip()
        person = self.people.get(number_in(text))
        if person is not None and _NUMBERED.sub("", text).strip() != person.name:
            return None, text
        if person is None:
            same = [one for one in self.state.people if one.name == text]
            person = same[0] if len(same) == 1 else None
        return (person.pk, "") if person is not None else (None, text)

    def _whole(self, path: str, text: str) -> int:
        text = text.strip()
        if not text:
            return 0
        if not text.isdecimal() or len(text) > 6:
            self.errors[path] = _("票数请填整数。")
            return 0
        return int(text)

    def _hours(self, path: str, text: str) -> Decimal:
        try:
            hours = Decimal(text.strip() or "0")
        except InvalidOperation:
            hours = Decimal("NaN")
        if not hours.is_finite() or not 0 <= hours <= MAX_STUDY_HOURS:
            self.errors[path] = _("学时请填 0 到 {most} 之间的数，如 2 或 1.5。").format(most=MAX_STUDY_HOURS)
            return Decimal(0)
        return hours

    def _moment(self, path: str, text: str) -> datetime.datetime | None:
        if not text:
            return None
        moment = typed_time(text)
        if moment is None:
            self.errors[path] = _("日期或时间不对，请重新选择。")
        return moment

    def _day(self, path: str, text: str) -> datetime.date | None:
        try:
            day = parse_date(text.strip())
        except ValueError:
            day = None
        if day is None and text.strip():
            self.errors[path] = _("期限日期不对，请重新选择。")
        return day

    @staticmethod
    def _id(text: str) -> int | None:
        return int(text) if text.isdecimal() and len(text) < 18 else None
