"""What a confirmed record consists of, as plain data: the form builds it, the services check and store it.

Field paths of ``InvalidInput.errors`` follow these names; ``<id>`` is the section's id, ``<n>`` counts from 0:
``shared.starts_at``, ``late_reason``, ``reason``, ``sections.<id>.chair``, ``sections.<id>.delegation_note``,
``sections.<id>.recorder``, ``sections.<id>.attendance`` (someone is not marked),
``sections.<id>.attendance.<person id>`` (mark, reason or approver of one person), ``sections.<id>.guests.<n>``,
``sections.<id>.resolutions.<n>``, ``sections.<id>.agreed_items.<n>``, ``sections.<id>.appraisals.<person id>``,
``sections.<id>.appraisals``, ``sections.<id>.study_hours``, ``sections.<id>.period_code``, ``sections.<id>.topics``.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

MAX_STUDY_HOURS = Decimal(12)  # of one section

TOPICS = {
    "party_building": _("专题研究党建"),
    "ideology": _("意识形态工作"),
    "discipline": _("警示教育和纪律教育"),
    "conduct": _("师德师风"),
    "recruitment": _("发展党员"),
    "first_agenda": _("学习贯彻上级精神"),
}


@dataclass(frozen=True)
class AttendanceRecord:
    """One person of the roll. ``mark`` is a value of ``Attendance.Mark``; leave needs reason and approver.

    Talks (谈心谈话) have no roll: their rows are the persons who talked, all ``present``.
    """

    person_id: int
    mark: str
    leave_reason: str = ""
    leave_approver_id: int | None = None


@dataclass(frozen=True)
class GuestRecord:
    """Somebody present who is not on the roll: a known person, or name and post."""

    person_id: int | None = None
    name: str = ""


@dataclass(frozen=True)
class ResolutionRecord:
    """A resolution with its votes; the result is computed, never given. ``method``: ``Resolution.Method``."""

    text: str
    yes: int = 0
    no: int = 0
    abstain: int = 0
    is_election: bool = False
    method: str = "hands"


@dataclass(frozen=True)
class AgreedRecord:
    """Something agreed, with owner and date; ``id`` names the stored item when a record is amended."""

    text: str
    owner_id: int | None
    due_on: datetime.date | None
    id: int | None = None


@dataclass(frozen=True)
class AppraisalRecord:
    """Counted ballots of one member and the grade given; ``grade``: ``AppraisalResult.Grade``."""

    person_id: int
    grade: str
    excellent: int = 0
    qualified: int = 0
    basically: int = 0
    unqualified: int = 0


@dataclass(frozen=True)
class SharedRecord:
    """Facts that all sections of a gathering share; the calling organisation gives them.

    Times are aware. A talk keeps the date of ``starts_at`` and nothing else.
    """

    title: str
    starts_at: datetime.datetime | None
    ends_at: datetime.datetime | None = None
    place: str = ""
    lecturer_id: int | None = None
    lecturer_name: str = ""
    agenda: str = ""
    minutes: str = ""


@dataclass(frozen=True)
class SectionRecord:
    """One section. ``version`` is ``Section.version`` as the form was loaded (0 before the first confirmation).

    ``period_code`` empty: counts for the period in which it was held; else the overdue period it makes up for.
    """

    section_id: int
    version: int = 0
    chair_id: int | None = None
    delegation_note: str = ""
    recorder_id: int | None = None
    study_hours: Decimal = Decimal(0)
    topics: tuple[str, ...] = ()
    period_code: str = ""
    attendance: tuple[AttendanceRecord, ...] = ()
    guests: tuple[GuestRecord, ...] = ()
    resolutions: tuple[ResolutionRecord, ...] = ()
    agreed_items: tuple[AgreedRecord, ...] = ()
    appraisals: tuple[AppraisalRecord, ...] = ()


@dataclass(frozen=True)
class GatheringRecord:
    """What one organisation confirms at once. ``shared`` is ``None`` for an invited organisation."""

    shared: SharedRecord | None
    sections: tuple[SectionRecord, ...]


def to_data(shared: SharedRecord, section: SectionRecord) -> dict[str, Any]:
    """The record of one section as plain data for its kept version (``DjangoJSONEncoder`` writes it)."""
    return {"shared": asdict(shared), "section": asdict(section)}


def _date(value: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(value) if value else None


def _time(value: str | None) -> datetime.datetime | None:
    return datetime.datetime.fromisoformat(value) if value else None


def section_from_data(data: Mapping[str, Any]) -> SectionRecord:
    """Read back the ``section`` part of ``to_data``, to show an old version or to fill the form."""
    values = dict(data)
    values["study_hours"] = Decimal(str(values["study_hours"]))
    values["topics"] = tuple(values["topics"])
    values["attendance"] = tuple(AttendanceRecord(**row) for row in values["attendance"])
    values["guests"] = tuple(GuestRecord(**row) for row in values["guests"])
    values["resolutions"] = tuple(ResolutionRecord(**row) for row in values["resolutions"])
    values["agreed_items"] = tuple(
        AgreedRecord(**{**row, "due_on": _date(row["due_on"])}) for row in values["agreed_items"]
    )
    values["appraisals"] = tuple(AppraisalRecord(**row) for row in values["appraisals"])
    return SectionRecord(**values)


def shared_from_data(data: Mapping[str, Any]) -> SharedRecord:
    """Read back the ``shared`` part of ``to_data``."""
    values = dict(data)
    return SharedRecord(**{**values, "starts_at": _time(values["starts_at"]), "ends_at": _time(values["ends_at"])})
