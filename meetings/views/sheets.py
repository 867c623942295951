"""Records laid out for reading: names by mark, and the organisations that still have something to type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from meetings.models import Attendance, Section
from meetings.rights import EDITABLE
from meetings.selectors import AttendanceRow, SectionDetail
from meetings.selectors.counted import Counted


@dataclass(frozen=True)
class Sheet:
    """One section as a sheet of the record."""

    detail: SectionDetail
    counted: Counted = field(default_factory=Counted)

    @property
    def section(self) -> Section:
        """The section."""
        return self.detail.section

    @property
    def marks(self) -> list[tuple[str, list[AttendanceRow]]]:
        """People by mark, present first; marks that nobody has are left out."""
        groups = []
        for value, label in Attendance.Mark.choices:
            rows = [row for row in self.detail.attendance if row.mark == value]
            if rows:
                groups.append((str(label), rows))
        return groups


def sheets(details: Sequence[SectionDetail], counted: Mapping[int, Counted] | None = None) -> list[Sheet]:
    """One sheet for each section."""
    found = counted or {}
    return [Sheet(detail, found.get(detail.section.pk, Counted())) for detail in details]


def open_for(details: Sequence[SectionDetail]) -> dict[str, str]:
    """Code → name of the organisations for which the user still has something to type."""
    return {
        detail.section.organisation.code: detail.section.organisation.name
        for detail in details
        if detail.may_record and detail.section.state in EDITABLE
    }
