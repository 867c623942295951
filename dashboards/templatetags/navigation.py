"""The entries of the navigation, written out here: they stand on every page."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from common.templatetags.look import icon
from dashboards.context import Item

register = template.Library()


@register.simple_tag
def nav_items(items: Iterable[Item]) -> SafeString:
    """The lines of the menu with symbol, title and what is new; the page one is on is marked."""
    return mark_safe("\n".join([_heading(item) if item.heading else _entry(item) for item in items]))  # noqa: S308


def _heading(item: Item) -> str:
    return f'<li class="nav-heading">{escape(item.heading)}</li>'


def _entry(item: Item) -> str:
    active, current = (" active", ' aria-current="page"') if item.active else ("", "")
    badge = f'\n<span class="badge bg-red text-red-fg ms-auto">{item.count}</span>' if item.count else ""
    return (
        f'<li class="nav-item{active}"><a class="nav-link" href="{escape(item.url)}"{current}>'
        f'<span class="nav-link-icon">{icon(item.icon)}</span>'
        f'<span class="nav-link-title">{escape(item.title)}</span>{badge}</a></li>'
    )
