"""Reading uploaded Excel files that may be wrong or hostile, in bounded memory, and writing safe ones.

Every finding is a ``RowError`` in Chinese: which sheet, row and column, what is wrong, what to do.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any
from xml.parsers import expat

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES, ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from common.clock import SHANGHAI
from common.texts import visible

MAX_UNPACKED = 100 * 1024 * 1024  # bytes; a roster of 6,000 people unpacks to less than 10 MB
MAX_RATIO = 200
MAX_ROWS = 200_000
MAX_NODES = 2_000_000  # XML elements in one part
MAX_ODD_NODES = 100_000  # of them other than cells and texts (styles, merges): some 800 bytes each in openpyxl
MAX_ROW_NODES = 50_000  # XML elements in one row: the 16,384 columns of Excel with value and formula
_SMALLEST_NODE = 4  # bytes of "<a/>"
NOT_COMPUTED = "#NOT_COMPUTED"  # stands for a formula saved without its result; a program wrote it, not Excel
MAX_NOT_COMPUTED = 10_000  # of them remembered in one sheet
_ESCAPED_CONTROL = re.compile(r"_x00[01][0-9A-F]_")  # how Excel writes a carriage return; openpyxl leaves it so
# Texts that stand in a cell instead of a value; none of them is something a person typed.
FORMULA_FAULTS = frozenset({*ERROR_CODES, "#SPILL!", "#CALC!", "#GETTING_DATA", NOT_COMPUTED})
_DATA_NODES = {"row", "c", "v", "f", "is", "si", "t"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What zipfile, zlib, expat and openpyxl raise for a damaged or hostile file; RuntimeError: an encrypted member.
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, expat.ExpatError, InvalidFileException, SyntaxError, EOFError, OSError),
    *(RuntimeError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError),
)


@dataclass(frozen=True)
class RowError:
    """One thing wrong in a file. ``row`` and ``column`` may be empty (0, "") for the whole sheet or file."""

    sheet: str
    row: int
    column: str
    problem: str
    advice: str

    def __str__(self) -> str:
        place = " ".join(part for part in (self.sheet, _("第%d行") % self.row if self.row else "", self.column) if part)
        return f"{place}：{self.problem} —— {self.advice}" if place else f"{self.problem} —— {self.advice}"


class UnreadableFile(Exception):
    """The file cannot be read at all; ``error`` says why and what to do."""

    def __init__(self, problem: str, advice: str) -> None:
        self.error = RowError("", 0, "", problem, advice)
        super().__init__(str(self.error))


@dataclass(frozen=True)
class SheetSpec:
    """A sheet by name with its columns; ``optional`` columns or the whole sheet may be missing."""

    name: str
    columns: tuple[str, ...]
    optional_columns: tuple[str, ...] = ()
    is_optional: bool = False


def check_archive(file: IO[bytes], *, max_unpacked: int = MAX_UNPACKED) -> None:
    """Refuse what is not an .xlsx before any parser sees it: old .xls, encrypted, damaged, zip bombs.

    Raises ``UnreadableFile``. Leaves the file at its start.
    """
    file.seek(0)
    head = file.read(8)
    file.seek(0)
    if head.startswith(_OLE):
        raise UnreadableFile(
            _("这是旧版 .xls 文件或加了密码的文件"), _("请在 Excel 里去掉密码，另存为“Excel 工作簿（.xlsx）”再上传")
        )
    if not head.startswith(b"PK"):
        raise UnreadableFile(_("这不是 Excel 文件"), _("请上传 .xlsx 格式的 Excel 工作簿"))
    try:
        with zipfile.ZipFile(file) as archive:
            _check_sizes(archive, max_unpacked)
            _check_nodes(archive)
            if "xl/workbook.xml" not in archive.namelist():
                raise UnreadableFile(_("这个压缩包里没有 Excel 工作簿"), _("请上传 .xlsx 格式的 Excel 工作簿"))
    except _BROKEN as error:
        raise UnreadableFile(_("文件已损坏，打不开"), _("请在 Excel 里重新保存后再上传")) from error
    finally:
        file.seek(0)


def _check_sizes(archive: zipfile.ZipFile, max_unpacked: int) -> None:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    too_dense = unpacked > 10 * 1024 * 1024 and unpacked / packed > MAX_RATIO
    if unpacked > max_unpacked or too_dense or len(entries) > 2000:
        raise _too_large()


def _too_large() -> UnreadableFile:
    return UnreadableFile(_("文件展开后太大，可能是恶意文件"), _("请删去多余的空行、图片和格式后另存，再上传"))


def _unreadable() -> UnreadableFile:
    return UnreadableFile(_("工作簿的内容损坏，读不出来"), _("请在 Excel 里重新保存后再上传"))


def _check_nodes(archive: zipfile.ZipFile) -> None:
    # Every part by its size and elements, not by its name: the file itself says which part holds what.
    for entry in archive.infolist():
        if entry.file_size > MAX_ODD_NODES * _SMALLEST_NODE and _scan(archive, entry.filename).is_too_large:
            raise _too_large()


class _Scan:
    """Counts the elements of one XML part as they stream by; finds a merged header and formulas without a result."""

    def __init__(self) -> None:
        self.nodes = self.odd_nodes = self.rows = self.nodes_in_row = 0
        self.is_header_merged = self.is_row_too_wide = False
        self.not_computed: set[str] = set()  # cells such as H3
        self._cell: dict[str, str] = {}
        self._open_formula = ""
        self._in_value = self._has_value = False

    @property
    def is_too_large(self) -> bool:
        """Whether the part has more elements than may be read."""
        return self.nodes > MAX_NODES or self.odd_nodes > MAX_ODD_NODES

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take one opening tag. Raises ``StopIteration`` when the part is too large to read on."""
        tag = name.rpartition("}")[2]
        self.nodes += 1
        self.nodes_in_row += 1
        self.odd_nodes += tag not in _DATA_NODES
        if tag == "c":
            self._cell, self._open_formula, self._has_value = attributes, "", False
        elif tag == "f" and self._cell.get("t", "n") == "n":
            self._open_formula = self._cell.get("r", "")
        self._in_value = tag == "v"
        if tag == "row":
            self.rows += 1
            self.nodes_in_row = 0
        elif tag == "mergeCell" and re.match(r"^[A-Z]+1(:|$)", attributes.get("ref", "")):
            self.is_header_merged = True
        self.is_row_too_wide = self.is_row_too_wide or self.nodes_in_row > MAX_ROW_NODES
        if self.is_too_large:
            raise StopIteration

    def text(self, text: str) -> None:
        """Take the text of an element."""
        self._has_value = self._has_value or (self._in_value and bool(text.strip()))

    def end(self, name: str) -> None:
        """Take one closing tag."""
        is_cell = self._open_formula and name.rpartition("}")[2] == "c"
        if is_cell and not self._has_value and len(self.not_computed) < MAX_NOT_COMPUTED:
            self.not_computed.add(self._open_formula)


def _refuse_doctype(*_args: object) -> None:
    raise ValueError("a document type declaration: Excel writes none, entity bombs need one")


def _scan(archive: zipfile.ZipFile, part: str) -> _Scan:
    """Stream one part. What is not XML (a picture) counts as far as it could be read."""
    found = _Scan()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler, parser.EndElementHandler = found.start, found.end
    parser.CharacterDataHandler, parser.buffer_text = found.text, True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    with archive.open(part) as stream:
        try:
            parser.ParseFile(stream)
        except (StopIteration, expat.ExpatError):
            return found  # a broken sheet is refused by openpyxl, which knows which part is one
    return found


class Book:
    """An opened workbook whose sheets are read one row at a time; use as a context manager."""

    def __init__(self, file: IO[bytes], *, max_unpacked: int = MAX_UNPACKED) -> None:
        check_archive(file, max_unpacked=max_unpacked)
        self._file = file
        self.ignored: dict[str, list[str]] = {}  # sheet → columns that the reader did not ask for
        try:
            self._book = load_workbook(file, read_only=True, data_only=True)
        except _BROKEN as error:
            raise _unreadable() from error

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._book.close()

    @property
    def sheet_names(self) -> list[str]:
        """Names of the sheets in the file."""
        return list(self._book.sheetnames)

    def rows(self, spec: SheetSpec, errors: list[RowError]) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield (row number in Excel, column → value) of a sheet, blank rows left out.

        Faults of the sheet or its header go to ``errors``, and nothing is yielded then. Raises ``UnreadableFile``
        when the sheet turns out to be damaged.
        """
        if spec.name not in self._book.sheetnames:
            if not spec.is_optional:
                errors.append(RowError(spec.name, 0, "", _("缺少这张表"), _("请按模板补上，表名不要改")))
            return
        shape = self._shape(spec.name)
        if shape.is_too_large or shape.is_row_too_wide or shape.rows > MAX_ROWS:
            errors.append(_too_many_rows(spec.name))
            return
        lines = self._lines(spec.name)
        header = [clean_text(value) for value in next(lines, ())]
        found = _check_header(spec, header, shape.is_header_merged)
        errors.extend(found)
        if found:
            return
        wanted = [(index, name) for index, name in enumerate(header) if name in {*spec.columns, *spec.optional_columns}]
        known = {name for _index, name in wanted}
        if others := [name for name in header if name and name not in known]:
            self.ignored[spec.name] = others
        for number, line in enumerate(lines, start=2):
            if number > MAX_ROWS:
                errors.append(_too_many_rows(spec.name))
                return
            values = {name: line[index] if index < len(line) else None for index, name in wanted}
            if shape.not_computed:
                cells = {name: f"{get_column_letter(index + 1)}{number}" for index, name in wanted}
                values |= {name: NOT_COMPUTED for name, cell in cells.items() if cell in shape.not_computed}
            if any(not is_blank(value) for value in values.values()):
                yield number, values

    def _shape(self, name: str) -> _Scan:
        # openpyxl's own path: read-only mode tells neither merged cells nor sizes, and a file may lie about its parts.
        try:
            with zipfile.ZipFile(self._file) as archive:
                return _scan(archive, self._book[name]._worksheet_path)  # type: ignore[attr-defined]
        except _BROKEN as error:
            raise _unreadable() from error

    def _lines(self, name: str) -> Iterator[tuple[Any, ...]]:
        sheet = self._book[name]
        try:
            sheet.reset_dimensions()
            lines = sheet.iter_rows(values_only=True)
            while (line := next(lines, None)) is not None:
                yield line
        except _BROKEN as error:
            raise _unreadable() from error


def _too_many_rows(sheet: str) -> RowError:
    return RowError(sheet, 0, "", _("行数或列数太多"), _("请删去多余的空行空列，或分成几个文件导入"))


def _check_header(spec: SheetSpec, header: list[str], is_merged: bool) -> list[RowError]:
    advice = _("第一行应依次写列名：%s") % "、".join([*spec.columns, *spec.optional_columns])
    if is_merged:
        return [RowError(spec.name, 1, "", _("表头有合并单元格"), _("请取消合并；") + advice)]
    missing = [name for name in spec.columns if name not in header]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    errors = [RowError(spec.name, 1, name, _("缺少这一列"), advice) for name in missing]
    return errors + [RowError(spec.name, 1, name, _("这一列出现了两次"), _("请删去多余的一列")) for name in twice]


def is_blank(value: object) -> bool:
    """Whether a cell is empty or holds only blanks (full-width ones included)."""
    return value is None or (isinstance(value, str) and not clean_text(value))


def clean_text(value: object) -> str:
    """Text of a cell: full-width letters, digits and blanks made half-width, blanks at both ends and what nobody sees removed."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else _plain(value)
    text = _ESCAPED_CONTROL.sub("\n", text)
    kept = "".join(unicodedata.normalize("NFKC", c) if "\uff10" <= c <= "\uff5a" and c.isalnum() else c for c in text)
    return re.sub(r"[\u3000\u00a0]", " ", visible(kept)).strip()


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def as_date(value: object) -> datetime.date | None:
    """The date of a cell, ``None`` for a blank one. Raises ``ValueError`` for anything else (text included)."""
    if is_blank(value):
        return None
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    raise ValueError(f"not a date: {value!r}")


def write_rows(file: IO[bytes], sheets: Mapping[str, tuple[Sequence[str], Iterable[Sequence[object]]]]) -> None:
    """Write sheets (name → header and rows); text stays text, so that a cell beginning with ``=`` runs nothing."""
    book = Workbook(write_only=True)
    for name, (header, rows) in sheets.items():
        sheet = book.create_sheet(name)
        for row in chain([header], rows):
            sheet.append([_cell(sheet, value) for value in row])
    book.save(file)


def _cell(sheet: Any, value: object) -> Any:
    if isinstance(value, datetime.datetime) and value.tzinfo:
        return value.astimezone(SHANGHAI).replace(tzinfo=None)  # Excel knows no time zones
    if not isinstance(value, str | Promise):
        return value
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", str(value)))  # openpyxl refuses control characters
    cell.data_type = "s"
    return cell
