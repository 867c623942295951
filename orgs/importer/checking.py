"""Rules between rows, and between the file and what is stored; all findings in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from common.sentences import written as _
from common.spreadsheets import RowError
from orgs import rules
from orgs.importer import sheets
from orgs.importer.offices import check_offices
from orgs.importer.sheets import OrganisationRow, PersonRow, Roster
from orgs.importer.stored import Stored
from orgs.models import Level, MemberStatus

Add = Callable[..., None]


def check_roster(roster: Roster, stored: Stored, errors: list[RowError]) -> None:
    """Append everything wrong between the rows of ``roster`` and with ``stored`` to ``errors``."""

    def adder(sheet: str) -> Add:
        return lambda row, column, problem, advice: errors.append(RowError(sheet, row.line, column, problem, advice))

    _no_duplicates(roster.organisations, "code", "编码", adder(sheets.ORGANISATIONS.name))
    _no_duplicates(roster.people, "number", "工号/学号", adder(sheets.PEOPLE.name))
    _no_duplicates(roster.departments, "code", "编码", adder(sheets.DEPARTMENTS.name))
    _no_duplicates(roster.colleges, "code", "编码", adder(sheets.COLLEGES.name))
    _no_duplicates(roster.colleges, "organisation", "党总支编码", adder(sheets.COLLEGES.name))
    levels = stored.levels | {row.code: row.level for row in roster.organisations}
    _check_tree(roster.organisations, levels, stored, adder(sheets.ORGANISATIONS.name))
    _check_people(roster.people, levels, stored, adder(sheets.PEOPLE.name))
    _check_addresses(roster.people, stored, adder(sheets.PEOPLE.name))
    _check_references(roster, levels, stored, adder)
    check_offices(roster, levels, stored, errors)


def _no_duplicates(rows: Iterable[Any], field: str, column: str, add: Add) -> None:
    first: dict[str, int] = {}
    for row in rows:
        value = getattr(row, field)
        if value in first:
            words = {"value": value, "line": first[value]}
            add(row, column, _("“%(value)s”与第%(line)d行重复") % words, _("请删去或改正其中一行"))
        elif value:
            first[value] = row.line


def _check_tree(rows: list[OrganisationRow], levels: dict[str, str], stored: Stored, add: Add) -> None:
    circles = _on_cycles(stored.parents | {row.code: row.parent for row in rows if row.parent})
    tops = _second_roots(rows, stored)
    for row in rows:
        level = levels.get(row.parent, "")
        if row.code in stored.closed:
            add(row, "编码", _("“%s”在平台里已经撤销") % row.code, _("请删去这一行；重新设立请用新的编码"))
        elif row.level and stored.levels.get(row.code, row.level) != row.level:
            add(row, "级别", _("与平台里登记的级别不同"), _("级别不能用导入修改，请新设组织并撤销原来的"))
        if row.parent and row.parent not in levels:
            add(row, "上级编码", _("找不到编码为“%s”的组织") % row.parent, _("请核对编码，或先把上级写进本表"))
        elif row.parent in stored.closed:
            add(row, "上级编码", _("上级“%s”在平台里已经撤销") % row.parent, _("请填写正在运行的上级组织"))
        elif row.code in circles:
            add(row, "上级编码", _("上下级绕成了圈"), _("请核对上级编码，不能直接或间接以自己为上级"))
        elif row.line in tops:
            problem = _("没有上级，可是顶层党委已经有了")
            add(row, "上级编码", problem, _("整个学校只有一个顶层党委，请填写上级编码"))
        elif not row.parent and row.level and row.level != Level.COMMITTEE:
            add(row, "上级编码", _("这一格是空的"), _("只有党委可以没有上级，请填写上级编码"))
        elif row.parent and row.level and level and not rules.may_stand_under(row.level, level):
            names = {"level": Level(row.level).label, "parent": Level(level).label}
            add(row, "级别", _("%(level)s不能设在%(parent)s之下") % names, _("请核对级别和上级编码"))


def _on_cycles(parents: dict[str, str]) -> set[str]:
    """The codes that stand above themselves; those merely below such a circle are not among them."""
    found: set[str] = set()
    done: set[str] = set()
    for code in parents:
        way: dict[str, int] = {}
        current = code
        while current and current not in done and current not in way:
            way[current] = len(way)
            current = parents.get(current, "")
        if current in way:
            found |= {one for one, place in way.items() if place >= way[current]}
        done |= way.keys()
    return found


def _second_roots(rows: list[OrganisationRow], stored: Stored) -> set[int]:
    """Lines of the new committees that would stand at the top beside the one that does."""
    is_taken = "" in stored.parents.values()
    found: set[int] = set()
    for row in rows:
        if row.parent or row.level != Level.COMMITTEE or row.code in stored.levels:
            continue
        if is_taken:
            found.add(row.line)
        is_taken = True
    return found


def _check_people(rows: list[PersonRow], levels: dict[str, str], stored: Stored, add: Add) -> None:
    for row in rows:
        branch, column = row.organisation, "所在支部编码"
        known = stored.people.get(row.number)
        if branch and branch not in levels:
            add(row, column, _("找不到编码为“%s”的党支部") % branch, _("请核对编码，或先写进“组织”表"))
        elif branch and levels[branch] and levels[branch] != Level.BRANCH:
            add(row, column, _("“%s”不是党支部") % branch, _("党员要编入党支部，请填写支部编码"))
        elif branch in stored.closed:
            add(row, column, _("党支部“%s”已经撤销") % branch, _("请填写正在运行的支部"))
        if (branch, row.group) in stored.closed:
            add(row, "党小组", _("“%s”已经撤销") % row.group, _("请填写正在运行的党小组，或留空"))
        if known and known.status == MemberStatus.FORMAL and row.status == MemberStatus.PROBATIONARY:
            add(row, "党员状态", _("平台里已是正式党员，文件里是预备党员"), _("文件可能是旧的，请核对后更新"))
        if known is None and row.number in stored.taken:
            add(row, "工号/学号", _("“%s”已是别的账号的用户名") % row.number, _("请联系系统管理员处理"))


def _check_addresses(rows: list[PersonRow], stored: Stored, add: Add) -> None:
    """Addresses once in the file, and not those of people whom the file leaves alone."""
    numbers = {row.number for row in rows}
    owners = {
        person.email: number for number, person in stored.people.items() if person.email and number not in numbers
    }
    lines: dict[str, int] = {}
    for row in rows:
        email = row.email.lower()
        if not email:
            continue
        if email in lines:
            add(row, "邮箱", _("与第%d行的邮箱相同") % lines[email], _("每人一个邮箱，没有可留空"))
        elif email in owners:
            add(row, "邮箱", _("这个邮箱已登记在工号/学号 %s 名下") % owners[email], _("请核对，没有可留空"))
        lines.setdefault(email, row.line)


def _check_references(roster: Roster, levels: dict[str, str], stored: Stored, adder: Callable[[str], Add]) -> None:
    numbers = stored.people.keys() | {row.number for row in roster.people}
    departments = stored.departments.keys() | {row.code for row in roster.departments}
    unknown_person = _("找不到工号/学号“%s”"), _("请核对，或先写进“党员”表")
    unknown_place = _("找不到编码为“%s”的组织"), _("请核对，或先写进“组织”表")
    for row in roster.appointments:
        add = adder(row.sheet)
        if row.number and row.number not in numbers:
            add(row, "工号/学号", unknown_person[0] % row.number, unknown_person[1])
        if row.in_department and row.place and row.place not in departments:
            add(row, "部门编码", _("找不到编码为“%s”的部门") % row.place, _("请核对，或先写进“部门”表"))
        if not row.in_department and row.place and row.place not in levels:
            add(row, "组织编码", unknown_place[0] % row.place, unknown_place[1])
        elif not row.in_department and row.place in stored.closed and row.ended_on is None:
            add(row, "组织编码", _("“%s”在平台里已经撤销") % row.place, _("请填写离任日期，或删去这一行"))
    for department in roster.departments:
        if department.organisation and department.organisation not in levels:
            add = adder(sheets.DEPARTMENTS.name)
            add(department, "归口组织编码", unknown_place[0] % department.organisation, unknown_place[1])
    for college in roster.colleges:
        add = adder(sheets.COLLEGES.name)
        if college.organisation and levels.get(college.organisation, "?") not in (Level.GENERAL_BRANCH, ""):
            add(college, "党总支编码", _("“%s”不是党总支") % college.organisation, _("请填写本学院党总支的编码"))
        if college.dean and college.dean not in numbers:
            add(college, "院长工号", unknown_person[0] % college.dean, unknown_person[1])
