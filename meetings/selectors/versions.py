"""The page of an old version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from meetings.models import AppraisalResult, Attendance, Resolution, Section, SectionVersion
from meetings.record import TOPICS, SectionRecord, SharedRecord
from meetings.selectors.detail import version_detail
from orgs.models import Person

if TYPE_CHECKING:
    from orgs.models import User


@dataclass(frozen=True)
class VersionPage:
    """An old version with names instead of numbers."""

    section: Section
    version: SectionVersion
    shared: SharedRecord
    record: SectionRecord
    names: dict[int, str]

    def _name(self, pk: int | None) -> str:
        return self.names.get(pk or 0, "")

    @property
    def chair(self) -> str:
        """Name of the chair."""
        return self._name(self.record.chair_id)

    @property
    def recorder(self) -> str:
        """Name of the recorder."""
        return self._name(self.record.recorder_id)

    @property
    def lecturer(self) -> str:
        """Name of the lecturer."""
        return self._name(self.shared.lecturer_id) or self.shared.lecturer_name

    @property
    def topics(self) -> list[str]:
        """Topic marks in words."""
        return [str(TOPICS[code]) for code in self.record.topics if code in TOPICS]

    @property
    def marks(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Names by mark: (到会, [(name, reason)...])."""
        groups = []
        for value, label in Attendance.Mark.choices:
            rows = [
                (self._name(row.person_id), row.leave_reason) for row in self.record.attendance if row.mark == value
            ]
            groups.append((str(label), rows))
        return groups

    @property
    def guests(self) -> list[str]:
        """Names of the guests."""
        return [self._name(row.person_id) or row.name for row in self.record.guests]

    @property
    def resolutions(self) -> list[tuple[object, str]]:
        """Resolutions with their method in words."""
        methods = dict(Resolution.Method.choices)
        return [(row, str(methods.get(row.method, row.method))) for row in self.record.resolutions]

    @property
    def agreed_items(self) -> list[tuple[object, str]]:
        """Agreed items with the owner's name."""
        return [(row, self._name(row.owner_id)) for row in self.record.agreed_items]

    @property
    def appraisals(self) -> list[tuple[str, object, str]]:
        """Name, votes and grade."""
        grades = dict(AppraisalResult.Grade.choices)
        return [(self._name(row.person_id), row, str(grades.get(row.grade, ""))) for row in self.record.appraisals]


def section_version(*, user: User, pk: int, number: int) -> VersionPage:
    """Version ``number`` of a section. A fixed number of queries. Raises ``Http404`` for who may not read it whole."""
    rows = Section.objects.whole_to(user).select_related("kind", "organisation", "group", "gathering")
    section = get_object_or_404(rows, pk=pk)
    version = get_object_or_404(section.versions.select_related("saved_by__person"), number=number)
    shared, record = version_detail(user=user, version=version)
    ids = {shared.lecturer_id, record.chair_id, record.recorder_id}
    ids |= {row.person_id for row in record.attendance} | {row.person_id for row in record.guests}
    ids |= {row.owner_id for row in record.agreed_items} | {row.person_id for row in record.appraisals}
    names = dict(Person.objects.filter(pk__in=[pk for pk in ids if pk]).values_list("pk", "name"))
    return VersionPage(section, version, shared, record, names)
