"""Who signs what a unit submits for an important directive: its Party secretary and its administrative head.

The head is configured (forms.yaml, dual_sign): of a general branch the dean of its college, of the top committee the
principal. Departments, branches and general branches without a college have none.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from orgs.models import Appointment, College, Level, Office
from orgs.selectors.roll import secretary_on
from tasks.models import DIRECTIVE, DirectiveUnit, Task

if TYPE_CHECKING:
    from orgs.models import Organisation, Person


@dataclass(frozen=True)
class Signers:
    """The two people; ``gap`` says why they cannot be asked and whom to ask, empty when they can."""

    secretary: Person | None = None
    head: Person | None = None
    gap: str = ""


def unit_to_sign(task: Task) -> DirectiveUnit | None:
    """The unit of ``task`` when what it submits has to be signed by two: it leads an important directive.

    What was passed on is signed for by the general branch that gathers it. One query; none for other Tasks.
    """
    if task.source != DIRECTIVE or task.parent_id is not None:
        return None
    units = DirectiveUnit.objects.filter(task=task, part=DirectiveUnit.Part.LEAD, directive__is_important=True)
    return units.select_related("directive", "organisation", "department").first()


def structural_gap(unit: DirectiveUnit) -> str:
    """Why a unit of this sort can have no administrative head, or nothing. No query when the college is loaded."""
    organisation = unit.organisation
    if organisation is None:
        return _("部门没有书记，不能双签。")
    if organisation.level == Level.BRANCH:
        return _("党支部没有行政负责人，不能双签。")
    if organisation.level == Level.GENERAL_BRANCH and getattr(organisation, "college", None) is None:
        return _("%(name)s没有对应的二级学院，没有院长可以双签。如有对应学院，请联系组织部登记。") % {
            "name": organisation.name
        }
    return ""


def signers_of(unit: DirectiveUnit, day: datetime.date) -> Signers:
    """Who signs for ``unit`` on ``day``, or why nobody can be asked and whom to ask. At most three queries."""
    gap = structural_gap(unit)
    organisation = unit.organisation
    if gap or organisation is None:
        return Signers(gap=gap)
    secretary, head = secretary_on(organisation, day), head_of(organisation, day)
    name = {"name": organisation.name}
    if secretary is None:
        return Signers(None, head, _("%(name)s现在没有书记，不能提请双签。请联系组织部办理任职。") % name)
    if head is None:
        where = _("校长") if organisation.depth == 1 else _("院长")
        words = _("%(name)s还没有登记%(office)s，不能提请双签。请联系组织部登记。")
        return Signers(secretary, None, words % {**name, "office": where})
    if secretary.pk == head.pk:
        words = _("%(person)s既是书记又是行政负责人，双签须由两个人完成。请联系组织部明确由谁代签。")
        return Signers(secretary, head, words % {"person": secretary.name})
    return Signers(secretary, head)


def head_of(organisation: Organisation, day: datetime.date) -> Person | None:
    """The configured administrative head on ``day``: the dean; of the top committee the principal. One query."""
    if organisation.depth == 1:
        rows = Appointment.objects.in_force(day).filter(office=Office.PRINCIPAL, department__organisation=organisation)
        row = rows.select_related("person").order_by("pk").first()
        return row.person if row else None
    college = College.objects.filter(organisation=organisation).select_related("dean").first()
    return college.dean if college else None
