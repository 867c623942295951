"""What every page's frame needs: navigation by rights, the bell's count, the demo notice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from common import clock
from notices import selectors as notice_selectors
from orgs import access
from orgs.models import Level, Organisation, User


@dataclass
class Item:
    """One entry of the navigation; a heading has no address."""

    title: str = ""
    url: str = ""
    icon: str = ""
    heading: str = ""
    count: int = 0
    active: bool = False


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
    items = [Item(_("我的工作台"), reverse("dashboards:desk"), "house")]
    items += _overviews(user)
    items += _responsibility(user)
    items.append(Item(_("全部事项"), reverse("tasks:task_list"), "inbox"))
    items.append(Item(_("会议记录"), reverse("meetings:section_list"), "journal-text"))
    items.append(Item(_("考核评分"), reverse("scoring:sheet_list"), "clipboard-data"))
    items.append(Item(_("消息"), reverse("notices:bell"), "bell", count=unread))
    items.append(Item(_("组织与党员"), reverse("orgs:organisation_list"), "diagram-3"))
    if access.has_anywhere(user, access.CONFIGURE):
        items += _office_items()
    return items


def _overviews(user: User) -> list[Item]:
    """The overviews of the organisations at the top of the user's grants, and the own branch's year."""
    items: list[Item] = []
    branch = user.person.organisation if user.person_id and user.person else None
    above = set(access.paths(user, access.REVIEW)) - ({branch.path} if branch else set())
    if any(len(path) <= Organisation.steplen for path in above):
        items.append(Item(_("全校看板"), reverse("dashboards:committee"), "grid-3x3-gap"))
    elif above:
        items.append(Item(_("总支看板"), reverse("dashboards:overview"), "grid-3x3-gap"))
    if access.has_anywhere(user, access.VIEW):
        items.append(Item(_("统计图"), reverse("dashboards:analysis_top"), "bar-chart-line"))
    if branch is not None and branch.level == Level.BRANCH:
        year = clock.today().year
        items.append(Item(_("本支部年历"), reverse("dashboards:branch_year", args=[branch.code, year]), "calendar3"))
    return items


def _responsibility(user: User) -> list[Item]:
    """The responsibility lists, directives and projects of the organisations one oversees; a secretary's own first. No query."""
    items: list[Item] = []
    if access.has_anywhere(user, access.CONFIRM):
        items.append(Item(_("我的责任清单"), reverse("tasks:list_mine"), "list-check"))
    if access.has_anywhere(user, access.VIEW):
        items.append(Item(_("各级责任清单"), reverse("tasks:list_index"), "files"))
        items.append(Item(_("交办事项"), reverse("tasks:directive_list"), "send"))
        items.append(Item(_("攻坚项目"), reverse("tasks:project_list"), "flag"))
    return items


def _office_items() -> list[Item]:
    return [
        Item(heading=_("组织部")),
        Item(_("花名册导入"), reverse("orgs:roster_import"), "upload"),
        Item(_("考核方案"), reverse("scoring:scheme_list"), "sliders"),
        Item(_("匿名测评"), reverse("ballots:ballot_list"), "clipboard-check"),
        Item(_("会议类型"), reverse("meetings:kind_list"), "sliders"),
        Item(_("学期与工作日"), reverse("orgs:calendar"), "calendar-week"),
        Item(_("提醒投递"), reverse("notices:delivery_list"), "envelope"),
    ]


def _mark_active(items: list[Item], path: str) -> list[Item]:
    """Mark the entry with the longest address that begins the path."""
    matching = [
        item for item in items if item.url and (path == item.url or (item.url != "/" and path.startswith(item.url)))
    ]
    if matching:
        max(matching, key=lambda item: len(item.url)).active = True
    return items
