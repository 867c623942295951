"""Lists as HTML: the fields of the filters, the head and the rows.

Rows are written by plain string building with everything from the database escaped: fifty rows through template nodes
and includes took longer than the query that reads them.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common import language
from common.tables.columns import Column
from common.tables.filters import select
from common.tables.table import SORT, Q, Table
from common.templatetags.look import icon

register = template.Library()


@register.simple_tag
def table_fields(table: Table[Any]) -> SafeString:
    """The fields of all filters, and the order for those who see no headings (phones)."""
    fields = [part.field(table.values.get(part.key), table) for part in table.filters]
    sortable = tuple((column.key, str(column.heading)) for column in table.columns if column.sort)
    if sortable:
        fields.append(_orders(sortable, table.sort, get_language() or ""))
    return SafeString("".join(fields))


@lru_cache(maxsize=256)
def _orders(columns: tuple[tuple[str, str], ...], chosen: str, _language: str) -> str:
    options = []
    for key, heading in columns:
        options.append((key, _("%(column)s：升序") % {"column": heading}))
        options.append((f"-{key}", _("%(column)s：降序") % {"column": heading}))
    return select(SORT, _("排序"), options, chosen, _("默认顺序"))


@register.simple_tag
def table_asked(table: Table[Any]) -> SafeString:
    """What is asked for, in words, each with a way to leave it out."""
    parts = [(Q, _("查找"), table.text)] if table.text else []
    parts += [
        (part.key, str(part.label), part.words(table.values[part.key], table))
        for part in table.filters
        if part.key in table.values
    ]
    return SafeString("".join(_asked(table, *part) for part in parts))


def _asked(table: Table[Any], key: str, label: str, words: str) -> str:
    said = escape(words if words == label else f"{label}：{words}")
    hint = escape(_("去掉这个条件"))
    return f'<a class="tb-chip" href="?{escape(table.query(without=key))}" title="{hint}">{said}{icon("x-lg")}</a>'


@register.simple_tag
def table_head(table: Table[Any]) -> SafeString:
    """The headings; by those that are links the list is sorted."""
    return SafeString("".join(_heading(table, column) for column in table.columns))


def _heading(table: Table[Any], column: Column) -> str:
    words = escape(str(column.heading))
    if not column.sort:
        return f'<th scope="col" role="columnheader">{words}</th>'
    if table.sort == column.key:
        how, then, sign = ' aria-sort="ascending"', f"-{column.key}", icon("caret-up-fill")
    elif table.sort == f"-{column.key}":
        how, then, sign = ' aria-sort="descending"', column.key, icon("caret-down-fill")
    else:
        how, then, sign = "", column.key, SafeString("")
    return (
        f'<th scope="col" role="columnheader"{how}><a href="?{escape(table.query(sort=then))}">{words}{sign}</a></th>'
    )


@register.simple_tag
def table_rows(table: Table[Any], is_chosen_from: bool = False) -> SafeString:
    """The rows of the page; ``is_chosen_from``: with a box in front of each."""
    cells = [(*_frame(column), column.html, column.words) for column in table.columns]
    choose = escape(_("选择"))
    found: list[str] = []
    with language.held():
        for row in table.page.object_list:
            found.append('<tr role="row">')
            if is_chosen_from:
                found.append(
                    '<td role="cell" class="tb-check"><label class="tb-tap"><input class="form-check-input" type="checkbox" '
                    f'form="bulk" name="row" value="{row.pk}" aria-label="{choose} {escape(table.name_of(row))}"></label></td>'
                )
            for before, after, html, words in cells:
                found.append(f"{before}{escape(words(row)) if html is None else html(row)}{after}")
            found.append("</tr>")
    return SafeString("".join(found))


def _frame(column: Column) -> tuple[str, str]:
    css = f"{column.css} tb-main".strip() if column.is_main else column.css
    classes = f' class="{css}"' if css else ""
    if column.is_main:
        return f'<th scope="row" role="rowheader"{classes}>', "</th>"
    return f'<td role="cell"{classes} data-label="{escape(str(column.heading))}">', "</td>"
