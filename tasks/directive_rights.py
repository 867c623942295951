"""Who may do what with a directive: who assigns, and who decides about it (DESIGN.md §5, four eyes)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from common.errors import NotAllowed
from orgs import access
from orgs.models import Level, Organisation
from tasks import directive_states as states
from tasks.models import Directive, Task

if TYPE_CHECKING:
    from orgs.models import User
    from orgs.querysets import OrganisationQuerySet

LEVELS = (Level.COMMITTEE, Level.GENERAL_BRANCH)  # a branch has nobody below it to assign to


def may_assign(user: User, organisation: Organisation) -> bool:
    """Whether ``user`` drafts directives of ``organisation``: the right to review what it assigned. No query."""
    return organisation.level in LEVELS and access.may(user, access.REVIEW, organisation)


def require_assign(user: User, organisation: Organisation) -> None:
    """Raise ``NotAllowed`` unless ``may_assign``."""
    if organisation.level not in LEVELS:
        raise NotAllowed(_("党支部没有下级组织，不能交办。支部内的分工可以在会议的“议定事项”里写明负责人和期限。"))
    if not may_assign(user, organisation):
        raise NotAllowed(_("交办由%(name)s的书记、副书记或上级办理，您没有这个权限。") % {"name": organisation.name})


def issuers(user: User) -> OrganisationQuerySet:
    """Organisations in whose name ``user`` may assign, in tree order."""
    rows: OrganisationQuerySet = Organisation.objects.open_on().filter(level__in=LEVELS)
    return rows.filter(access.within(user, access.REVIEW, ""))


def may_assign_anywhere(user: User) -> bool:
    """Whether a page offers to begin one: the right to review a committee or a general branch. No query."""
    return any(len(path) <= 2 * Organisation.steplen for path in access.paths(user, access.REVIEW))


def may_decide(user: User, directive: Directive) -> bool:
    """Whether ``user`` approves, returns or stops it: the right to review there, and never who wrote the text."""
    return user.pk != directive.drafted_by_id and access.may(user, access.REVIEW, directive.organisation)


def require_decide(user: User, directive: Directive) -> None:
    """Raise ``NotAllowed`` with its reason unless ``may_decide``."""
    if user.pk == directive.drafted_by_id:
        raise NotAllowed(_("这是您起草的，须由本组织或上级的另一位负责人决定。"))
    if not may_decide(user, directive):
        raise NotAllowed(_("交办由交办组织或上级的负责人审批，您没有这个权限。"))


def allowed(user: User, directive: Directive) -> frozenset[str]:
    """The verbs that ``user`` may use on ``directive`` as it stands, for a page; services ask again. No query."""
    legal = states.allowed_verbs(directive.state) - {states.FINISH}
    writes, decides = may_assign(user, directive.organisation), may_decide(user, directive)
    return frozenset(verb for verb in legal if (writes if verb in _WRITER else decides))


_WRITER = (states.EDIT, states.SUBMIT, states.DISCARD)


def require(user: User, directive: Directive, verb: str) -> None:
    """Raise ``NotAllowed`` with its reason unless ``user`` may use ``verb``, whatever the state."""
    if verb in _WRITER:
        require_assign(user, directive.organisation)
    else:
        require_decide(user, directive)


def may_pass_on(user: User, task: Task) -> bool:
    """Whether ``user`` hands the work down: the secretary and deputies of the general branch that owes ``task``."""
    organisation = task.organisation
    return (
        task.department_id is None
        and organisation.level == Level.GENERAL_BRANCH
        and access.may(user, access.RECORD, organisation)
        and access.may(user, access.REVIEW, organisation)
    )


def require_pass_on(user: User, task: Task) -> None:
    """Raise ``NotAllowed`` unless ``may_pass_on``."""
    if task.department_id is not None or task.organisation.level != Level.GENERAL_BRANCH:
        raise NotAllowed(_("只有党总支可以转交给所属党支部。"))
    if not may_pass_on(user, task):
        raise NotAllowed(_("转交由本党总支的书记、副书记办理，您没有这个权限。"))
