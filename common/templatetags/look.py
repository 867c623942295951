"""Icon and light as tags: what ``components/icon.html`` and ``light.html`` draw, for lists with many rows.

An include for every icon of every row is what made long lists slow.
"""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.language import current

register = template.Library()

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


@register.simple_tag(name="light")
def light(colour: str) -> SafeString:
    """A light with icon and word; ``colour``: grey, green, yellow, orange or red."""
    return _light(colour, current())


@lru_cache(maxsize=32)
def _light(colour: str, _language: str) -> SafeString:
    words = {"red": _("逾期"), "orange": _("紧迫"), "yellow": _("临近"), "green": _("正常"), "grey": _("未到期")}
    return format_html('<span class="light light-{}">{}{}</span>', colour, icon(LIGHT_ICONS[colour]), words[colour])
