"""What the page of a Task shows of a directive, of requests for more time, of signatures and files."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q

from orgs import access
from orgs.models import Organisation
from tasks import directive_rights, rights, signing_states, transitions
from tasks.lighting import Lighting
from tasks.models import (
    DIRECTIVE,
    Directive,
    DirectiveUnit,
    DualSignature,
    Extension,
    Profile,
    Project,
    Task,
    TaskFile,
)
from tasks.selectors.directives import UnitRow, matrix
from tasks.services.directive_units import late_hours
from tasks.services.passing_on import branches_to_pass_on
from tasks.signers import Signers, signers_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from orgs.models import User

_AT_WORK = (transitions.ACTIVE, transitions.RETURNED)


@dataclass
class Signing:
    """The dual sign-off of a Task: whether it can be asked for (else ``gap``), and how the last one stands."""

    signers: Signers
    last: DualSignature | None

    @property
    def is_open(self) -> bool:
        """Whether signatures are being collected."""
        return self.last is not None and self.last.state in signing_states.OPEN


@dataclass
class Assignment:
    """What the page of a Task shows beside its own columns; empty parts are not shown."""

    unit: DirectiveUnit | None = None
    late_hours: int = 0
    children: list[UnitRow] = field(default_factory=list)
    branches: list[Organisation] = field(default_factory=list)
    signing: Signing | None = None
    extensions: list[Extension] = field(default_factory=list)
    files: list[TaskFile] = field(default_factory=list)
    may_attach: bool = False
    verbs: frozenset[str] = frozenset()

    @property
    def directive(self) -> Directive | None:
        """The directive that it is owed for."""
        return self.unit.directive if self.unit else None

    @property
    def asked(self) -> Extension | None:
        """The request for more time that waits."""
        return next((row for row in self.extensions if row.state == Extension.State.ASKED), None)

    @property
    def open_children(self) -> list[UnitRow]:
        """Branches that are still at it."""
        return [row for row in self.children if row.task is not None and row.task.is_open]


def assignment(
    task: Task, user: User, *, verbs: frozenset[str] = frozenset(), acts: bool = False, today: datetime.date
) -> Assignment:
    """Read it for ``user``, who may use ``verbs`` and (``acts``) does the paperwork of the Task.

    No query for a Task that was read with ``has_files`` and ``has_extensions`` and has neither; up to six for a
    directive's.
    """
    found = Assignment()
    if getattr(task, "has_files", True):
        found.files = list(task.files.select_related("uploaded_by").order_by("pk"))
    found.may_attach = acts and task.state in (*_AT_WORK, transitions.PENDING) and not rights.is_closed_by_records(task)
    more = set(verbs)
    if task.profile == Profile.SUPERVISION:
        if getattr(task, "has_extensions", True):
            found.extensions = list(task.extensions.select_related("asked_by", "decided_by").order_by("pk"))
        more |= _extension_verbs(task, user, found, acts, today)
    if task.source == DIRECTIVE:
        _read_directive(found, task, user, acts, today, more)
    found.verbs = frozenset(more)
    return found


def _extension_verbs(task: Task, user: User, found: Assignment, acts: bool, today: datetime.date) -> set[str]:
    asked = found.asked
    if asked is None:
        can_ask = acts and task.state in transitions.TABLE[transitions.EXTEND] and today <= task.due_on
        return {transitions.EXTEND} if can_ask else set()
    if user.person_id in (asked.asked_by_id, task.person_id) or not rights.may_decide(user, task):
        return set()
    return {"grant", "refuse_extension"}


def _read_directive(
    found: Assignment, task: Task, user: User, acts: bool, today: datetime.date, more: set[str]
) -> None:
    units = DirectiveUnit.objects.filter(task=task).select_related(
        "directive__type", "directive__organisation", "organisation__college", "department", "acknowledged_by"
    )
    unit = found.unit = units.first()
    if unit is None:
        return
    found.late_hours = late_hours(unit)
    if unit.part == DirectiveUnit.Part.SUPPORT:
        more.discard(transitions.SUBMIT)
        return
    if task.department_id is None and task.organisation.depth == 2:
        rows = unit.passed_on.select_related("organisation", "department", "task", "acknowledged_by")
        found.children = matrix(rows.order_by("organisation__path"), Lighting(today))
        if task.state in _AT_WORK and directive_rights.may_pass_on(user, task):
            found.branches = branches_to_pass_on(task)
            more |= {"pass_on"} if found.branches else set()
    if unit.directive.is_important and task.parent_id is None:
        last = unit.signatures.select_related("secretary", "head", "asked_by__person").order_by("-pk").first()
        found.signing = Signing(_signers(unit, task, today), last)
        if transitions.SUBMIT in more:
            more.discard(transitions.SUBMIT)
            more |= set() if found.signing.signers.gap else {"ask_signing"}


def _signers(unit: DirectiveUnit, task: Task, today: datetime.date) -> Signers:
    """Asked only while there is still something to sign."""
    return signers_of(unit, today) if task.state in (*_AT_WORK, transitions.PENDING) else Signers()


def visible_files(user: User) -> QuerySet[TaskFile]:
    """Files that ``user`` may open: of Tasks, directives and projects that they see, and of what they sign."""
    signs = DualSignature.objects.filter(Q(secretary_id=user.person_id) | Q(head_id=user.person_id))
    signed = Q(task__directive_unit__signatures__in=signs) | Q(directive__units__signatures__in=signs)
    seen = (
        Q(task__in=Task.objects.visible_to(user))
        | Q(directive__in=Directive.objects.visible_to(user))
        | Q(project__in=Project.objects.visible_to(user))
    )
    if user.person_id is not None:
        seen |= signed
    return TaskFile.objects.filter(seen).distinct()


def signature_page(signature: DualSignature, user: User) -> dict[str, bool]:
    """What the reader may do with a dual sign-off. No query."""
    secretary, head = signature.secretary_id, signature.head_id
    signs = user.person_id is not None and user.person_id in (secretary, head)
    as_secretary = user.person_id == secretary
    verb = signing_states.SIGN_AS_SECRETARY if as_secretary else signing_states.SIGN_AS_HEAD
    return {
        "may_sign": signs and signing_states.next_state(verb, signature.state) is not None,
        "may_refuse": signs and signature.state in signing_states.OPEN,
        "as_secretary": as_secretary,
        "oversees": access.may(user, access.VIEW, signature.unit.organisation)
        if signature.unit.organisation
        else False,
    }
