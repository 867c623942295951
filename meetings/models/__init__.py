"""Facts about meetings."""

from meetings.models.attachment import Attachment
from meetings.models.gathering import Draft, Gathering
from meetings.models.kind import Cadence, DueRule, Expected, MeetingKind, PassBase, Voters
from meetings.models.section import AgreedItem, AppraisalResult, Attendance, Guest, Resolution, Section, SectionVersion

__all__ = [
    "AgreedItem",
    "AppraisalResult",
    "Attachment",
    "Attendance",
    "Cadence",
    "Draft",
    "DueRule",
    "Expected",
    "Gathering",
    "Guest",
    "MeetingKind",
    "PassBase",
    "Resolution",
    "Section",
    "SectionVersion",
    "Voters",
]
