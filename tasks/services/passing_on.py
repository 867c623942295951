"""Passing on: a general branch hands a directive down to its branches; their progress is its progress."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from orgs.models import Organisation
from tasks import directive_rights as rights
from tasks import transitions
from tasks.models import DIRECTIVE, OPEN_STATES, Directive, DirectiveUnit, Task, Verb
from tasks.services.changes import Before, event_of, optional_text, refusal
from tasks.services.directive_units import below, fault_of, of_organisation
from tasks.services.issuing import hold_directive, open_unit_tasks
from tasks.services.progress import drop_follow_ups, gather

if TYPE_CHECKING:
    from orgs.models import User

_AT_WORK = (transitions.ACTIVE, transitions.RETURNED)


@transaction.atomic
def pass_on_task(
    *,
    task: Task,
    actor: User,
    organisations: Sequence[Organisation],
    due_on: datetime.date | None = None,
    note: str = "",
) -> list[Task]:
    """Hand ``task`` of a general branch down to some of its branches; more may follow later.

    Args: ``due_on`` not after the own date (default: the own date); ``note`` tells the branches what is wanted.
    Raises ``NotAllowed`` (not its secretary or deputy); ``InvalidInput`` (nobody chosen, not an own branch, one twice,
    a date after the own or in the past); ``Conflict`` (not signed for, submitted, closed). Side effects: child Tasks
    that wait to be signed for, a PASSED_ON event, messages; the branches report from now on, so an open follow-up
    falls away.
    """
    rights.require_pass_on(actor, task)
    hold_directive(task)
    task = Task.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=task.pk)
    if task.state not in _AT_WORK:
        raise Conflict(refusal(transitions.REPORT, task.state))
    unit = DirectiveUnit.objects.select_related("directive__type", "directive__organisation").get(task=task)
    if unit.part != DirectiveUnit.Part.LEAD:
        raise Conflict(_("协办单位签收即可，不用转交。"))
    words = optional_text(note, "note")
    due = _checked(task, unit.directive, organisations, due_on)
    children = [of_organisation(organisation) for organisation in organisations]
    for child in children:
        child.directive, child.parent = unit.directive, unit
    DirectiveUnit.objects.bulk_create(children)
    opened = open_unit_tasks(unit.directive, children, actor=actor, due_on=due, cause=_cause(task, words))
    names = "、".join(organisation.name for organisation in organisations)
    cause = _("转交%(names)s，%(due)s前完成。%(note)s") % {"names": names, "due": due, "note": words}
    event_of(task, Verb.PASSED_ON, before=Before.of(task), actor=actor, cause=cause).save()
    drop_follow_ups(task, actor=actor, cause=_("已转交支部，由支部报进展"))
    gather(task)
    return opened


def _cause(task: Task, words: str) -> str:
    return _("%(name)s转交。%(note)s") % {"name": task.organisation.name, "note": words}


def _checked(
    task: Task, directive: Directive, organisations: Sequence[Organisation], due_on: datetime.date | None
) -> datetime.date:
    """The date for the branches, or ``InvalidInput``."""
    errors: dict[str, str] = {}
    faults = [fault_of(of_organisation(organisation), task.organisation) for organisation in organisations]
    known = set(directive.units.filter(organisation__in=organisations).values_list("name", flat=True))
    faults += [_("“%s”已经是这份交办的承办单位。") % name for name in sorted(known)]
    if len({organisation.pk for organisation in organisations}) < len(organisations):
        faults.append(_("同一个支部选了两次。"))
    if not organisations:
        faults.append(_("请至少选一个支部。"))
    if any(faults):
        errors["organisations"] = "".join(dict.fromkeys(faults))
    due = due_on or task.due_on
    if due > task.due_on:
        errors["due_on"] = _("给支部的期限不能晚于本总支的期限%(day)s。") % {"day": task.due_on}
    elif due < clock.today():
        errors["due_on"] = _("本总支的期限%(day)s已经过了，请先申请延期或直接提交。") % {"day": task.due_on}
        if due_on is not None and due_on < task.due_on:
            errors["due_on"] = _("给支部的期限不能早于今天。")
    if errors:
        raise InvalidInput(errors=errors)
    return due


def branches_to_pass_on(task: Task) -> list[Organisation]:
    """Own branches that the directive has not reached yet. One query."""
    reached = DirectiveUnit.objects.filter(directive__units__task=task, organisation__isnull=False)
    rows = below(task.organisation).exclude(pk__in=reached.values("organisation_id"))
    return list(rows)


def open_branches(task: Task) -> list[Task]:
    """What the branches of a passed-on Task still owe. One query; none for other Tasks."""
    if task.source != DIRECTIVE:
        return []
    rows = Task.objects.filter(parent=task, source=DIRECTIVE, state__in=OPEN_STATES)
    return list(rows.select_related("organisation").order_by("organisation__path"))
