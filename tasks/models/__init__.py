"""Facts about what is owed."""

from tasks.models.event import TaskEvent, Verb
from tasks.models.evidence import TaskEvidence
from tasks.models.task import AGREED_ITEM, OPEN_STATES, Light, Profile, State, Task

__all__ = ["AGREED_ITEM", "OPEN_STATES", "Light", "Profile", "State", "Task", "TaskEvent", "TaskEvidence", "Verb"]
