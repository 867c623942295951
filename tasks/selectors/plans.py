"""A year's plan by category: what is done, how far it is, what is behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tasks import directive_rights as rights
from tasks import directive_states as states
from tasks.lights import GREY, SEVERITY, YELLOW
from tasks.models import Directive, Plan, PlanCategory
from tasks.selectors.directives import ListRow, list_rows

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from orgs.models import User

_COUNTED = (states.ISSUED, states.DONE)


@dataclass
class Part:
    """A category, or the whole plan: its directives and what they come to."""

    name: str
    lead: str = ""
    rows: list[ListRow] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Directives that are not stopped."""
        return sum(row.directive.state != states.STOPPED for row in self.rows)

    @property
    def done(self) -> int:
        """Directives that are done."""
        return sum(row.directive.state == states.DONE for row in self.rows)

    @property
    def progress(self) -> int:
        """The mean progress of those that are not stopped; what is not issued yet counts as 0."""
        shares = [
            row.figures.progress if row.directive.state in _COUNTED else 0
            for row in self.rows
            if row.directive.state != states.STOPPED
        ]
        return round(sum(shares) / len(shares)) if shares else 0

    @property
    def worst(self) -> ListRow | None:
        """The running directive with the worst light."""
        running = [row for row in self.rows if row.directive.state == states.ISSUED]
        return max(running, key=lambda row: SEVERITY[row.figures.light], default=None)

    @property
    def alarm(self) -> tuple[Directive, str] | None:
        """The directive behind that matters most, and why it is: its light's cause, else what its units owe."""
        row = max(self.behind, key=lambda row: SEVERITY[row.figures.light], default=None)
        if row is None:
            return None
        if SEVERITY[row.figures.light] >= SEVERITY[YELLOW]:
            return row.directive, row.figures.cause
        unit = row.behind[0]
        return row.directive, f"{unit.unit.name}，{unit.behind}"

    @property
    def light(self) -> str:
        """The worst light of what runs."""
        worst = self.worst
        return worst.figures.light if worst else GREY if self.done < self.total else "green"

    @property
    def behind(self) -> list[ListRow]:
        """Directives with a unit that is behind."""
        return [row for row in self.rows if row.directive.state == states.ISSUED and row.behind]


@dataclass
class PlanPage:
    """The page of a plan."""

    plan: Plan
    whole: Part
    parts: list[Part]
    waiting: int  # directives that the reader may approve with one decision


def visible_plans(user: User) -> QuerySet[Plan]:
    """Plans with a directive that ``user`` sees."""
    seen = Directive.objects.visible_to(user).filter(category__isnull=False)
    return Plan.objects.filter(pk__in=seen.values("category__plan_id")).order_by("-year", "code")


def plan_page(plan: Plan, user: User) -> PlanPage:
    """Read the page of ``plan``; four queries, whatever the number of directives."""
    categories = list(PlanCategory.objects.filter(plan=plan).order_by("position"))
    directives = list(
        Directive.objects.visible_to(user)
        .filter(category__plan=plan)
        .select_related("organisation", "type")
        .order_by("plan_number", "pk")
    )
    rows = list_rows(directives, user)
    parts = [_part(category, rows) for category in categories]
    waiting = sum(row.directive.state == states.AWAITING and rights.may_decide(user, row.directive) for row in rows)
    return PlanPage(plan, Part(plan.name, rows=rows), [part for part in parts if part.rows], waiting)


def _part(category: PlanCategory, rows: Sequence[ListRow]) -> Part:
    return Part(category.name, category.lead, [row for row in rows if row.directive.category_id == category.pk])
