"""The steps of the first tour: what each role should find first, in a few short words, and where it stands on the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from orgs import access
from orgs.models import Organisation, User


@dataclass(frozen=True)
class Step:
    """One step; ``place`` is the CSS selector of what it points at, ``in_menu`` whether a phone keeps that in the menu."""

    title: str
    text: str
    place: str
    in_menu: bool = False


def steps_for(user: User) -> list[Step]:
    """Three to five steps for what ``user`` does here. No query once the grants are loaded."""
    return [*_STEPS[role_of(user)](), _account()]


def role_of(user: User) -> str:
    """The part that ``user`` plays, highest first: one of the keys of ``_STEPS``."""
    is_root_secretary = any(
        held.office == "secretary" and len(held.path) == Organisation.steplen for held in access.offices_of(user)
    )
    if access.has_anywhere(user, access.CONFIGURE) and not is_root_secretary:
        return "office"
    for role, right, levels in _BY_RIGHT:
        if any(len(path) <= levels * Organisation.steplen for path in access.paths(user, right)):
            return role
    return "member"


# Role, the right that makes it, and how many levels from the top the right may lie.
_BY_RIGHT = (
    ("committee", access.VIEW, 1),
    ("general_branch", access.VIEW, 2),
    ("branch", access.CONFIRM, 3),
    ("commissioner", access.RECORD, 3),
    ("leader", access.RECORD_GROUP, 3),
)


def _card(title_id: str) -> str:
    return f'section[aria-labelledby="{title_id}"]'


def _entry(name: str) -> str:
    """The line of the menu that leads to the page ``name``."""
    return f'#menu a[href="{reverse(name)}"]'


def _account() -> Step:
    return Step(
        _("您的账号"),
        _("外观、字号、语言和密码都在这里。想再看一遍这份引导，到“我的账号”里点“再看一遍”。"),
        ".account > summary",
    )


def _committee() -> list[Step]:
    return [
        Step(_("先看这里"), _("您本人要办的事都在这张卡片里，按期限排好，办一件少一件。"), _card("owed-title")),
        Step(
            _("全校看板"),
            _("各支部今天怎么样，一张表看完。每个灯都写明原因，点一格就打开那件事。"),
            _entry("dashboards:committee"),
            True,
        ),
        Step(_("先帮谁"), _("逾期最久的组织列在这里，点组织名看事项和原因。"), _card("below-title")),
        Step(
            _("统计图"),
            _("和去年比、各总支比、逾期了多久，都能点开看到每一行，也能导出。"),
            _entry("dashboards:analysis_top"),
            True,
        ),
    ]


def _office() -> list[Step]:
    return [
        Step(_("先看这里"), _("您本人要办的事都在这张卡片里，按期限排好，办一件少一件。"), _card("owed-title")),
        Step(_("每天看一眼"), _("昨晚的提醒发出去没有，这里一行字说清。不是绿灯就点进去。"), _card("office-title")),
        Step(_("人员和组织"), _("新学期先导入花名册：先检查，没有问题再写入。"), _entry("orgs:roster_import"), True),
        Step(
            _("全校看板"),
            _("各支部今天怎么样，一张表看完。每个灯都写明原因，点一格就打开那件事。"),
            _entry("dashboards:committee"),
            True,
        ),
    ]


def _general_branch() -> list[Step]:
    return [
        Step(_("先看这里"), _("本总支要办的事，上级交办的先签收，都在这张卡片里。"), _card("owed-title")),
        Step(_("等您核查"), _("支部交上来的在这里：通过，或者写明原因退回。"), _card("waits-title")),
        Step(
            _("总支看板"),
            _("哪个支部需要帮一把，看灯和旁边的原因，不用一个个去问。"),
            _entry("dashboards:overview"),
            True,
        ),
        Step(_("交办事项"), _("上级交办的转给支部，自己交办的从这里起草。"), _entry("tasks:directive_list"), True),
    ]


def _branch() -> list[Step]:
    return [
        Step(
            _("先看这里"),
            _("本支部要办的事按期限排好。点“登记”就能记会：名单已经填好，只改请假和缺席的人。"),
            _card("owed-title"),
        ),
        Step(
            _("等您核定"), _("委员登记好的记录在这里等您核定。核定以后，事项自动办结，看板变绿。"), _card("waits-title")
        ),
        Step(_("一年的安排"), _("十二个月开了哪些会、还差哪些，本支部年历一页看完。"), '#menu a[href*="/year/"]', True),
        Step(
            _("考核评分"),
            _("每一分从哪里来、做什么能加分，点开就有。数字都来自记录，不用另报。"),
            _entry("scoring:sheet_list"),
            True,
        ),
    ]


def _commissioner() -> list[Step]:
    return [
        Step(_("先看这里"), _("交给您本人办的事在这里，按期限排好。支部的事项在书记的工作台上。"), _card("owed-title")),
        Step(
            _("会议记录"),
            _("支部的会在这里登记，名单已经填好，会自动保存。填好点“提请书记核定”。"),
            _entry("meetings:section_list"),
            True,
        ),
        Step(
            _("党员名册"),
            _("转入、转出、按期转正在这里办。办好以后，下次开会的名单就是新的。"),
            _entry("orgs:organisation_list"),
            True,
        ),
    ]


def _leader() -> list[Step]:
    return [
        Step(_("先看这里"), _("您的党小组要办的事在这里。点“登记”就能记党小组会，名单已经填好。"), _card("owed-title")),
        Step(
            _("会议记录"), _("开过的会和没填完的都在这里，填到一半会自动保存。"), _entry("meetings:section_list"), True
        ),
        Step(_("近期会议"), _("支部接下来开什么会、在哪里开，看这里。"), _card("upcoming-title")),
    ]


def _member() -> list[Step]:
    return [
        Step(_("先看这里"), _("有事要您办，会出现在这里；没有就是空的，不用天天来。"), _card("owed-title")),
        Step(_("近期会议"), _("支部接下来开什么会、在哪里开，看这里。"), _card("upcoming-title")),
        Step(_("您自己的记录"), _("今年参加了几次会、多少学时，由会议记录算出来，不用您填。"), _card("record-title")),
    ]


_STEPS: dict[str, Callable[[], list[Step]]] = {
    "committee": _committee,
    "office": _office,
    "general_branch": _general_branch,
    "branch": _branch,
    "commissioner": _commissioner,
    "leader": _leader,
    "member": _member,
}
