"""What the list of directives shows of each and narrows them by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from common import clock
from orgs.models import Appointment
from tasks.lights import RED, SEVERITY
from tasks.models import OPEN_STATES, DirectiveUnit, State, Task
from tasks.selectors.directives import list_rows

if TYPE_CHECKING:
    from orgs.models import User

NO_LIGHT = -1


def with_light(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With ``severity``: the worst light of the lead units that are at it, as pages show it; -1 without one."""
    stored = [When(light=light, then=Value(rank)) for light, rank in SEVERITY.items()]
    overdue = When(~Q(state=State.SUBMITTED) & Q(due_on__lt=clock.today()), then=Value(SEVERITY[RED]))
    tasks = Task.objects.filter(
        directive_unit__directive=OuterRef("pk"),
        directive_unit__part=DirectiveUnit.Part.LEAD,
        directive_unit__parent__isnull=True,
        state__in=OPEN_STATES,
    )
    ranked = tasks.annotate(rank=Case(overdue, *stored, output_field=IntegerField())).order_by("-rank")
    return rows.annotate(severity=Coalesce(Subquery(ranked.values("rank")[:1]), Value(NO_LIGHT)))


def prepare_rows(rows: Sequence[Any], user: User) -> None:
    """Keep figures, lead units and who is behind on each directive. One query."""
    for row in list_rows(rows, user):
        row.directive.row = row  # type: ignore[attr-defined]


def addressed_to(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    """Directives addressed to a unit or department in which ``user`` holds an office."""
    if user.person_id is None:
        return rows.none()
    held = Appointment.objects.in_force().filter(person_id=user.person_id)
    units = DirectiveUnit.objects.filter(directive=OuterRef("pk"))
    own = Q(organisation_id__in=held.values("organisation_id")) | Q(department_id__in=held.values("department_id"))
    return rows.filter(Exists(units.filter(own)))
