"""The page of a task force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from common import clock
from tasks import project_rights as rights
from tasks import rhythms
from tasks.lighting import Lighting
from tasks.models import Project, TaskForce
from tasks.selectors.projects import Figures, figures_of, with_milestones

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from orgs.models import User
    from orgs.querysets import OrganisationScoped

MEETS: dict[str, _StrPromise] = {
    rhythms.WEEKLY: _("每周一次"),
    rhythms.FORTNIGHTLY: _("每两周一次"),
    rhythms.MONTHLY: _("每月一次"),
    rhythms.QUARTERLY: _("每季度一次"),
}


@dataclass(frozen=True)
class ForcePage:
    """What the page shows beside the task force's own columns: projects with light and progress."""

    projects: list[tuple[Project, Figures]]
    meets: str
    secretariat: str
    may_run: bool


def for_page(rows: OrganisationScoped) -> OrganisationScoped:
    """Task forces with everybody and everything that a page names; two queries more."""
    named = ("organisation", "leader", "secretariat_department", "secretariat_organisation")
    return rows.select_related(*named).prefetch_related("deputies", "members")


def force_page(force: TaskForce, user: User) -> ForcePage:
    """Read the page; the task force comes from ``for_page``. Two queries.

    Who is in the task force sees all of its projects by that, and others those that they may see anyway.
    """
    rows = with_milestones(Project.objects.visible_to(user).filter(task_force=force)).order_by("code")
    lighting = Lighting(clock.today())
    return ForcePage(
        projects=[(project, figures_of(project, project.milestones.all(), lighting)) for project in rows],
        meets=str(MEETS.get(force.rhythm, "")),
        secretariat=secretariat_of(force),
        may_run=force.closed_on is None and rights.may_run(user, force),
    )


def secretariat_of(force: TaskForce) -> str:
    """Where its office is."""
    place = force.secretariat_department or force.secretariat_organisation
    return place.name if place is not None else ""
