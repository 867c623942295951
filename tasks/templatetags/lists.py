"""The squares of a responsibility list, written out here: a page has hundreds, an include for each would be slow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common import periods
from common.templatetags.look import LIGHT_ICONS, icon
from tasks import list_cells, list_words, transitions
from tasks.lights import SEVERITY, YELLOW
from tasks.list_cells import ListCell

if TYPE_CHECKING:
    from tasks.models import ListItem

register = template.Library()

_ICONS = {
    list_cells.DONE: "check-circle-fill",
    list_cells.LATE: "check-circle-fill",
    list_cells.OVERDUE: "exclamation-octagon-fill",
    list_cells.AHEAD: "circle",
    list_cells.NOT_APPLICABLE: "slash-circle",
    transitions.SUBMITTED: "hourglass-split",
    transitions.RETURNED: "arrow-counterclockwise",
    transitions.WAIVED: "slash-circle",
    transitions.STOPPED: "x-lg",
}


def icon_name(cell: ListCell) -> str:
    """The symbol that says the same as the colour."""
    return _ICONS.get(cell.status) or LIGHT_ICONS[cell.light]


def words(cell: ListCell) -> str:
    """The few words in the square."""
    day = f"{cell.when.month}/{cell.when.day}" if cell.when else ""
    if cell.overdue > 1:
        return _("逾期%(count)d项") % {"count": cell.overdue}
    said = {
        list_cells.DONE: day,
        list_cells.LATE: _("%(day)s迟") % {"day": day},
        list_cells.OVERDUE: _("逾%(days)d天") % {"days": cell.days},
        list_cells.DUE: _("剩%(days)d天") % {"days": cell.days} if cell.days else _("今天"),
        list_cells.AHEAD: _("%(day)s前") % {"day": day},
        list_cells.NOT_APPLICABLE: _("不适用"),
        transitions.SUBMITTED: _("待核查"),
        transitions.RETURNED: _("退回"),
        transitions.WAIVED: _("免办"),
        transitions.STOPPED: _("中止"),
    }[cell.status]
    if cell.total <= 1 or cell.overdue:
        return said
    count = f"{cell.done}/{cell.total}"
    if cell.status == list_cells.LATE:
        return _("%(count)s迟") % {"count": count}
    return count if cell.status in (list_cells.DONE, list_cells.AHEAD) else f"{count} {said}"


def colour(cell: ListCell) -> str:
    """Class of the square; what came back waits for somebody, so it is never greener than yellow."""
    if cell.status in (list_cells.NOT_APPLICABLE, transitions.WAIVED, transitions.STOPPED):
        return "grey"
    if cell.status == transitions.RETURNED:
        return returned_light(cell.light)
    return "ahead" if cell.status == list_cells.AHEAD else cell.light


@register.simple_tag
def list_cell(cell: ListCell, code: str = "", year: int = 0, number: int = 0) -> SafeString:
    """One square; it leads to its Task, or to the item on the holder's list when there are several."""
    if cell.status == list_cells.NONE:
        return format_html('<span class="cell cell-none" title="{}">—</span>', _("本期没有应办"))
    inside = format_html("{}<span>{}</span>", icon(icon_name(cell)), words(cell))
    if cell.task_id is not None:
        url = reverse("tasks:task_detail", args=[cell.task_id])
    elif code and cell.total:
        url = f"{reverse('tasks:list_holder', args=[code, year])}#item-{number}"
    else:
        return format_html('<span class="cell cell-{}" title="{}">{}</span>', colour(cell), cell.cause, inside)
    return format_html('<a class="cell cell-{}" href="{}" title="{}">{}</a>', colour(cell), url, cell.cause, inside)


@register.filter
def returned_light(light: str) -> str:
    """The colour of what came back: never greener than yellow, since somebody has to act."""
    return light if SEVERITY[light] >= SEVERITY[YELLOW] else YELLOW


@register.filter
def period_words(code: str) -> str:
    """The period of a Task: 2026年第二季度."""
    return periods.label(code)


@register.filter
def frequency_words(item: ListItem) -> str:
    """How often."""
    return list_words.frequency_words(item)


@register.filter
def due_words(item: ListItem) -> str:
    """By when."""
    return list_words.due_words(item.due_rule, item.frequency)


@register.filter
def closing_words(item: ListItem) -> str:
    """What closes it, or why a note is asked for."""
    return list_words.closing_words(item)
