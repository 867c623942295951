"""What the pages of slips show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tasks.models import Light, Slip
from tasks.services.slips import NAMES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from orgs.models import User

MINE, OPEN, SETTLED, ANSWERED, CLOSED = "mine", "open", "settled", "answered", "closed"
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


def narrowed(slips: QuerySet[Slip], user: User, stands: str) -> QuerySet[Slip]:
    """The slips that wait for the answer of ``user`` (``mine``) or of anybody (``open``), or that are settled.

    Settled are those with an answer (``answered``) and those closed without one (``closed``); ``settled`` is both.
    """
    if stands == MINE:
        return slips.filter(answered_on__isnull=True, closed_on__isnull=True, receiver_id=user.person_id)
    if stands == OPEN:
        return slips.filter(answered_on__isnull=True, closed_on__isnull=True)
    if stands == ANSWERED:
        return slips.filter(answered_on__isnull=False)
    if stands == CLOSED:
        return slips.filter(answered_on__isnull=True, closed_on__isnull=False)
    return slips.filter(Q(answered_on__isnull=False) | Q(closed_on__isnull=False))


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
