"""What Excel makes of cells and names behind people's backs: told, never taken for text or for an empty cell."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from orgs.importer import ImportReport, import_roster
from orgs.models import Appointment, Person
from tests.orgs.rosters import HEADERS, right_book

pytestmark = pytest.mark.django_db
NO_RESULT = "没有可用的值：公式没有算出结果，或日期超出范围"


def load(spoil: Callable[[Any], Any]) -> ImportReport:
    """Import the right roster after ``spoil`` changed the workbook, cells as openpyxl writes them."""
    workbook = load_workbook(right_book().file())
    spoil(workbook)
    stream = io.BytesIO()
    workbook.save(stream)
    stream.seek(0)
    return import_roster(file=stream, actor=None)


def put(sheet: str, row: int, column: str, value: Any) -> Callable[[Any], None]:
    """A change of one cell."""

    def change(workbook: Any) -> None:
        workbook[sheet].cell(row, HEADERS[sheet].index(column) + 1).value = value

    return change


@pytest.mark.parametrize(
    ("sheet", "column", "value", "problem"),
    [
        ("党员", "姓名", "#N/A", NO_RESULT),
        ("党员", "工号/学号", "#REF!", NO_RESULT),
        ("党员", "邮箱", "#NAME?", NO_RESULT),
        ("党员", "人员类别", "#N/A", NO_RESULT),
        ("党员", "党小组", "#SPILL!", NO_RESULT),
        ("任职", "职务", "#N/A", NO_RESULT),
        ("组织", "任期（年）", "=1+2", NO_RESULT),
        ("党员", "手机", "=1+1", NO_RESULT),
        ("党员", "入党日期", "=DATE(2005,5,14)", NO_RESULT),
        ("任职", "离任日期", "=DATE(2026,1,1)", NO_RESULT),
        ("党员", "党小组", datetime.date(2026, 3, 1), "这一格是日期、时间或逻辑值，不是文字"),
        ("党员", "姓名", True, "这一格是日期、时间或逻辑值，不是文字"),
        ("党员", "手机", 4.40301199001011e17, "数字太长，Excel 只保留前 15 位"),
    ],
)
def test_cell_without_text_is_told_once(sheet: str, column: str, value: Any, problem: str) -> None:
    right_book().load()
    report = load(put(sheet, 2, column, value))
    mine = [error for error in report.errors if (error.sheet, error.row, error.column) == (sheet, 2, column)]
    assert [error.problem for error in mine] == [problem]
    assert all(error.advice.startswith("请") for error in mine)
    assert not report.changes


def test_formula_without_result_empties_nothing() -> None:
    right_book().load()
    before = list(Person.objects.order_by("pk").values()), list(Appointment.objects.order_by("pk").values())
    load(put("党员", 2, "入党日期", "=DATE(2005,5,14)"))
    assert before == (list(Person.objects.order_by("pk").values()), list(Appointment.objects.order_by("pk").values()))


def test_formula_beside_the_table_is_nobodys_business() -> None:
    right_book().load()
    report = load(lambda book: setattr(book["党员"].cell(2, 20), "value", "=1+1"))
    assert report.ok
    assert not report.changes


def test_misspelt_optional_column_and_sheet_are_told() -> None:
    def spoil(workbook: Any) -> None:
        put("组织", 1, "任期（年）", "任期(年)")(workbook)
        workbook["部门任职"].title = "部门任职 "

    report = load(spoil)
    assert report.ok
    told = [line.partition("：")[0] for line in report.warnings if line.startswith("没有读取")]
    assert told == ["没有读取表“部门任职 ”", "没有读取“组织”表的列“任期(年)”"]


def test_many_unknown_columns_are_one_line() -> None:
    def spoil(workbook: Any) -> None:
        for column in range(14, 114):
            workbook["党员"].cell(1, column).value = f"列{column}"

    told = [line for line in load(spoil).warnings if line.startswith("没有读取")]
    assert len(told) == 1
    assert "列14、列15、列16、列17、列18等100列" in told[0]


def test_right_file_leaves_nothing_aside() -> None:
    assert not [line for line in right_book().load().warnings if line.startswith("没有读取")]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("张　三", "张三"), ("张三_x000D_\n", "张三"), ("阿依 古丽", "阿依 古丽"), ("张 三丰", "张 三丰")],
)
def test_names_as_people_type_them(typed: str, stored: str) -> None:
    assert load(put("党员", 2, "姓名", typed)).ok
    assert Person.objects.get(number="P1").name == stored


def test_two_people_who_swapped_numbers_are_pointed_out() -> None:
    def spoil(workbook: Any) -> None:
        people = workbook["党员"]
        people["J2"].value = datetime.date(1990, 2, 2)
        people["A2"].value, people["A3"].value = people["A3"].value, people["A2"].value

    right_book().load()
    told = [line.partition("的姓名")[0] for line in load(spoil).warnings if "是不是写成了别人的" in line]
    assert told == ["P2"]  # the other one was born on the day on record


def test_hand_over_on_one_day_says_which_date_to_mend() -> None:
    def spoil(workbook: Any) -> None:
        offices = workbook["任职"]
        offices.delete_rows(2, offices.max_row)
        day = datetime.date(2025, 3, 1)
        offices.append(["P1", "ZB1", "书记", datetime.date(2024, 3, 1), day])
        offices.append(["P2", "ZB1", "书记", day, None])

    found = [(error.row, error.column, error.advice) for error in load(spoil).errors]
    assert found == [(3, "职务", "请改正日期：前任的离任日期要早于后任的任职日期")]


def test_unknown_level_of_a_general_branch_is_one_finding() -> None:
    report = load(put("组织", 4, "级别", "总支"))
    assert [(error.sheet, error.row, error.column) for error in report.errors] == [("组织", 4, "级别")]
