"""Issuing a directive, and what follows when its Tasks close: done when all who lead are, stopped with a reason."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse

from common import clock
from common.errors import Conflict
from common.sentences import writing
from common.sentences import written as _
from notices.models import Notice
from notices.services import Message, owe
from tasks import directive_rights as rights
from tasks import directive_states as states
from tasks import rhythms, transitions
from tasks.models import DIRECTIVE, OPEN_STATES, Directive, DirectiveUnit, Extension, Profile, Task, Verb
from tasks.people import officers_of, owners
from tasks.services.changes import apply_change, require_text
from tasks.services.directive_units import general_branch_of, owes_task, picks_of, unfold, write_units
from tasks.services.directives import locked, move_directive, require_issuable, require_state
from tasks.services.open import TaskSpec, open_tasks, withdraw_tasks
from tasks.services.progress import FULL
from tasks.services.signings import void_signings

if TYPE_CHECKING:
    from orgs.models import User

Part = DirectiveUnit.Part
SUPPORTS = "supports"  # in the requirement of a supporting unit's Task


@transaction.atomic
def approve_directive(*, directive: Directive, actor: User) -> Directive:
    """Approve it: it is issued, and every unit owes a Task from now on that waits to be signed for.

    Sets are unfolded as they are today; a branch chosen together with its general branch is the child of its Task.
    Raises ``NotAllowed`` (four eyes: never who wrote it), ``Conflict`` (not awaiting, issued meanwhile),
    ``InvalidInput`` (too late, a unit dissolved meanwhile). Side effects: Tasks ``directive:<number>:<unit code>``,
    messages to those who owe them, history.
    """
    directive = locked(directive)
    rights.require_decide(actor, directive)
    require_state(directive, states.APPROVE)
    require_issuable(directive)
    lead, support = picks_of(directive.units.select_related("organisation", "department"))
    units = unfold(directive.organisation, lead=lead, support=support)
    write_units(directive, units)
    move_directive(
        directive,
        verb=states.APPROVE,
        actor=actor,
        cause=_("审批通过，下发"),
        approved_by=actor,
        issued_at=clock.now(),
        return_cause="",
    )
    children = {unit.pk: above for unit in units if (above := general_branch_of(unit, units)) is not None}
    open_unit_tasks(directive, [unit for unit in units if unit.pk not in children], actor=actor)
    for unit in units:
        unit.parent = children.get(unit.pk)
    open_unit_tasks(directive, [unit for unit in units if unit.pk in children], actor=actor)
    return directive


def foresee_approval(*, directive: Directive, actor: User) -> str:
    """What approving ``directive`` would do, in words. Raises as ``approve_directive``; writes nothing."""
    rights.require_decide(actor, directive)
    require_state(directive, states.APPROVE)
    require_issuable(directive)
    lead, support = picks_of(directive.units.select_related("organisation", "department"))
    units = [unit for unit in unfold(directive.organisation, lead=lead, support=support) if owes_task(unit)]
    leading = sum(unit.part == Part.LEAD for unit in units)
    words = _("下发，牵头%(lead)d个单位、协办%(support)d个单位各开一项待签收的任务。")
    return words % {"lead": leading, "support": len(units) - leading}


def open_unit_tasks(
    directive: Directive,
    units: Sequence[DirectiveUnit],
    *,
    actor: User,
    due_on: datetime.date | None = None,
    cause: str = "",
) -> list[Task]:
    """Open what the saved ``units`` owe and link it to them; partners that are only names owe nothing.

    Due on ``due_on``, else on the directive's date. No right is asked. Side effects: Tasks with OPENED events, the
    clocks on the units, messages. Eight queries, whatever their number.
    """
    units = [unit for unit in units if owes_task(unit)]
    if not units:
        return []
    specs = {unit.pk: _spec(directive, unit, due_on or directive.due_on) for unit in units}
    open_tasks(specs=specs.values(), actor=actor, cause=cause or _("下发：%s") % directive.number)
    keys = [spec.natural_key for spec in specs.values()]
    rows = Task.objects.filter(natural_key__in=keys).select_related("organisation", "department")
    tasks = {task.natural_key: task for task in rows}
    for unit in units:
        unit.task = tasks[specs[unit.pk].natural_key]
        unit.acknowledge_by = unit.task.acknowledge_by
        unit.first_report_by = _first_report_by(directive, unit.task) if unit.part == Part.LEAD else None
    DirectiveUnit.objects.bulk_update(units, ["task", "parent", "acknowledge_by", "first_report_by"])
    tell_to_sign(tasks.values())
    return list(tasks.values())


def _spec(directive: Directive, unit: DirectiveUnit, due_on: datetime.date) -> TaskSpec:
    now, leads = clock.now(), unit.part == Part.LEAD
    place = unit.organisation or (unit.department.organisation if unit.department else directive.organisation)
    code = unit.department.code if unit.department else place.code
    days = rhythms.rhythm_days(directive.rhythm)
    return TaskSpec(
        natural_key=f"{DIRECTIVE}:{directive.number}:{code}",
        source=DIRECTIVE,
        kind=DIRECTIVE,
        title=directive.title,
        organisation_id=place.pk,
        department_id=unit.department_id,
        office="head" if unit.department_id else "secretary",
        window_start=max(directive.starts_on, now.date()),
        due_on=max(due_on, directive.starts_on, now.date()),
        profile=(Profile.SUPERVISION if leads else Profile.SUPPORT).value,
        requirement=({"rhythm_days": days} if days else {}) if leads else {SUPPORTS: True},
        parent_id=unit.parent.task_id if unit.parent else None,
        acknowledge_by=now + datetime.timedelta(hours=directive.type.acknowledge_hours),
    )


def _first_report_by(directive: Directive, task: Task) -> datetime.date:
    first = task.window_start + datetime.timedelta(days=directive.type.first_report_days)
    return min(first, task.due_on)


def tell_to_sign(tasks: Iterable[Task]) -> None:
    """Owe those who owe the Tasks a message that something waits to be signed for. One query and those of owing."""
    rows = list(tasks)
    officers = officers_of({task.organisation.path for task in rows}, clock.today())
    owe(messages=[sign_message(task, person) for task in rows for person in sorted(owners(task, officers))])


def sign_message(task: Task, person_id: int, *, is_late: bool = False) -> Message:
    """What a person is told about a Task that waits to be signed for; ``is_late``: its clock has run out."""
    unit = task.department.name if task.department else task.organisation.name
    words = _("%(unit)s：应在%(by)s前签收，已经超时") if is_late else _("%(unit)s：请在%(by)s前签收，%(due)s到期")
    by = task.acknowledge_by.astimezone(clock.SHANGHAI) if task.acknowledge_by else clock.now()
    return Message(
        person_id=person_id,
        kind=Notice.Kind.TO_SIGN.value,
        subject=f"task:{task.pk}",
        day=clock.today(),
        title=task.title,
        detail=words % {"unit": unit, "by": f"{by:%Y-%m-%d %H:%M}", "due": task.due_on},
        url=reverse("tasks:task_detail", args=[task.pk]),
    )


def hold_directive(task: Task) -> None:
    """Lock the directive of ``task`` for this transaction: two who close its last Tasks at once take turns.

    One query for a directive's Task, none for others. Asked for before the Task itself is written, always.
    """
    if task.source == DIRECTIVE:
        Directive.objects.select_for_update(of=("self",)).order_by().filter(units__task=task).first()


def settle_directive(task: Task, *, actor: User | None) -> None:
    """What follows when a Task closed: what it was passed on as, then the directive when all who lead it have closed.

    Nothing for Tasks of other sources or open ones. Side effects: STOPPED events of branches that were still at it,
    DONE events of supporting units, the directive done.
    """
    if task.source != DIRECTIVE or task.is_open:
        return
    stop_children(task, actor=actor)
    unit = DirectiveUnit.objects.select_related("directive").filter(task=task).first()
    if unit is not None:
        finish_directive(unit.directive, actor=actor)


def finish_directive(directive: Directive, *, actor: User | None) -> bool:
    """Close an issued directive whose lead units have all closed; what supporting units owe closes with it.

    Returns whether it was closed now. The caller holds the directive.
    """
    if directive.state != states.ISSUED:
        return False
    tasks = Task.objects.filter(directive_unit__directive=directive)
    leads = tasks.filter(directive_unit__part=Part.LEAD, directive_unit__parent__isnull=True)
    if leads.filter(state__in=OPEN_STATES).exists():
        return False
    cause = _("牵头单位均已办结，协办随之办结")
    for task in tasks.filter(directive_unit__part=Part.SUPPORT, state__in=OPEN_STATES).order_by("pk"):
        apply_change(
            task,
            verb=transitions.COMPLETE,
            event=Verb.DONE,
            actor=actor,
            cause=cause,
            progress=FULL,
            closed_on=clock.today(),
        )
    move_directive(directive, verb=states.FINISH, actor=actor, cause=_("牵头单位均已办结"), closed_on=clock.today())
    return True


@writing()
def stop_children(task: Task, *, actor: User | None) -> list[int]:
    """Stop what branches still owe of a Task that their general branch has closed. Returns the ids."""
    waiting = Task.objects.filter(parent=task, source=DIRECTIVE, state__in=OPEN_STATES)
    cause = _("党总支的这项任务%(state)s，支部不用再办") % {"state": task.get_state_display()}
    return withdraw_all(waiting.values_list("pk", flat=True), cause=cause, actor=actor)


@transaction.atomic
def withdraw_all(ids: Iterable[int], *, cause: str, actor: User | None) -> list[int]:
    """Stop open Tasks of a directive, with the follow-ups, requests and signings that hang on them."""
    wanted = list(ids)
    tasks = Task.objects.filter(pk__in=wanted) | Task.objects.filter(parent__in=wanted, state__in=OPEN_STATES)
    stopped = withdraw_tasks(natural_keys=tasks.values_list("natural_key", flat=True), cause=cause, actor=actor)
    Extension.objects.filter(task__in=stopped, state=Extension.State.ASKED).update(
        state=Extension.State.WITHDRAWN, decided_on=clock.today(), decision=cause
    )
    void_signings(task_ids=stopped, cause=cause)
    return stopped


@transaction.atomic
def stop_directive(*, directive: Directive, actor: User, reason: str) -> Directive:
    """Stop it, with the reason: what is still open of it is stopped with it, what is done stays done.

    Raises ``NotAllowed`` (four eyes: never who wrote it), ``InvalidInput`` (no reason), ``Conflict`` (a draft, done,
    stopped). Side effects: STOPPED events, history.
    """
    directive = locked(directive)
    rights.require_decide(actor, directive)
    require_state(directive, states.STOP)
    words = require_text(reason, "reason", _("请写明中止的理由，承办单位会看到。"))
    move_directive(
        directive,
        verb=states.STOP,
        actor=actor,
        cause=_("中止：%s") % words,
        return_cause=words,
        closed_on=clock.today(),
    )
    waiting = Task.objects.filter(directive_unit__directive=directive, state__in=OPEN_STATES)
    withdraw_all(waiting.values_list("pk", flat=True), cause=_("交办中止：%s") % words, actor=actor)
    return directive


def settle_issued(*, today: datetime.date) -> dict[str, int]:
    """Close the directives whose lead units closed by other ways (an organisation dissolved); the night's step.

    Returns ``{"stopped": n, "finished": n}``. Two queries when there is nothing to do.
    """
    gone = Task.objects.filter(
        source=DIRECTIVE, state__in=OPEN_STATES, department__isnull=True, organisation__dissolved_on__lte=today
    )
    stopped = withdraw_all(list(gone.values_list("pk", flat=True)), cause=_("组织已撤销"), actor=None)
    open_leads = DirectiveUnit.objects.filter(
        part=Part.LEAD, parent__isnull=True, task__state__in=OPEN_STATES, directive__state=states.ISSUED
    )
    waiting = Directive.objects.filter(state=states.ISSUED).exclude(pk__in=open_leads.values("directive_id"))
    finished = sum(_settle_one(directive) for directive in waiting.order_by("pk"))
    return {"stopped": len(stopped), "finished": finished}


@transaction.atomic
def _settle_one(directive: Directive) -> bool:
    try:
        return finish_directive(locked(directive), actor=None)
    except Conflict:  # somebody closed it at this moment
        return False
