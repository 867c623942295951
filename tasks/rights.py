"""Who may do what with a Task; the rules of four eyes of DESIGN.md §5 in this room."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from common import clock
from common.errors import Conflict, NotAllowed
from orgs import access
from orgs.models import Appointment, Office
from tasks import transitions
from tasks.directive_rights import require_pass_on
from tasks.models import AGREED_ITEM, LIST_ITEM, Profile, Task, TaskFile
from tasks.people import leaders_of_milestone

if TYPE_CHECKING:
    from orgs.models import User


def owes(user: User, task: Task) -> bool:
    """Whether ``user`` personally has to act on ``task``. One query."""
    return Task.objects.owed_by(user).filter(pk=task.pk).exists()


def may_act(user: User, task: Task) -> bool:
    """Whether ``user`` may submit or report: who owes it, or who may record for the organisation (its department).

    A milestone also who leads its project together with the one who owes it.
    """
    return leads(user, task) or records_for(user, task) or owes(user, task)


def leads(user: User, task: Task) -> bool:
    """Whether ``task`` is a milestone of a project that ``user`` leads or co-leads. No query."""
    return user.person_id is not None and user.person_id in leaders_of_milestone(task)


def records_for(user: User, task: Task) -> bool:
    """Whether ``user`` belongs to those who do the paperwork of the unit that owes ``task``; at most one query."""
    if task.department_id is not None:
        return holds_department_office(user, task.department_id)
    return access.may(user, access.RECORD, task.organisation)


def holds_department_office(user: User, department_id: int) -> bool:
    """Whether ``user`` holds an office in the department today. One query."""
    if user.person_id is None:
        return False
    held = Appointment.objects.in_force().filter(person_id=user.person_id, department_id=department_id)
    return held.exists()


def require_act(user: User, task: Task) -> None:
    """Raise ``NotAllowed`` unless ``may_act``."""
    if not may_act(user, task):
        raise NotAllowed(_("这件事由承办人或本组织的书记、委员提交，您没有这个权限。"))


def may_decide(user: User, task: Task) -> bool:
    """Whether ``user`` may accept or return what was submitted.

    What a meeting agreed: the secretary of the organisation, never the submitter; otherwise, and for everything
    else, the level above. A milestone nobody who leads its project, whoever submitted it.
    """
    if _decides_agreed_item(user, task, {task.submitted_by_id}):
        return True
    if leads(user, task):
        return False
    if not access.may_review(user, task.organisation, task.submitted_by_id):
        return False
    return task.department_id is None or not holds_department_office(user, task.department_id)


def require_decide(user: User, task: Task) -> None:
    """Raise ``NotAllowed`` with its reason unless ``may_decide``."""
    if _decides_agreed_item(user, task, {task.submitted_by_id}):
        return
    if user.person_id is not None and user.person_id == task.submitted_by_id:
        raise NotAllowed(_("这是您自己提交的，须由他人核查。"))
    if leads(user, task):
        raise NotAllowed(_("这是您领办的项目，须由他人核查。"))
    access.require_review(user, task.organisation, task.submitted_by_id)
    if task.department_id is not None and holds_department_office(user, task.department_id):
        raise NotAllowed(_("您在这个部门任职，须由党委的其他负责人核查。"))


def may_release(user: User, task: Task) -> bool:
    """Whether ``user`` may waive or stop: as for deciding, and never for what one owes oneself."""
    return not _owes_by_name_or_as_secretary(user, task) and may_decide(user, task)


def require_release(user: User, task: Task) -> None:
    """Raise ``NotAllowed`` with its reason unless ``may_release``."""
    if _owes_by_name_or_as_secretary(user, task):
        raise NotAllowed(_("这件事由您自己承办，免办或中止须由上一级决定。"))
    require_decide(user, task)


def require(user: User, task: Task, verb: str) -> None:
    """Raise ``NotAllowed`` with its reason unless ``user`` may use ``verb`` on ``task``, whatever its state."""
    _REQUIRE[verb](user, task)


_REQUIRE = {
    transitions.ACKNOWLEDGE: require_act,
    transitions.EXTEND: require_act,
    "ask_signing": require_act,
    "pass_on": require_pass_on,
    "grant": require_decide,
    "refuse_extension": require_decide,
    transitions.SUBMIT: require_act,
    transitions.REPORT: require_act,
    transitions.ACCEPT: require_decide,
    transitions.RETURN: require_decide,
    transitions.WAIVE: require_release,
    transitions.STOP: require_release,
}


def _decides_agreed_item(user: User, task: Task, applicants: set[int | None]) -> bool:
    if task.source != AGREED_ITEM or user.person_id is None or user.person_id in applicants:
        return False
    return access.may_confirm(user, task.organisation)


def _owes_by_name_or_as_secretary(user: User, task: Task) -> bool:
    if user.person_id is None:
        return False
    if task.person_id is not None:
        return task.person_id == user.person_id
    return task.office == Office.SECRETARY and access.may_confirm(user, task.organisation)


def allowed(user: User, task: Task, *, is_owner: bool) -> frozenset[str]:
    """The verbs that ``user`` may use on ``task`` as it stands, for a page. At most two queries.

    ``is_owner`` says whether ``owes`` holds; the page knows it already. Services ask again.
    """
    legal = transitions.allowed_verbs(task.state)
    acts = is_owner or leads(user, task) or records_for(user, task)
    found: set[str] = set()
    if acts and transitions.ACKNOWLEDGE in legal:
        found.add(transitions.ACKNOWLEDGE)
    if acts and transitions.SUBMIT in legal and not is_closed_by_records(task):
        found.add(transitions.SUBMIT)
    if acts and transitions.REPORT in legal and task.profile == Profile.SUPERVISION:
        found.add(transitions.REPORT)
    if transitions.WAIVE in legal and may_decide(user, task):
        if transitions.ACCEPT in legal:
            found |= {transitions.ACCEPT, transitions.RETURN}
        if may_release(user, task):
            found |= {transitions.WAIVE, transitions.STOP}
    return frozenset(found)


def require_open(task: Task) -> None:
    """Raise ``Conflict`` unless something can still be added to ``task``: open, and not waiting to be checked."""
    if task.state not in transitions.OPEN:
        raise Conflict(_("这件事已经%(state)s，不能再加材料。") % {"state": task.get_state_display()})
    if task.state == transitions.SUBMITTED:
        raise Conflict(_("这件事已经提交，正在等待核查。请等核查结果。"))


def require_file_removal(user: User, kept: TaskFile) -> None:
    """Raise ``NotAllowed`` unless ``user`` uploaded the file, ``Conflict`` once its Task stands still."""
    if kept.uploaded_by_id != user.pk:
        raise NotAllowed(_("只能删除自己上传的材料，请联系上传人。"))
    if kept.task is not None:
        require_open(kept.task)


def is_closed_by_records(task: Task) -> bool:
    """Whether a record of another room is the proof: then nobody submits by hand, and nothing is typed twice.

    For an item of a responsibility list no record can come any more once its period is over: then words stand in.
    """
    if not task.requirement.get("evidence"):
        return False
    return task.source != LIST_ITEM or clock.today() <= last_day_for_records(task)


def last_day_for_records(task: Task) -> datetime.date:
    """The last day whose records count for ``task``, in time or late (``tasks.dues``)."""
    until = task.requirement.get("until")
    return datetime.date.fromisoformat(until) if until else task.due_on
