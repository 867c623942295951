"""The entries of the navigation, written out here: they stand on every page."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from types import SimpleNamespace

from django import template
from django.middleware.csrf import get_token
from django.template.context import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from common.templatetags.look import icon
from dashboards.context import Item
from orgs.looks import Look

register = template.Library()

# Places of the account menu that are somebody's own; letters that no text has.
_FIRST, _REST, _NEXT, _TOKEN = "\ue001", "\ue002", "\ue003", "\ue004"


@register.simple_tag(takes_context=True)
def account_menu(context: Context) -> SafeString:
    """``components/account_menu.html`` of somebody signed in; drawn once for each language and look, then filled in."""
    request = context["request"]
    name, look = str(request.user.display_name), context["look"]
    html = _menu(get_language() or "", look.theme, look.type_size)
    html = html.replace(_FIRST + _REST, escape(name)).replace(_FIRST, escape(name[:1]))
    html = html.replace(_NEXT, escape(request.get_full_path())).replace(_TOKEN, get_token(request))
    return mark_safe(html)  # noqa: S308 - every value that was put in is escaped


@lru_cache(maxsize=64)
def _menu(_language: str, theme: str, type_size: str) -> str:
    user = SimpleNamespace(is_authenticated=True, display_name=_FIRST + _REST)
    request = SimpleNamespace(user=user, get_full_path=_NEXT)
    facts = {"request": request, "look": Look(theme, type_size), "csrf_token": _TOKEN}
    return get_template("components/account_menu.html").render(facts)


@register.simple_tag
def nav_items(items: Iterable[Item]) -> SafeString:
    """The lines of the menu with symbol, title and what is new; the page one is on is marked."""
    return mark_safe("\n".join([_heading(item) if item.heading else _entry(item) for item in items]))  # noqa: S308


def _heading(item: Item) -> str:
    return f'<li class="nav-heading">{escape(item.heading)}</li>'


def _entry(item: Item) -> str:
    active = " active" if item.active else ""
    current = f' aria-current="{"page" if item.is_here else "true"}"' if item.active else ""
    badge = f'\n<span class="badge badge-count ms-auto">{item.count}</span>' if item.count else ""
    return (
        f'<li class="nav-item{active}"><a class="nav-link" href="{escape(item.url)}"{current}>'
        f'<span class="nav-link-icon">{icon(item.icon)}</span>'
        f'<span class="nav-link-title">{escape(item.title)}</span>{badge}</a></li>'
    )
