"""The wall chart: projects and directives as rows, as they stand now or stood on a past day (from the event log)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from common import clock
from orgs import access
from orgs.models import Appointment
from tasks.lighting import Lighting
from tasks.lights import GREEN, GREY, SEVERITY
from tasks.models import Directive, DirectiveUnit, Milestone, Project, ProjectEvent, State, Task
from tasks.selectors.past import wind_back

if TYPE_CHECKING:
    from orgs.models import User

_DRAWN = (Project.State.ACTIVE, Project.State.EXTENSION, Project.State.ACCEPTANCE)
_FULL = 100
# What a row needs of a Task: a thousand rows are some thousands of Tasks.
_TASK = tuple(
    f"task__{name}"
    for name in (
        "state",
        "light",
        "light_cause",
        "profile",
        "requirement",
        "window_start",
        "due_on",
        "original_due_on",
        "closed_on",
        "progress",
        "note",
        "last_report_on",
        "answered_on",
    )
)
_LEFT_OUT = (State.WAIVED, State.STOPPED)


@dataclass(frozen=True)
class Bar:
    """One window with the diamond at its end; ``share`` is the done part in per cent."""

    title: str
    start: datetime.date
    due: datetime.date
    original_due: datetime.date
    light: str
    share: int
    is_done: bool


@dataclass
class Row:
    """One row of the chart."""

    kind: str  # project | directive
    number: str
    title: str
    url: str
    leader: str
    unit: str
    unit_path: str
    owner: str
    start: datetime.date
    end: datetime.date
    light: str = GREY
    light_cause: str = ""
    progress: int = 0
    latest: str = ""
    latest_on: datetime.date | None = None
    next_step: str = ""
    next_due: datetime.date | None = None
    bars: list[Bar] = field(default_factory=list)
    units: tuple[str, ...] = ()  # whom the filter by unit finds the row under

    def __post_init__(self) -> None:
        self.units = self.units or (self.unit,)


def chart_rows(user: User, *, as_of: datetime.date, by_unit: bool = False) -> list[Row]:
    """What ``user`` may see of running projects and issued directives, by end date.

    ``as_of`` is today or a past day. ``by_unit`` gives a directive one row for each lead unit instead of one in all.
    Five queries, and two more for a past day.
    """
    projects, steps = _projects(user, as_of)
    directives, units = _directives(user, as_of)
    tasks = [step.task for found in steps.values() for step in found if step.task]
    _light(tasks + [unit.task for found in units.values() for unit in found if unit.task], as_of)
    rows = [_project_row(project, steps[project.pk]) for project in projects]
    rows += _directive_rows(directives, units, by_unit)
    return sorted(rows, key=lambda row: (row.end, row.number))


# --- projects -----------------------------------------------------------------------------------------------------------


def _projects(user: User, as_of: datetime.date) -> tuple[list[Project], dict[int, list[Milestone]]]:
    """Projects that ran on the day, and their milestones by project. Two queries, three for a past day."""
    projects = list(
        Project.objects.visible_to(user)
        .exclude(state__in=(Project.State.DRAFT, Project.State.REVIEWING))
        .filter(starts_on__lte=as_of.replace(month=12, day=31))
        .select_related("leader", "organisation")
    )
    if as_of < clock.today():
        projects = _projects_then(projects, as_of)
    else:
        projects = [project for project in projects if project.state in _DRAWN]
    steps: dict[int, list[Milestone]] = defaultdict(list)
    milestones = Milestone.objects.filter(project__in=projects, task__isnull=False).select_related("task")
    for milestone in milestones.only("project", "number", "title", "weight", *_TASK):
        steps[milestone.project_id].append(milestone)
    return projects, steps


def _projects_then(projects: Sequence[Project], as_of: datetime.date) -> list[Project]:
    """Those that ran on that day, by the project's log."""
    states: dict[int, str] = {}
    log = ProjectEvent.objects.filter(project__in=projects, day__lte=as_of).order_by("pk")
    for project_id, state in log.values_list("project_id", "to_state"):
        states[project_id] = state
    return [project for project in projects if states.get(project.pk) in _DRAWN]


def _project_row(project: Project, milestones: list[Milestone]) -> Row:
    row = Row(
        kind="project",
        number=project.code,
        title=project.title,
        url=reverse("tasks:project_detail", args=[project.code]),
        leader=project.leader.name,
        unit=project.organisation.name,
        unit_path=project.organisation.path,
        owner=project.leader.name,
        start=project.starts_on,
        end=project.ends_on,
    )
    tasks = [(step, step.task) for step in milestones if step.task is not None and step.task.state]
    row.progress = sum(step.weight for step, task in tasks if task.state == State.DONE)
    start = project.starts_on
    for step, task in tasks:
        task.window_start, start = start, task.due_on  # where the one before was due on that day
        row.bars.append(_bar(task, f"{step.number}. {step.title}"))
    _summarise(row, [task for _step, task in tasks])
    current = next(((step, task) for step, task in tasks if task.is_open), None)
    if current is not None:
        row.next_step, row.next_due = f"{current[0].number}. {current[0].title}", current[1].due_on
    return row


# --- directives ---------------------------------------------------------------------------------------------------------


def _directives(user: User, as_of: datetime.date) -> tuple[list[Directive], dict[int, list[DirectiveUnit]]]:
    """Directives that ran on the day, and those of their lead units that ``user`` sees. Two queries."""
    end = datetime.datetime.combine(as_of, datetime.time.max, tzinfo=clock.SHANGHAI)
    running = Q(closed_on__isnull=True) | Q(closed_on__gt=as_of)
    issued = Directive.objects.visible_to(user).filter(running, issued_at__lte=end)
    directives = list(issued.select_related("leader", "organisation"))
    units: dict[int, list[DirectiveUnit]] = defaultdict(list)
    mine = access.within(user, access.VIEW, "organisation") | access.within(
        user, access.VIEW, "directive__organisation"
    )
    if user.person_id is not None:
        held = Appointment.objects.in_force().filter(person_id=user.person_id, department__isnull=False)
        mine |= Q(department__in=held.values("department"))
    found = DirectiveUnit.objects.filter(mine, directive__in=directives, part=DirectiveUnit.Part.LEAD)
    found = found.filter(task__isnull=False).select_related("task", "organisation")
    for unit in found.only("directive", "parent", "name", "organisation__path", *_TASK):
        units[unit.directive_id].append(unit)
    return directives, units


def _directive_rows(directives: Iterable[Directive], units: dict[int, list[DirectiveUnit]], by_unit: bool) -> list[Row]:
    made: list[Row] = []
    for directive in directives:
        tops = _tops(units[directive.pk])
        if by_unit:
            made += [_directive_row(directive, [unit], units[directive.pk]) for unit in tops]
        elif tops:
            made.append(_directive_row(directive, tops, units[directive.pk]))
    return made


def _tops(units: Sequence[DirectiveUnit]) -> list[DirectiveUnit]:
    """Those that nobody shown passed it on to."""
    shown = {unit.pk for unit in units}
    return [unit for unit in units if unit.parent_id not in shown and unit.task is not None and unit.task.state]


def _directive_row(directive: Directive, tops: Sequence[DirectiveUnit], units: Sequence[DirectiveUnit]) -> Row:
    first = tops[0]
    one = len(tops) == 1
    row = Row(
        kind="directive",
        number=directive.number,
        title=directive.title,
        url=reverse("tasks:directive_detail", args=[directive.pk]),
        leader=directive.leader.name if directive.leader else "",
        unit=first.name if one else _("%(count)d个单位") % {"count": len(tops)},
        unit_path=first.organisation.path if one and first.organisation else directive.organisation.path,
        owner=first.name if one else directive.organisation.name,
        start=directive.starts_on,
        end=first.task.due_on if one and first.task else directive.due_on,
        units=tuple(unit.name for unit in tops),
    )
    tasks = [unit.task for unit in tops if unit.task is not None]
    counted = [task for task in tasks if task.state not in _LEFT_OUT]
    row.progress = round(sum(_share(task) for task in counted) / len(counted)) if counted else 0
    below = [
        unit.task for unit in units if unit.task and unit.parent_id in {top.pk for top in tops} and unit.task.state
    ]
    _summarise(row, [*tasks, *below])
    row.next_step, row.next_due = _next_of(tasks)
    bar = _bar(tasks[0], directive.title)
    is_done = all(not task.is_open for task in tasks)
    row.bars = [Bar(bar.title, row.start, row.end, bar.original_due, row.light, row.progress, is_done)]
    return row


def _next_of(tasks: Sequence[Task]) -> tuple[str, datetime.date | None]:
    """What has to happen next with a directive, and by when."""
    waiting = [task for task in tasks if task.is_open]
    due = min((task.due_on for task in waiting), default=None)
    for state, words in (
        (State.PENDING, _("%(count)d个单位待签收")),
        (State.RETURNED, _("%(count)d个单位被退回，待改正")),
        (State.SUBMITTED, _("%(count)d个单位已提交，待核查")),
        (State.ACTIVE, _("%(count)d个单位办理中")),
    ):
        count = sum(task.state == state for task in waiting)
        if count:
            return words % {"count": count}, due
    return "", due


# --- both ---------------------------------------------------------------------------------------------------------------


def _light(tasks: Sequence[Task], as_of: datetime.date) -> None:
    """Give the Tasks the state and light of the day; those that did not exist yet have an empty state."""
    if as_of < clock.today():
        wind_back(tasks, as_of)
        return
    lighting = Lighting(as_of)
    for task in tasks:
        task.light, task.light_cause = lighting.shown(task)


def _share(task: Task) -> int:
    return _FULL if task.state == State.DONE else task.progress


def _bar(task: Task, title: str) -> Bar:
    return Bar(
        title=title,
        start=task.window_start,
        due=task.due_on,
        original_due=task.original_due_on,
        light=task.light,
        share=_share(task),
        is_done=task.state == State.DONE,
    )


def _summarise(row: Row, tasks: Iterable[Task]) -> None:
    """The worst light of what is open, with its reason, and the latest line reported."""
    for task in tasks:
        if task.is_open and SEVERITY[task.light] > SEVERITY[row.light]:
            row.light, row.light_cause = task.light, task.light_cause
        if task.last_report_on and task.note and (row.latest_on is None or task.last_report_on >= row.latest_on):
            row.latest, row.latest_on = task.note, task.last_report_on
    if row.light == GREY and not any(task.is_open for task in tasks):
        row.light, row.light_cause = GREEN, _("都已办结")
