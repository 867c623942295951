"""Files that are damaged or want to do harm end in one plain sentence and in bounded memory."""

import io
import tracemalloc
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import spreadsheets
from common.spreadsheets import UnreadableFile, check_archive
from tests.common.books import NAMESPACE, SHEET, change_parts, patch_headers, read, right_file, with_part

RIGHT = right_file().getvalue()
STRINGS = "xl/sharedStrings.xml"
NAMES = zipfile.ZipFile(io.BytesIO(RIGHT)).namelist()
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


def sheet(rows: str) -> str:
    """The XML of a sheet."""
    return f"<worksheet {NAMESPACE}><sheetData>{rows}</sheetData></worksheet>"


def refused(file: io.BytesIO) -> str:
    """The sentence with which the file is refused."""
    with pytest.raises(UnreadableFile) as caught:
        read(file)
    return str(caught.value)


def test_the_parser_of_excel_files_is_the_hardened_one() -> None:
    assert openpyxl.DEFUSEDXML


def test_an_old_or_locked_file_is_told_how_to_be_saved() -> None:
    message = refused(io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600))
    assert ".xls " in message
    assert "密码" in message
    assert "另存为" in message


@pytest.mark.parametrize("content", [b"", b"PK", b"%PDF-1.7", "工号,姓名".encode()])
def test_what_is_no_excel_file_is_refused(content: bytes) -> None:
    assert refused(io.BytesIO(content))


def test_another_zip_is_refused() -> None:
    assert "没有 Excel 工作簿" in refused(with_part("xl/workbook.xml", None))


def test_a_dense_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    file = with_part("xl/media/picture.bin", "0" * 30_000_000)
    assert len(file.getvalue()) < 100_000
    tracemalloc.start()
    assert "展开后太大" in refused(file)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_too_much_and_too_many_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="展开后太大"):
        check_archive(right_file(), max_unpacked=1000)
    many = right_file()
    with zipfile.ZipFile(many, "a") as archive:
        for number in range(2001):
            archive.writestr(f"xl/{number}", "")
    assert "展开后太大" in refused(many)


def test_a_size_that_is_a_lie_does_not_help_a_bomb() -> None:
    bomb = with_part("xl/styles.xml", "<a>" + "<b/>" * 500_000 + "</a>")
    raw = bytearray(bomb.getvalue())
    with zipfile.ZipFile(bomb) as archive:
        size = archive.getinfo("xl/styles.xml").file_size.to_bytes(4, "little")
    while (place := raw.find(size)) >= 0:
        raw[place : place + 4] = (100).to_bytes(4, "little")
    assert refused(io.BytesIO(bytes(raw)))


def test_a_part_with_too_many_elements_is_refused_whatever_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "MAX_NODES", 5000)
    monkeypatch.setattr(spreadsheets, "MAX_ODD_NODES", 1000)
    for name in (STRINGS, "xl/styles.xml", "xl/elsewhere.bin"):
        assert "展开后太大" in refused(with_part(name, f"<sst {NAMESPACE}>" + "<si/>" * 5001 + "</sst>"))
    assert read(with_part("xl/elsewhere.bin", "no XML at all" * 5000))[1] == []


def test_styles_without_end_cost_no_memory() -> None:
    styles = "".join(f'<xf numFmtId="{number * 7919}"/>' for number in range(150_000))
    file = with_part("xl/styles.xml", f"<styleSheet {NAMESPACE}><cellXfs>{styles}</cellXfs></styleSheet>")
    tracemalloc.start()
    assert "展开后太大" in refused(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_row_without_end_costs_no_memory() -> None:
    rows = '<row r="1">' + "".join(f'<c r="A1"><v>{number * 7919}</v></c>' for number in range(100_000)) + "</row>"
    file = with_part(SHEET, sheet(rows))
    tracemalloc.start()
    found, [error] = read(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found, error.problem) == ([], "行数或列数太多")
    assert peak < 20_000_000


def test_a_row_far_below_is_refused_after_the_allowed_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "MAX_ROWS", 1000)
    cells = '<c r="A1" t="inlineStr"><is><t>工号</t></is></c><c r="B1" t="inlineStr"><is><t>姓名</t></is></c>'
    rows = f'<row r="1">{cells}</row><row r="999999999"><c r="A999999999"><v>1</v></c></row>'
    found, [error] = read(with_part(SHEET, sheet(rows)))
    assert (found, error.problem) == ([], "行数或列数太多")


@pytest.mark.parametrize("name", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_entities_are_refused_in_every_part(name: str) -> None:
    def declare(found: str, content: bytes) -> bytes:
        text = content.decode()
        start = text.index("?>") + 2 if text.startswith("<?xml") else 0
        return (DOCTYPE + text[start:]).encode() if found == name else content

    assert refused(change_parts(right_file(), declare))


@pytest.mark.parametrize(
    ("local", "central", "value"),
    [(6, 8, 1), (8, 10, 97)],
    ids=["encrypted members", "a packing nobody knows"],
)
def test_members_that_cannot_be_unpacked_are_refused(local: int, central: int, value: int) -> None:
    assert refused(patch_headers(right_file(), local, central, value))


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
        '<row r="1"><c r="A1"><v>abc</v></c></row>',
        '<row r="x"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="1A1"><v>1</v></c></row>',
        "<row>",
    ],
)
def test_damage_inside_a_sheet_is_refused(rows: str) -> None:
    assert refused(with_part(SHEET, sheet(rows)))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("content", [None, "", "<x/>", "<x", "\0\0\0"])
def test_a_part_gone_or_replaced_never_escapes_as_another_error(name: str, content: str | None) -> None:
    try:
        read(with_part(name, content))
    except UnreadableFile as error:
        assert error.error.advice


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(RIGHT) - 1), st.integers(0, 255)), min_size=1, max_size=12))
def test_damaged_bytes_never_escape_as_another_error(changes: list[tuple[int, int]]) -> None:
    raw = bytearray(RIGHT)
    for place, value in changes:
        raw[place] = value
    try:
        read(io.BytesIO(bytes(raw)))
    except UnreadableFile as error:
        assert error.error.advice


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(NAMES), st.integers(0, 5000), st.integers(0, 40), st.text("<>/=\"'0129arvst&;:- ", max_size=12))
def test_damaged_xml_never_escapes_as_another_error(name: str, place: int, cut: int, text: str) -> None:
    def damage(found: str, content: bytes) -> bytes:
        start = place % (len(content) or 1)
        return content[:start] + text.encode() + content[start + cut :] if found == name else content

    try:
        read(change_parts(io.BytesIO(RIGHT), damage))
    except UnreadableFile as error:
        assert error.error.advice
