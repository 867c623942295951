"""Facts about what is owed."""

from tasks.models.directive import (
    Directive,
    DirectiveType,
    DirectiveUnit,
    DualSignature,
    Plan,
    PlanCategory,
    Rhythm,
    UnitSet,
)
from tasks.models.event import TaskEvent, Verb
from tasks.models.evidence import TaskEvidence
from tasks.models.project import Indicator, IndicatorReading, Milestone, Project, ProjectEvent, TaskForce
from tasks.models.responsibility import Frequency, ItemTask, ListHolding, ListItem, ResponsibilityList, Role
from tasks.models.supervision import Extension, Slip, TaskFile
from tasks.models.task import (
    AGREED_ITEM,
    DIRECTIVE,
    FOLLOW_UP,
    LIST_ITEM,
    MILESTONE,
    OPEN_STATES,
    Light,
    Profile,
    State,
    Task,
)

__all__ = [
    "AGREED_ITEM",
    "DIRECTIVE",
    "FOLLOW_UP",
    "LIST_ITEM",
    "MILESTONE",
    "OPEN_STATES",
    "Directive",
    "DirectiveType",
    "DirectiveUnit",
    "DualSignature",
    "Extension",
    "Frequency",
    "Indicator",
    "IndicatorReading",
    "ItemTask",
    "Light",
    "ListHolding",
    "ListItem",
    "Milestone",
    "Plan",
    "PlanCategory",
    "Profile",
    "Project",
    "ProjectEvent",
    "ResponsibilityList",
    "Rhythm",
    "Role",
    "Slip",
    "State",
    "Task",
    "TaskEvent",
    "TaskEvidence",
    "TaskFile",
    "TaskForce",
    "UnitSet",
    "Verb",
]
