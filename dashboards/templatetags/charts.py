"""Charts on a page: the data that the script draws, and the table that everybody can read."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe

from dashboards.charts.table import written

if TYPE_CHECKING:
    from dashboards.charts.table import Chart, Row

register = template.Library()


@register.simple_tag
def drawing(chart: Chart) -> SafeString:
    """The chart as data, escaped; the script finds it by its id."""
    return json_script(chart.drawing(), f"drawing-{chart.key}")


@register.simple_tag
def chart_rows(chart: Chart) -> SafeString:
    """The rows of the table, each value with its link. Every text is escaped."""
    return mark_safe("\n".join(_row(chart, row) for row in chart.rows))  # noqa: S308


def _row(chart: Chart, row: Row) -> str:
    label = escape(row.label)
    head = f'<a href="{escape(row.url)}">{label}</a>' if row.url else label
    cells = []
    for index, (value, column) in enumerate(zip(row.values, chart.columns, strict=True)):
        text = written(value) + (chart.unit if value is not None and column.drawn else "")
        link = row.link(index) if value is not None else ""
        shown = f'<a href="{escape(link)}">{escape(text)}</a>' if link else escape(text or "—")
        cells.append(f'<td class="num"{_title(row.note(index))}>{shown}</td>')
    return f'<tr><th scope="row">{head}</th>{"".join(cells)}</tr>'


def _title(note: str) -> str:
    return f' title="{escape(note)}"' if note else ""
