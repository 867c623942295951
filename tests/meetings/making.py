"""Plans and records for tests: made through the services, with a roll of which everybody is present unless said."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common import clock
from common.errors import InvalidInput
from meetings.models import Attendance, Gathering, MeetingKind, Section
from meetings.record import AttendanceRecord, GatheringRecord, SectionRecord, SharedRecord
from meetings.rolls import roll
from meetings.services import PlannedSection, confirm_sections, load_kinds, plan_gathering
from orgs.models import Group, Organisation, User

TODAY = datetime.date(2026, 6, 15)
AFTERNOON = datetime.datetime(2026, 6, 12, 14, 30, tzinfo=clock.SHANGHAI)


def kind(code: str) -> MeetingKind:
    """A shipped kind."""
    load_kinds()
    return MeetingKind.objects.get(code=code)


def plan(
    actor: User,
    organisation: Organisation,
    *codes: str,
    starts_at: datetime.datetime = AFTERNOON,
    group: Group | None = None,
    title: str = "六月党员大会",
) -> Gathering:
    """A gathering of one organisation with one section for each code."""
    sections = [PlannedSection(kind(code), organisation, group if code == "group_meeting" else None) for code in codes]
    return plan_gathering(
        actor=actor,
        organisation=organisation,
        title=title,
        starts_at=starts_at,
        ends_at=None,
        place="会议室",
        sections=sections,
    )


def shared(gathering: Gathering, **values: Any) -> SharedRecord:
    """Shared facts of two hours."""
    start = values.pop("starts_at", gathering.starts_at)
    facts = SharedRecord(
        title=gathering.title,
        starts_at=start,
        ends_at=start + datetime.timedelta(hours=2),
        place="会议室",
        agenda="学习文件",
        minutes="大家发言",
    )
    return replace(facts, **values)


def section_record(
    section: Section, leave: dict[int, str] | None = None, absent: tuple[int, ...] = (), **values: Any
) -> SectionRecord:
    """Everybody on the roll present except those named; chair and recorder are the first two present."""
    marks = []
    entries = roll(section.kind, section.organisation, section.group, section.held_on)
    for entry in entries:
        pk = entry.person.pk
        if pk in (leave or {}):
            marks.append(AttendanceRecord(pk, "leave", (leave or {})[pk], entries[0].person.pk))
        else:
            marks.append(AttendanceRecord(pk, "absent" if pk in absent else "present"))
    present = [row.person_id for row in marks if row.mark == "present"]
    facts = SectionRecord(
        section_id=section.pk,
        version=section.version,
        chair_id=present[0] if present else None,
        recorder_id=present[1] if len(present) > 1 else None,
        study_hours=Decimal("2.0"),
        attendance=tuple(marks),
    )
    return replace(facts, **values)


def record(gathering: Gathering, organisation: Organisation, **values: Any) -> GatheringRecord:
    """The record of all the organisation's sections."""
    facts = values.pop("shared", None) or shared(gathering)
    rows = Section.objects.filter(gathering=gathering, organisation=organisation).select_related(
        "kind", "organisation", "group"
    )
    is_caller = gathering.organisation_id == organisation.pk
    return GatheringRecord(
        shared=facts if is_caller else None,
        sections=tuple(section_record(row, **values) for row in rows.order_by("pk")),
    )


def confirm(actor: User, gathering: Gathering, organisation: Organisation, **values: Any) -> Section:
    """Confirm and return the (first) section."""
    late_reason = values.pop("late_reason", "")
    return confirm_sections(
        actor=actor,
        gathering=gathering,
        organisation=organisation,
        record=record(gathering, organisation, **values),
        version=0,
        late_reason=late_reason,
    )[0]


def faults(actor: User, gathering: Any, organisation: Any, late_reason: str = "", **values: Any) -> dict[str, str]:
    """Field paths of a refused record (without ``sections.<id>.``) and their messages; nothing was written."""
    with pytest.raises(InvalidInput) as caught:
        confirm(actor, gathering, organisation, late_reason=late_reason, **values)
    assert not gathering.sections.filter(state="confirmed").exists()
    assert not Attendance.objects.exists()
    section = gathering.sections.filter(organisation=organisation).order_by("pk").first()
    return {path.replace(f"sections.{section.pk}.", ""): text for path, text in caught.value.errors.items()}


def queries(client: Client, url: str) -> int:
    """How many queries a page takes, session and user included; the first request fills the caches."""
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(url).status_code == 200
    return len(caught)
