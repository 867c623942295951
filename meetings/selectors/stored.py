"""The stored record of sections read back as plain data (``meetings.record``), and grouped by section."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

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


@dataclass
class Parts:
    """The rows of one section."""

    attendance: list[Attendance] = field(default_factory=list)
    guests: list[Guest] = field(default_factory=list)
    resolutions: list[Resolution] = field(default_factory=list)
    agreed_items: list[AgreedItem] = field(default_factory=list)
    appraisals: list[AppraisalResult] = field(default_factory=list)


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


def parts_of(sections: Sequence[Section]) -> dict[int, Parts]:
    """Section id → its rows with people loaded. At most five queries, whatever the number of sections and people.

    Before the first confirmation there are none; appraisals belong to one form, which a used kind never changes.
    """
    found: dict[int, Parts] = defaultdict(Parts)
    ids = [section.pk for section in sections if section.version]
    appraised = [
        section.pk for section in sections if section.version and section.kind.form == MeetingKind.Form.APPRAISAL
    ]
    if not ids:
        return found
    for row in Attendance.objects.filter(section__in=ids).select_related("person", "leave_approver").order_by("pk"):
        found[row.section_id].attendance.append(row)
    for guest in Guest.objects.filter(section__in=ids).select_related("person").order_by("pk"):
        found[guest.section_id].guests.append(guest)
    for resolution in Resolution.objects.filter(section__in=ids).order_by("pk"):
        found[resolution.section_id].resolutions.append(resolution)
    for item in AgreedItem.objects.filter(section__in=ids).select_related("owner", "task").order_by("pk"):
        found[item.section_id].agreed_items.append(item)
    results = AppraisalResult.objects.filter(section__in=appraised).select_related("person").order_by("pk")
    for result in results if appraised else ():
        found[result.section_id].appraisals.append(result)
    return found


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
        attendance=_rows(AttendanceRecord, parts.attendance),
        guests=_rows(GuestRecord, parts.guests),
        resolutions=_rows(ResolutionRecord, parts.resolutions),
        agreed_items=_rows(AgreedRecord, parts.agreed_items),
        appraisals=_rows(AppraisalRecord, parts.appraisals),
    )


def _rows(record: type[Any], rows: Iterable[Any]) -> tuple[Any, ...]:
    """Model rows as record rows; both have the same field names."""
    names = list(record.__dataclass_fields__)
    return tuple(record(**{name: getattr(row, name) for name in names}) for row in rows)
