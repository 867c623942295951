"""The milestones of one project as SVG: positions are attributes in per cent, so nothing needs inline style."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tasks.chart import Axis
from tasks.selectors.projects import Step

register = template.Library()
HEIGHT, HEAD = 24, 20
FEW = 7  # columns whose headings all fit on a phone


@register.simple_tag
def project_axis_head(axis: Axis, today: datetime.date) -> SafeString:
    """The months above the milestones, and the mark of the day."""
    every = 1 if len(axis.columns) <= FEW else 2
    months = format_html_join(
        "",
        '<text x="{}%" y="14">{}</text>',
        ((_n(axis.x(column.start)), column.label) for column in axis.columns[::every]),
    )
    return _svg(HEAD, "track-head", "", [months, _today(axis, today, HEAD)])


@register.simple_tag
def project_step_chart(step: Step, axis: Axis, today: datetime.date) -> SafeString:
    """One milestone: its window, the done part, the diamond at its date, where it was due first, and the day."""
    x, width = axis.span(step.start, step.due)
    state = "done" if step.is_done else step.light
    parts = [
        format_html_join(
            "",
            '<line class="track-grid" x1="{0}%" x2="{0}%" y1="0" y2="{1}"/>',
            ((_n(axis.x(column.start)), HEIGHT) for column in axis.columns[1:]),
        ),
        _bar(f"track-bar track-{state}", x, width),
    ]
    if step.reported:
        parts.append(_bar("track-share", x, width * step.reported / 100))
    first = step.task.original_due_on if step.task is not None else step.due
    if first != step.due and axis.shows(first):
        parts.append(_diamond("track-was", axis, first))
    parts += [_diamond(f"track-end track-{state}", axis, step.due), _today(axis, today, HEIGHT)]
    return _svg(HEIGHT, "track", _words(step), parts)


def _words(step: Step) -> str:
    """What the drawing says, for who hears it."""
    how = _("已办结") if step.is_done else _("已报进度%(share)d%%") % {"share": step.reported}
    return _("%(start)s至%(due)s，%(how)s") % {"start": step.start, "due": step.due, "how": how}


def _svg(height: int, css: str, words: str, parts: Iterable[SafeString]) -> SafeString:
    inside = format_html_join("", "{}", ((part,) for part in parts))
    if not words:
        return format_html('<svg class="{}" width="100%" height="{}" aria-hidden="true">{}</svg>', css, height, inside)
    line = '<svg class="{}" width="100%" height="{}" role="img" aria-label="{}">{}</svg>'
    return format_html(line, css, height, words, inside)


def _bar(css: str, x: float, width: float) -> SafeString:
    return format_html('<rect class="{}" x="{}%" width="{}%" y="7" height="10" rx="3"/>', css, _n(x), _n(width))


def _diamond(css: str, axis: Axis, day: datetime.date) -> SafeString:
    x, width = axis.span(day, day)
    drawn = '<svg x="{}%" y="12" overflow="visible"><path class="{}" d="M0-7 7 0 0 7-7 0Z"/></svg>'
    return format_html(drawn, _n(x + width), css)


def _today(axis: Axis, today: datetime.date, height: int) -> SafeString:
    if not axis.shows(today):
        return SafeString("")
    x, width = axis.span(today, today)
    return format_html('<line class="track-today" x1="{0}%" x2="{0}%" y1="0" y2="{1}"/>', _n(x + width / 2), height)


def _n(number: float) -> str:
    return f"{number:.2f}"
