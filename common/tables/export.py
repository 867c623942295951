"""A list as a file: the rows and columns of the screen, all pages, every cell as text."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from common import clock
from common.errors import InvalidInput
from common.spreadsheets import write_rows
from common.tables.table import Table

MOST = 20_000  # rows of one file
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# What makes a spreadsheet take a cell for a formula; the full-width signs too, which some versions read alike.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class _Echo:
    """Gives back what the writer of rows writes."""

    def write(self, text: str) -> str:
        return text


def download(table: Table[Any], kind: str) -> HttpResponseBase:
    """All rows that ``table`` shows, as a file of ``kind`` (csv, xlsx).

    Raises ``InvalidInput`` for another kind, and for more than 20,000 rows.
    """
    if kind not in FORMATS:
        raise InvalidInput(_("只能导出CSV或Excel，请点列表下方的按钮。"))
    if table.found.order_by()[: MOST + 1].count() > MOST:
        raise InvalidInput(_("一次最多导出%(most)d条。请先用筛选缩小范围。") % {"most": MOST})
    response = _csv(table) if kind == "csv" else _excel(table)
    name = f"{table.title}-{clock.today().isoformat()}.{kind}"
    response["Content-Disposition"] = content_disposition_header(True, name)
    add_never_cache_headers(response)
    return response


def _headings(table: Table[Any]) -> list[str]:
    return [str(column.heading) for column in table.columns]


def _csv(table: Table[Any]) -> StreamingHttpResponse:
    return StreamingHttpResponse(csv_lines(_headings(table), table.lines()), content_type=FORMATS["csv"])


def csv_lines(headings: list[str], lines: Iterable[list[str]]) -> Iterator[str]:
    """The lines of the file, headed by the mark that tells Excel it is UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([harmless(text) for text in headings])
    for line in lines:
        yield writer.writerow([harmless(text) for text in line])


def harmless(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula: an apostrophe before what begins like one."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _excel(table: Table[Any]) -> FileResponse:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_rows(file, {str(table.title)[:31]: (_headings(table), table.lines())})
    file.seek(0)
    return FileResponse(file, content_type=FORMATS["xlsx"])
