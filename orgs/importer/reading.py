"""From cells to rows of plain data; every cell that is wrong becomes one error, and reading goes on."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from common import clock
from common.sentences import written as _
from common.spreadsheets import FORMULA_FAULTS, Book, RowError, SheetSpec, as_date, clean_text, is_blank
from orgs import plausible, rules
from orgs.importer import sheets
from orgs.importer.sheets import AppointmentRow, CollegeRow, DepartmentRow, OrganisationRow, PersonRow, Roster

Progress = Callable[[str, int, int], None]
EXACT_UP_TO = 10**15  # Excel keeps 15 digits of a number
_PADDED_NAME = re.compile(r"(?<=^[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff]$)")  # 张　三, widened to line up with three signs
HAPPENED = datetime.timedelta(0)  # how far ahead the day of something that has happened may be


class Cells:
    """The cells of one row, read by column; what is wrong goes to ``errors``."""

    def __init__(
        self, sheet: str, line: int, values: Mapping[str, Any], errors: list[RowError], today: datetime.date
    ) -> None:
        self.sheet, self.line, self.values, self.errors, self.today = sheet, line, values, errors, today

    def wrong(self, column: str, problem: str, advice: str) -> None:
        """Note an error in a column of this row."""
        self.errors.append(RowError(self.sheet, self.line, column, problem, advice))

    def _has_no_value(self, column: str) -> bool:
        """Whether a formula failed or was never computed; that is told, and must not pass for text or for a blank."""
        value = self.values.get(column)
        if not isinstance(value, str) or value not in FORMULA_FAULTS:
            return False
        self.wrong(column, _("没有可用的值：公式没有算出结果，或日期超出范围"), _("请直接填写正确的内容，再导入"))
        return True

    def _is_no_text(self, column: str) -> bool:
        """Whether Excel made something else of what was typed (3-1 a date), or lost digits of a long number."""
        value = self.values.get(column)
        if isinstance(value, (bool, datetime.date, datetime.time, datetime.timedelta)):
            self.wrong(column, _("这一格是日期、时间或逻辑值，不是文字"), _("请把单元格格式设为文本，再重新填写"))
            return True
        if isinstance(value, (int, float)) and abs(value) >= EXACT_UP_TO:
            self.wrong(column, _("数字太长，Excel 只保留前 15 位"), _("请把单元格格式设为文本，再重新填写"))
            return True
        return False

    def text(self, column: str, *, required: bool = False, limit: int = 500) -> str:
        """Cleaned text of a column; empty where the cell holds no text."""
        if self._has_no_value(column) or self._is_no_text(column):
            return ""
        value = clean_text(self.values.get(column))
        if required and not value:
            self.wrong(column, _("这一格是空的"), _("请填写"))
        if len(value) > limit:
            self.wrong(column, _("超过 %d 个字") % limit, _("请缩短"))
        return value

    def code(self, column: str) -> str:
        """A unit's code or a person's number, which stands in addresses."""
        value = self.text(column, required=True, limit=32)
        if value and not rules.is_code(value):
            self.wrong(column, _("“%s”里有不能用的字符") % value[:20], _("编码和工号只能用字母、数字、“-”和“_”"))
        return value

    def date(
        self,
        column: str,
        *,
        required: bool = False,
        first: datetime.date = plausible.FIRST_DAY,
        ahead: datetime.timedelta = HAPPENED,
    ) -> datetime.date | None:
        """Date of a column from ``first`` to ``ahead`` after today; text is not a date, whatever it looks like."""
        if self._has_no_value(column):
            return None
        value = self.values.get(column)
        try:
            day = as_date(value)
        except ValueError:
            shown = clean_text(value)[:20]
            self.wrong(
                column, _("“%s”不是日期") % shown, _("请把单元格格式设为日期再填，例如 2026-06-15；不要填文字或数字")
            )
            return None
        if day is None and required:
            self.wrong(column, _("这一格是空的"), _("请填写日期"))
        last = self.today + ahead
        if day is not None and not first <= day <= last:
            words = {"first": first, "last": last}
            self.wrong(column, _("日期 %s 不合理") % day, _("请填 %(first)s 到 %(last)s 之间的日期") % words)
            return None
        return day

    def choice(self, column: str, words: Mapping[str, str], *, required: bool = True) -> str:
        """The value behind a word of a fixed list."""
        if self._has_no_value(column):
            return ""
        word = clean_text(self.values.get(column))
        if not word and not required:
            return ""
        if word not in words:
            problem = _("不认识“%s”") % word[:20] if word else _("这一格是空的")
            self.wrong(column, problem, _("请填：%s") % "、".join(words))
            return ""
        return words[word]

    def whole_number(self, column: str, low: int, high: int) -> int | None:
        """A whole number in a range, or ``None`` for a blank cell."""
        value = self.values.get(column)
        if is_blank(value) or self._has_no_value(column):
            return None
        text = clean_text(value)
        if not re.fullmatch(r"\d{1,6}", text) or not low <= int(text) <= high:
            self.wrong(
                column,
                _("“%s”不是合适的数字") % text[:20],
                _("请填 %(low)d 到 %(high)d 的整数") % {"low": low, "high": high},
            )
            return None
        return int(text)

    def email(self, column: str) -> str:
        """An e-mail address or nothing."""
        value = self.text(column, limit=254)
        if value:
            try:
                validate_email(value)
            except ValidationError:
                self.wrong(column, _("“%s”不是邮箱地址") % value[:30], _("请核对，没有可留空"))
                return ""
        return value


def read_roster(book: Book, errors: list[RowError], progress: Progress, as_of: datetime.date | None = None) -> Roster:
    """Read all sheets of a workbook; errors of form are collected in ``errors``.

    Nothing in the file has happened after ``as_of`` (default today).
    ``progress(stage, rows, 0)`` is called now and then; how many rows are to come is not known yet.
    """
    columns: dict[str, frozenset[str]] = {}
    today = as_of or clock.today()

    def cells(spec: SheetSpec) -> Iterator[Cells]:
        for count, (line, values) in enumerate(book.rows(spec, errors), start=1):
            columns.setdefault(spec.name, frozenset(values))
            if count % 200 == 0:
                progress(_("读取“%s”") % spec.name, count, 0)
            yield Cells(spec.name, line, values, errors, today)

    return Roster(
        organisations=[_organisation(row) for row in cells(sheets.ORGANISATIONS)],
        colleges=[_college(row) for row in cells(sheets.COLLEGES)],
        people=[_person(row) for row in cells(sheets.PEOPLE)],
        appointments=[
            *(_appointment(row, in_department=False) for row in cells(sheets.APPOINTMENTS)),
            *(_appointment(row, in_department=True) for row in cells(sheets.DEPARTMENT_APPOINTMENTS)),
        ],
        departments=[_department(row) for row in cells(sheets.DEPARTMENTS)],
        columns=columns,
    )


def not_read(book: Book) -> list[str]:
    """One line for each sheet and each sheet's columns that were left aside: a slip in a name loses what it holds."""
    lines = []
    for name in book.sheet_names:
        if name not in sheets.BY_NAME:
            known = "、".join(sheets.BY_NAME)
            lines.append(_("没有读取表“%(name)s”：表名应为%(known)s") % {"name": name, "known": known})
    for name, columns in book.ignored.items():
        spec = sheets.BY_NAME[name]
        shown = "、".join(column[:20] for column in columns[:5]) + (_("等%d列") % len(columns) if columns[5:] else "")
        known = "、".join([*spec.columns, *spec.optional_columns])
        words = {"sheet": name, "columns": shown, "known": known}
        lines.append(_("没有读取“%(sheet)s”表的列“%(columns)s”：认识的列名是%(known)s，写错的请改正后再导入") % words)
    return lines


def _organisation(cells: Cells) -> OrganisationRow:
    return OrganisationRow(
        line=cells.line,
        code=cells.code("编码"),
        name=cells.text("名称", required=True, limit=100),
        level=cells.choice("级别", sheets.LEVELS),
        parent=cells.text("上级编码", limit=32),
        kind=cells.choice("类别", sheets.UNIT_KINDS),
        term_start=cells.date("本届开始日期"),
        term_years=cells.whole_number("任期（年）", 1, 10),
        founded_on=cells.date("成立日期", ahead=plausible.DECIDED_AHEAD),
        note=cells.text("备注"),
        approval_number=cells.text("批准文号", limit=100),
    )


def _college(cells: Cells) -> CollegeRow:
    return CollegeRow(
        line=cells.line,
        code=cells.code("编码"),
        name=cells.text("名称", required=True, limit=100),
        organisation=cells.text("党总支编码", required=True, limit=32),
        dean=cells.text("院长工号", limit=32),
    )


def _person(cells: Cells) -> PersonRow:
    row = PersonRow(
        line=cells.line,
        number=cells.code("工号/学号"),
        name=_PADDED_NAME.sub("", cells.text("姓名", required=True, limit=50)),
        gender=cells.choice("性别", sheets.GENDERS, required=False),
        kind=cells.choice("人员类别", sheets.PERSON_KINDS),
        status=cells.choice("党员状态", sheets.STATUSES),
        organisation=cells.text("所在支部编码", required=True, limit=32),
        group=cells.text("党小组", limit=50),
        joined_on=cells.date("入党日期"),
        formal_on=cells.date("转正日期"),
        born_on=cells.date("出生日期", first=plausible.FIRST_BIRTHDAY),
        email=cells.email("邮箱"),
        mobile=cells.text("手机", limit=20),
        excused_reason=cells.text("不作硬性要求", limit=50),
    )
    if row.formal_on and row.joined_on and row.formal_on < row.joined_on:
        cells.wrong("转正日期", _("转正日期早于入党日期"), _("请核对两个日期"))
    if row.born_on and row.joined_on and row.joined_on <= row.born_on:
        cells.wrong("出生日期", _("出生日期不早于入党日期"), _("请核对两个日期"))
    if row.formal_on and row.status == "probationary":
        cells.wrong("转正日期", _("预备党员写了转正日期"), _("请改为正式党员，或删去转正日期"))
    return row


def _appointment(cells: Cells, *, in_department: bool) -> AppointmentRow:
    office, group = _office(cells, in_department=in_department)
    started_on = cells.date("任职日期", required=True, ahead=plausible.DECIDED_AHEAD)
    ended_on = cells.date("离任日期", ahead=plausible.LONGEST_TERM)
    if started_on and ended_on and ended_on < started_on:
        cells.wrong("离任日期", _("离任日期早于任职日期"), _("请核对两个日期"))
    return AppointmentRow(
        line=cells.line,
        number=cells.text("工号/学号", required=True, limit=32),
        place=cells.text("部门编码" if in_department else "组织编码", required=True, limit=32),
        office=office,
        group=group,
        started_on=started_on,
        ended_on=ended_on,
        in_department=in_department,
    )


def _office(cells: Cells, *, in_department: bool) -> tuple[str, str]:
    """Office and group of a cell such as 书记 or 党小组组长:第一党小组; empty where it is wrong."""
    words = sheets.DEPARTMENT_OFFICES if in_department else sheets.ORGANISATION_OFFICES
    elsewhere = sheets.ORGANISATION_OFFICES if in_department else sheets.DEPARTMENT_OFFICES
    known = len(cells.errors)
    title, _colon, group = cells.text("职务", limit=100).replace("：", ":").partition(":")
    title, group = title.strip(), group.strip()
    if len(cells.errors) > known:
        return "", ""
    if title == sheets.GROUP_LEADER and not in_department:
        if not group or len(group) > 50:
            cells.wrong("职务", _("没有写清是哪个党小组"), _("请写成“党小组组长:第一党小组”"))
        return "group_leader", group
    if title in elsewhere or title == sheets.GROUP_LEADER:
        advice = _("请移到“任职”表") if in_department else _("请移到“部门任职”表")
        kind = _("党组织职务") if in_department else _("部门职务")
        cells.wrong("职务", _("“%(title)s”是%(kind)s") % {"title": title, "kind": kind}, advice)
    elif title not in words or group:
        shown = [*words] if in_department else [*words, f"{sheets.GROUP_LEADER}:第一党小组"]
        problem = _("不认识“%s”") % clean_text(cells.values.get("职务"))[:20] if title else _("这一格是空的")
        cells.wrong("职务", problem, _("请填：%s") % "、".join(shown))
    else:
        return words[title], ""
    return "", ""


def _department(cells: Cells) -> DepartmentRow:
    return DepartmentRow(
        line=cells.line,
        code=cells.code("编码"),
        name=cells.text("名称", required=True, limit=100),
        organisation=cells.text("归口组织编码", required=True, limit=32),
    )
