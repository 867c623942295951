"""The stored record of sections read back as plain data (``meetings.record``), and grouped by section."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from meetings.models import AgreedItem, AppraisalResult, Attendance, Gathering, Guest, MeetingKind, Resolution, Section
from meetings.record import (
    AgreedRecord,
    AppraisalRecord,
    AttendanceRecord,
    GuestRecord,
    ResolutionRecord,
    SectionRecord,
    SharedRecord,
)
from meetings.selectors import rows
from orgs.models import Person

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from meetings.models import Attachment


@dataclass
class Parts:
    """The rows of one section, in the order in which they were typed. People have name and number loaded."""

    attendance: list[Attendance] = field(default_factory=list)
    guests: list[Guest] = field(default_factory=list)
    resolutions: list[Resolution] = field(default_factory=list)
    agreed_items: list[AgreedItem] = field(default_factory=list)
    appraisals: list[AppraisalResult] = field(default_factory=list)


@dataclass
class Stored:
    """What is stored of some sections, and the files beside them (number, name and size loaded)."""

    parts: dict[int, Parts]  # by section; every section asked for has them
    files: list[Attachment] = field(default_factory=list)


def shared_of(gathering: Gathering) -> SharedRecord:
    """The shared facts as they are stored."""
    return SharedRecord(
        title=gathering.title,
        starts_at=gathering.starts_at,
        ends_at=gathering.ends_at,
        place=gathering.place,
        lecturer_id=gathering.lecturer_id,
        lecturer_name=gathering.lecturer_name,
        agenda=gathering.agenda,
        minutes=gathering.minutes,
    )


def stored(sections: Sequence[Section], files: QuerySet[Attachment] | None = None) -> Stored:
    """The rows of ``sections`` (kind loaded) and ``files``. At most one query, whatever their number.

    Before the first confirmation a section has no rows; appraisals belong to one form, which a used kind never changes.
    """
    found = Stored({section.pk: Parts() for section in sections})
    confirmed = [section for section in sections if section.version]
    ids = [section.pk for section in confirmed]
    appraised = [section.pk for section in confirmed if section.kind.form == MeetingKind.Form.APPRAISAL]
    asked: list[Any] = [] if not ids else [Attendance, Guest, Resolution, AgreedItem]
    branches = [rows.of(model.objects.filter(section__in=ids)) for model in asked]
    if appraised:
        branches.append(rows.of(AppraisalResult.objects.filter(section__in=appraised)))
    if files is not None:
        branches.append(rows.of(files))
    for row in rows.read(branches):
        found.files.append(row) if isinstance(row, rows.Attachment) else _put(found.parts, row)
    return found


def _put(parts: dict[int, Parts], row: Any) -> None:
    lists = parts[row.section_id]
    by_model: dict[Any, list[Any]] = {
        Attendance: lists.attendance,
        Guest: lists.guests,
        Resolution: lists.resolutions,
        AgreedItem: lists.agreed_items,
        AppraisalResult: lists.appraisals,
    }
    by_model[type(row)].append(row)


def section_record(section: Section, parts: Parts) -> SectionRecord:
    """One stored section as the form takes it. No query."""
    return SectionRecord(
        section_id=section.pk,
        version=section.version,
        chair_id=section.chair_id,
        delegation_note=section.delegation_note,
        recorder_id=section.recorder_id,
        study_hours=section.study_hours,
        topics=tuple(section.topics),
        period_code=section.period_code,
        attendance=_records(AttendanceRecord, parts.attendance),
        guests=_records(GuestRecord, parts.guests),
        resolutions=_records(ResolutionRecord, parts.resolutions),
        agreed_items=_records(AgreedRecord, parts.agreed_items),
        appraisals=_records(AppraisalRecord, parts.appraisals),
    )


def guests_of(parts: Iterable[Parts]) -> list[Person]:
    """The known people among the guests."""
    return [guest.person for each in parts for guest in each.guests if guest.person is not None]


def _records(record: type[Any], found: Iterable[Any]) -> tuple[Any, ...]:
    """Model rows as record rows; both have the same field names."""
    names = list(record.__dataclass_fields__)
    return tuple(record(**{name: getattr(row, name) for name in names}) for row in found)
