"""The squares of matrices and tables, written out here: a page has hundreds, an include for each would be slow."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from common.templatetags.look import LIGHT_ICONS, icon
from dashboards import cells
from dashboards.cells import Cell
from dashboards.figures import Share
from dashboards.tree import UnitLine

register = template.Library()

_ICONS = {
    cells.DONE: "check-circle-fill",
    cells.LATE: "check-circle-fill",
    cells.WAIVED: "slash-circle",
    cells.STOPPED: "x-lg",
    cells.OVERDUE: "exclamation-octagon-fill",
    cells.AHEAD: "circle",
    cells.SUBMITTED: "hourglass-split",
    cells.RETURNED: "arrow-counterclockwise",
}


def icon_of(cell: Cell) -> str:
    """Name of the symbol that says the same as the colour."""
    return _ICONS.get(cell.status) or LIGHT_ICONS[cell.light]


# Looked up, never built for a square: a page has hundreds of them. %(...)s are filled from the cell.
_WORDS = {
    cells.DONE: "%(when)s",
    cells.LATE: _lazy("%(when)s迟"),
    cells.WAIVED: _lazy("免办"),
    cells.STOPPED: _lazy("中止"),
    cells.OVERDUE: _lazy("逾%(days)s天"),
    cells.DUE: _lazy("剩%(days)s天"),
    cells.AHEAD: _lazy("%(when)s前"),
    cells.SUBMITTED: _lazy("待核查"),
    cells.RETURNED: _lazy("退回"),
}
_WORDS_OF_MANY = {
    cells.LATE: _lazy("%(count)s 迟"),
    cells.OVERDUE: _lazy("%(count)s 逾期"),
    cells.DUE: _lazy("%(count)s 剩%(days)s天"),
    cells.SUBMITTED: _lazy("%(count)s 待核查"),
    cells.RETURNED: _lazy("%(count)s 退回"),
}
_SAYS = {
    cells.DONE: _lazy("按期完成"),
    cells.LATE: _lazy("逾期后完成"),
    cells.WAIVED: _lazy("免办"),
    cells.STOPPED: _lazy("中止"),
    cells.OVERDUE: _lazy("逾期未完成"),
    cells.DUE: _lazy("临近到期"),
    cells.AHEAD: _lazy("未到期"),
    cells.SUBMITTED: _lazy("已提交，待核查"),
    cells.RETURNED: _lazy("被退回，待补正"),
}


def words(cell: Cell, mixed: bool = False) -> str:
    """The few words that stand in the square; ``mixed``: it holds several periods, so n of m would mislead."""
    if mixed and cell.overdue > 1:
        return _("逾期%(count)s项") % {"count": cell.overdue}
    values = {
        "count": f"{cell.done}/{cell.total}",
        "when": f"{cell.when.month}/{cell.when.day}" if cell.when else "",
        "days": cell.days,
    }
    if cell.total > 1 and not (mixed and cell.overdue):
        return str(_WORDS_OF_MANY.get(cell.status, "%(count)s")) % values
    if cell.status == cells.DUE and not cell.days:
        return _("今天")
    return str(_WORDS[cell.status]) % values


def says(cell: Cell) -> str:
    """The whole sentence behind the square, for the pointer and for screen readers."""
    kind = str(_SAYS[cell.status])
    parts = [kind, cell.cause if cell.cause != kind else ""]
    if cell.total > 1:
        parts.append(_("应办%(total)s次，已办%(done)s次") % {"total": cell.total, "done": cell.done})
    return "；".join(part for part in parts if part)


def _colour(cell: Cell) -> str:
    """The colour of a square: its light, except that solid green is kept for what is done."""
    if cell.light != "green":
        return cell.light
    return {cells.AHEAD: "ahead", cells.RETURNED: "yellow", cells.SUBMITTED: "grey"}.get(cell.status, "green")


def _target(cell: Cell, link: str) -> str:
    """Where the square leads: done ones to the record; open ones as the page says (act, task or none)."""
    if cell.status in (cells.DONE, cells.LATE):
        return cell.url or (_task(cell) if link != "none" else "")
    if link == "act" and cell.url:
        return cell.url
    return _task(cell) if link != "none" else ""


def _task(cell: Cell) -> str:
    return _task_address().replace("/0/", f"/{cell.task_id}/") if cell.task_id else ""


@lru_cache(maxsize=1)
def _task_address() -> str:
    """The address of Task 0: resolving it for every square would take as long as reading them."""
    return reverse("tasks:task_detail", args=[0])


_NOTHING = mark_safe('<span class="cell cell-none"><span>—</span></span>')


@register.simple_tag
def cell(square: Cell, link: str = "task", reasons: bool = True, label: str = "", mixed: bool = False) -> SafeString:
    """One square: symbol, few words, a link where there is somewhere to go. ``label`` says what it is about."""
    if square.status == cells.NONE:
        return _NOTHING
    colour = _colour(square)
    inner = f"{icon(icon_of(square))}<span>{escape(words(square, mixed))}</span>"
    title = escape("：".join(part for part in (label, says(square) if reasons else "") if part))
    url = _target(square, link)
    attributes = f'class="cell cell-{colour}" title="{title}"' if title else f'class="cell cell-{colour}"'
    if url:
        return mark_safe(f'<a {attributes} href="{escape(url)}">{inner}</a>')  # noqa: S308
    return mark_safe(f"<span {attributes}>{inner}</span>")  # noqa: S308


@register.simple_tag
def lamp(light: str, text: str, cause: str = "") -> SafeString:
    """A light with words of one's own (``components/light.html`` has the standard ones)."""
    title = f' title="{escape(cause)}"' if cause else ""
    return mark_safe(f'<span class="light light-{light}"{title}>{icon(LIGHT_ICONS[light])}{escape(text)}</span>')  # noqa: S308


@register.simple_tag
def line_light(line: UnitLine) -> SafeString:
    """The light of a whole organisation: how many things are overdue or pressing, and the worst in the title."""
    if line.overdue:
        text = _("逾期%(count)s项") % {"count": line.overdue}
    elif line.light == "orange":
        text = _("紧迫%(count)s项") % {"count": line.pressing}
    else:
        text = {"yellow": _("临近到期"), "green": _("正常"), "grey": _("暂无应办")}.get(line.light, _("待核查"))
    return lamp(line.light, text, f"{line.worst.title}：{line.worst.light_cause}" if line.worst else "")


@register.simple_tag
def light_word(light: str) -> str:
    """The word of a light."""
    return {
        "red": _("逾期"), "orange": _("紧迫"), "yellow": _("临近"), "green": _("正常"), "grey": _("未到期"),
    }[light]  # fmt: skip


@register.simple_tag
def help_reason(line: UnitLine) -> str:
    """Why an organisation needs help, in one sentence."""
    if line.worst is None:
        return ""
    sentence = f"{line.worst.title}{line.worst.light_cause}"
    others = []
    if line.overdue > 1:
        others.append(_("另有%(count)s项逾期") % {"count": line.overdue - 1})
    pressing = line.pressing - (0 if line.overdue else 1)
    if pressing > 0:
        others.append(_("%(count)s项紧迫") % {"count": pressing})
    return sentence + ("；" + "、".join(others) if others else "")


@register.simple_tag
def heat(share: Share) -> SafeString:
    """One square of compliance: done in time of what fell due, shaded, with the figures in words."""
    if not share.due:
        return mark_safe('<span class="heat heat-0" aria-hidden="true">—</span>')
    text = _("应办%(due)s项，按期%(on_time)s项，逾期后完成%(late)s项，未完成%(open)s项") % {
        "due": share.due,
        "on_time": share.on_time,
        "late": share.late,
        "open": share.due - share.on_time - share.late,
    }
    return mark_safe(  # noqa: S308
        f'<span class="heat heat-{share.step}" title="{escape(text)}">'
        f"<b>{share.percent}%</b><small>{share.on_time}/{share.due}</small></span>"
    )
