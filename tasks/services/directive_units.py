"""To whom a directive goes: sets unfolded, names found, duplicates merged, nobody outside the sender's tree."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common import clock
from common.errors import InvalidInput
from common.sentences import written as _
from orgs.models import College, Department, Level, Organisation
from tasks.models import Directive, DirectiveUnit, UnitSet

if TYPE_CHECKING:
    from orgs.querysets import OrganisationQuerySet

Part = DirectiveUnit.Part
NAME_LENGTH = 100
_SUFFIXES = ("党总支", "党支部")
_NAMES_ONE = 4  # characters from which the beginning of a name is meant as a name


@dataclass(frozen=True)
class Picks:
    """What was ticked for one part; ``names`` are partners written out, found by name where they are known."""

    sets: Sequence[UnitSet] = ()
    organisations: Sequence[Organisation] = ()
    departments: Sequence[Department] = ()
    names: Sequence[str] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ticked or written."""
        return not (self.sets or self.organisations or self.departments or self.names)


def below(organisation: Organisation) -> OrganisationQuerySet:
    """Open organisations below ``organisation``, in tree order: those it may assign to."""
    rows: OrganisationQuerySet = Organisation.objects.open_on().under(organisation)
    return rows.exclude(pk=organisation.pk)


def unfold(organisation: Organisation, *, lead: Picks, support: Picks) -> list[DirectiveUnit]:
    """Unsaved units of a directive of ``organisation``, lead first, each unit once (lead before support).

    Sets become their members below ``organisation``. Raises ``InvalidInput`` on ``lead`` or ``support``: no lead unit,
    a unit outside the sender's tree, dissolved, a department although the sender is not the committee.
    """
    directory = Directory(organisation)
    found: dict[str, DirectiveUnit] = {}
    errors: dict[str, str] = {}
    for part, picks in ((Part.LEAD, lead), (Part.SUPPORT, support)):
        faults = []
        for unit in directory.units(picks):
            fault = fault_of(unit, organisation)
            unit.part = part
            if fault:
                faults.append(fault)
            else:
                found.setdefault(_key(unit), unit)
        if faults:
            errors[part.value] = "".join(dict.fromkeys(faults))
    if not errors and not any(unit.part == Part.LEAD and owes_task(unit) for unit in found.values()):
        errors[Part.LEAD.value] = _("请至少选一个牵头单位；所选集合里现在没有单位的，请逐个选择。")
    if errors:
        raise InvalidInput(errors=errors)
    return list(found.values())


def owes_task(unit: DirectiveUnit) -> bool:
    """Whether the platform knows the unit, so that a Task can be opened for it."""
    return unit.organisation_id is not None or unit.department_id is not None


def _key(unit: DirectiveUnit) -> str:
    return f"{unit.organisation_id}/{unit.department_id}/{'' if owes_task(unit) else unit.name}"


def fault_of(unit: DirectiveUnit, sender: Organisation) -> str:
    """Why the unit cannot be addressed by ``sender``, or nothing."""
    place, facts = unit.organisation, {"name": unit.name, "sender": sender.name}
    if place is not None:
        if not place.path.startswith(sender.path) or place.pk == sender.pk:
            return _("“%(name)s”不是%(sender)s的下级，不能交办给它。") % facts
        if not place.is_open:
            return _("“%(name)s”已经撤销，请另选。") % facts
    if unit.department is not None and (sender.depth != 1 or unit.department.organisation_id != sender.pk):
        return _("部门只能由党委交办，%(sender)s不能交办给“%(name)s”。") % facts
    if len(unit.name) > NAME_LENGTH:
        return _("单位名称最多%(count)d字。") % {"count": NAME_LENGTH}
    return ""


class Directory:
    """Units by name and by set, as a sender sees them; reads each table at most once."""

    def __init__(self, sender: Organisation) -> None:
        self.sender = sender
        self._members: dict[int, list[DirectiveUnit]] = {}
        self._names: list[dict[str, DirectiveUnit]] | None = None
        self._sets: dict[str, UnitSet] | None = None

    def units(self, picks: Picks) -> list[DirectiveUnit]:
        """Unsaved units for what was ticked: single ones first, then the members of the sets, then names."""
        found = [of_organisation(row) for row in picks.organisations]
        found += [of_department(row) for row in picks.departments]
        for unit_set in picks.sets:
            found += self.members(unit_set)
        for name in picks.names:
            found += self.named(name)
        return found

    def members(self, unit_set: UnitSet) -> list[DirectiveUnit]:
        """The units of a set, each marked with its name. One query a set, two for a listed one."""
        if unit_set.pk not in self._members:
            self._members[unit_set.pk] = self._read(unit_set)
        return [copy_of(unit) for unit in self._members[unit_set.pk]]

    def _read(self, unit_set: UnitSet) -> list[DirectiveUnit]:
        rule, alias = unit_set.rule, unit_set.name
        if rule == UnitSet.Rule.DEPARTMENTS:
            # The administration is where the principal stands in the roster, no department that is assigned to.
            rows = Department.objects.filter(organisation=self.sender).exclude(duty=Department.Duty.ADMINISTRATION)
            return [of_department(row, alias) for row in rows.order_by("code")]
        if rule == UnitSet.Rule.LISTED:
            listed = [of_organisation(row, alias) for row in unit_set.organisations.order_by("path")]
            return listed + [of_department(row, alias) for row in unit_set.departments.order_by("code")]
        open_below = below(self.sender)
        if rule == UnitSet.Rule.COLLEGES:
            rows_ = open_below.filter(college__isnull=False)
        else:
            level = Level.GENERAL_BRANCH if rule == UnitSet.Rule.GENERAL_BRANCHES else Level.BRANCH
            rows_ = open_below.filter(level=level)
        return [of_organisation(row, alias) for row in rows_]

    def named(self, name: str) -> list[DirectiveUnit]:
        """The units that a written name means: a set, a department, a college, an organisation; else the name alone.

        Exact names first, then with 党总支/党支部 behind, then the only one that begins so.
        """
        name = name.strip()
        if not name:
            return []
        unit_set = self._set_called(name)
        if unit_set is not None:
            return self.members(unit_set)
        for table in self._tables():
            if name in table:
                return [copy_of(table[name])]
        rows = (row for table in self._tables() for row in table.items())
        begins = {_key(unit): unit for known, unit in rows if known.startswith(name)}
        if len(begins) == 1 and len(name) >= _NAMES_ONE:
            return [copy_of(next(iter(begins.values())))]
        return [DirectiveUnit(name=name)]

    def _set_called(self, name: str) -> UnitSet | None:
        if self._sets is None:
            self._sets = {row.name: row for row in UnitSet.objects.all()}
        return self._sets.get(name)

    def _tables(self) -> list[dict[str, DirectiveUnit]]:
        if self._names is None:
            departments = Department.objects.filter(organisation=self.sender).select_related("organisation")
            colleges = College.objects.filter(organisation__in=below(self.sender)).select_related("organisation")
            nodes = list(below(self.sender))
            self._names = [
                {row.name: of_department(row) for row in departments},
                {row.name: of_organisation(row.organisation) for row in colleges},
                {row.name: of_organisation(row) for row in nodes},
                {row.name.removesuffix(end): of_organisation(row) for end in _SUFFIXES for row in nodes},
            ]
        return self._names


def of_organisation(organisation: Organisation, alias: str = "") -> DirectiveUnit:
    """An unsaved unit for an organisation."""
    return DirectiveUnit(organisation=organisation, name=organisation.name, alias=alias)


def of_department(department: Department, alias: str = "") -> DirectiveUnit:
    """An unsaved unit for a department."""
    return DirectiveUnit(department=department, name=department.name, alias=alias)


def copy_of(unit: DirectiveUnit) -> DirectiveUnit:
    """Another unsaved unit of the same; one row may be needed for two directives."""
    return DirectiveUnit(
        organisation=unit.organisation, department=unit.department, name=unit.name, alias=unit.alias, part=unit.part
    )


def picks_of(units: Iterable[DirectiveUnit]) -> tuple[Picks, Picks]:
    """Lead and support as they were ticked, from the rows of a draft: its sets are sets again. One query."""
    rows = list(units)
    sets = {row.name: row for row in UnitSet.objects.filter(name__in={unit.alias for unit in rows if unit.alias})}

    def of(part: str) -> Picks:
        mine = [unit for unit in rows if unit.part == part]
        # A set that was renamed or removed meanwhile stays the units that it was.
        single = [unit for unit in mine if unit.alias not in sets]
        return Picks(
            sets=[sets[alias] for alias in dict.fromkeys(unit.alias for unit in mine) if alias in sets],
            organisations=[unit.organisation for unit in single if unit.organisation is not None],
            departments=[unit.department for unit in single if unit.department is not None],
            names=[unit.name for unit in single if not owes_task(unit)],
        )

    return of(Part.LEAD), of(Part.SUPPORT)


def write_units(directive: Directive, units: Sequence[DirectiveUnit]) -> None:
    """Replace the units of a draft."""
    directive.units.all().delete()
    for unit in units:
        unit.directive = directive
    DirectiveUnit.objects.bulk_create(units)


def late_hours(unit: DirectiveUnit, now: datetime.datetime | None = None) -> int:
    """Full or begun hours by which a unit signed too late, or has not signed yet; 0 when it is in time."""
    if unit.acknowledge_by is None:
        return 0
    late = (unit.acknowledged_at or now or clock.now()) - unit.acknowledge_by
    return max(0, math.ceil(late.total_seconds() / 3600))


def time_words(hours: int) -> str:
    """Hours in words: days from two days on."""
    return _("%d天") % (hours // 24) if hours >= 48 else _("%d小时") % hours


def tops(units: Iterable[DirectiveUnit]) -> list[DirectiveUnit]:
    """Of the lead units those that do not stand below another one: a branch chosen with its general branch is its."""
    rows = list(units)
    return [unit for unit in rows if general_branch_of(unit, rows) is None]


def general_branch_of(unit: DirectiveUnit, units: Iterable[DirectiveUnit]) -> DirectiveUnit | None:
    """The lead unit among ``units`` under which ``unit`` stands, if it is lead itself."""
    place = unit.organisation
    if place is None or unit.part != Part.LEAD:
        return None
    for other in units:
        above = other.organisation
        if other.part == Part.LEAD and above is not None and above.pk != place.pk and place.path.startswith(above.path):
            return other
    return None
