"""What the planning and the record form need."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from common import clock
from common.errors import Conflict
from meetings import options, rules
from meetings.models import Attachment, Draft, Expected, Gathering, MeetingKind, Section
from meetings.periods import SOURCE, Countable, countable_periods
from meetings.record import GatheringRecord
from meetings.rights import AMENDABLE, EDITABLE, own_part, require_record
from meetings.rolls import RollEntry, Rolls
from meetings.selectors.part import Part, part_of
from meetings.selectors.stored import Stored, guests_of, section_record, shared_of, stored
from orgs import access
from orgs.models import Appointment, Office, Organisation
from orgs.selectors import roll as rolls_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from orgs.models import Group, Person, User
    from tasks.models import Task

# Who usually keeps the record, first who is taken first.
_RECORDERS = (
    Office.ORGANISATION_COMMISSIONER,
    Office.PUBLICITY_COMMISSIONER,
    Office.DISCIPLINE_COMMISSIONER,
    Office.MEMBER,
    Office.DEPUTY,
)


@dataclass(frozen=True)
class PeriodChoice:
    """An overdue period that a meeting may make up for: code and words (``2026-03``, ``2026年3月（已逾期12天）``)."""

    code: str
    label: str


@dataclass(frozen=True)
class FormSection:
    """One section of the form: who is expected, who has a vote, and what may be chosen."""

    section: Section  # with kind and group loaded
    roll: list[RollEntry]
    voting_base: int
    quorum_needed: int | None
    default_chair: Person | None  # holder of the kind's chair office on the day
    default_recorder: Person | None
    periods: list[PeriodChoice]


@dataclass(frozen=True)
class FormState:
    """Everything the record form shows; ``record`` is what is stored (``None`` before the first confirmation)."""

    gathering: Gathering
    organisation: Organisation
    is_caller: bool  # types the shared facts: the calling organisation, not a group leader beside other sections
    is_whole: bool  # types all of the organisation's sections, and why the record comes late
    may_confirm: bool
    is_amendment: bool
    sections: list[FormSection]
    people: list[Person]  # chair, recorder, owners: the rolls together, then the committee and other members
    committee: list[Person]  # who may approve leave, the secretary first
    draft: Draft | None
    record: GatheringRecord | None
    named: list[Person]  # known people whom the stored record names in search fields; name and number loaded
    attachments: list[Attachment]  # name and size loaded
    upload_max_bytes: int


@dataclass(frozen=True)
class PlanChoices:
    """Kinds, groups and organisations to invite, for the planning form."""

    organisation: Organisation
    kinds: list[MeetingKind]
    groups: list[Group]
    invitable: list[Organisation]


def plan_choices(*, user: User, organisation: Organisation) -> PlanChoices:
    """Choices of the planning form; a group leader without RECORD gets group kinds and the led groups only.

    Kinds that cannot be held are left out: committee meetings without a committee, group meetings without groups.
    Raises ``NotAllowed`` for who may not record there. A fixed number of queries.
    """
    groups = rolls_of.open_groups(organisation, clock.today())
    kinds = list(MeetingKind.objects.filter(level=organisation.level, is_active=True))
    when = MeetingKind.AppliesWhen
    if not access.may(user, access.RECORD, organisation):
        led = access.led_group_ids(user)
        groups = [group for group in groups if group.pk in led]
        require_record(user, organisation, [group.pk for group in groups])
        kinds = [kind for kind in kinds if kind.applies_when == when.HAS_GROUPS]
        return PlanChoices(organisation, kinds, groups, [])
    missing = set() if groups else {when.HAS_GROUPS}
    if not rolls_of.has_committee(organisation, clock.today()):
        missing.add(when.HAS_COMMITTEE)
    kinds = [kind for kind in kinds if kind.applies_when not in missing]
    return PlanChoices(organisation, kinds, groups, _invitable(organisation))


def _invitable(organisation: Organisation) -> list[Organisation]:
    """Open organisations beside (not at the root) and directly below. One query."""
    step = Organisation.steplen
    near = access.subtree(organisation.path, "")
    if organisation.depth > 1:
        near |= access.subtree(organisation.path[:-step], "")
    found = Organisation.objects.open_on().filter(near).exclude(pk=organisation.pk)
    return [
        other
        for other in found
        if other.path[:-step] in (organisation.path, organisation.path[:-step]) and other.depth > 1
    ]


def task_plan(*, user: User, task: Task) -> tuple[MeetingKind, Group | None] | None:
    """Which kind and group a cadence Task asks for, for ``/meetings/new/?task=ID``; ``None`` for another Task."""
    if task.source != SOURCE:
        return None
    kind = MeetingKind.objects.filter(code=task.kind).first()
    return (kind, task.group) if kind is not None else None


def form_state(
    *,
    user: User,
    gathering: Gathering,
    organisation: Organisation,
    day: datetime.date | None = None,
    part: Part | None = None,
) -> FormState:
    """State of the record form of one organisation; ``day`` overrides the day the roll is taken for (date changed).

    The open sections that ``user`` may record; when all are confirmed, the confirmed ones (an amendment). ``part``:
    the organisation's sections and draft, where they have been read already. A fixed number of queries, whatever the
    number of people and sections: four, one more each for kinds with people from elsewhere and for the academic terms.
    Raises ``NotAllowed`` for who may not record there, ``Conflict`` when there is nothing to record.
    """
    part = part or part_of(gathering, organisation)
    sections = _recordable(user, part)
    editable = [section for section in sections if section.state in EDITABLE]
    shown = editable or [section for section in sections if section.state in AMENDABLE]
    rolls = Rolls(shown[0].organisation, day or shown[0].held_on)
    countable = Countable.of(shown)
    parts = [_form_section(user, section, _rolls_on(rolls, day or section.held_on), countable) for section in shown]
    is_whole = len(sections) == len(part.sections)
    is_caller = gathering.organisation_id == organisation.pk and is_whole
    found = stored(shown, _files(user, gathering, organisation))
    lecturer = gathering.lecturer if is_caller else None
    return FormState(
        gathering=gathering,
        organisation=organisation,
        is_caller=is_caller,
        is_whole=is_whole,
        may_confirm=_may_confirm(user, shown[0]),
        is_amendment=not editable,
        sections=parts,
        people=_people(parts, rolls),
        committee=rolls.committee,
        draft=part.draft,
        record=_record(gathering, shown, found, is_caller),
        named=[*guests_of(found.parts.values()), *([lecturer] if lecturer else [])],
        attachments=found.files,
        upload_max_bytes=options.upload_max_bytes(),
    )


def _files(user: User, gathering: Gathering, organisation: Organisation) -> QuerySet[Attachment]:
    return Attachment.objects.visible_to(user).filter(gathering=gathering, organisation=organisation)


def _recordable(user: User, part: Part) -> list[Section]:
    """The sections that ``user`` may record; raises when there are none."""
    sections = own_part(user, part.organisation, part.sections)
    if not sections:
        require_record(user, part.organisation, [section.group_id for section in part.sections])
        raise Conflict(_("这次活动没有您可以登记的议程段，可能已经取消。"))
    return sections


def _rolls_on(rolls: Rolls, day: datetime.date) -> Rolls:
    """The rolls of ``day``: those at hand, except for a section that is not of the gathering's day (not expected)."""
    return rolls if rolls.day == day else Rolls(rolls.organisation, day)


def _may_confirm(user: User, section: Section) -> bool:
    """As ``access.may_confirm``; without a query when the section came with ``has_secretary``."""
    organisation = section.organisation
    has_secretary = getattr(section, "has_secretary", None)
    if has_secretary is None or access.may(user, access.CONFIRM, organisation):
        return access.may_confirm(user, organisation)
    return not has_secretary and access.may_confirm_while_vacant(user, organisation)


def _form_section(user: User, section: Section, rolls: Rolls, countable: Countable) -> FormSection:
    kind = section.kind
    entries = rolls.of(kind, section.group)
    base = sum(1 for entry in entries if entry.may_vote)
    needed = None
    if kind.quorum_numerator and kind.quorum_denominator:
        needed = rules.quorum_needed(base, kind.quorum_numerator, kind.quorum_denominator)
    _own, choices = countable_periods(section, rolls.day, countable)
    chair = _chair(section, rolls.officers)
    return FormSection(
        section=section,
        roll=entries,
        voting_base=base,
        quorum_needed=needed,
        default_chair=chair,
        default_recorder=_recorder(user, entries, chair, rolls.officers),
        periods=[PeriodChoice(code, label) for code, label in choices.items()],
    )


def _chair(section: Section, officers: Sequence[Appointment]) -> Person | None:
    office = section.kind.chair_office
    for row in officers:
        if office and row.office == office and (office != Office.GROUP_LEADER or row.group_id == section.group_id):
            return row.person
    return None


def _recorder(
    user: User, entries: Sequence[RollEntry], chair: Person | None, officers: Sequence[Appointment]
) -> Person | None:
    """The commissioner who usually keeps the record, else whoever opens the form; never the chair."""
    expected = {entry.person.pk: entry.person for entry in entries}
    if chair is not None:
        expected.pop(chair.pk, None)
    for office in _RECORDERS:
        for row in officers:
            if row.office == office and row.person_id in expected:
                return row.person
    return expected.get(user.person_id or 0)


def _people(parts: Sequence[FormSection], rolls: Rolls) -> list[Person]:
    """The rolls, the committee and the members."""
    people = [*(entry.person for part in parts for entry in part.roll), *rolls.committee]
    if not any(part.section.kind.expected == Expected.MEMBERS for part in parts):
        people += rolls.members
    return list({person.pk: person for person in people}.values())


def _record(
    gathering: Gathering, sections: Sequence[Section], found: Stored, is_caller: bool
) -> GatheringRecord | None:
    if not any(section.version for section in sections):
        return None
    return GatheringRecord(
        shared=shared_of(gathering) if is_caller else None,
        sections=tuple(section_record(section, found.parts[section.pk]) for section in sections if section.version),
    )
