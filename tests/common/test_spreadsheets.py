"""Reading and writing Excel files that are meant well."""

import datetime
import io

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from common import clock, spreadsheets
from common.spreadsheets import Book, RowError, SheetSpec, as_date, clean_text, is_blank, write_rows
from tests.common.books import SPEC, make_file, read, right_file

D = datetime.date


def test_rows_come_with_their_number_and_blank_ones_are_left_out() -> None:
    file = make_file(["姓名", "说明", "工号"], ["张三", "x", 1], [None, "x", "　"], ["李四", None, 2])
    assert read(file) == ([(2, {"姓名": "张三", "工号": 1}), (4, {"姓名": "李四", "工号": 2})], [])


def test_header_cells_are_cleaned() -> None:
    rows, errors = read(make_file(["　工号 ", "姓名\u00a0"], ["1", "张三"]))
    assert (rows, errors) == ([(2, {"工号": "1", "姓名": "张三"})], [])


def test_a_missing_sheet_is_found_unless_it_is_optional() -> None:
    rows, [error] = read(right_file(), SheetSpec("任职", ("工号",)))
    assert (rows, error.sheet, error.row, error.problem) == ([], "任职", 0, "缺少这张表")
    assert read(right_file(), SheetSpec("部门", ("编码",), is_optional=True)) == ([], [])


def test_missing_and_doubled_columns_are_all_found_at_once() -> None:
    rows, errors = read(make_file(["姓名", "备注", "备注"], ["张三", None, None]))
    assert rows == []
    assert [(error.row, error.column, error.problem) for error in errors] == [
        (1, "工号", "缺少这一列"),
        (1, "备注", "这一列出现了两次"),
    ]
    assert "工号、姓名、备注" in errors[0].advice


def test_a_missing_header_and_an_empty_sheet_are_found() -> None:
    _rows, errors = read(make_file(["20020001", "张三"], ["20020002", "李四"]))
    assert [error.column for error in errors] == ["工号", "姓名"]
    _rows, errors = read(make_file([]))
    assert [error.column for error in errors] == ["工号", "姓名"]


@pytest.mark.parametrize(
    ("merge", "is_found"), [("A1:B1", True), ("A1:A2", True), ("A2:B2", False), ("A11:B11", False)]
)
def test_a_merged_header_is_found(merge: str, is_found: bool) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "党员"
    sheet.append(["工号", "姓名"])
    sheet.append(["1", "张三"])
    sheet.merge_cells(merge)
    file = io.BytesIO()
    book.save(file)
    _rows, errors = read(file)
    assert [error.problem for error in errors] == (["表头有合并单元格"] if is_found else [])


def test_more_rows_than_allowed_are_refused_before_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    file = make_file(["工号", "姓名"], *([str(number), "张三"] for number in range(10)))
    monkeypatch.setattr(spreadsheets, "MAX_ROWS", 11)
    assert len(read(file)[0]) == 10
    monkeypatch.setattr(spreadsheets, "MAX_ROWS", 10)
    rows, [error] = read(file)
    assert (rows, error.problem) == ([], "行数或列数太多")


def test_a_finding_reads_as_one_line() -> None:
    error = RowError("党员", 3, "入党日期", "这一格是文字", "请设为日期格式")
    assert str(error) == "党员 第3行 入党日期：这一格是文字 —— 请设为日期格式"
    assert str(RowError("", 0, "", "打不开", "请另存")) == "打不开 —— 请另存"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("　ＺＢ２０３　", "ZB203"),
        ("（张三），。：", "（张三），。："),  # Chinese punctuation is no mistake
        ("20020001  ", "20020001"),
        (20020001.0, "20020001"),
        (20020001, "20020001"),
        (3.5, "3.5"),
        ("张\u3000三", "张 三"),
        ("\ufeff张三\u200b", "张三"),
        ("①", "①"),
        (None, ""),
    ],
)
def test_texts_are_cleaned(value: object, text: str) -> None:
    assert clean_text(value) == text


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned == cleaned.strip()
    assert is_blank(text) == (cleaned == "")


def test_dates_are_dates() -> None:
    assert as_date(datetime.datetime(2026, 1, 5, 23, 59)) == D(2026, 1, 5)
    assert as_date(D(2026, 1, 5)) == D(2026, 1, 5)
    assert as_date(None) is as_date("　") is None


@pytest.mark.parametrize("value", ["2026-01-05", "2026.1", 46027, 46027.0, True, datetime.time(3)])
def test_what_is_no_date_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        as_date(value)


def test_dates_and_numbers_survive_writing_and_reading() -> None:
    rows, _errors = read(make_file(["工号", "姓名"], [D(2026, 1, 5), 2.5]))
    assert rows == [(2, {"工号": datetime.datetime(2026, 1, 5), "姓名": 2.5})]


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "#N/A"])
def test_text_that_looks_like_a_formula_is_written_as_text(text: str) -> None:
    sheet = load_workbook(make_file(["工号"], [text])).active
    assert sheet is not None
    cell = sheet["A2"]
    assert (cell.value, cell.data_type) == (text, "s")


def test_what_excel_cannot_hold_is_written_without_it() -> None:
    moment = datetime.datetime(2026, 6, 14, 16, 30, tzinfo=datetime.UTC)
    rows, _errors = read(make_file([gettext_lazy("工号"), "姓名"], ["张\x0b三", moment]))
    assert rows == [(2, {"工号": "张三", "姓名": datetime.datetime(2026, 6, 15, 0, 30)})]
    assert moment.astimezone(clock.SHANGHAI).hour == 0


def test_several_sheets_are_read_from_one_book() -> None:
    stream = io.BytesIO()
    write_rows(stream, {"党员": (["工号", "姓名"], [["1", "张三"]]), "任职": (["工号"], [["1"]])})
    errors: list[RowError] = []
    with Book(stream) as book:
        assert book.sheet_names == ["党员", "任职"]
        pairs = list(zip(book.rows(SPEC, errors), book.rows(SheetSpec("任职", ("工号",)), errors), strict=True))
    assert pairs == [((2, {"工号": "1", "姓名": "张三"}), (2, {"工号": "1"}))]
    assert errors == []
