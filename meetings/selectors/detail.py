"""A record as it is read and printed, with what each reader may see of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, QuerySet
from django.shortcuts import get_object_or_404

from meetings.models import AppraisalResult, Attachment, Attendance, Gathering, MeetingKind, Section, SectionVersion
from meetings.record import TOPICS, SectionRecord, SharedRecord, section_from_data, shared_from_data
from meetings.rights import EDITABLE
from meetings.selectors.stored import Parts, Stored, stored
from orgs import access
from orgs.models import Appointment, Office, Organisation

if TYPE_CHECKING:
    from meetings.models import AgreedItem, Guest, Resolution
    from orgs.models import Person, User


@dataclass(frozen=True)
class AttendanceRow:
    """One person of the roll; reason and approver are empty for who may not see them."""

    person: Person
    mark: str
    mark_label: str
    may_vote: bool
    leave_reason: str = ""
    leave_approver: Person | None = None


@dataclass(frozen=True)
class SectionDetail:
    """One section with what the user may see of it and do with it."""

    section: Section  # kind, organisation, group, chair, recorder, confirmed_by loaded
    is_whole: bool  # a member reads it without versions, reasons and who else was there or away
    attendance: list[AttendanceRow]  # of a member's reading only the own row
    guests: list[Guest]
    resolutions: list[Resolution]
    agreed_items: list[AgreedItem]  # owner and task loaded
    appraisals: list[AppraisalResult]  # only what the user may see
    versions: list[SectionVersion]  # without data
    topics: list[str]  # labels
    sees_leave_reasons: bool
    may_record: bool
    may_confirm: bool
    may_return: bool
    may_cancel: bool


@dataclass(frozen=True)
class GatheringDetail:
    """A gathering as the user sees it."""

    gathering: Gathering  # organisation, lecturer loaded
    sections: list[SectionDetail]
    attachments: list[Attachment]  # name and size loaded
    is_talk: bool = False
    sees_book: bool = False  # the record book of the first section's organisation
    shows_words: bool = True  # agenda and minutes; a committee's stay with who oversees it
    recordable: list[Organisation] = field(default_factory=list)  # for which the user may open the form


@dataclass(frozen=True)
class Rights:
    """What a user may see and do in the organisations of some sections. No query."""

    user: User
    vacant: set[int]  # organisations without a secretary
    offices: dict[int, set[str]]  # organisation id → offices that the user holds there today
    led_groups: set[int]
    secretary_of: set[str]  # paths

    @classmethod
    def of(cls, user: User, sections: Sequence[Section]) -> Rights:
        """For the organisations of ``sections``, which come ``with_vacancy``."""
        held = access.offices_of(user)
        offices: dict[int, set[str]] = defaultdict(set)
        for each in held:
            offices[each.organisation_id].add(each.office)
        return cls(
            user,
            vacant={section.organisation_id for section in sections if not section.has_secretary},  # type: ignore[attr-defined]
            offices=offices,
            led_groups=access.led_group_ids(user),
            secretary_of={each.path for each in held if each.office == Office.SECRETARY},
        )

    def oversees(self, organisation: Organisation) -> bool:
        """Whether everything of ``organisation`` is seen by a grant."""
        return access.may(self.user, access.VIEW, organisation)

    def whole(self, section: Section) -> bool:
        """As ``SectionQuerySet.whole_to``."""
        return self.oversees(section.organisation) or self._leads(section)

    def _leads(self, section: Section) -> bool:
        return section.group_id in self.led_groups and access.has_anywhere(self.user, access.RECORD_GROUP)

    def private(self, section: Section) -> bool:
        """Whether leave reasons are shown: the branch's own officers only."""
        return access.may(self.user, access.VIEW_PRIVATE, section.organisation)

    def record(self, section: Section) -> bool:
        """As ``services.rights.require_record``."""
        if access.may(self.user, access.RECORD, section.organisation):
            return True
        return section.group_id in self.led_groups and access.may(self.user, access.RECORD_GROUP, section.organisation)

    def confirm(self, section: Section) -> bool:
        """As ``access.may_confirm``."""
        if access.may(self.user, access.CONFIRM, section.organisation):
            return True
        held = self.offices.get(section.organisation_id, set())
        return (
            section.organisation_id in self.vacant
            and Office.DEPUTY in held
            and access.may(self.user, access.RECORD, section.organisation)
        )

    def review(self, section: Section) -> bool:
        """As ``access.may_review``, four eyes included."""
        if not access.may(self.user, access.REVIEW, section.organisation):
            return False
        if section.confirmed_by_id is not None and section.confirmed_by_id == self.user.person_id:
            return False
        return section.organisation.depth == 1 or not self.offices.get(section.organisation_id)

    def appraisals(self, section: Section, rows: Sequence[AppraisalResult]) -> list[AppraisalResult]:
        """The person's own; all for the branch's officers and the secretary directly above (DESIGN.md §5)."""
        above = section.organisation.path[: -Organisation.steplen]
        if self.private(section) or (above and above in self.secretary_of):
            return list(rows)
        return [row for row in rows if row.person_id == self.user.person_id]


def gathering_detail(*, user: User, pk: int) -> GatheringDetail:
    """One gathering with the sections ``user`` may see; a fixed number of queries.

    Leave reasons: VIEW_PRIVATE on the section's organisation. Appraisals: the person, VIEW_PRIVATE there, the
    secretary of the organisation directly above. Members: docs/decisions/0017. Raises ``Http404`` when it is not visible.
    """
    visible = Section.objects.visible_to(user).filter(gathering=pk)
    rows = with_vacancy(with_people(visible)).with_committee_beside()  # type: ignore[attr-defined]
    rows = rows.select_related("gathering__organisation", "gathering__lecturer")
    sections = list(rows.order_by("kind__position", "pk"))
    gathering = sections[0].gathering if sections else _without_sections(user, pk)
    for section in sections:
        section.gathering = gathering
    found = stored(sections, Attachment.objects.visible_to(user).filter(gathering=pk))
    rights = Rights.of(user, sections)
    details = section_details(rights, sections, found)
    recordable = {
        detail.section.organisation_id: detail.section.organisation for detail in details if detail.may_record
    }
    is_talk = any(section.kind.form == MeetingKind.Form.TALK for section in sections)
    return GatheringDetail(
        gathering=gathering,
        sections=details,
        attachments=found.files,
        is_talk=is_talk,
        sees_book=bool(sections) and rights.oversees(sections[0].organisation),
        shows_words=_shows_words(rights, gathering, sections),
        recordable=list(recordable.values()),
    )


def _shows_words(rights: Rights, gathering: Gathering, sections: Sequence[Section]) -> bool:
    """Whether agenda and minutes are shown: typed once for all sections, they may be a committee's too."""
    if any(rights.oversees(place) for place in [gathering.organisation, *(one.organisation for one in sections)]):
        return True
    return not any(section.committee_beside for section in sections)  # type: ignore[attr-defined]


def _without_sections(user: User, pk: int) -> Gathering:
    """A gathering of which the user may see no section, because the own organisation called it."""
    visible = Gathering.objects.visible_to(user).select_related("organisation", "lecturer")
    return get_object_or_404(visible, pk=pk)


def with_people(sections: QuerySet[Section]) -> QuerySet[Section]:
    """``sections`` (a queryset) with everything loaded that a record shows beside its rows."""
    return sections.select_related(
        "kind", "organisation", "group", "chair", "recorder", "confirmed_by", "ready_by", "gathering"
    )


def with_vacancy(sections: QuerySet[Section]) -> QuerySet[Section]:
    """``sections`` with ``has_secretary``: whether their organisation has a secretary in office today."""
    secretaries = Appointment.objects.in_force().filter(
        organisation=OuterRef("organisation_id"), office=Office.SECRETARY
    )
    return sections.annotate(has_secretary=Exists(secretaries))


def section_details(rights: Rights, sections: Sequence[Section], found: Stored | None = None) -> list[SectionDetail]:
    """The sections with their rows, as the user may see them. Two queries, whatever their number.

    ``found``: what is stored of them, where it has been read already.
    """
    found = found or stored(sections)
    versions: dict[int, list[SectionVersion]] = defaultdict(list)
    confirmed = [section.pk for section in sections if section.version and rights.whole(section)]
    rows = SectionVersion.objects.filter(section__in=confirmed).defer("data").select_related("saved_by__person")
    for version in rows.order_by("section_id", "-number") if confirmed else ():
        versions[version.section_id].append(version)
    return [_detail(rights, section, found.parts[section.pk], versions[section.pk]) for section in sections]


def _detail(rights: Rights, section: Section, parts: Parts, versions: list[SectionVersion]) -> SectionDetail:
    private, may_record, whole = rights.private(section), rights.record(section), rights.whole(section)
    everybody = whole or section.kind.form == MeetingKind.Form.TALK
    rows = [row for row in parts.attendance if everybody or row.person_id == rights.user.person_id]
    return SectionDetail(
        section=section,
        is_whole=whole,
        attendance=[_attendance(row, private) for row in rows],
        guests=parts.guests,
        resolutions=parts.resolutions,
        agreed_items=parts.agreed_items,
        appraisals=rights.appraisals(section, parts.appraisals),
        versions=versions,
        topics=[str(TOPICS[code]) for code in section.topics if code in TOPICS],
        sees_leave_reasons=private,
        may_record=may_record,
        may_confirm=rights.confirm(section),
        may_return=section.state == Section.State.CONFIRMED and rights.review(section),
        may_cancel=may_record and section.state in EDITABLE,
    )


def _attendance(row: Attendance, private: bool) -> AttendanceRow:
    return AttendanceRow(
        person=row.person,
        mark=row.mark,
        mark_label=row.get_mark_display(),
        may_vote=row.may_vote,
        leave_reason=row.leave_reason if private else "",
        leave_approver=row.leave_approver if private else None,
    )


def version_detail(*, user: User, version: SectionVersion) -> tuple[SharedRecord, SectionRecord]:
    """An old version as it stood, with leave reasons and appraisals blanked as in ``gathering_detail``.

    ``version`` comes from a section that ``user`` may read whole. One query.
    """
    section = with_vacancy(Section.objects.select_related("organisation")).get(pk=version.section_id)
    rights = Rights.of(user, [section])
    record = section_from_data(version.data["section"])
    if not rights.private(section):
        blank = tuple(replace(row, leave_reason="", leave_approver_id=None) for row in record.attendance)
        record = replace(record, attendance=blank)
    rows = [AppraisalResult(person_id=row.person_id) for row in record.appraisals]
    seen = {row.person_id for row in rights.appraisals(section, rows)}
    record = replace(record, appraisals=tuple(row for row in record.appraisals if row.person_id in seen))
    return shared_from_data(version.data["shared"]), record
