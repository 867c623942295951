"""Records as a diligent secretary would type them, chosen from a seed."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from meetings.models import Gathering, MeetingKind, Section
from meetings.record import (
    AgreedRecord,
    AppraisalRecord,
    AttendanceRecord,
    GatheringRecord,
    ResolutionRecord,
    SectionRecord,
    SharedRecord,
)
from meetings.rolls import RollEntry, roll
from orgs.models import Person
from orgs.selectors import roll as people_of
from partybuild.demo import habits

Form = MeetingKind.Form


@dataclass(frozen=True)
class Scene:
    """One section being typed in: who was there, who leads, and the dice."""

    section: Section
    entries: list[RollEntry]
    secretary: Person
    random: Random


def gathering_record(
    gathering: Gathering, sections: list[Section], secretary: Person, random: Random
) -> GatheringRecord:
    """The record of all sections of one organisation."""
    scenes = [_scene(section, secretary, random) for section in sections]
    lecture = any(section.kind.form == Form.LECTURE for section in sections)
    start = gathering.starts_at
    talk = sections[0].kind.form == Form.TALK
    shared = SharedRecord(
        title=gathering.title,
        starts_at=start,
        ends_at=None if talk else start + datetime.timedelta(minutes=random.choice([60, 80, 90, 100])),
        place="" if talk else gathering.place,
        lecturer_id=secretary.pk if lecture else None,
        agenda="" if talk else habits.AGENDAS.get(sections[0].kind.code, "一、集体学习；二、交流讨论"),
        minutes="" if talk else "学习了有关文件，与会同志结合岗位实际作了交流发言。",
    )
    return GatheringRecord(shared=shared, sections=tuple(_section(scene) for scene in scenes))


def _scene(section: Section, secretary: Person, random: Random) -> Scene:
    entries = roll(section.kind, section.organisation, section.group, section.held_on)
    return Scene(section, entries, secretary, random)


def _section(scene: Scene) -> SectionRecord:
    kind = scene.section.kind
    if kind.form == Form.TALK:
        members = people_of.members_on(scene.section.organisation, scene.section.held_on)
        others = [person for person in members if person.pk != scene.secretary.pk]
        partner = scene.random.choice(others)
        pair = (AttendanceRecord(scene.secretary.pk, "present"), AttendanceRecord(partner.pk, "present"))
        return SectionRecord(section_id=scene.section.pk, attendance=pair)
    marks = _marks(scene)
    present = [mark.person_id for mark in marks if mark.mark == "present"]
    chair = _chair(scene, present)
    return SectionRecord(
        section_id=scene.section.pk,
        chair_id=chair,
        delegation_note="" if _holds_chair(scene, chair) else "书记因公外出，委托主持",
        recorder_id=next((pk for pk in reversed(present) if pk != chair), chair),
        study_hours=Decimal("2.0") if kind.code in ("lecture", "theme_day", "study_session") else Decimal("1.0"),
        topics=("party_building",) if kind.code == "general_branch_meeting" else (),
        attendance=tuple(marks),
        resolutions=_resolutions(scene, present),
        agreed_items=_agreed(scene, present),
        appraisals=_appraisals(scene) if kind.form == Form.APPRAISAL else (),
    )


def _marks(scene: Scene) -> list[AttendanceRecord]:
    """Nearly everybody comes; whoever leads always does."""
    leaders = {scene.secretary.pk, _leader(scene)}
    marks = []
    for entry in scene.entries:
        dice = scene.random.random()
        away = dice < (0.45 if entry.is_excused else 0.07)
        if entry.person.pk in leaders or not away:
            marks.append(AttendanceRecord(entry.person.pk, "present"))
        elif dice < 0.006:
            marks.append(AttendanceRecord(entry.person.pk, "absent"))
        else:
            reason = "年老体弱" if entry.is_excused else scene.random.choice(habits.LEAVE_REASONS)
            marks.append(AttendanceRecord(entry.person.pk, "leave", reason, scene.secretary.pk))
    return marks


def _leader(scene: Scene) -> int | None:
    """The group's leader for a group meeting, else the secretary."""
    if scene.section.group is None:
        return scene.secretary.pk
    held = scene.section.group.appointments.in_force(scene.section.held_on).first()
    return held.person_id if held else None


def _chair(scene: Scene, present: list[int]) -> int | None:
    leader = _leader(scene)
    return leader if leader in present else (present[0] if present else None)


def _holds_chair(scene: Scene, chair: int | None) -> bool:
    return not scene.section.kind.chair_office or chair == _leader(scene)


def _resolutions(scene: Scene, present: list[int]) -> tuple[ResolutionRecord, ...]:
    voters = sum(entry.may_vote and entry.person.pk in present for entry in scene.entries)
    if scene.section.kind.code not in ("members_meeting", "general_branch_meeting", "committee_meeting") or not voters:
        return ()
    if scene.section.kind.code == "committee_meeting" and scene.random.random() < 0.6:
        return ()
    against = 1 if voters > 8 and scene.random.random() < 0.2 else 0
    return (ResolutionRecord(text=scene.random.choice(habits.RESOLUTIONS), yes=voters - against, abstain=against),)


def _agreed(scene: Scene, present: list[int]) -> tuple[AgreedRecord, ...]:
    if scene.section.kind.code != "committee_meeting" or not present or scene.random.random() > 0.25:
        return ()
    due = scene.section.held_on + datetime.timedelta(days=scene.random.randint(12, 30))
    return (AgreedRecord(text=scene.random.choice(habits.ITEMS), owner_id=scene.random.choice(present), due_on=due),)


def _appraisals(scene: Scene) -> tuple[AppraisalRecord, ...]:
    """A quarter excellent, the others qualified; probationary members without a grade (R-APPRAISE-1)."""
    day = scene.section.held_on
    graded = [entry for entry in scene.entries if entry.person.formal_on and entry.person.formal_on <= day]
    formal = {entry.person.pk for entry in graded}
    voters = max(1, len(graded) // 2)
    best = {entry.person.pk for entry in graded[: len(graded) // 4]}
    rows = []
    for entry in scene.entries:
        if entry.person.pk not in formal:
            rows.append(AppraisalRecord(entry.person.pk, "none"))
        elif entry.person.pk in best:
            rows.append(AppraisalRecord(entry.person.pk, "excellent", excellent=voters))
        else:
            rows.append(AppraisalRecord(entry.person.pk, "qualified", qualified=voters))
    return tuple(rows)
