"""Lists of projects and of task forces: the rows with what one can filter and sort by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from common import clock
from tasks import project_states as states
from tasks.lighting import Lighting
from tasks.lights import SEVERITY
from tasks.models import OPEN_STATES, Light, Milestone, Project, State, Task, TaskForce
from tasks.selectors.projects import figures_of, with_milestones

if TYPE_CHECKING:
    from orgs.models import Organisation, User
    from tasks.assigned import ProjectQuerySet

NO_LIGHT = -1  # not running: no light to filter by


def project_rows(user: User) -> ProjectQuerySet:
    """The projects that ``user`` may see; ``severity`` of their light (``tasks.lights``) and ``done`` per cent."""
    rows: ProjectQuerySet = Project.objects.visible_to(user).annotate(severity=_severity(), done=_done())
    return rows


def _severity() -> Case:
    """The worst light of the open milestones that have begun, as a number: what ``figures_of`` finds row by row."""
    today = clock.today()
    stored = Case(
        *[When(light=light, then=Value(SEVERITY[light])) for light in Light.values], output_field=IntegerField()
    )
    overdue = Q(due_on__lt=today) & ~Q(state=State.SUBMITTED)
    worst = (
        Task.objects.filter(milestone__project=OuterRef("pk"), state__in=OPEN_STATES, window_start__lte=today)
        .annotate(severity=Case(When(overdue, then=Value(SEVERITY["red"])), default=stored))
        .order_by("-severity")
        .values("severity")[:1]
    )
    any_open = Exists(Milestone.objects.filter(project=OuterRef("pk"), task__state__in=OPEN_STATES))
    not_begun = ExpressionWrapper(any_open, output_field=BooleanField())
    idle = Case(When(not_begun, then=Value(SEVERITY["grey"])), default=Value(SEVERITY["green"]))
    running = Coalesce(Subquery(worst), idle)
    return Case(When(state__in=states.RUNNING, then=running), default=Value(NO_LIGHT), output_field=IntegerField())


def _done() -> Coalesce:
    accepted = Milestone.objects.filter(project=OuterRef("pk"), task__state=State.DONE).order_by().values("project")
    return Coalesce(Subquery(accepted.annotate(done=Sum("weight")).values("done")), 0)


def with_cells(rows: QuerySet[Project]) -> QuerySet[Project]:
    """``rows`` with organisation, leader and milestones: one query more, whatever their number."""
    return with_milestones(rows)  # type: ignore[arg-type]


def prepare_cells(rows: Sequence[Project]) -> None:
    """Put on every project its ``figures`` and the ``latest`` line reported. No query after ``with_cells``."""
    lighting = Lighting(clock.today())
    for project in rows:
        milestones = list(project.milestones.all())
        tasks = [one.task for one in milestones if one.task is not None and one.task.last_report_on]
        latest = max(tasks, key=lambda task: (task.last_report_on, task.pk), default=None)
        project.figures = figures_of(project, milestones, lighting)  # type: ignore[attr-defined]
        project.latest = latest.note if latest is not None else ""  # type: ignore[attr-defined]


def led_by(rows: QuerySet[Project], user: User) -> QuerySet[Project]:
    """Those that ``user`` leads or co-leads."""
    if user.person_id is None:
        return rows.none()
    helped = Project.co_leaders.through.objects.filter(project_id=OuterRef("pk"), person_id=user.person_id)
    return rows.filter(Q(leader_id=user.person_id) | Q(Exists(helped)))


def force_rows(user: User) -> QuerySet[TaskForce]:
    """The task forces that ``user`` may see; ``running`` counts their projects that are not over."""
    running = Count("projects", filter=Q(projects__state__in=states.OPEN))
    rows: QuerySet[TaskForce] = TaskForce.objects.visible_to(user).annotate(running=running)
    return rows


def lights_under(user: User, top: Organisation) -> dict[str, int]:
    """How many running projects of ``top`` and below, as ``user`` sees them, have which light. One query."""
    found = project_rows(user).under(top).filter(severity__gt=NO_LIGHT).order_by().values_list("severity", flat=True)
    by_severity = {severity: light for light, severity in SEVERITY.items()}
    return dict(Counter(by_severity[severity] for severity in found))
