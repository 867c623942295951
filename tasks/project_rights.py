"""Who may do what with a project: those who carry it out, and those who decide about it (DESIGN.md §5, four eyes)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from common.errors import NotAllowed
from orgs import access
from orgs.models import Level, Organisation
from tasks import project_states as states
from tasks import rights, transitions
from tasks.models import Extension, Project, Task, TaskForce

if TYPE_CHECKING:
    from orgs.models import User
    from orgs.querysets import OrganisationQuerySet

LEVELS = (Level.COMMITTEE, Level.GENERAL_BRANCH)


def may_draft(user: User, organisation: Organisation) -> bool:
    """Whether ``user`` drafts projects and sets up task forces there: its officers, and the committee office."""
    return access.may(user, access.RECORD, organisation) or access.may(user, access.MANAGE_ORGANISATIONS, organisation)


def require_draft(user: User, organisation: Organisation) -> None:
    """Raise ``NotAllowed`` unless ``may_draft``."""
    if not may_draft(user, organisation):
        raise NotAllowed(_("项目和专班由本组织的书记、委员或组织部起草，您没有这个权限。"))


def draftable(user: User) -> OrganisationQuerySet:
    """Committees and general branches for which ``user`` may draft. One query, besides the grants."""
    own, managed = access.paths(user, access.RECORD), access.within(user, access.MANAGE_ORGANISATIONS, "")
    rows: OrganisationQuerySet = Organisation.objects.open_on().filter(level__in=LEVELS)
    return rows.filter(managed | Q(path__in=own))


def may_draft_anywhere(user: User) -> bool:
    """Whether a page offers to begin one: an office of a committee or general branch, or the committee office."""
    own = any(len(path) <= 2 * Organisation.steplen for path in access.paths(user, access.RECORD))
    return own or access.has_anywhere(user, access.MANAGE_ORGANISATIONS)


def may_approve_anywhere(user: User) -> bool:
    """Whether a list offers approval: who reviews above a general branch, or at the root. No query."""
    return any(len(path) <= Organisation.steplen for path in access.paths(user, access.REVIEW))


def co_leader_ids(project: Project) -> set[int]:
    """Person ids of the co-leaders. One query, none when they were fetched with the project."""
    return {person.pk for person in project.co_leaders.all()}


def leads(user: User, project: Project) -> bool:
    """Whether ``user`` leads or co-leads it."""
    return user.person_id is not None and user.person_id in {project.leader_id, *co_leader_ids(project)}


def may_act(user: User, project: Project) -> bool:
    """Whether ``user`` carries it out: leads or co-leads it, or records for its organisation."""
    return leads(user, project) or access.may(user, access.RECORD, project.organisation)


def require_act(user: User, project: Project) -> None:
    """Raise ``NotAllowed`` unless ``may_act``."""
    if not may_act(user, project):
        raise NotAllowed(_("项目进展由领办人、共同领办人或本组织的书记、委员填报，您没有这个权限。"))


def may_edit(user: User, project: Project) -> bool:
    """Whether ``user`` may change the draft: who drafted it, who carries it out, the committee office."""
    return (
        project.drafted_by_id == user.pk
        or may_act(user, project)
        or access.may(user, access.MANAGE_ORGANISATIONS, project.organisation)
    )


def require_edit(user: User, project: Project) -> None:
    """Raise ``NotAllowed`` unless ``may_edit``."""
    if not may_edit(user, project):
        raise NotAllowed(_("草拟的项目由起草人、领办人或本组织的书记、委员修改，您没有这个权限。"))


def may_decide(user: User, project: Project) -> bool:
    """Whether ``user`` approves, returns, changes the plan, accepts or stops.

    Four eyes: the level above (at the root a second officer), never who drafted it, leads it or asked for acceptance.
    """
    if user.pk in {project.drafted_by_id, project.applied_by_id} or leads(user, project):
        return False
    return access.may_review(user, project.organisation)


def require_decide(user: User, project: Project) -> None:
    """Raise ``NotAllowed`` with its reason unless ``may_decide``."""
    if leads(user, project):
        raise NotAllowed(_("这是您领办的项目，须由上一级的其他负责人决定。"))
    if user.pk == project.drafted_by_id:
        raise NotAllowed(_("这是您起草的项目，须由上一级的其他负责人决定。"))
    if user.pk == project.applied_by_id:
        raise NotAllowed(_("验收是您申请的，须由上一级的其他负责人验收。"))
    access.require_review(user, project.organisation)


@dataclass(frozen=True)
class Standing:
    """What a user is to a project, asked once for a page: at most one query beside the co-leaders."""

    leads: bool
    acts: bool
    edits: bool
    reviews: bool  # may decide about work of this organisation, by grants
    drafted_or_applied: bool

    @property
    def decides(self) -> bool:
        """As ``may_decide``."""
        return self.reviews and not self.leads and not self.drafted_or_applied

    @property
    def checks_milestones(self) -> bool:
        """Whether milestones are this user's to accept, those aside that they submitted themselves."""
        return self.reviews and not self.leads


def standing_of(user: User, project: Project) -> Standing:
    """What ``user`` is to ``project``; reads the co-leaders unless they were fetched with it."""
    leading = leads(user, project)
    acts = leading or access.may(user, access.RECORD, project.organisation)
    return Standing(
        leads=leading,
        acts=acts,
        edits=acts
        or project.drafted_by_id == user.pk
        or access.may(user, access.MANAGE_ORGANISATIONS, project.organisation),
        reviews=not leading and access.may_review(user, project.organisation),
        drafted_or_applied=user.pk in {project.drafted_by_id, project.applied_by_id},
    )


_NEEDS: dict[str, str] = {
    states.EDIT: "edits",
    states.SUBMIT: "edits",
    states.DISCARD: "edits",
    states.REPORT: "acts",
    states.APPLY: "acts",
    states.RETURN: "decides",
    states.APPROVE: "decides",
    states.REPLAN: "decides",
    states.ACCEPT: "decides",
    states.REJECT: "decides",
    states.STOP: "decides",
}


def allowed(project: Project, standing: Standing) -> frozenset[str]:
    """The verbs that a user of this standing may use on ``project`` as it stands, for a page; services ask again."""
    legal = states.allowed_verbs(project.state) & set(_NEEDS)
    return frozenset(verb for verb in legal if getattr(standing, _NEEDS[verb]))


def require(user: User, project: Project, verb: str) -> None:
    """Raise ``NotAllowed`` with its reason unless ``user`` may use ``verb`` on ``project``, whatever its state."""
    checks = {"acts": require_act, "edits": require_edit, "decides": require_decide}
    checks[_NEEDS.get(verb, "edits")](user, project)


def require_on_milestone(user: User, task: Task, verb: str, extension: Extension | None) -> None:
    """Raise ``NotAllowed`` unless ``user`` may use ``verb`` on the Task of a milestone, whatever its state.

    Beside the verbs of Tasks: ``attach``, and ``grant`` and ``refuse`` for a request that waits.
    """
    if verb in (transitions.SUBMIT, transitions.EXTEND, "attach"):
        rights.require_act(user, task)
    elif verb == transitions.WAIVE:
        rights.require_release(user, task)
    elif extension is not None and user.person_id is not None and user.person_id == extension.asked_by_id:
        raise NotAllowed(_("延期是您申请的，须由上一级的其他负责人审批。"))
    else:
        rights.require_decide(user, task)


def may_run(user: User, force: TaskForce) -> bool:
    """Whether ``user`` edits and closes a task force: as for drafting, and who leads it."""
    if user.person_id is not None and user.person_id == force.leader_id:
        return True
    return may_draft(user, force.organisation)


def require_run(user: User, force: TaskForce) -> None:
    """Raise ``NotAllowed`` unless ``may_run``."""
    if not may_run(user, force):
        raise NotAllowed(_("专班由组长或设立组织的书记、委员维护，您没有这个权限。"))


def forces_for(organisation: Organisation, among: Collection[TaskForce]) -> list[TaskForce]:
    """Of ``among`` those that may work on a project of ``organisation``: set up there or above."""
    return [force for force in among if organisation.path.startswith(force.organisation.path)]
