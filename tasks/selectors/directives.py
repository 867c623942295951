"""Directives as pages show them: the matrix of one, who is behind and why, the rows of the list."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.utils.translation import gettext as _

from common import clock
from orgs import access
from orgs.models import Appointment
from tasks import directive_rights as rights
from tasks.lighting import Lighting
from tasks.lights import GREEN, GREY, SEVERITY
from tasks.models import Directive, DirectiveUnit, State, Task, TaskFile
from tasks.services.directive_units import late_hours, owes_task, time_words
from tasks.services.progress import FULL

if TYPE_CHECKING:
    from orgs.models import User

Part = DirectiveUnit.Part
_LEFT_OUT = (State.WAIVED, State.STOPPED)
_RAISED = SEVERITY["yellow"]
# Party organisations in tree order, then departments; the databases disagree about where nothing stands.
_ORDER = ("part", F("organisation__path").asc(nulls_last=True), "department__code", "id")


@dataclass
class UnitRow:
    """One unit of the matrix: whether and when it signed, how far it is, its light, and why it is behind."""

    unit: DirectiveUnit
    light: str = GREY
    cause: str = ""
    late_hours: int = 0
    behind: str = ""
    is_child: bool = False

    @property
    def task(self) -> Task | None:
        """What the unit owes; nothing before the directive is issued."""
        return self.unit.task

    @property
    def progress(self) -> int:
        """Per cent; what is done is 100."""
        return (
            FULL if self.task is not None and self.task.state == State.DONE else self.task.progress if self.task else 0
        )


@dataclass
class Figures:
    """What a directive shows as a whole: the figures of its lead units, branches of a general branch left out."""

    units: int = 0
    signed: int = 0
    done: int = 0
    closed: int = 0
    waiting: int = 0  # to be checked
    progress: int = 0
    light: str = GREY
    cause: str = ""


@dataclass
class DirectivePage:
    """Everything on the page of one directive."""

    rows: list[UnitRow]
    figures: Figures
    behind: list[UnitRow]
    partners: list[str]
    leads: list[str]
    supports: list[str]
    hidden: int  # units whose state the reader may not see
    files: list[TaskFile]
    history: list[Any]
    verbs: frozenset[str]
    oversees: bool


def directive_page(directive: Directive, user: User) -> DirectivePage:
    """Read the page of a visible directive: two queries, one more for who oversees it (its history).

    Whoever oversees the issuer sees every unit; a unit sees itself, what is below it, and who else takes part by name.
    """
    oversees = access.may(user, access.VIEW, directive.organisation)
    units = list(_units(directive, user).order_by(*_ORDER))
    rows = matrix([unit for unit in units if _sees(unit, user, oversees)], Lighting(clock.today()))
    return DirectivePage(
        rows=rows,
        figures=figures_of(rows, directive),
        behind=[row for row in rows if row.behind],
        partners=[unit.name for unit in units if not owes_task(unit)],
        leads=[unit.name for unit in units if unit.part == Part.LEAD and unit.parent_id is None],
        supports=[unit.name for unit in units if unit.part == Part.SUPPORT and owes_task(unit)],
        hidden=len([unit for unit in units if owes_task(unit)]) - len(rows),
        files=list(directive.files.order_by("pk")),
        history=_history(directive) if oversees else [],
        verbs=rights.allowed(user, directive),
        oversees=oversees,
    )


def _units(directive: Directive, user: User) -> QuerySet[DirectiveUnit]:
    rows = directive.units.annotate(is_mine=_works_there(user))
    return rows.select_related(
        "organisation__college", "department__organisation", "task__organisation", "acknowledged_by"
    )


def _works_there(user: User) -> Exists | Value:
    """Whether the reader holds an office in the department of a unit; part of the query of the units."""
    if user.person_id is None:
        return Value(False)
    return Exists(
        Appointment.objects.in_force().filter(person_id=user.person_id, department_id=OuterRef("department_id"))
    )


def _sees(unit: DirectiveUnit, user: User, oversees: bool) -> bool:
    """Whether the reader sees how a unit stands: of all, of those under a grant, of the own departments."""
    if not owes_task(unit):
        return False
    if oversees or getattr(unit, "is_mine", False):
        return True
    return unit.organisation is not None and access.may(user, access.VIEW, unit.organisation)


def _history(directive: Directive) -> list[Any]:
    rows = directive.history.select_related("history_user__person").order_by("history_date", "history_id")
    return list(rows)


def matrix(units: Iterable[DirectiveUnit], lighting: Lighting, now: datetime.datetime | None = None) -> list[UnitRow]:
    """Rows of the matrix, branches beneath the general branch that passed the work on. No query.

    The units come with their Task, in the order of the page.
    """
    now = now or clock.now()
    found = [_row(unit, lighting, now) for unit in units]
    children: dict[int | None, list[UnitRow]] = {}
    for row in found:
        children.setdefault(row.unit.parent_id, []).append(row)
    shown = {row.unit.pk for row in found}
    ordered: list[UnitRow] = []
    for row in found:
        if row.unit.parent_id in shown:
            continue
        ordered.append(row)
        for child in children.get(row.unit.pk, []):
            child.is_child = True
            ordered.append(child)
    return ordered


def _row(unit: DirectiveUnit, lighting: Lighting, now: datetime.datetime) -> UnitRow:
    task = unit.task
    if task is None:
        return UnitRow(unit)
    light, cause = lighting.shown(task)
    return UnitRow(unit, light, cause, late_hours(unit, now), behind_words(unit, light, cause, now))


def behind_words(unit: DirectiveUnit, light: str, cause: str, now: datetime.datetime) -> str:
    """Why a unit is behind, in words; empty when it is not."""
    task = unit.task
    if task is None or not task.is_open or task.state == State.SUBMITTED:
        return ""
    if task.state == State.PENDING:
        late = late_hours(unit, now)
        return _("超过签收时限%s，还没有签收") % time_words(late) if late else ""
    if task.state == State.RETURNED:
        return _("被退回，等重新提交：%s") % task.return_cause
    if SEVERITY[light] >= _RAISED:
        return cause
    first = unit.first_report_by
    if task.last_report_on is None and first is not None and first < now.date():
        return _("首次反馈应在%s前，还没有报") % first
    return ""


def figures_of(rows: Sequence[UnitRow], directive: Directive) -> Figures:
    """The figures of a directive from its rows. Progress: the mean of the lead units, waived and stopped left out."""
    owed = [row for row in rows if row.task is not None]
    leads = [row for row in owed if row.unit.part == Part.LEAD and not row.is_child]
    counted = [row for row in leads if row.task is not None and row.task.state not in _LEFT_OUT]
    is_open = [row for row in leads if row.task is not None and row.task.is_open]
    worst = max(is_open, key=lambda row: SEVERITY[row.light], default=None)
    light, cause = (worst.light, worst.cause) if worst else _closed_light(directive)
    return Figures(
        units=len(leads),
        signed=sum(row.unit.acknowledged_at is not None for row in leads),
        done=sum(row.task is not None and row.task.state == State.DONE for row in leads),
        closed=len(leads) - len(is_open),
        waiting=sum(row.task is not None and row.task.state == State.SUBMITTED for row in leads),
        progress=round(sum(row.progress for row in counted) / len(counted)) if counted else 0,
        light=light,
        cause=cause,
    )


def _closed_light(directive: Directive) -> tuple[str, str]:
    is_done = directive.state == Directive.State.DONE
    return (GREEN if is_done else GREY), str(directive.get_state_display())


@dataclass
class ListRow:
    """One directive of a list or a plan."""

    directive: Directive
    figures: Figures
    units: str
    behind: list[UnitRow] = field(default_factory=list)


def list_rows(directives: Iterable[Directive], user: User) -> list[ListRow]:
    """The rows of directives that ``user`` may see, in their order. One query for their units.

    Figures are of the units that the reader may see: of all for who oversees the issuer.
    """
    found = list(directives)
    rows: dict[int, list[DirectiveUnit]] = {directive.pk: [] for directive in found}
    units = DirectiveUnit.objects.filter(directive__in=found).annotate(is_mine=_works_there(user))
    units = units.select_related("organisation", "department", "task", "acknowledged_by")
    for unit in units.order_by(*_ORDER):
        rows[unit.directive_id].append(unit)
    lighting = Lighting(clock.today())
    return [_list_row(directive, rows[directive.pk], user, lighting) for directive in found]


def _list_row(directive: Directive, units: list[DirectiveUnit], user: User, lighting: Lighting) -> ListRow:
    oversees = access.may(user, access.VIEW, directive.organisation)
    rows = matrix([unit for unit in units if _sees(unit, user, oversees)], lighting)
    names = [unit.name for unit in units if unit.part == Part.LEAD and unit.parent_id is None]
    words = (names[0] if names else "") + (_("等%d个单位") % len(names) if len(names) > 1 else "")
    return ListRow(directive, figures_of(rows, directive), words, [row for row in rows if row.behind])
