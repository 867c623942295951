"""Projects as pages show them: the rows of the list, and the page of one."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from common import clock
from common.periods import ONE_DAY, add_months
from orgs import access
from tasks import project_rights as rights
from tasks import project_states as states
from tasks import transitions
from tasks.chart import MONTH, Axis, Column
from tasks.lighting import Lighting
from tasks.lights import GREEN, GREY
from tasks.models import FOLLOW_UP, Extension, Indicator, Milestone, Project, State, Task, TaskFile
from tasks.project_plans import done_share, reported_share, value_words, way_gone, windows, worst
from tasks.selectors.project_story import FILE, Line, story
from tasks.services.project_changes import is_movable

if TYPE_CHECKING:
    from orgs.models import User
    from orgs.querysets import OrganisationScoped

_WITH = ("organisation", "leader", "task_force__organisation", "drafted_by__person", "approved_by__person")
SHOWN_AT_ONCE = 12


@dataclass
class Step:
    """One milestone: its Task as it stands today, its window, its files, and what the reader may do."""

    milestone: Milestone
    start: datetime.date
    due: datetime.date
    light: str
    cause: str
    verbs: frozenset[str] = frozenset()
    extension: Extension | None = None
    files: list[Line] = field(default_factory=list)
    is_movable: bool = False

    @property
    def task(self) -> Task | None:
        """What is owed for it; nothing before the project runs."""
        return self.milestone.task

    @property
    def is_done(self) -> bool:
        """Whether it was accepted: its weight counts."""
        return self.task is not None and self.task.state == State.DONE

    @property
    def reported(self) -> int:
        """Per cent last reported while it runs."""
        return self.task.progress if self.task is not None and self.task.is_open else 0


@dataclass(frozen=True)
class Gauge:
    """An indicator as words and as a bar: ``way`` is the part of the way gone in per cent."""

    indicator: Indicator
    base: str
    current: str
    target: str
    way: int


@dataclass
class Figures:
    """What the list and the page say about a project as a whole."""

    light: str
    cause: str
    done: int  # sum of the weights of accepted milestones
    reported: int  # what the running milestones report on top; shown lighter, not counted
    released: int  # weights of milestones that were waived or stopped
    current: Milestone | None

    @property
    def reported_until(self) -> int:
        """Where the lighter part of a bar ends."""
        return min(self.done + self.reported, 100)


def figures_of(project: Project, milestones: Sequence[Milestone], lighting: Lighting) -> Figures:
    """Light, progress and running milestone from milestones that come with their Tasks. No query.

    The light is the worst of the open milestones whose window has begun, with its reason.
    """
    tasks = [(milestone, milestone.task) for milestone in milestones if milestone.task is not None]
    running = [(milestone, task) for milestone, task in tasks if task.is_open]
    light, cause = _light(project, [task for _milestone, task in running], lighting)
    return Figures(
        light=light,
        cause=cause,
        done=done_share((milestone.weight, task.state == State.DONE) for milestone, task in tasks),
        reported=sum(reported_share(milestone.weight, task.progress) for milestone, task in running),
        released=sum(milestone.weight for milestone, task in tasks if not task.is_open and task.state != State.DONE),
        current=running[0][0] if running else None,
    )


def _light(project: Project, running: Sequence[Task], lighting: Lighting) -> tuple[str, str]:
    if project.state == states.CLOSED:
        return GREEN, _("已销号")
    if project.state not in states.RUNNING:
        return GREY, str(project.get_state_display())
    begun = [lighting.shown(task) for task in running if task.window_start <= lighting.today]
    if begun:
        return worst(begun)
    if running:
        return GREY, _("里程碑还没有开始")
    if project.state == states.ACCEPTANCE:
        return GREEN, _("里程碑都已办结，等待验收")
    return GREEN, _("里程碑都已办结，请领办人申请验收")


def with_milestones(rows: OrganisationScoped) -> OrganisationScoped:
    """Projects with everything that ``figures_of`` and a list need: one query more, whatever their number."""
    milestones = Milestone.objects.select_related("task").order_by("number")
    return rows.select_related("organisation", "leader", "task_force").prefetch_related(
        Prefetch("milestones", queryset=milestones)
    )


@dataclass
class ProjectPage:
    """Everything on the page of a project; ``story`` is newest first."""

    project: Project
    figures: Figures
    steps: list[Step]
    gauges: list[Gauge]
    axis: Axis
    today: datetime.date
    story: list[Line]
    follow_ups: list[Task]
    standing: rights.Standing
    verbs: frozenset[str]
    may_open_tasks: bool  # others read about the milestones here
    may_open_force: bool

    @cached_property
    def reports(self) -> list[Line]:
        """What was reported, newest first."""
        return [line for line in self.story if line.is_report]

    @cached_property
    def decisions(self) -> list[Line]:
        """What was decided about it, newest first."""
        return [line for line in self.story if line.is_decision]

    @cached_property
    def files(self) -> list[Line]:
        """The project's own files, newest first; those of milestones stand at the milestone."""
        return [line for line in self.story if line.kind == FILE and line.number is None]

    @property
    def can_report(self) -> bool:
        """Whether a milestone can be reported on: one that is open and not waiting to be checked."""
        states_ = [step.task.state for step in self.steps if step.task is not None]
        return any(transitions.next_state(transitions.REPORT, state) for state in states_)

    @property
    def may_attach(self) -> bool:
        """Whether the reader may add files to the project."""
        return self.standing.edits and self.project.state in states.OPEN

    @property
    def newest(self) -> list[Line]:
        """The part of the story that is shown at once."""
        return self.story[:SHOWN_AT_ONCE]

    @property
    def older(self) -> list[Line]:
        """The part that is folded away."""
        return self.story[SHOWN_AT_ONCE:]


def project_page(project: Project, user: User) -> ProjectPage:
    """Read the page of ``project`` for ``user``; the project comes from ``for_page``.

    Five queries beside those of the reader's rights, one more while requests for more time wait.
    """
    today = clock.today()
    milestones, follow_ups = _milestones(project)
    numbers = {milestone.task_id: milestone.number for milestone in milestones if milestone.task_id is not None}
    lines = story(project, numbers)
    standing = rights.standing_of(user, project)
    lighting = Lighting(today)
    axis = project_axis(project)
    asked = _asked(project)
    steps = [
        _step(milestone, span, lighting, standing, user, asked)
        for milestone, span in zip(milestones, _spans(project, milestones), strict=True)
    ]
    for step in steps:
        step.files = [line for line in lines if line.kind == FILE and line.number == step.milestone.number]
    return ProjectPage(
        project=project,
        figures=figures_of(project, milestones, lighting),
        steps=steps,
        gauges=[gauge_of(indicator) for indicator in project.indicators.all()],
        axis=axis,
        today=today,
        story=lines,
        follow_ups=follow_ups,
        standing=standing,
        verbs=rights.allowed(project, standing),
        may_open_tasks=access.may(user, access.VIEW, project.organisation) or user.person_id == project.leader_id,
        may_open_force=_may_open_force(project, user, standing),
    )


def _may_open_force(project: Project, user: User, standing: rights.Standing) -> bool:
    """Whether the reader sees the task force: by a grant, as its leader, or by working in it."""
    force = project.task_force
    if force is None:
        return False
    if user.person_id == force.leader_id or access.may(user, access.VIEW, force.organisation):
        return True
    # Who neither leads the project nor oversees its organisation sees it because they work in the task force.
    return not standing.leads and not access.may(user, access.VIEW, project.organisation)


def for_page(rows: OrganisationScoped) -> OrganisationScoped:
    """Projects with the rows that their page names; one query each for co-leaders and indicators."""
    return rows.select_related(*_WITH).prefetch_related("co_leaders", "indicators")


def _milestones(project: Project) -> tuple[list[Milestone], list[Task]]:
    """The milestones with their Tasks, and the follow-ups on them. One query while it runs, one before."""
    if project.approved_by_id is None:
        return list(project.milestones.order_by("number")), []
    wanted = Q(milestone__project=project) | Q(source=FOLLOW_UP, parent__milestone__project=project)
    tasks = list(Task.objects.filter(wanted).select_related("milestone", "organisation", "person").order_by("due_on"))
    milestones = []
    for task in tasks:
        if task.source != FOLLOW_UP:
            milestone: Milestone = task.milestone
            milestone.task = task
            milestones.append(milestone)
    milestones.sort(key=lambda milestone: milestone.number)
    follow_ups = [task for task in reversed(tasks) if task.source == FOLLOW_UP]
    lighting = Lighting(clock.today())
    for task in follow_ups:
        task.light, task.light_cause = lighting.shown(task)
    return milestones, follow_ups


def _asked(project: Project) -> dict[int, Extension]:
    """Task id → the request that waits. One query while the project is in extension, none otherwise."""
    if project.state != states.EXTENSION:
        return {}
    rows = Extension.objects.filter(task__milestone__project=project, state=Extension.State.ASKED)
    return {row.task_id: row for row in rows.select_related("asked_by")}


def _spans(project: Project, milestones: Sequence[Milestone]) -> list[tuple[datetime.date, datetime.date]]:
    planned = windows(project.starts_on, [milestone.due_on for milestone in milestones])
    return [
        (milestone.task.window_start, milestone.task.due_on) if milestone.task is not None else span
        for milestone, span in zip(milestones, planned, strict=True)
    ]


def _step(
    milestone: Milestone,
    span: tuple[datetime.date, datetime.date],
    lighting: Lighting,
    standing: rights.Standing,
    user: User,
    asked: dict[int, Extension],
) -> Step:
    task = milestone.task
    light, cause = lighting.shown(task) if task is not None else (GREY, _("项目还没有开始"))
    step = Step(
        milestone=milestone,
        start=span[0],
        due=span[1],
        light=light,
        cause=cause,
        extension=asked.get(task.pk) if task is not None else None,
        is_movable=is_movable(milestone, lighting.today),
    )
    if task is not None:
        step.verbs = _verbs(task, step.extension, standing, user, lighting.today)
    return step


def _verbs(
    task: Task, extension: Extension | None, standing: rights.Standing, user: User, today: datetime.date
) -> frozenset[str]:
    """What the reader may do with a milestone's Task, from what is known already. No query; services ask again."""
    legal = transitions.allowed_verbs(task.state)
    found: set[str] = set()
    if standing.acts and task.window_start <= today:  # what has not begun is not offered yet
        found |= legal & {transitions.SUBMIT}
        if transitions.EXTEND in legal and extension is None and today <= task.due_on:
            found.add(transitions.EXTEND)
        if task.is_open and task.state != State.SUBMITTED:
            found.add("attach")
    if standing.checks_milestones and task.submitted_by_id != user.person_id:
        found |= legal & {transitions.ACCEPT, transitions.RETURN}
        found |= legal & {transitions.WAIVE}
        if extension is not None and extension.asked_by_id != user.person_id:
            found |= {"grant", "refuse"}
    return frozenset(found)


def files_of(project: Project) -> QuerySet[TaskFile]:
    """Files of a project and of its milestones; who sees the project may download them."""
    return TaskFile.objects.filter(Q(project=project) | Q(task__milestone__project=project))


def project_axis(project: Project) -> Axis:
    """The months of a project, those of the whole quarter when it is shorter."""
    start = project.starts_on.replace(day=1)
    columns: list[Column] = []
    while start <= project.ends_on or len(columns) < 3:
        after = add_months(start, 1)
        columns.append(Column(start, after - ONE_DAY, _("%(month)d月") % {"month": start.month}))
        start = after
    return Axis(MONTH, tuple(columns))


def gauge_of(indicator: Indicator) -> Gauge:
    """An indicator in words and as a bar."""
    unit = indicator.unit
    return Gauge(
        indicator=indicator,
        base=value_words(indicator.base, unit),
        current=value_words(indicator.current, unit),
        target=value_words(indicator.target, unit),
        way=way_gone(indicator.base, indicator.target, indicator.current),
    )
