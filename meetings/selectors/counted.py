"""What a record counted for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tasks.models import Task, TaskEvidence

if TYPE_CHECKING:
    from meetings.models import Section
    from orgs.models import User


def counted_for(*, user: User, sections: Sequence[Section]) -> dict[int, list[Task]]:
    """Section id → the Tasks for which it is proof, as far as ``user`` may see them. One query.

    Nothing has counted before it was confirmed: then there is no query.
    """
    names = {f"section:{section.pk}": section.pk for section in sections if section.version}
    if not names:
        return {}
    visible = Task.objects.visible_to(user).values("pk")
    rows = TaskEvidence.objects.filter(record__in=names, task__in=visible).select_related("task__person")
    found: dict[int, list[Task]] = defaultdict(list)
    for row in rows.order_by("task__due_on", "task_id"):
        found[names[row.record]].append(row.task)
    return dict(found)
