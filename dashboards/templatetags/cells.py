"""The squares of matrices and tables, written out here: a page has hundreds, an include for each would be slow."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from common.sentences import spoken
from common.templatetags.look import LIGHT_ICONS, icon
from dashboards import cells
from dashboards.cells import Cell
from dashboards.figures import Share
from dashboards.tree import UnitLine

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

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


# %(...)s are filled from the cell. Translated once for each language (``_phrases``), never for a square.
_WORDS: dict[str, str | _StrPromise] = {
    cells.DONE: "%(when)s",
    cells.LATE: _lazy("%(when)s迟"),
    cells.WAIVED: _lazy("免办"),
    cells.STOPPED: _lazy("中止"),
    cells.OVERDUE: _lazy("逾%(days)s天"),
    cells.DUE: _lazy("剩%(days)s天"),
    cells.AHEAD: _lazy("%(when)s前"),
    cells.SUBMITTED: _lazy("待核查"),
    cells.RETURNED: pgettext_lazy("state", "退回"),
}
_WORDS_OF_MANY: dict[str, str | _StrPromise] = {
    cells.LATE: _lazy("%(count)s 迟"),
    cells.OVERDUE: _lazy("%(count)s 逾期"),
    cells.DUE: _lazy("%(count)s 剩%(days)s天"),
    cells.SUBMITTED: _lazy("%(count)s 待核查"),
    cells.RETURNED: _lazy("%(count)s 退回"),
}
_SAYS: dict[str, str | _StrPromise] = {
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
_LINES: dict[str, str | _StrPromise] = {
    "overdue": _lazy("逾期%(count)s项"),
    "orange": _lazy("紧迫%(count)s项"),
    "yellow": _lazy("临近到期"),
    "green": _lazy("正常"),
    "grey": _lazy("暂无应办"),
    "red": _lazy("待核查"),
}
_LIGHTS: dict[str, str | _StrPromise] = {
    "red": _lazy("逾期"),
    "orange": _lazy("紧迫"),
    "yellow": _lazy("临近"),
    "green": _lazy("正常"),
    "grey": _lazy("未到期"),
}


class Phrases(NamedTuple):
    """The words of squares and lines in one language: a page has hundreds, and every translation is looked up."""

    language: str
    one: dict[str, str]
    many: dict[str, str]
    says: dict[str, str]
    lines: dict[str, str]
    lights: dict[str, str]
    today: str
    counts: str
    more_overdue: str
    more_pressing: str


def phrases() -> Phrases:
    """The words in the language of the page."""
    return _phrases(get_language() or "")


@lru_cache(maxsize=8)
def _phrases(language: str) -> Phrases:
    one, many, said, lines, lights = (
        {key: str(each) for key, each in words.items()} for words in (_WORDS, _WORDS_OF_MANY, _SAYS, _LINES, _LIGHTS)
    )
    counts, more_overdue, more_pressing = (
        _("应办%(total)s次，已办%(done)s次"),
        _("另有%(count)s项逾期"),
        _("%(count)s项紧迫"),
    )
    return Phrases(language, one, many, said, lines, lights, _("今天"), counts, more_overdue, more_pressing)


def words(cell: Cell, mixed: bool = False, said: Phrases | None = None) -> str:
    """The few words that stand in the square; ``mixed``: it holds several periods, so n of m would mislead."""
    said = said or phrases()
    if mixed and cell.overdue > 1:
        return said.lines["overdue"] % {"count": cell.overdue}
    values = {
        "count": f"{cell.done}/{cell.total}",
        "when": f"{cell.when.month}/{cell.when.day}" if cell.when else "",
        "days": cell.days,
    }
    if cell.total > 1 and not (mixed and cell.overdue):
        return said.many.get(cell.status, "%(count)s") % values
    if cell.status == cells.DUE and not cell.days:
        return said.today
    return said.one[cell.status] % values


def says(cell: Cell, said: Phrases | None = None) -> str:
    """The whole sentence behind the square, for the pointer and for screen readers."""
    said = said or phrases()
    kind = said.says[cell.status]
    cause = spoken(cell.cause)
    sentence = f"{kind}；{cause}" if cause and cause != kind else kind
    if cell.total > 1:
        sentence += "；" + said.counts % {"total": cell.total, "done": cell.done}
    return sentence


def _colour(cell: Cell) -> str:
    """The colour of a square: its light, except that solid green is kept for what is done."""
    if cell.light != "green":
        return cell.light
    return {cells.AHEAD: "ahead", cells.RETURNED: "yellow", cells.SUBMITTED: "grey"}.get(cell.status, "green")


def _target(cell: Cell, link: str) -> str:
    """Where the square leads: done ones to the record; open ones as the page says (act, task); ``none``: nowhere.

    Who sees lights without reasons may not open every record (decision 17).
    """
    if link == "none":
        return ""
    if cell.status in (cells.DONE, cells.LATE):
        return cell.url or _task(cell)
    if link == "act" and cell.url:
        return cell.url
    return _task(cell)


def _task(cell: Cell) -> str:
    return task_address(cell.task_id) if cell.task_id else ""


def task_address(task_id: int) -> str:
    """The address of a Task: resolving it for every square would take as long as reading them."""
    return _task_address().replace("/0/", f"/{task_id}/")


@lru_cache(maxsize=1)
def _task_address() -> str:
    return reverse("tasks:task_detail", args=[0])


NOTHING = mark_safe('<span class="cell cell-none"><span>—</span></span>')


def square_html(
    square: Cell, said: Phrases, link: str = "task", reasons: bool = True, label: str = "", mixed: bool = False
) -> str:
    """The HTML of one square, as the tag ``cell`` writes it; what people typed is escaped."""
    if square.status == cells.NONE:
        return NOTHING
    attributes, inner = _face(
        *(square.status, square.light, square.cause, square.when, square.days),
        *(square.done, square.total, square.overdue),
        *(said.language, reasons, label, mixed),
    )
    url = _target(square, link)
    return f'<a {attributes} href="{escape(url)}">{inner}</a>' if url else f"<span {attributes}>{inner}</span>"


@lru_cache(maxsize=4096)
def _face(*facts: Any) -> tuple[str, str]:
    """Attributes and inside of a square, of which most look alike: everything but where it leads to."""
    *shown, language, reasons, label, mixed = facts
    square, said = Cell(*shown), _phrases(language)
    inner = f"{icon(icon_of(square))}<span>{escape(words(square, mixed, said))}</span>"
    title = f"{label}：{says(square, said)}" if label and reasons else says(square, said) if reasons else label
    return f'class="cell cell-{_colour(square)}"' + (f' title="{escape(title)}"' if title else ""), inner


@register.simple_tag
def cell(square: Cell, link: str = "task", reasons: bool = True, label: str = "", mixed: bool = False) -> SafeString:
    """One square: symbol, few words, a link where there is somewhere to go. ``label`` says what it is about."""
    return mark_safe(square_html(square, phrases(), link, reasons, label, mixed))  # noqa: S308


def lamp_html(light: str, text: str, cause: str = "") -> str:
    """The HTML of a light with words of one's own; ``text`` and ``cause`` are escaped."""
    title = f' title="{escape(cause)}"' if cause else ""
    return f'<span class="light light-{light}"{title}>{icon(LIGHT_ICONS[light])}{escape(text)}</span>'


@register.simple_tag
def lamp(light: str, text: str, cause: str = "") -> SafeString:
    """A light with words of one's own (``components/light.html`` has the standard ones)."""
    return mark_safe(lamp_html(light, text, cause))  # noqa: S308


def line_html(line: UnitLine, said: Phrases) -> str:
    """The HTML of a whole organisation's light, as the tag ``line_light`` writes it."""
    light = line.light
    key, count = ("overdue", line.overdue) if line.overdue else (light, line.pressing)
    cause = f"{line.worst.title}：{spoken(line.worst.light_cause)}" if line.worst else ""
    return lamp_html(light, said.lines[key] % {"count": count}, cause)


def lights_html(lights: Iterable[tuple[str, int]], said: Phrases) -> str:
    """The HTML of how many organisations have which light."""
    return "".join(lamp_html(light, f"{said.lights[light]} {count}") for light, count in lights)


@register.simple_tag
def line_light(line: UnitLine) -> SafeString:
    """The light of a whole organisation: how many things are overdue or pressing, and the worst in the title."""
    return mark_safe(line_html(line, phrases()))  # noqa: S308


def help_reason(line: UnitLine, said: Phrases) -> str:
    """Why an organisation needs help, in one sentence."""
    if line.worst is None:
        return ""
    sentence = f"{line.worst.title}{spoken(line.worst.light_cause)}"
    others = []
    if line.overdue > 1:
        others.append(said.more_overdue % {"count": line.overdue - 1})
    pressing = line.pressing - (0 if line.overdue else 1)
    if pressing > 0:
        others.append(said.more_pressing % {"count": pressing})
    return sentence + ("；" + "、".join(others) if others else "")


@register.simple_tag
def heat(share: Share) -> SafeString:
    """One square of compliance: done in time of what fell due, shaded, with the figures in words."""
    return heat_html(share, get_language() or "")


@lru_cache(maxsize=1024)
def heat_html(share: Share, _language: str) -> SafeString:
    """What the tag ``heat`` writes; the same few shares stand on a page again and again, and on the next one too."""
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
