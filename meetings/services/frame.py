"""Everything that checking one organisation's record needs, read in a fixed number of queries per section."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from meetings.models import Gathering, MeetingKind, Section
from meetings.periods import countable_periods
from meetings.record import GatheringRecord, SectionRecord, SharedRecord
from meetings.rights import local_day
from meetings.rolls import RollEntry, roll
from meetings.selectors.stored import shared_of
from orgs.models import Appointment, Office, Person
from orgs.selectors import roll as rolls_of

if TYPE_CHECKING:
    from orgs.models import Organisation


@dataclass
class SectionFrame:
    """One section to be confirmed, with its roll and what its rules ask."""

    section: Section
    record: SectionRecord
    roll: dict[int, RollEntry]
    office_holder_id: int | None  # of the kind's chair office on the day
    periods: dict[str, str]  # codes it may count for, with their words
    own_period: str

    @property
    def kind(self) -> MeetingKind:
        """The section's kind."""
        return self.section.kind

    @property
    def path(self) -> str:
        """Prefix of the field paths."""
        return f"sections.{self.section.pk}"

    @property
    def present(self) -> set[int]:
        """Ids of everybody present: on the roll, or as a known guest."""
        marked = {row.person_id for row in self.record.attendance if row.mark == "present"}
        return marked | {row.person_id for row in self.record.guests if row.person_id is not None}

    @property
    def present_voters(self) -> int:
        """How many present people of the roll have a vote."""
        marked = {row.person_id for row in self.record.attendance if row.mark == "present"}
        return sum(1 for pk in marked if pk in self.roll and self.roll[pk].may_vote)

    @property
    def voting_base(self) -> int:
        """How many should attend with a vote."""
        return sum(1 for entry in self.roll.values() if entry.may_vote)


@dataclass
class Frame:
    """The organisation's record with its surroundings; ``day`` is the day of the meeting in Asia/Shanghai."""

    gathering: Gathering
    organisation: Organisation
    shared: SharedRecord
    day: datetime.date
    sections: list[SectionFrame]
    committee: set[int]
    members: set[int]
    known: set[int]  # of the ids named anywhere in the record, those that exist
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_caller(self) -> bool:
        """Whether this organisation called the gathering and so gives the shared facts."""
        return self.organisation.pk == self.gathering.organisation_id

    def fault(self, path: str, message: str) -> None:
        """Note what is wrong at ``path``; the first message of a path stays."""
        self.errors.setdefault(path, message)


def frame_of(
    gathering: Gathering,
    organisation: Organisation,
    sections: list[Section],
    record: GatheringRecord,
) -> Frame:
    """Read rolls, offices, periods and people for ``record``; ``sections`` are those it names, in its order."""
    is_caller = organisation.pk == gathering.organisation_id
    shared = record.shared if is_caller and record.shared is not None else shared_of(gathering)
    day = local_day(shared.starts_at or gathering.starts_at)
    return Frame(
        gathering=gathering,
        organisation=organisation,
        shared=shared,
        day=day,
        sections=[_section_frame(section, row, day) for section, row in zip(sections, record.sections, strict=True)],
        committee={person.pk for person in rolls_of.committee_on(organisation, day)},
        members={person.pk for person in rolls_of.members_on(organisation, day)},
        known=set(Person.objects.filter(pk__in=_named(shared, record)).values_list("pk", flat=True)),
    )


def _section_frame(section: Section, record: SectionRecord, day: datetime.date) -> SectionFrame:
    own, choices = countable_periods(section, day)
    return SectionFrame(
        section=section,
        record=record,
        roll={entry.person.pk: entry for entry in roll(section.kind, section.organisation, section.group, day)},
        office_holder_id=chair_holder_id(section, day),
        periods=choices,
        own_period=own,
    )


def chair_holder_id(section: Section, day: datetime.date) -> int | None:
    """Who holds the office that chairs this kind (R-BR-14) in the organisation or group on ``day``. One query."""
    if not section.kind.chair_office:
        return None
    rows = Appointment.objects.in_force(day).filter(
        organisation=section.organisation_id, office=section.kind.chair_office
    )
    if section.kind.chair_office == Office.GROUP_LEADER:
        rows = rows.filter(group=section.group_id)
    return rows.order_by("pk").values_list("person_id", flat=True).first()


def _named(shared: SharedRecord, record: GatheringRecord) -> set[int]:
    named: set[int | None] = {shared.lecturer_id}
    for section in record.sections:
        named |= {section.chair_id, section.recorder_id}
        named |= {row.person_id for row in section.attendance} | {row.leave_approver_id for row in section.attendance}
        named |= {row.person_id for row in section.guests} | {row.owner_id for row in section.agreed_items}
        named |= {row.person_id for row in section.appraisals}
    return {pk for pk in named if pk is not None}
