"""What the pages of slips show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext_lazy as _

from tasks.models import Light, Slip
from tasks.services.slips import NAMES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from orgs.models import User

PAGE_SIZE = 50
FILTERS: dict[str, _StrPromise] = {
    "mine": _("等我答复"),
    "open": _("未了结"),
    "settled": _("已答复或了结"),
    "all": _("全部"),
}
# forms.yaml, supervision_order.levels[].action
ACTIONS: dict[str, _StrPromise] = {
    Light.YELLOW: _("提醒加快"),
    Light.ORANGE: _("分管校领导约谈"),
    Light.RED: _("校领导调度，列入年度考核负面清单"),
}


@dataclass(frozen=True)
class SlipDetail:
    """What the page of a slip says beside its columns."""

    name: str
    action: str
    unit: str
    may_answer: bool
    others: list[Slip]


def slips_for(user: User, shown: str, page: str | None) -> Page[Slip]:
    """A page of 50 slips that ``user`` may see, newest first. Two queries."""
    slips = Slip.objects.visible_to(user).select_related("task__organisation", "task__department", "receiver")
    if shown == "mine":
        slips = slips.unanswered().filter(receiver_id=user.person_id)
    elif shown == "open":
        slips = slips.unanswered()
    elif shown == "settled":
        slips = slips.exclude(pk__in=Slip.objects.unanswered().values("pk"))
    found = Paginator(slips, PAGE_SIZE).get_page(page)
    for slip in found:
        slip.name = name_of(slip)
    return found


def slip_detail_of(slip: Slip, user: User) -> SlipDetail:
    """The further facts of a slip, and the others for the same cause. One query."""
    others = Slip.objects.filter(task_id=slip.task_id, level=slip.level, cause_key=slip.cause_key)
    return SlipDetail(
        name=name_of(slip),
        action=str(ACTIONS[slip.level]),
        unit=(slip.task.department or slip.task.organisation).name,
        may_answer=slip.answered_on is None
        and slip.closed_on is None
        and user.person_id is not None
        and slip.receiver_id == user.person_id,
        others=list(others.exclude(pk=slip.pk).select_related("receiver").order_by("pk")),
    )


def name_of(slip: Slip) -> str:
    """What a slip of this level is called (预警通知单, 督办单, 问责单)."""
    return str(NAMES[Light(slip.level)])
