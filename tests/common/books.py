"""Excel files for tests: right ones, and ones damaged on purpose."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from common.spreadsheets import Book, RowError, SheetSpec, write_rows

SPEC = SheetSpec("党员", ("工号", "姓名"), ("备注",))
SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def make_file(*rows: Sequence[Any], sheet: str = "党员") -> io.BytesIO:
    """An .xlsx with one sheet; the first row is its header."""
    stream = io.BytesIO()
    write_rows(stream, {sheet: (rows[0], rows[1:])})
    stream.seek(0)
    return stream


def right_file() -> io.BytesIO:
    """A file that can be read."""
    return make_file(["工号", "姓名"], ["20020001", "张三"], ["20020002", "李四"])


def read(file: io.BytesIO, spec: SheetSpec = SPEC) -> tuple[list[tuple[int, dict[str, Any]]], list[RowError]]:
    """Rows and findings of one sheet."""
    errors: list[RowError] = []
    with Book(file) as book:
        rows = list(book.rows(spec, errors))
    return rows, errors


def change_parts(file: io.BytesIO, change: Callable[[str, bytes], bytes | None]) -> io.BytesIO:
    """The file with every part passed through ``change(name, content)``; ``None`` leaves a part out."""
    changed = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    changed.seek(0)
    return changed


def with_part(name: str, content: str | None, file: io.BytesIO | None = None) -> io.BytesIO:
    """A right file with one part replaced, added, or left out (``None``)."""
    base = change_parts(file or right_file(), lambda found, old: None if found == name else old)
    if content is not None:
        with zipfile.ZipFile(base, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
    base.seek(0)
    return base


def patch_headers(file: io.BytesIO, local: int, central: int, value: int) -> io.BytesIO:
    """The file with one byte set in every local and central header of its zip."""
    raw = bytearray(file.getvalue())
    for signature, offset in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
        place = raw.find(signature)
        while place >= 0:
            raw[place + offset] = value
            place = raw.find(signature, place + 4)
    return io.BytesIO(bytes(raw))
