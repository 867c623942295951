"""What a record counted for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import BooleanField, Case, Value, When

from tasks.models import Task, TaskEvidence

if TYPE_CHECKING:
    from meetings.models import Section
    from orgs.models import User


@dataclass
class Counted:
    """The Tasks of a record that one sees, and whether there are others."""

    tasks: list[Task] = field(default_factory=list)
    has_others: bool = False


def counted_for(*, user: User, sections: Sequence[Section]) -> dict[int, Counted]:
    """Section id → the Tasks for which it is proof; of those that ``user`` may not see only that there are some. One query.

    Nothing has counted before it was confirmed: then there is no query.
    """
    names = {f"section:{section.pk}": section.pk for section in sections if section.version}
    if not names:
        return {}
    visible = Task.objects.visible_to(user).values("pk")
    is_seen = Case(When(task__in=visible, then=Value(True)), default=Value(False), output_field=BooleanField())
    rows = TaskEvidence.objects.filter(record__in=names).annotate(is_seen=is_seen).select_related("task__person")
    found: dict[int, Counted] = defaultdict(Counted)
    for row in rows.order_by("task__due_on", "task_id"):
        counted = found[names[row.record]]
        if row.is_seen:
            counted.tasks.append(row.task)
        else:
            counted.has_others = True
    return dict(found)
