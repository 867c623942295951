"""An import may do no more than the pages: only what the actor manages."""

from __future__ import annotations

from common.sentences import written as _
from common.spreadsheets import RowError
from orgs import access
from orgs.importer import sheets
from orgs.importer.sheets import Roster
from orgs.importer.stored import Stored
from orgs.models import Organisation, User
from orgs.querysets import OrganisationQuerySet


def manages_all(actor: User | None) -> bool:
    """Whether nothing has to be asked: the command line and technical administrators."""
    return actor is None or "" in access.paths(actor, access.MANAGE_ORGANISATIONS)


def managed(actor: User | None) -> OrganisationQuerySet:
    """The organisations that ``actor`` manages; all for the command line."""
    rows = Organisation.objects.all()
    return rows if actor is None else rows.filter(access.within(actor, access.MANAGE_ORGANISATIONS, ""))


def check_rights(roster: Roster, stored: Stored, actor: User | None, errors: list[RowError]) -> None:
    """Append a finding for every row that reaches beyond the organisations that ``actor`` manages."""
    if manages_all(actor):
        return
    foreign = stored.levels.keys() - set(managed(actor).values_list("code", flat=True))
    advice = _("请只导入归您管理的组织，或联系上级党委")

    def check(sheet: str, line: int, column: str, code: str) -> None:
        if code in foreign:
            errors.append(RowError(sheet, line, column, _("“%s”不归您管理") % code, advice))

    for row in roster.organisations:
        check(sheets.ORGANISATIONS.name, row.line, "编码", row.code)
        check(sheets.ORGANISATIONS.name, row.line, "上级编码", row.parent)
    for college in roster.colleges:
        check(sheets.COLLEGES.name, college.line, "党总支编码", college.organisation)
    for department in roster.departments:
        check(sheets.DEPARTMENTS.name, department.line, "编码", stored.departments.get(department.code, ""))
        check(sheets.DEPARTMENTS.name, department.line, "归口组织编码", department.organisation)
    for person in roster.people:
        known = stored.people.get(person.number)
        check(sheets.PEOPLE.name, person.line, "工号/学号", known.branch if known else "")
        check(sheets.PEOPLE.name, person.line, "所在支部编码", person.organisation)
    for office in roster.appointments:
        place = stored.departments.get(office.place, "") if office.in_department else office.place
        check(office.sheet, office.line, "部门编码" if office.in_department else "组织编码", place)
