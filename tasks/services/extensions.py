"""More time: asked before the due date, with reason and new date, decided by the level above (DESIGN.md §1)."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.sentences import written as _
from tasks import rights, transitions
from tasks.models import DIRECTIVE, Extension, Milestone, Profile, Task, TaskEvent, Verb
from tasks.services.changes import Before, apply_change, event_of, require_state, require_text
from tasks.services.decision_messages import tell_applicant, tell_deciders
from tasks.services.project_log import extension_asked, extension_settled

if TYPE_CHECKING:
    from orgs.models import User


@transaction.atomic
def ask_extension(*, task: Task, actor: User, new_due_on: datetime.date, reason: str) -> Extension:
    """Ask for a later due date of a supervised Task.

    Raises ``NotAllowed``; ``InvalidInput`` (not later, no reason, past the next milestone or the project's end);
    ``Conflict`` (wrong state, already overdue, a request is waiting). Side effects: an ``Extension``, an
    EXTENSION_ASKED event; a project whose milestone it is goes into extension.
    """
    rights.require_act(actor, task)
    require_state(task, transitions.EXTEND)
    if task.profile != Profile.SUPERVISION:
        raise Conflict(_("周期事项不能延期；确有原因时请上一级免办，或在补开时写明迟办原因。"))
    if actor.person is None:
        raise NotAllowed(_("这个账号没有对应的人员，不能申请延期。"))
    words = require_text(reason, "reason", _("请写明延期的理由。"))
    _check_dates(task, new_due_on)
    try:
        with transaction.atomic():
            extension = Extension.objects.create(
                task=task, old_due_on=task.due_on, new_due_on=new_due_on, reason=words, asked_by=actor.person
            )
    except IntegrityError as error:
        raise Conflict(_("这件事已有一个待审批的延期申请，请等审批结果。")) from error
    _log(task, Verb.EXTENSION_ASKED, actor, _("申请延至%(day)s：%(reason)s") % {"day": new_due_on, "reason": words})
    extension_asked(task, actor=actor, new_due_on=new_due_on, cause=words)
    tell_deciders(extension, task)
    return extension


def _check_dates(task: Task, new_due_on: datetime.date) -> None:
    today = clock.today()
    if today > task.due_on:
        raise Conflict(
            _("已经过了%(day)s的期限，不能再申请延期。请尽快提交，并在说明中写明原因。") % {"day": task.due_on}
        )
    if new_due_on <= task.due_on:
        message = _("新的期限要晚于现在的期限%(day)s。") % {"day": task.due_on}
        raise InvalidInput(message, errors={"new_due_on": message})
    above = Task.objects.filter(pk=task.parent_id).first() if task.source == DIRECTIVE and task.parent_id else None
    if above is not None and new_due_on > above.due_on:
        words = _("不能晚于上级单位这项任务的期限%(day)s；确需更晚的，请上级单位先申请延期。")
        message = words % {"day": above.due_on}
        raise InvalidInput(message, errors={"new_due_on": message})


@transaction.atomic
def grant_extension(*, extension: Extension, actor: User, decision: str = "") -> Extension:
    """Grant it: the Task is due on the new date, the old one stays visible; this also answers a slip.

    Raises ``NotAllowed`` (four eyes: the level above, never the applicant), ``Conflict`` (decided meanwhile, Task
    closed). Side effects: ``due_on`` of the Task (and milestone, and the window of the next one), EXTENDED event.
    """
    task = _decide(extension, actor, Extension.State.GRANTED, decision.strip())
    old, new = task.due_on, extension.new_due_on
    apply_change(
        task,
        verb=transitions.EXTEND,
        event=Verb.EXTENDED,
        actor=actor,
        cause=_("由%(old)s延至%(new)s：%(reason)s") % {"old": old, "new": new, "reason": extension.reason},
        words={"due_on": new},
        due_on=new,
        answered_on=clock.today(),
    )
    _move_milestones(task, actor)
    extension_settled(task, actor=actor, cause=_("批准延至%(day)s") % {"day": new})
    tell_applicant(extension, task, actor)
    return extension


@transaction.atomic
def refuse_extension(*, extension: Extension, actor: User, decision: str) -> Extension:
    """Refuse it, with the reason; the due date stays.

    Raises ``NotAllowed``, ``InvalidInput`` (no reason), ``Conflict``. Side effects: EXTENSION_REFUSED event.
    """
    words = require_text(decision, "decision", _("请写明不批准的理由。"))
    task = _decide(extension, actor, Extension.State.REFUSED, words)
    _log(task, Verb.EXTENSION_REFUSED, actor, words)
    extension_settled(task, actor=actor, cause=_("未批准延期：%(reason)s") % {"reason": words})
    tell_applicant(extension, task, actor)
    return extension


def withdraw_requests(*, task: Task, actor: User | None, cause: str) -> int:
    """A Task that is accepted, waived or stopped needs no more time: its waiting request falls away. Returns how many.

    The event that closed the Task says why. Side effects: the state of a project in extension.
    """
    gone = Extension.objects.filter(task=task, state=Extension.State.ASKED).update(
        state=Extension.State.WITHDRAWN, decided_on=clock.today(), decision=cause
    )
    if gone:
        extension_settled(task, actor=actor, cause=_("延期申请不再需要：%(cause)s") % {"cause": cause})
    return gone


def _decide(extension: Extension, actor: User, state: str, decision: str) -> Task:
    """Claim the request for ``actor``; the Task, locked."""
    task = Task.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=extension.task_id)
    require_extension_decision(actor, task, extension)
    claimed = Extension.objects.filter(pk=extension.pk, state=Extension.State.ASKED).update(
        state=state, decided_by_id=actor.person_id, decided_on=clock.today(), decision=decision
    )
    if claimed != 1:
        raise Conflict(_("这个延期申请刚刚已有结果，请刷新查看。"))
    extension.refresh_from_db()
    return task


def require_extension_decision(actor: User, task: Task, extension: Extension) -> None:
    """Raise ``NotAllowed`` unless ``actor`` decides the request: the level above, never the applicant or the owner."""
    if actor.person_id is not None and actor.person_id in (extension.asked_by_id, task.person_id):
        raise NotAllowed(_("这是您自己的事项，延期须由上一级的其他负责人审批。"))
    rights.require_decide(actor, task)


def _log(task: Task, verb: Verb, actor: User, cause: str) -> TaskEvent:
    event = event_of(task, verb, before=Before.of(task), actor=actor, cause=cause)
    event.save()
    return event


def _move_milestones(task: Task, actor: User) -> None:
    """A milestone's window begins where the one before is due: both rows follow the Task that got more time."""
    milestone = Milestone.objects.filter(task=task).first()
    if milestone is None:
        return
    Milestone.objects.filter(pk=milestone.pk).update(due_on=task.due_on)
    following = Milestone.objects.filter(project_id=milestone.project_id, number__gt=milestone.number)
    after = following.select_related("task").order_by("number").first()
    if after is not None and after.task is not None:
        if after.due_on < task.due_on:
            message = _("新的期限晚于下一个里程碑“%(title)s”的期限%(day)s，请先调整后面的里程碑。")
            raise Conflict(message % {"title": after.title, "day": after.due_on})
        Task.objects.filter(pk=after.task.pk).update(window_start=task.due_on)
