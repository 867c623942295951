"""Commands of the room: the only writers of Tasks, their evidence and their events."""

from tasks.services.assignment import reassign_open_tasks
from tasks.services.evidence import Offer, offer_evidence, withdraw_evidence
from tasks.services.open import TaskSpec, open_tasks, withdraw_tasks
from tasks.services.review import (
    accept_task,
    report_progress,
    return_task,
    stop_task,
    submit_task,
    waive_task,
)

__all__ = [
    "Offer",
    "TaskSpec",
    "accept_task",
    "offer_evidence",
    "open_tasks",
    "reassign_open_tasks",
    "report_progress",
    "return_task",
    "stop_task",
    "submit_task",
    "waive_task",
    "withdraw_evidence",
    "withdraw_tasks",
]
