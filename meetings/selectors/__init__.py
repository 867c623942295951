"""Page-shaped reads of the room, each with a fixed number of queries."""

from meetings.selectors.detail import (
    AttendanceRow,
    GatheringDetail,
    SectionDetail,
    gathering_detail,
    version_detail,
)
from meetings.selectors.form import (
    FormSection,
    FormState,
    PeriodChoice,
    PlanChoices,
    form_state,
    plan_choices,
    task_plan,
)
from meetings.selectors.lists import OwnRecord, RecordBook, calendar, own_record, record_book

__all__ = [
    "AttendanceRow",
    "FormSection",
    "FormState",
    "GatheringDetail",
    "OwnRecord",
    "PeriodChoice",
    "PlanChoices",
    "RecordBook",
    "SectionDetail",
    "calendar",
    "form_state",
    "gathering_detail",
    "own_record",
    "plan_choices",
    "record_book",
    "task_plan",
    "version_detail",
]
