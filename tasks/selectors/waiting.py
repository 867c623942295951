"""What waits for a person's decision beyond the Tasks on the desk: approvals, requests for more time, signatures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from common import clock
from orgs import access
from tasks import signing_states
from tasks.models import Directive, DualSignature, Extension
from tasks.people import reviewers_of

if TYPE_CHECKING:
    from orgs.models import User


@dataclass
class Waiting:
    """The three lists, oldest first."""

    directives: list[Directive]
    extensions: list[Extension]
    signatures: list[DualSignature]

    @property
    def count(self) -> int:
        """How many in all."""
        return len(self.directives) + len(self.extensions) + len(self.signatures)


def waiting_for(user: User) -> Waiting:
    """What ``user`` is asked to decide or to sign. Four queries, three when nobody below asks for more time."""
    return Waiting(_directives(user), _extensions(user), _signatures(user))


def _directives(user: User) -> list[Directive]:
    """All that the user may approve: nobody who wrote the text."""
    rows = Directive.objects.filter(
        access.within(user, access.REVIEW, "organisation"), state=Directive.State.AWAITING
    ).exclude(drafted_by=user)
    return list(rows.select_related("organisation", "drafted_by__person").order_by("due_on", "pk"))


def _extensions(user: User) -> list[Extension]:
    """Requests that the user's level decides; a right to review flows down, only what nobody nearer can is higher."""
    if user.person_id is None:
        return []
    rows = Extension.objects.filter(
        access.within(user, access.REVIEW, "task__organisation"), state=Extension.State.ASKED
    ).exclude(asked_by_id=user.person_id)
    found = list(rows.select_related("task__organisation", "task__department", "asked_by").order_by("old_due_on", "pk"))
    if not found:
        return []
    deciding = reviewers_of([row.task for row in found], clock.today())
    return [row for row in found if user.person_id in deciding[row.task_id]]


def _signatures(user: User) -> list[DualSignature]:
    """Sign-offs that lack this person's signature."""
    if user.person_id is None:
        return []
    mine = Q(secretary_id=user.person_id, secretary_at__isnull=True) | Q(head_id=user.person_id, head_at__isnull=True)
    rows = DualSignature.objects.filter(mine, state__in=signing_states.OPEN)
    return list(rows.select_related("unit__directive", "unit__task", "asked_by__person").order_by("pk"))
