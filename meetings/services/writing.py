"""Stores a checked record: rows, computed results, the kept version."""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder

from common import audit, clock
from meetings import rules
from meetings.models import (
    AppraisalResult,
    Attendance,
    Guest,
    MeetingKind,
    PassBase,
    Resolution,
    Section,
    SectionVersion,
)
from meetings.record import AttendanceRecord, SectionRecord, SharedRecord
from meetings.services.drafts import move_sections
from meetings.services.frame import Frame, SectionFrame

if TYPE_CHECKING:
    from orgs.models import User
    from tasks.services import Offer


@dataclass(frozen=True)
class Outcome:
    """Counts and quorum of a section, computed from the roll and the marks."""

    expected: int
    present: int
    leave: int
    absent: int
    voting_base: int
    present_voters: int
    quorum_needed: int | None
    is_quorate: bool | None
    rule_text: str


def outcome_of(part: SectionFrame) -> Outcome:
    """Counts of the roll and the quorum of the kind (``None`` when the kind has none, or nobody has a vote)."""
    marks = [row.mark for row in part.record.attendance]
    kind, base, present = part.kind, part.voting_base, part.present_voters
    verdict = None
    if kind.quorum_numerator and kind.quorum_denominator:
        verdict = rules.quorum(present, base, kind.quorum_numerator, kind.quorum_denominator, kind.article)
    return Outcome(
        expected=len(marks),
        present=marks.count(Attendance.Mark.PRESENT),
        leave=marks.count(Attendance.Mark.LEAVE),
        absent=marks.count(Attendance.Mark.ABSENT),
        voting_base=base,
        present_voters=present,
        quorum_needed=verdict.needed if verdict else None,
        is_quorate=verdict.holds if verdict else None,
        rule_text=verdict.text[:300] if verdict else "",
    )


def normal_shared(frame: Frame) -> SharedRecord:
    """The shared facts as they are stored: trimmed; of a talk the date only (DESIGN.md §5)."""
    shared = frame.shared
    if any(part.kind.form == MeetingKind.Form.TALK for part in frame.sections):
        start = datetime.datetime.combine(frame.day, datetime.time(), clock.SHANGHAI)
        return SharedRecord(title=frame.sections[0].kind.name, starts_at=start)
    return replace(
        shared,
        title=shared.title.strip(),
        place=shared.place.strip(),
        lecturer_name="" if shared.lecturer_id is not None else shared.lecturer_name.strip(),
    )


def normal_section(part: SectionFrame) -> SectionRecord:
    """The section's record as it is stored; of a talk the persons only."""
    record = part.record
    if part.kind.form != MeetingKind.Form.TALK:
        return replace(record, period_code=record.period_code or part.own_period)
    return SectionRecord(
        section_id=record.section_id,
        version=record.version,
        period_code=record.period_code or part.own_period,
        attendance=tuple(AttendanceRecord(row.person_id, "present") for row in record.attendance),
    )


def write_shared(frame: Frame, *, actor: User, reason: str) -> None:
    """Store the shared facts when the calling organisation gave them; other open sections follow the day."""
    gathering, shared = frame.gathering, normal_shared(frame)
    if not frame.is_caller:
        return
    values: dict[str, Any] = asdict(shared)
    changed = [name for name, value in values.items() if getattr(gathering, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(gathering, name, values[name])
    audit.save(gathering, actor=actor, reason=reason)
    move_sections(actor, gathering)


def write_rows(part: SectionFrame, record: SectionRecord, outcome: Outcome) -> None:
    """Replace attendance, guests, resolutions and appraisal results of a section by those of ``record``."""
    section = part.section
    for model in (Attendance, Guest, Resolution, AppraisalResult):
        model.objects.filter(section=section).delete()
    Attendance.objects.bulk_create(_attendance(part, record))
    Guest.objects.bulk_create(
        Guest(section=section, person_id=row.person_id, name=row.name.strip()) for row in record.guests
    )
    Resolution.objects.bulk_create(_resolutions(part, record, outcome))
    AppraisalResult.objects.bulk_create(AppraisalResult(section=section, **asdict(row)) for row in record.appraisals)


def _attendance(part: SectionFrame, record: SectionRecord) -> list[Attendance]:
    rows = []
    for row in record.attendance:
        entry = part.roll.get(row.person_id)
        on_leave = row.mark == Attendance.Mark.LEAVE
        rows.append(
            Attendance(
                section=part.section,
                person_id=row.person_id,
                may_vote=entry.may_vote if entry else False,
                is_excused=entry.is_excused if entry else False,
                mark=row.mark,
                leave_reason=row.leave_reason.strip() if on_leave else "",
                leave_approver_id=row.leave_approver_id if on_leave else None,
            )
        )
    return rows


def _resolutions(part: SectionFrame, record: SectionRecord, outcome: Outcome) -> list[Resolution]:
    rows = []
    for row in record.resolutions:
        verdict = rules.resolution(
            yes=row.yes,
            present=outcome.present_voters,
            base=outcome.voting_base,
            numerator=part.kind.quorum_numerator,
            denominator=part.kind.quorum_denominator,
            article=part.kind.article,
            election=row.is_election,
            rule=_pass_rule(part.kind),
        )
        values = {**asdict(row), "text": row.text.strip()}
        rows.append(Resolution(section=part.section, passed=verdict.holds, rule_text=verdict.text[:300], **values))
    return rows


def _pass_rule(kind: MeetingKind) -> rules.PassRule:
    return rules.PassRule(kind.pass_numerator, kind.pass_denominator, kind.pass_base == PassBase.PRESENT)


def fill_section(part: SectionFrame, record: SectionRecord, outcome: Outcome, frame: Frame) -> Section:
    """Put the record's facts and the computed figures on the section (not saved)."""
    section = part.section
    section.held_on, section.period_code = frame.day, record.period_code
    section.chair_id, section.recorder_id = record.chair_id, record.recorder_id
    delegated = bool(part.kind.chair_office) and record.chair_id != part.office_holder_id
    section.delegation_note = record.delegation_note.strip() if delegated else ""
    section.study_hours, section.topics = record.study_hours, list(record.topics)
    section.expected_count, section.present_count = outcome.expected, outcome.present
    section.leave_count, section.absent_count = outcome.leave, outcome.absent
    section.voting_base, section.present_voters = outcome.voting_base, outcome.present_voters
    section.quorum_needed, section.is_quorate = outcome.quorum_needed, outcome.is_quorate
    section.rule_text = outcome.rule_text
    return section


def keep_version(
    section: Section, shared: SharedRecord, record: SectionRecord, offers: list[Offer], *, actor: User, reason: str
) -> SectionVersion:
    """Append the whole record as it stands; ``offers`` says what it was offered as proof of."""
    data = {
        "shared": asdict(shared),
        "section": asdict(record),
        "held_on": section.held_on,
        "offers": [asdict(offer) for offer in offers],
    }
    return SectionVersion.objects.create(
        section=section,
        number=section.version,
        data=json.loads(json.dumps(data, cls=DjangoJSONEncoder)),
        reason=reason,
        saved_by=actor,
        saved_at=clock.now(),
    )
