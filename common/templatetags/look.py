"""Icon and light as tags: what ``components/icon.html`` and ``light.html`` draw, for lists with many rows.

An include for every icon of every row is what made long lists slow.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.language import current
from common.uploads import ACCEPT

register = template.Library()

THUMB_REACH = 3  # buttons side by side on a phone
ENDS_THINGS = "btn-outline-secondary"
HARMLESS = frozenset({"acknowledge", "submit"})  # done with one tap; anything else is seen before it is sent

LIGHT_ICONS = {
    "red": "exclamation-octagon-fill",
    "orange": "exclamation-triangle-fill",
    "yellow": "clock-fill",
    "green": "check-circle-fill",
    "grey": "circle",
}


@register.simple_tag(name="icon")
@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    """One symbol of the sprite; decoration, so hidden from screen readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("sprite.svg"),
        name,
    )


@register.simple_tag
def accepted_files() -> str:
    """What a file field offers to choose, the camera of a phone included: the value of ``accept``."""
    return ACCEPT


@register.simple_tag(name="light")
def light(colour: str) -> SafeString:
    """A light with icon and word; ``colour``: grey, green, yellow, orange or red."""
    return _light(colour, current())


@lru_cache(maxsize=32)
def _light(colour: str, _language: str) -> SafeString:
    words = {"red": _("逾期"), "orange": _("紧迫"), "yellow": _("临近"), "green": _("正常"), "grey": _("未到期")}
    return format_html('<span class="light light-{}">{}{}</span>', colour, icon(LIGHT_ICONS[colour]), words[colour])


@register.filter
def next_steps(acts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The acts for the bar in reach of the thumb: three at most, none that is folded away or ends something.

    ``acts``: of each ``action`` (``verb``, ``css`` of its button), ``form`` and perhaps ``folded``. ``at_once`` is added:
    whether the bar sends it; it leads to the form where something is to be filled in or a slip of the thumb would count.
    """
    wanted = [item for item in acts if not item.get("folded") and item["action"].css != ENDS_THINGS]
    return [{**item, "at_once": _is_sent_at_once(item)} for item in wanted[:THUMB_REACH]]


def _is_sent_at_once(item: dict[str, Any]) -> bool:
    return item["action"].verb in HARMLESS and not item["form"].visible_fields()
