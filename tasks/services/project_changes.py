"""Changing the plan of a running project: decided by the level above, with a reason, only what is not yet due."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from common import clock
from common.errors import InvalidInput
from common.sentences import written as _
from orgs.models import Person
from tasks import project_rights as rights
from tasks import project_states as states
from tasks import transitions
from tasks.lighting import Lighting
from tasks.models import FOLLOW_UP, OPEN_STATES, Milestone, Project, State, Task, TaskEvent, Verb
from tasks.project_plans import IndicatorPlan, MilestonePlan, faults, windows
from tasks.services.changes import Before, event_of, require_text
from tasks.services.project_checks import belongs, post_of, second_project_of, words_of
from tasks.services.project_log import locked, move_project, require_state
from tasks.services.projects import milestone_requirement, milestone_title, open_milestones

if TYPE_CHECKING:
    from orgs.models import User
    from tasks.models import TaskForce

_MOVABLE = tuple(transitions.TABLE[transitions.EXTEND])


@dataclass(frozen=True)
class NewPlan:
    """What the plan shall be. ``milestones`` are all of them in order; further rows are added at the end."""

    leader: Person
    co_leaders: Sequence[Person]
    task_force: TaskForce | None
    rhythm: str
    ends_on: datetime.date
    milestones: Sequence[MilestonePlan]


def is_movable(milestone: Milestone, today: datetime.date) -> bool:
    """Whether a plan change may touch it: it is open, not waiting to be checked, and not yet due."""
    return milestone.task is not None and milestone.task.state in _MOVABLE and milestone.due_on >= today


@transaction.atomic
def change_plan(*, project: Project, plan: NewPlan, actor: User, reason: str) -> Project:
    """Change the plan of a running project; what is due or done already stays as it is.

    Raises ``NotAllowed`` (four eyes: the level above, never who leads or drafted it); ``InvalidInput`` (no reason, a
    fault of the plan at its place, a milestone touched that is due or done); ``Conflict`` (not running, a request for
    more time waits). Side effects: a ``replan`` event that names every change, RESCHEDULED and REASSIGNED events on
    the Tasks, Tasks for new milestones.
    """
    project = locked(project)
    rights.require_decide(actor, project)
    require_state(project, states.REPLAN)
    words = require_text(reason, "reason", _("请写明调整的原因。"))
    milestones = _with_tasks(project)
    _check(project, plan, milestones)
    changes = _apply_rows(project, plan, milestones)
    fields = _fields(project, plan, changes)
    co_leaders = {person.pk for person in plan.co_leaders} - {plan.leader.pk}
    if co_leaders != rights.co_leader_ids(project):
        changes.append(_("共同领办人：%(names)s") % {"names": _names(plan.co_leaders)})
        project.co_leaders.set(co_leaders)
    if not changes:
        raise InvalidInput(_("和现在的计划一样，没有要调整的，请改好再提交。"))
    cause = _("%(reason)s（%(changes)s）") % {"reason": words, "changes": "；".join(changes)}
    move_project(project, verb=states.REPLAN, actor=actor, cause=cause, **fields)
    open_milestones(project, milestones, actor=actor)
    _follow(project, milestones, actor, words)
    return project


def _with_tasks(project: Project) -> list[Milestone]:
    """The milestones in order, with their Tasks locked: nobody submits one while its date moves. Two queries."""
    tasks = Task.objects.filter(milestone__project=project).select_for_update(of=("self",)).order_by("pk")
    by_id = {task.pk: task for task in tasks}
    milestones = list(project.milestones.order_by("number"))
    for milestone in milestones:
        milestone.task = by_id.get(milestone.task_id or 0)
    return milestones


def _check(project: Project, plan: NewPlan, milestones: Sequence[Milestone]) -> None:
    indicators = [IndicatorPlan(row.name, row.base, row.target, row.unit) for row in project.indicators.all()]
    found = faults(starts_on=project.starts_on, ends_on=plan.ends_on, milestones=plan.milestones, indicators=indicators)
    errors = {fault.where: words_of(fault) for fault in found}
    if len(plan.milestones) < len(milestones):
        errors["milestones"] = _("已有的里程碑不能删去；不再需要的，请在里程碑里免办。")
    today = clock.today()
    for row, (old, new) in enumerate(zip(milestones, plan.milestones, strict=False)):
        if not is_movable(old, today) and (old.title, old.due_on, old.weight) != (new.title, new.due_on, new.weight):
            errors[f"milestones.{row}.title"] = _("这个里程碑已经到期、已提交或办结，不能再改。")
        elif is_movable(old, today) and new.due_on < today:
            errors.setdefault(f"milestones.{row}.due_on", _("新的期限不能早于今天。"))
    for row, new in enumerate(plan.milestones[len(milestones) :], len(milestones)):
        if new.due_on < today:
            errors.setdefault(f"milestones.{row}.due_on", _("新的里程碑的期限不能早于今天。"))
    if plan.leader.pk != project.leader_id:
        errors |= _faults_of_leader(project, plan)
    if errors:
        raise InvalidInput(errors=errors)


def _faults_of_leader(project: Project, plan: NewPlan) -> dict[str, str]:
    if not belongs(plan.leader, project.organisation):
        return {"leader": _("%(name)s不在%(unit)s。") % {"name": plan.leader.name, "unit": project.organisation.name}}
    second = second_project_of(plan.leader, project.year, but=project)
    if second is not None:
        words = _("%(name)s当年已领办“%(title)s”，一人一年领办一个，请换一位领办人。")
        return {"leader": words % second}
    return {}


def _apply_rows(project: Project, plan: NewPlan, milestones: list[Milestone]) -> list[str]:
    """Write the milestones, new ones at the end of ``milestones``; returns what changed in words."""
    changes = []
    for milestone, new in zip(milestones, plan.milestones, strict=False):
        words = _difference(milestone, new)
        if words:
            changes.append(words)
            milestone.title, milestone.due_on, milestone.weight = new.title.strip(), new.due_on, new.weight
    Milestone.objects.bulk_update(milestones, ["title", "due_on", "weight"])
    for number, new in enumerate(plan.milestones[len(milestones) :], len(milestones) + 1):
        fresh = Milestone.objects.create(
            project=project, number=number, title=new.title.strip(), due_on=new.due_on, weight=new.weight
        )
        milestones.append(fresh)
        changes.append(_("新增里程碑%(number)d，%(day)s前") % {"number": number, "day": new.due_on})
    return changes


def _difference(old: Milestone, new: MilestonePlan) -> str:
    found = []
    if old.due_on != new.due_on:
        found.append(_("期限%(old)s改为%(new)s") % {"old": old.due_on, "new": new.due_on})
    if old.weight != new.weight:
        found.append(_("权重%(old)d改为%(new)d") % {"old": old.weight, "new": new.weight})
    if old.title != new.title.strip():
        found.append(_("内容改为“%(new)s”") % {"new": new.title.strip()})
    return _("里程碑%(number)d%(changes)s") % {"number": old.number, "changes": "、".join(found)} if found else ""


def _fields(project: Project, plan: NewPlan, changes: list[str]) -> dict[str, object]:
    """The columns of the project that change; ``changes`` is told."""
    fields: dict[str, object] = {}
    if plan.leader.pk != project.leader_id:
        changes.append(_("领办人由%(old)s换为%(new)s") % {"old": project.leader.name, "new": plan.leader.name})
        fields |= {"leader": plan.leader, "leader_post": post_of(plan.leader, project.organisation)}
    if plan.ends_on != project.ends_on:
        changes.append(_("结束日期%(old)s改为%(new)s") % {"old": project.ends_on, "new": plan.ends_on})
        fields["ends_on"] = plan.ends_on
    if plan.rhythm != project.rhythm:
        changes.append(_("调整了跟踪周期"))
        fields["rhythm"] = plan.rhythm
    if (plan.task_force.pk if plan.task_force else None) != project.task_force_id:
        changes.append(_("专班：%(name)s") % {"name": plan.task_force.name if plan.task_force else _("无")})
        fields["task_force"] = plan.task_force
    return fields


def _names(people: Sequence[Person]) -> str:
    return "、".join(person.name for person in people) or _("无")


def _follow(project: Project, milestones: Sequence[Milestone], actor: User, reason: str) -> None:
    """Bring the open Tasks of the milestones in line with the plan, with their lights."""
    lighting = Lighting(clock.today())
    spans = windows(project.starts_on, [milestone.due_on for milestone in milestones])
    requirement = milestone_requirement(project)
    changed: list[Task] = []
    events: list[TaskEvent] = []
    for milestone, (start, due) in zip(milestones, spans, strict=True):
        task = milestone.task
        if task is None or task.state not in (*_MOVABLE, State.SUBMITTED):
            continue
        before, old_due, old_person = Before.of(task), task.due_on, task.person_id
        task.title, task.requirement = milestone_title(project, milestone), requirement
        task.window_start, task.due_on, task.person_id = start, due, project.leader_id
        task.light, task.light_cause = lighting.of(task)
        changed.append(task)
        if old_due != due:
            events.append(event_of(task, Verb.RESCHEDULED, before=before, actor=actor, cause=reason, due_on=due))
        if old_person != project.leader_id:
            events.append(event_of(task, Verb.REASSIGNED, before=before, actor=actor, cause=reason))
    Task.objects.bulk_update(
        changed, ["title", "requirement", "window_start", "due_on", "person", "light", "light_cause"]
    )
    TaskEvent.objects.bulk_create([*events, *_pass_on_follow_ups(project, actor, reason)])


def _pass_on_follow_ups(project: Project, actor: User, reason: str) -> list[TaskEvent]:
    """Open follow-ups go to the leader too; returns their events, not yet saved."""
    rows = Task.objects.filter(source=FOLLOW_UP, parent__milestone__project=project, state__in=OPEN_STATES)
    passed = list(rows.exclude(person_id=project.leader_id))
    Task.objects.filter(pk__in=[task.pk for task in passed]).update(person_id=project.leader_id)
    return [event_of(task, Verb.REASSIGNED, before=Before.of(task), actor=actor, cause=reason) for task in passed]
