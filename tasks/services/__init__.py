"""Commands of the room: the only writers of Tasks, their evidence and their events."""

from tasks.services.assignment import reassign_open_tasks
from tasks.services.evidence import Offer, offer_evidence, withdraw_evidence
from tasks.services.extensions import ask_extension, grant_extension, refuse_extension
from tasks.services.files import attach_to_task, remove_file, store_file
from tasks.services.open import TaskSpec, open_tasks, withdraw_tasks
from tasks.services.review import (
    accept_task,
    acknowledge_task,
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
    "acknowledge_task",
    "ask_extension",
    "attach_to_task",
    "grant_extension",
    "offer_evidence",
    "open_tasks",
    "reassign_open_tasks",
    "refuse_extension",
    "remove_file",
    "report_progress",
    "return_task",
    "stop_task",
    "store_file",
    "submit_task",
    "waive_task",
    "withdraw_evidence",
    "withdraw_tasks",
]
