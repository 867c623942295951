"""Is what a reminder says about a Task still true when it is about to be sent?"""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from notices.models import Notice
from tasks import signing_states
from tasks.models import OPEN_STATES, Directive, DualSignature, Extension, Slip, State, Task

PREFIX = "task"
SLIP_PREFIX = "slip"
SIGNATURE_PREFIX = "signature"
DIRECTIVE_PREFIX = "directive"
EXTENSION_PREFIX = "extension"
Kind = Notice.Kind


def still_true(notices: list[Notice]) -> set[int]:
    """Ids of the messages that still hold. One query, whatever their number.

    What was submitted, closed, extended or returned meanwhile is not reminded of; what was decided needs no review.
    """
    by_task = {notice.pk: int(notice.subject.partition(":")[2]) for notice in notices}
    rows = Task.objects.filter(pk__in=set(by_task.values()), state__in=OPEN_STATES).only("state", "due_on")
    tasks = {task.pk: task for task in rows}
    return {
        notice.pk for notice in notices if by_task[notice.pk] in tasks and _holds(notice, tasks[by_task[notice.pk]])
    }


def slips_still_wait(notices: list[Notice]) -> set[int]:
    """Ids of the messages whose slip is neither answered nor settled. One query."""
    by_slip = {notice.pk: int(notice.subject.partition(":")[2]) for notice in notices}
    waiting = set(Slip.objects.unanswered().filter(pk__in=set(by_slip.values())).values_list("pk", flat=True))
    return {pk for pk, slip in by_slip.items() if slip in waiting}


def signings_still_wait(notices: list[Notice]) -> set[int]:
    """Ids of the messages whose dual sign-off still waits for this person, or was refused and not asked for anew.

    One query.
    """
    by_signature = {notice.pk: int(notice.subject.partition(":")[2]) for notice in notices}
    newer = DualSignature.objects.filter(unit=OuterRef("unit"), pk__gt=OuterRef("pk"))
    rows = DualSignature.objects.filter(pk__in=set(by_signature.values())).annotate(is_past=Exists(newer))
    found = {row.pk: row for row in rows}
    return {
        notice.pk
        for notice in notices
        if by_signature[notice.pk] in found and _waits(notice, found[by_signature[notice.pk]])
    }


def directives_still_wait(notices: list[Notice]) -> set[int]:
    """Ids of the messages whose directive still awaits approval, or is still the draft that came back. One query."""
    by_directive = {notice.pk: int(notice.subject.partition(":")[2]) for notice in notices}
    found = dict(Directive.objects.filter(pk__in=set(by_directive.values())).values_list("pk", "state"))
    wanted = {Kind.TO_REVIEW.value: Directive.State.AWAITING, Kind.RETURNED.value: Directive.State.DRAFT}
    return {notice.pk for notice in notices if found.get(by_directive[notice.pk]) == wanted.get(notice.kind)}


def extensions_still_wait(notices: list[Notice]) -> set[int]:
    """Ids of the messages whose request is still to be decided; an answer always holds. One query."""
    by_extension = {notice.pk: int(notice.subject.partition(":")[2]) for notice in notices}
    asked = Extension.objects.filter(pk__in=set(by_extension.values()), state=Extension.State.ASKED)
    waiting = set(asked.values_list("pk", flat=True))
    return {notice.pk for notice in notices if notice.kind == Kind.INFO or by_extension[notice.pk] in waiting}


def _waits(notice: Notice, signature: DualSignature) -> bool:
    if notice.kind == Kind.RETURNED:
        return signature.state == DualSignature.State.REFUSED and not getattr(signature, "is_past", False)
    if signature.state not in signing_states.OPEN:
        return False
    signed_at = signature.secretary_at if notice.person_id == signature.secretary_id else signature.head_at
    return signed_at is None


def _holds(notice: Notice, task: Task) -> bool:
    if notice.kind == Kind.TO_REVIEW:
        return task.state == State.SUBMITTED
    if notice.kind == Kind.TO_SIGN:
        return task.state == State.PENDING
    if task.state == State.SUBMITTED:
        return False
    if notice.kind == Kind.RETURNED:
        return task.state == State.RETURNED
    if notice.kind == Kind.DUE_SOON:
        return task.due_on > notice.day
    if notice.kind == Kind.DUE_TODAY:
        return task.due_on == notice.day
    if notice.kind == Kind.OVERDUE:
        return task.due_on < notice.day
    return True
