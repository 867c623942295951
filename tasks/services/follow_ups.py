"""Follow-ups (定期跟踪): the night opens the report that a rhythm calls for; reporting closes it.

A follow-up is a cadence Task: it is reminded of and turns red by itself, but no slip is issued for it; slips follow
the directive or the milestone (forms.yaml, light_profiles).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import replace

from django.conf import settings
from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse

from common.calendars import workdays_between
from common.periods import ONE_DAY
from common.sentences import written as _
from tasks import project_states, rhythms
from tasks.models import (
    DIRECTIVE,
    FOLLOW_UP,
    OPEN_STATES,
    DirectiveUnit,
    Milestone,
    Profile,
    Project,
    ProjectEvent,
    State,
    Task,
)
from tasks.rhythms import Stretch
from tasks.services.open import TaskSpec, open_tasks

REQUIREMENT = {"evidence": "progress_report", "part": "reported", "count": 1}
_REPORTING = (State.ACTIVE, State.RETURNED)
_RUNNING = (Project.State.ACTIVE, Project.State.EXTENSION)
_LONGEST_BREAK = datetime.timedelta(days=15)  # longer than any run of days off


def open_follow_ups(*, today: datetime.date) -> dict[str, int]:
    """Open the follow-ups of the current stretch of every running directive and project; safe to repeat.

    None where somebody has reported in the stretch already, where the final proof is due before, or where the work
    was passed on (its branches are asked), or where a project began, or was approved if later, less than
    ``FOLLOW_UP_FIRST_AFTER_DAYS`` days before the report day. What is due on a day off is due on the working day before. Returns
    ``{"opened": n}``. Queries: five, and four per 500 opened.
    """
    specs = [*_directive_specs(today), *_project_specs(today)]
    # What was due before it could be asked for is not asked for.
    return {"opened": open_tasks(specs=[spec for spec in _on_workdays(specs) if spec.due_on >= today])}


def _directive_specs(today: datetime.date) -> Iterator[TaskSpec]:
    passed_on = Task.objects.filter(parent_id=OuterRef("task_id"), source=DIRECTIVE)
    units = (
        DirectiveUnit.objects.filter(part=DirectiveUnit.Part.LEAD, task__state__in=_REPORTING)
        .exclude(Exists(passed_on))
        .select_related("task", "directive")
        .order_by("pk")
    )
    for unit in units:
        stretch = _stretch_of_unit(unit, today)
        if unit.task is not None and stretch is not None and stretch.due < unit.task.due_on:
            yield _spec(unit.task, f"task:{unit.task.pk}", unit.directive.title, stretch)


def _stretch_of_unit(unit: DirectiveUnit, today: datetime.date) -> Stretch | None:
    """The first report by the day that the type of the directive sets, later ones by its rhythm."""
    task, first_by = unit.task, unit.first_report_by
    if task is None:
        return None
    if task.last_report_on is None and first_by is not None and today <= first_by:
        return Stretch(task.window_start, first_by)
    directive = unit.directive
    stretch = rhythms.stretch_of(
        directive.rhythm, today, anchor=directive.starts_on, report_day=settings.FOLLOW_UP_REPORT_DAY
    )
    if stretch is None or (first_by is not None and stretch.due <= first_by):
        return None
    return None if _has_reported([task], stretch) else stretch


def _project_specs(today: datetime.date) -> Iterator[TaskSpec]:
    approvals = ProjectEvent.objects.filter(project_id=OuterRef("project_id"), verb=project_states.APPROVE)
    milestones = (
        Milestone.objects.filter(project__state__in=_RUNNING, task__isnull=False)
        .annotate(approved_on=Subquery(approvals.order_by("-id").values("day")[:1]))
        .select_related("task", "project__task_force")
        .order_by("project_id", "number")
    )
    by_project: dict[int, list[Milestone]] = {}
    for milestone in milestones:
        by_project.setdefault(milestone.project_id, []).append(milestone)
    for found in by_project.values():
        project = found[0].project
        tasks = [milestone.task for milestone in found if milestone.task is not None]
        current = next((task for task in tasks if task.state in OPEN_STATES), None)
        force = project.task_force
        stretch = rhythms.stretch_of(
            project.rhythm,
            today,
            anchor=project.starts_on,
            report_day=force.report_day if force else settings.FOLLOW_UP_REPORT_DAY,
        )
        if current is None or stretch is None or today < project.starts_on or stretch.due > project.ends_on:
            continue
        approved_on: datetime.date | None = found[0].approved_on  # type: ignore[attr-defined]
        began = max(project.starts_on, approved_on or project.starts_on)
        if stretch.due < began + settings.FOLLOW_UP_FIRST_AFTER_DAYS * ONE_DAY:
            continue
        if not _has_reported(tasks, stretch):
            yield _spec(current, f"project:{project.code}", project.title, stretch)


def _has_reported(tasks: Iterable[Task], stretch: Stretch) -> bool:
    return any(task.last_report_on is not None and task.last_report_on >= stretch.start for task in tasks)


def _spec(task: Task, what: str, title: str, stretch: Stretch) -> TaskSpec:
    due = stretch.due
    return TaskSpec(
        natural_key=f"{FOLLOW_UP}:{what}:{due:%Y-%m-%d}",
        source=FOLLOW_UP,
        kind=FOLLOW_UP,
        title=_("%(month)d月%(day)d日前报进展：%(title)s") % {"month": due.month, "day": due.day, "title": title},
        organisation_id=task.organisation_id,
        group_id=task.group_id,
        person_id=task.person_id,
        department_id=task.department_id,
        office=task.office,
        window_start=max(stretch.start, task.window_start),
        due_on=due,
        profile=Profile.CADENCE.value,
        requirement=REQUIREMENT,
        act_url=reverse("tasks:task_detail", args=[task.pk]),
        parent_id=task.pk,
    )


def _on_workdays(specs: list[TaskSpec]) -> list[TaskSpec]:
    """What is due on a day off is due on the working day before, never before it begins. One query."""
    if not specs:
        return []
    first, last = min(spec.due_on for spec in specs), max(spec.due_on for spec in specs)
    workdays = workdays_between(first - _LONGEST_BREAK, last)
    moved = []
    for spec in specs:
        due = spec.due_on
        while due not in workdays and due > spec.window_start and due > first - _LONGEST_BREAK:
            due -= ONE_DAY
        moved.append(replace(spec, due_on=due))
    return moved
