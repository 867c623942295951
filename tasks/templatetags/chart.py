"""Rows of the wall chart as SVG: positions are attributes in per cent, so nothing needs inline style.

A thousand rows are written by plain string building with everything from the database escaped: through template nodes
they took four times as long.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from html import escape

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from common.templatetags.look import light
from tasks.chart import Axis
from tasks.selectors.chart import Bar, Row

register = template.Library()
HEIGHT = 28
LINE = 40


@register.simple_tag
def chart_axis(axis: Axis, today: datetime.date) -> SafeString:
    """The head of the chart: the columns and the mark of the day; its lines are drawn once and used by every row."""
    columns = "".join(
        f'<text x="{axis.x(column.start):.2f}%" dx="4" y="16">{escape(column.label)}</text>' for column in axis.columns
    )
    lines = "".join(
        f'<line class="gantt-grid" x1="{axis.x(column.start):.2f}%" x2="{axis.x(column.start):.2f}%" y2="{HEIGHT}"/>'
        for column in axis.columns[1:]
    )
    return SafeString(
        '<svg class="gantt gantt-head" width="100%" height="24" aria-hidden="true">'
        f'<g id="gantt-lines">{lines}{_today(axis, today)}</g>{columns}</svg>'
    )


@register.simple_tag
def chart_rows(rows: Iterable[Row], axis: Axis) -> SafeString:
    """The table rows of one group."""
    words = {
        "none": escape(_("还没有报进展")),
        "next": escape(_("下一步")),
        "done": escape(_("已完成")),
        "was": escape(_("原期限")),
    }
    return SafeString("".join(_row(row, axis, words) for row in rows))


def _row(row: Row, axis: Axis, words: dict[str, str]) -> str:
    what = escape(" · ".join(dict.fromkeys(part for part in (row.number, row.unit, row.owner) if part)))
    cause = f'<span class="gantt-sub">{escape(row.light_cause)}</span>' if row.light_cause else ""
    return (
        f'<tr><th scope="row" class="gantt-what"><a href="{escape(row.url)}">{escape(row.title)}</a>'
        f'<span class="gantt-sub">{what}</span></th>'
        f'<td class="gantt-light">{light(row.light)}{cause}</td>'
        f'<td class="gantt-chart">{_chart(row, axis, words)}</td>'
        f'<td class="gantt-num">{row.progress}%</td>'
        f'<td class="gantt-line">{_lines(row, words)}</td></tr>'
    )


def _lines(row: Row, words: dict[str, str]) -> str:
    if row.latest and row.latest_on:
        found = f'<span class="gantt-latest">{_short(row.latest_on)} {_cut(row.latest)}</span>'
    else:
        found = f'<span class="text-secondary">{words["none"]}</span>'
    if row.next_step:
        due = f"（{_short(row.next_due)}）" if row.next_due else ""
        found += f'<span class="gantt-sub">{words["next"]}：{_cut(row.next_step)}{due}</span>'
    return found


def _chart(row: Row, axis: Axis, words: dict[str, str]) -> str:
    # Diamonds last: the bar of the next step begins where one ends.
    bars = "".join(_bar(bar, axis) for bar in row.bars) + "".join(_ends(bar, axis, words) for bar in row.bars)
    return (
        f'<svg class="gantt" width="100%" height="{HEIGHT}" role="img" aria-label="{escape(words_of(row, words))}">'
        f'<use href="#gantt-lines"/>{bars}</svg>'
    )


def words_of(row: Row, words: dict[str, str]) -> str:
    """The chart of a row in words: its days, and each step with its date and how far it is."""
    steps = [f"{bar.title}：{bar.due}，{words['done'] if bar.is_done else f'{bar.share}%'}" for bar in row.bars]
    return "；".join([f"{row.start} – {row.end}", *steps])


def _bar(bar: Bar, axis: Axis) -> str:
    x, width = axis.span(bar.start, bar.due)
    if not width:
        return ""
    state, title = _state(bar), _title(bar)
    found = f'<rect class="gantt-bar gantt-{state}" x="{x:.2f}%" width="{width:.2f}%" y="9" height="10" rx="2">{title}</rect>'
    if bar.share and not bar.is_done:
        share = width * bar.share / 100
        found += f'<rect class="gantt-share" x="{x:.2f}%" width="{share:.2f}%" y="15" height="4" rx="2"/>'
    return found


def _ends(bar: Bar, axis: Axis, words: dict[str, str]) -> str:
    found = ""
    if bar.original_due != bar.due and axis.shows(bar.original_due):
        found += _diamond(axis, bar.original_due, "gantt-was", f"<title>{words['was']} {bar.original_due}</title>")
    if axis.shows(bar.due):
        found += _diamond(axis, bar.due, f"gantt-end gantt-{_state(bar)}", _title(bar))
    return found


def _state(bar: Bar) -> str:
    return "done" if bar.is_done else bar.light


def _title(bar: Bar) -> str:
    return f"<title>{escape(bar.title)} · {bar.start} – {bar.due}</title>"


def _diamond(axis: Axis, day: datetime.date, css: str, title: str) -> str:
    x, width = axis.span(day, day)
    return (
        f'<svg x="{x + width:.2f}%" y="14" overflow="visible">'
        f'<path class="{css}" d="M0-7 7 0 0 7-7 0Z">{title}</path></svg>'
    )


def _today(axis: Axis, today: datetime.date) -> str:
    if not axis.shows(today):
        return ""
    x, width = axis.span(today, today)
    middle = f"{x + width / 2:.2f}%"
    return f'<line class="gantt-today" x1="{middle}" x2="{middle}" y2="{HEIGHT}"/>'


def _short(day: datetime.date) -> str:
    return f"{day.month}/{day.day}"


def _cut(text: str) -> str:
    return escape(text if len(text) <= LINE else Truncator(text).chars(LINE))


@register.simple_tag
def chart_sample(css: str, shape: str) -> SafeString:
    """One sign of the legend; ``shape``: bar, share, diamond or line."""
    shapes = {
        "bar": ('<rect class="{}" y="2" width="28" height="10" rx="2"/>', 28),
        "share": ('<rect class="{}" y="5" width="28" height="4" rx="2"/>', 28),
        "diamond": ('<svg x="8" y="7" overflow="visible"><path class="{}" d="M0-7 7 0 0 7-7 0Z"/></svg>', 16),
        "line": ('<line class="{}" x1="5" x2="5" y2="14"/>', 10),
    }
    drawn, width = shapes[shape]
    return format_html('<svg width="{}" height="14" aria-hidden="true">{}</svg>', width, format_html(drawn, css))
