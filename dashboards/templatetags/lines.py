"""The lines of overviews: rows of the table of branches, lists of organisations and of what is overdue.

A page has dozens to hundreds; in template language each would take ten times as long as reading its figures. Every
value is escaped here.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.sentences import spoken
from dashboards.templatetags import cells

if TYPE_CHECKING:
    from dashboards.figures import Share
    from dashboards.selectors.overview import OverdueLine
    from dashboards.tree import Block, Unit, UnitLine

register = template.Library()


@lru_cache(maxsize=4096)
def _address(level: str, code: str, year: int) -> str:
    """The page of an organisation in an overview: a general branch's side by side, any other's year."""
    if level == "general_branch":
        return reverse("dashboards:general_branch", args=[code])
    return reverse("dashboards:branch_year", args=[code, year])


def _link(unit: Unit, day: datetime.date, is_past: bool, classes: str) -> str:
    """A link to the organisation's page, as of the same day when that is past."""
    query = f"?as_of={day.isoformat()}" if is_past else ""
    return f'<a class="{classes}" href="{escape(_address(unit.level, unit.code, day.year) + query)}">{escape(unit.name)}</a>'


@register.simple_tag
def branch_rows(lines: Iterable[UnitLine], day: datetime.date, is_past: bool) -> SafeString:
    """Rows of the table of branches: name, light, a square for every kind, and one for the rest."""
    said = cells.phrases()
    rows = []
    for line in lines:
        squares = [cells.square_html(square, said, mixed=True) for square in (*line.cells, line.other)]
        rows.append(
            f'<tr><th scope="row">{_link(line.unit, day, is_past, "text-reset")}</th>'
            f'<td class="matrix-light">{cells.line_html(line, said)}</td><td>{"</td><td>".join(squares)}</td></tr>'
        )
    return mark_safe("\n".join(rows))  # noqa: S308


@register.simple_tag
def block_lights(block: Block) -> SafeString:
    """How many branches of a general branch have which light, worst first."""
    return mark_safe(cells.lights_html(block.lights, cells.phrases()))  # noqa: S308


@register.simple_tag
def unit_items(lines: Iterable[UnitLine], day: datetime.date, is_past: bool, classes: str = "text-reset") -> SafeString:
    """Items of a list of organisations: name and light, and why it needs help when it does."""
    said = cells.phrases()
    items = []
    for line in lines:
        link = _link(line.unit, day, is_past, classes)
        reason = f'<div class="line-meta">{escape(cells.help_reason(line, said))}</div>' if line.needs_help else ""
        items.append(f'<li><div class="line-head">{link}{cells.line_html(line, said)}</div>{reason}</li>')
    return mark_safe("\n".join(items))  # noqa: S308


@register.simple_tag
def overdue_items(lines: Iterable[OverdueLine]) -> SafeString:
    """Items of the list of what is overdue: what, for how long, whose, since when, and why it came back."""
    over, due, returned = _("逾期%(days)s天"), _("应于%(day)s完成"), _("退回：%(cause)s")
    items = []
    for line in lines:
        row = line.row
        day = spoken(f"{row.due_on.year}年{row.due_on.month}月{row.due_on.day}日")
        meta = [line.unit.name, due % {"day": day}]
        if row.return_cause:
            meta.append(returned % {"cause": row.return_cause})
        lamp = cells.lamp_html("red", over % {"days": line.days}, spoken(row.light_cause))
        items.append(
            f'<li><div class="line-head"><a href="{escape(cells.task_address(row.task_id))}">{escape(row.title)}</a>{lamp}'
            f'</div><div class="line-meta">{escape(" · ".join(meta))}</div></li>'
        )
    return mark_safe("\n".join(items))  # noqa: S308


@register.simple_tag
def heat_squares(shares: Sequence[Share]) -> SafeString:
    """The squares of one kind's year, each in its field of the table."""
    language = get_language() or ""
    return mark_safe("".join([f"<td>{cells.heat_html(share, language)}</td>" for share in shares]))  # noqa: S308
