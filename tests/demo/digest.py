"""The college in short, by what people see of it; no database numbers, no time of the machine."""

import hashlib
from collections.abc import Iterable
from typing import Any

from meetings.models import AgreedItem, Attendance, Resolution, Section
from notices.models import Notice
from orgs.models import Appointment, Person
from tasks.models import Task, TaskEvent

SECTION = ("section__organisation__code", "section__kind__code", "section__group__name", "section__held_on")


def _hash(rows: Iterable[Any]) -> str:
    return hashlib.sha256("\n".join(sorted(map(str, rows))).encode()).hexdigest()


def people() -> str:
    """Who is there and holds which office: the same for every seed."""
    offices = ("person__number", "office", "organisation__code", "department__code", "group__name")
    return _hash(
        [
            *Person.objects.values_list("number", "name", "status", "organisation__code", "group__name"),
            *Appointment.objects.values_list(*offices, "started_on", "ended_on"),
        ]
    )


def life() -> dict[str, str]:
    """What was owed and done: one hash for each kind of fact."""
    place = ("organisation__code", "kind__code", "group__name", "held_on", "gathering__title", "gathering__place")
    counts = ("expected_count", "present_count", "leave_count", "absent_count", "is_quorate", "rule_text")
    moment = ("state", "is_late_entry", "late_reason", "confirmed_at", "confirmed_by__number", "chair__number")
    marks = ("person__number", "mark", "leave_reason", "may_vote")
    found = {
        "tasks": Task.objects.values_list("natural_key", "state", "light", "due_on", "closed_on", "is_late"),
        "events": TaskEvent.objects.values_list(
            "task__natural_key", "at", "verb", "to_state", "to_light", "actor__username"
        ),
        "sections": Section.objects.values_list(*place, *counts, *moment),
        "marks": Attendance.objects.values_list(*SECTION, *marks),
        "resolutions": Resolution.objects.values_list(*SECTION, "text", "yes", "no", "abstain"),
        "agreed": AgreedItem.objects.values_list(*SECTION, "text", "owner__number", "due_on"),
        "notices": Notice.objects.values_list("person__number", "kind", "day", "title", "detail"),
    }
    return {name: _hash(rows) for name, rows in found.items()}
