"""Messages about what waits for a decision: a directive for its approval, a request for more time, and the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from django.urls import reverse

from common import clock
from common.sentences import writing
from common.sentences import written as _
from notices.models import Notice
from notices.services import Message, owe
from tasks.models import Directive, Extension, Plan, Task
from tasks.people import ancestor_paths, deciders_at, officers_of, reviewers
from tasks.truth import DIRECTIVE_PREFIX, EXTENSION_PREFIX

if TYPE_CHECKING:
    from orgs.models import User

Kind = Notice.Kind


def tell_approvers(directive: Directive) -> None:
    """Owe the nearest who may approve a directive a message: of its organisation, else of the level above."""
    path, writer = directive.organisation.path, directive.drafted_by.person_id
    people = deciders_at([path, *ancestor_paths(path)], officers_of([path], clock.today()), but={writer})
    words = _("%(number)s，%(name)s起草，等您审批") % {
        "number": directive.number,
        "name": directive.drafted_by.display_name,
    }
    owe(messages=[_about(directive, Kind.TO_REVIEW, person, words) for person in sorted(people)])


def tell_plan_approvers(plan: Plan, waiting: Sequence[Directive]) -> None:
    """As ``tell_approvers``, with one message for all the directives of a plan that await it."""
    first = waiting[0]
    path, writer = first.organisation.path, first.drafted_by.person_id
    people = deciders_at([path, *ancestor_paths(path)], officers_of([path], clock.today()), but={writer})
    words = _("%(count)d项交办等您一次审批") % {"count": len(waiting)}
    url = reverse("tasks:plan_detail", args=[plan.code, plan.year])
    about = [_about(first, Kind.TO_REVIEW, person, words) for person in sorted(people)]
    owe(messages=[replace(message, title=plan.name, url=url) for message in about])


def tell_drafter(directive: Directive, reason: str) -> None:
    """Owe who drafted a directive the reason why it came back."""
    if directive.drafted_by.person_id is not None:
        owe(messages=[_about(directive, Kind.RETURNED, directive.drafted_by.person_id, reason)])


def _about(directive: Directive, kind: Kind, person_id: int, detail: str) -> Message:
    return Message(
        person_id=person_id,
        kind=kind.value,
        subject=f"{DIRECTIVE_PREFIX}:{directive.pk}",
        day=clock.today(),
        title=directive.title,
        detail=detail,
        url=reverse("tasks:directive_detail", args=[directive.pk]),
    )


def tell_deciders(extension: Extension, task: Task) -> None:
    """Owe those who decide a request for more time a message: the nearest level that may. One query and owing."""
    people = reviewers(task, officers_of([task.organisation.path], clock.today())) - {extension.asked_by_id}
    unit = task.department.name if task.department else task.organisation.name
    facts = {"unit": unit, "old": extension.old_due_on, "new": extension.new_due_on, "reason": extension.reason}
    words = _("%(unit)s申请由%(old)s延至%(new)s：%(reason)s") % facts
    owe(messages=[_of(extension, task, Kind.TO_REVIEW, person, words) for person in sorted(people)])


@writing()
def tell_applicant(extension: Extension, task: Task, actor: User) -> None:
    """Owe who asked for more time the answer."""
    name = actor.person.name if actor.person else actor.get_username()
    words = _("延期%(state)s（%(name)s）") % {"state": extension.get_state_display(), "name": name}
    if extension.decision:
        words += f"：{extension.decision}"
    owe(messages=[_of(extension, task, Kind.INFO, extension.asked_by_id, words)])


def _of(extension: Extension, task: Task, kind: Kind, person_id: int, detail: str) -> Message:
    return Message(
        person_id=person_id,
        kind=kind.value,
        subject=f"{EXTENSION_PREFIX}:{extension.pk}",
        day=clock.today(),
        title=task.title,
        detail=detail,
        url=reverse("tasks:task_detail", args=[task.pk]),
    )
