"""A record as it is read and printed, with what each reader may see of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from meetings.models import AppraisalResult, Attendance, Gathering, MeetingKind, Section, SectionVersion
from meetings.record import TOPICS, SectionRecord, SharedRecord, section_from_data, shared_from_data
from meetings.rights import EDITABLE
from meetings.selectors.stored import Parts, parts_of
from orgs import access
from orgs.models import Appointment, Office, Organisation

if TYPE_CHECKING:
    from meetings.models import AgreedItem, Attachment, Guest, Resolution
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
    attendance: list[AttendanceRow]
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
    attachments: list[Attachment]
    is_talk: bool = False
    recordable: list[Organisation] = field(default_factory=list)  # for which the user may open the form


@dataclass(frozen=True)
class Rights:
    """What a user may see and do in the organisations of some sections; read in two queries."""

    user: User
    offices: dict[int, set[str]]  # organisation id → offices that the user holds there today
    vacant: set[int]  # organisations without a secretary
    led_groups: set[int]
    secretary_of: set[str]  # paths

    @classmethod
    def of(cls, user: User, sections: Sequence[Section]) -> Rights:
        """Read for the organisations of ``sections``."""
        ids = {section.organisation_id for section in sections}
        rows = Appointment.objects.in_force().filter(organisation__in=ids, office=Office.SECRETARY)
        filled = set(rows.values_list("organisation_id", flat=True))
        offices: dict[int, set[str]] = defaultdict(set)
        groups, paths = set(), set()
        if user.person_id is not None:
            own = Appointment.objects.in_force().filter(person_id=user.person_id, organisation__isnull=False)
            for organisation_id, path, office, group_id in own.values_list(
                "organisation_id", "organisation__path", "office", "group_id"
            ):
                offices[organisation_id].add(office)
                if office == Office.GROUP_LEADER:
                    groups.add(group_id)
                if office == Office.SECRETARY:
                    paths.add(path)
        return cls(user, offices, ids - filled, groups, paths)

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
    secretary of the organisation directly above. Raises ``Http404`` when it is not visible.
    """
    visible = Gathering.objects.visible_to(user).select_related("organisation", "lecturer", "created_by__person")
    gathering = get_object_or_404(visible, pk=pk)
    sections = list(
        with_people(Section.objects.visible_to(user).filter(gathering=gathering)).order_by("kind__position", "pk")
    )
    for section in sections:
        section.gathering = gathering
    rights = Rights.of(user, sections)
    details = section_details(rights, sections)
    recordable = {
        detail.section.organisation_id: detail.section.organisation for detail in details if detail.may_record
    }
    is_talk = any(section.kind.form == MeetingKind.Form.TALK for section in sections)
    return GatheringDetail(
        gathering=gathering,
        sections=details,
        attachments=list(gathering.attachments.select_related("uploaded_by__person").order_by("pk")),
        is_talk=is_talk,
        recordable=list(recordable.values()),
    )


def with_people(sections: QuerySet[Section]) -> QuerySet[Section]:
    """``sections`` (a queryset) with everything loaded that a record shows beside its rows."""
    return sections.select_related(
        "kind", "organisation", "group", "chair", "recorder", "confirmed_by", "ready_by", "gathering"
    )


def section_details(rights: Rights, sections: Sequence[Section]) -> list[SectionDetail]:
    """The sections with their rows, as the user may see them. Six queries, whatever their number."""
    parts = parts_of(sections)
    versions: dict[int, list[SectionVersion]] = defaultdict(list)
    rows = SectionVersion.objects.filter(section__in=sections).defer("data").select_related("saved_by__person")
    for version in rows.order_by("section_id", "-number"):
        versions[version.section_id].append(version)
    return [_detail(rights, section, parts[section.pk], versions[section.pk]) for section in sections]


def _detail(rights: Rights, section: Section, parts: Parts, versions: list[SectionVersion]) -> SectionDetail:
    private, may_record = rights.private(section), rights.record(section)
    return SectionDetail(
        section=section,
        attendance=[_attendance(row, private) for row in parts.attendance],
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

    ``version`` comes from a section that ``user`` may see. Three queries.
    """
    section = Section.objects.select_related("organisation").get(pk=version.section_id)
    rights = Rights.of(user, [section])
    record = section_from_data(version.data["section"])
    if not rights.private(section):
        blank = tuple(replace(row, leave_reason="", leave_approver_id=None) for row in record.attendance)
        record = replace(record, attendance=blank)
    rows = [AppraisalResult(person_id=row.person_id) for row in record.appraisals]
    seen = {row.person_id for row in rights.appraisals(section, rows)}
    record = replace(record, appraisals=tuple(row for row in record.appraisals if row.person_id in seen))
    return shared_from_data(version.data["shared"]), record
