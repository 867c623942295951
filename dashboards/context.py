"""What every page's frame needs: navigation by rights, the bell's count, the demo notice."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_urlconf, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common import clock
from notices import selectors as notice_selectors
from orgs import access
from orgs.models import Level, Organisation, User


@dataclass
class Item:
    """One entry of the navigation; a heading has no address. ``covers``: beginnings of other addresses that belong to it.

    ``active``: whether the page belongs to it; ``is_here``: whether it is the page itself.
    """

    title: str = ""
    url: str = ""
    icon: str = ""
    heading: str = ""
    count: int = 0
    covers: tuple[str, ...] = ()
    active: bool = False
    is_here: bool = False


_DIRECTIVES = ("/plans/", "/chart/", "/slips/")
_PROJECTS = ("/task-forces/",)
_OVERVIEWS = ("/general-branches/", "/branches/")
_SCORES = ("/schemes/", "/composites/", "/marking/", "/publication/", "/objections/")
_UNITS = ("/people/", "/colleges/", "/departments/", "/offices/", "/groups/")


@lru_cache(maxsize=256)
def _at(name: str, _addresses: str | None) -> str:
    return reverse(name)


def _address(name: str) -> str:
    """``reverse`` of a page of the menu, looked up once for each table of addresses: the menu stands on every page."""
    return _at(name, get_urlconf())


def page(request: HttpRequest) -> dict[str, Any]:
    """The frame of a page, read only when a template uses it."""
    return {"shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    frame: dict[str, Any] = {"demo": settings.DEMO, "today": clock.today(), "navigation": [], "unread": 0}
    if user is not None and user.is_authenticated:
        frame["unread"] = notice_selectors.unread_count(user)
        frame["navigation"] = _mark_active(_items(user, frame["unread"]), request.path)
    return frame


def _items(user: User, unread: int) -> list[Item]:
    """Everything the user may open, in groups; a member with five entries needs no headings. No query but the rights."""
    groups = [
        ("", [Item(_("我的工作台"), _address("dashboards:desk"), "house"), _messages(unread)]),
        (pgettext("heading", "办理"), _work(user)),
        (_("看板"), _overviews(user)),
        (_("组织和考核"), _units()),
    ]
    if access.has_anywhere(user, access.CONFIGURE):
        groups.append((_("组织部"), _office_items()))
    has_headings = access.has_anywhere(user, access.VIEW)
    items: list[Item] = []
    for heading, entries in groups:
        items += [Item(heading=heading)] if heading and entries and has_headings else []
        items += entries
    return items


def _messages(unread: int) -> Item:
    return Item(_("消息"), _address("notices:bell"), "bell", count=unread)


def _work(user: User) -> list[Item]:
    """What is done here; the responsibility lists, directives and projects only for whoever oversees somebody."""
    items = [Item(_("全部事项"), _address("tasks:task_list"), "inbox")]
    items.append(Item(_("会议记录"), _address("meetings:section_list"), "journal-text"))
    if access.has_anywhere(user, access.CONFIRM):
        items.append(Item(_("我的责任清单"), _address("tasks:list_mine"), "list-check"))
    if access.has_anywhere(user, access.VIEW):
        items.append(Item(_("各级责任清单"), _address("tasks:list_index"), "files"))
        items.append(Item(_("交办事项"), _address("tasks:directive_list"), "send", covers=_DIRECTIVES))
        items.append(Item(_("攻坚项目"), _address("tasks:project_list"), "flag", covers=_PROJECTS))
    return items


def _units() -> list[Item]:
    return [
        Item(_("考核评分"), _address("scoring:sheet_list"), "clipboard-data", covers=_SCORES),
        Item(_("组织与党员"), _address("orgs:organisation_list"), "diagram-3", covers=_UNITS),
    ]


def _overviews(user: User) -> list[Item]:
    """The overviews of the organisations at the top of the user's grants, and the own branch's year."""
    items: list[Item] = []
    branch = user.person.organisation if user.person_id and user.person else None
    above = set(access.paths(user, access.REVIEW)) - ({branch.path} if branch else set())
    if any(len(path) <= Organisation.steplen for path in above):
        items.append(Item(_("全校看板"), _address("dashboards:committee"), "grid-3x3-gap", covers=_OVERVIEWS))
    elif above:
        items.append(Item(_("总支看板"), _address("dashboards:overview"), "grid-3x3-gap", covers=_OVERVIEWS))
    if access.has_anywhere(user, access.VIEW):
        items.append(Item(_("统计图"), _address("dashboards:analysis_top"), "bar-chart-line"))
    if branch is not None and branch.level == Level.BRANCH:
        year = clock.today().year
        own = reverse("dashboards:branch_year", args=[branch.code, year])
        items.append(Item(_("本支部年历"), own, "calendar3", covers=(f"/branches/{branch.code}/",)))
    return items


def _office_items() -> list[Item]:
    return [
        Item(_("花名册导入"), _address("orgs:roster_import"), "upload"),
        Item(_("考核方案"), _address("scoring:scheme_list"), "sliders"),
        Item(_("匿名测评"), _address("ballots:ballot_list"), "clipboard-check"),
        Item(_("会议类型"), _address("meetings:kind_list"), "ui-checks"),
        Item(_("学期与工作日"), _address("orgs:calendar"), "calendar-week"),
        Item(_("提醒投递"), _address("notices:delivery_list"), "envelope"),
    ]


def _mark_active(items: list[Item], path: str) -> list[Item]:
    """Mark the entry that the page belongs to: the longest beginning of its path, an entry's own before what it covers."""
    found = [
        (len(start), start == item.url, item)
        for item in items
        for start in (item.url, *item.covers)
        if start and _begins(path, start)
    ]
    if found:
        item = max(found, key=lambda match: match[:2])[2]
        item.active, item.is_here = True, path == item.url
    return items


def _begins(path: str, start: str) -> bool:
    return path == start if start == "/" else path.startswith(start)
