"""Writing a checked roster: what is new is made, what differs is changed and told, nothing is deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, cast

from django.db import models

from common import audit
from common.sentences import written as _
from orgs.importer import sheets
from orgs.importer.report import ImportReport
from orgs.importer.sheets import OrganisationRow, Roster
from orgs.models import Appointment, College, Department, Group, Organisation, Person, User
from orgs.ordinals import is_slip_of, ordinal

REASON = "花名册导入"
_ORGANISATION_COLUMNS = {
    "term_start": "本届开始日期",
    "term_years": "任期（年）",
    "founded_on": "成立日期",
    "note": "备注",
}


class Writer:
    """One import in progress: the actor, the report, and the objects by their codes.

    ``touched`` collects the ids of people whose rights have to be computed again.
    """

    def __init__(self, actor: User | None, report: ImportReport, columns: Mapping[str, frozenset[str]]) -> None:
        self.actor, self.report, self.columns = actor, report, columns
        self.organisations: dict[str, Organisation] = {}
        self.groups: dict[tuple[str, str], Group] = {}
        self.departments: dict[str, Department] = {}
        self.touched: set[int] = set()

    def given(self, sheet: str, values: dict[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
        """``values`` without the fields whose column the sheet does not have: what is not asked stays as it is."""
        present = self.columns.get(sheet, frozenset())
        return {name: value for name, value in values.items() if name not in columns or columns[name] in present}

    def differences(self, obj: models.Model, values: dict[str, Any], name: str) -> list[str]:
        """Put ``values`` on ``obj``; tell each change in the report and return the changed fields."""
        changed = []
        for field_name, value in values.items():
            old = getattr(obj, field_name)
            if old == value:
                continue
            field = cast("models.Field[Any, Any]", obj._meta.get_field(field_name))
            words = {"name": name, "label": field.verbose_name, "old": _word(field, old), "new": _word(field, value)}
            self.report.changes.append(_("%(name)s的%(label)s从“%(old)s”改为“%(new)s”") % words)
            setattr(obj, field_name, value)
            changed.append(field_name)
        return changed

    def count(self, sheet: str, *, created: bool, changed: bool) -> None:
        """Count one row."""
        counts = self.report.of(sheet)
        if created:
            counts.created += 1
        elif changed:
            counts.updated += 1
        else:
            counts.unchanged += 1

    def write_organisations(self, rows: list[OrganisationRow]) -> None:
        """Make and change organisations, parents first."""
        self.organisations = {node.code: node for node in Organisation.objects.all()}
        waiting = {row.code: row for row in rows}
        while waiting:
            ready = [row for row in waiting.values() if row.parent not in waiting]
            for row in ready:
                self._organisation(row)
                del waiting[row.code]

    def _organisation(self, row: OrganisationRow) -> None:
        values: dict[str, Any] = {
            "name": row.name,
            "level": row.level,
            "kind": row.kind,
            "term_start": row.term_start,
            "term_years": row.term_years,
            "founded_on": row.founded_on,
            "note": row.note,
        }
        if row.approval_number:
            values["approval_number"] = row.approval_number
        if row.code not in self.organisations:
            self.organisations[row.code] = self._new_organisation(row, values)
            self.count(sheets.ORGANISATIONS.name, created=True, changed=False)
            return
        changed = self._move(self.organisations[row.code], row.parent)
        node = self.organisations[row.code]
        asked = self.given(sheets.ORGANISATIONS.name, values, _ORGANISATION_COLUMNS)
        if self.differences(node, asked, f"{node.name}（{node.code}）") or changed:
            audit.save(node, actor=self.actor, reason=REASON)
            changed = True
        self.count(sheets.ORGANISATIONS.name, created=False, changed=changed)

    def _new_organisation(self, row: OrganisationRow, values: dict[str, Any]) -> Organisation:
        node = Organisation(code=row.code, **values)
        node._history_user, node._change_reason = self.actor, REASON
        if not row.parent:
            return cast(Organisation, Organisation.objects.add_root(instance=node))
        parent = Organisation.objects.get(pk=self.organisations[row.parent].pk)
        return cast(Organisation, Organisation.objects.add_child(parent, instance=node))

    def _move(self, node: Organisation, parent_code: str) -> bool:
        """Put ``node`` under another parent if the file says so; reloads the tree then, as paths have changed."""
        parent = Organisation.objects.get_parent(node)
        if not parent_code or (parent is not None and parent.code == parent_code):
            return False
        new = self.organisations[parent_code]
        words = {"name": f"{node.name}（{node.code}）", "old": parent.name if parent else _("（无）"), "new": new.name}
        self.report.changes.append(_("%(name)s的上级从“%(old)s”改为“%(new)s”") % words)
        Organisation.objects.move(node, new, pos="last-child")
        self.organisations = {found.code: found for found in Organisation.objects.all()}
        # A secretary of a root has rights of its own (orgs.access), so leaving or becoming one changes them.
        self.touched |= set(Appointment.objects.filter(organisation=node).values_list("person_id", flat=True))
        return True

    def write_groups(self, roster: Roster) -> None:
        """Make the Party groups that people belong to; each new one is told, since a slip of the pen founds one too."""
        wanted = Counter((row.organisation, row.group) for row in roster.people if row.group)
        stored = Group.objects.select_related("organisation")
        self.groups = {(group.organisation.code, group.name): group for group in stored}
        founded = sorted(wanted.keys() - self.groups.keys(), key=lambda key: (key[0], ordinal(key[1]), key[1]))
        self._tell_founded(founded, wanted)
        new = [Group(organisation=self.organisations[code], name=name) for code, name in founded]
        for group in audit.bulk_create(new, Group, actor=self.actor, reason=REASON):
            self.groups[group.organisation.code, group.name] = group

    def _tell_founded(self, founded: list[tuple[str, str]], wanted: Counter[tuple[str, str]]) -> None:
        names: dict[str, list[str]] = {}
        for code, name in self.groups:
            names.setdefault(code, []).append(name)
        for code, name in founded:
            words = {"branch": f"{self.organisations[code].name}（{code}）", "name": name, "count": wanted[code, name]}
            self.report.founded.append(_("%(branch)s：新设党小组“%(name)s”，%(count)d人") % words)
            for other in names.get(code, []):
                if is_slip_of(name, other):
                    self.report.warnings.append(
                        _("%(branch)s：新设的党小组“%(name)s”与“%(other)s”只差一个字，请核对是不是写错了")
                        % {**words, "other": other}
                    )
            names.setdefault(code, []).append(name)

    def write_departments(self, roster: Roster) -> None:
        """Make and change departments; their duty follows from the name when they are new."""
        self.departments = {row.code: row for row in Department.objects.select_related("organisation")}
        for row in roster.departments:
            values = {"name": row.name, "organisation": self.organisations[row.organisation]}
            department = self.departments.get(row.code)
            if department is None:
                duty = sheets.DUTIES.get(row.name, Department.Duty.NONE.value)
                department = self.departments[row.code] = Department(code=row.code, duty=duty, **values)
                audit.save(department, actor=self.actor, reason=REASON)
                self.count(sheets.DEPARTMENTS.name, created=True, changed=False)
                continue
            fields = self.differences(department, values, f"{department.name}（{row.code}）")
            if fields:
                audit.save(department, actor=self.actor, reason=REASON)
            if "organisation" in fields:  # its officers act for another organisation now
                officers = Appointment.objects.filter(department=department)
                self.touched |= set(officers.values_list("person_id", flat=True))
            self.count(sheets.DEPARTMENTS.name, created=False, changed=bool(fields))

    def write_colleges(self, roster: Roster) -> None:
        """Make and change colleges."""
        stored = {row.code: row for row in College.objects.select_related("organisation", "dean")}
        numbers = [row.dean for row in roster.colleges if row.dean]
        deans = {person.number: person for person in Person.objects.filter(number__in=numbers)}
        for row in roster.colleges:
            values = {
                "name": row.name,
                "organisation": self.organisations[row.organisation],
                "dean": deans.get(row.dean),
            }
            college = stored.get(row.code)
            if college is None:
                audit.save(College(code=row.code, **values), actor=self.actor, reason=REASON)
                self.count(sheets.COLLEGES.name, created=True, changed=False)
                continue
            asked = self.given(sheets.COLLEGES.name, values, {"dean": "院长工号"})
            changed = bool(self.differences(college, asked, f"{college.name}（{row.code}）"))
            if changed:
                audit.save(college, actor=self.actor, reason=REASON)
            self.count(sheets.COLLEGES.name, created=False, changed=changed)


def _word(field: models.Field[Any, Any], value: object) -> str:
    """A value as the report shows it: the word of a choice, else the text."""
    if value in (None, ""):
        return _("（空）")
    return str(dict(field.flatchoices).get(value, value))
