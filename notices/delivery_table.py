"""Deliveries as a list, and sending many of them again."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from common.sentences import spoken
from common.tables import BulkAction, Choice, Column, Days, Search, Table, day_text
from common.templatetags.look import icon
from notices import selectors, services
from notices.models import Notice
from orgs import access

if TYPE_CHECKING:
    import datetime

    from orgs.models import User

State = Notice.State
_LOOKS = {
    State.FAILED: ("red", "exclamation-octagon-fill"),
    State.SENT: ("green", "check-circle-fill"),
    State.DROPPED: ("grey", "slash-circle"),
}


def _moment(at: datetime.datetime) -> str:
    return date_format(localtime(at), "Y-m-d H:i")


def _state(notice: Notice) -> str:
    """The state; a message that only the mail left out is on the platform."""
    is_kept = notice.state == State.DROPPED and notice.last_error
    return now("只在站内") if is_kept else notice.get_state_display()


def _state_sign(notice: Notice) -> SafeString:
    colour, name = _LOOKS.get(State(notice.state), ("grey", "hourglass-split"))
    sign = f'<span class="light light-{colour}">{icon(name)}{escape(_state(notice))}</span>'
    if notice.state != State.FAILED:
        return SafeString(sign)
    button = f'<button class="btn btn-sm" form="resend" name="notice" value="{notice.pk}">{icon("send")}{now("重新发送")}</button>'
    return SafeString(f'{sign} <span class="d-print-none">{button}</span>')


def _fate(notice: Notice) -> str:
    """When it went, how often it was tried, when it goes."""
    if notice.sent_at:
        return now("%(at)s 发出") % {"at": _moment(notice.sent_at)}
    if notice.attempts:
        tried = now("已试 %(count)d 次") % {"count": notice.attempts}
        if notice.state == State.PENDING and notice.next_attempt_at:
            tried += now("，%(at)s 以后再试") % {"at": _moment(notice.next_attempt_at)}
        return f"{tried}；{spoken(notice.last_error)}" if notice.last_error else tried
    if notice.state == State.PENDING:
        return now("几分钟内发送") if notice.is_urgent or notice.next_attempt_at else now("等晚上的汇总邮件")
    return spoken(notice.last_error)


def _unit(notice: Notice) -> str:
    return notice.person.organisation.name if notice.person.organisation is not None else ""


def _foresee(user: User, notice: Notice) -> str:
    if notice.state != State.FAILED:
        raise Conflict(now("现在是“%(state)s”，只有发送失败的才能重新发送。") % {"state": _state(notice)})
    return now("将重新排队，几分钟内发送。上次失败的原因：%(why)s") % {"why": spoken(notice.last_error)}


def _resend(notice: Notice, *, actor: User) -> None:
    if not services.resend(notice_ids=[notice.pk], actor=actor):
        raise Conflict(now("状态刚刚变化，没有重新发送，请刷新后再看。"))


RESEND = BulkAction(
    verb="resend",
    label=_("重新发送"),
    foresee=_foresee,
    act=_resend,
    fresh=lambda user: Notice.objects.deliveries_for(user).select_related("person__organisation"),
    look=lambda notice: (notice.state, notice.attempts, notice.person.email),
    offered=lambda user: access.has_anywhere(user, access.CONFIGURE),
    done=_("已重新排队，几分钟内发送。"),
    icon="send",
)


class DeliveryTable(Table[Notice]):
    """Messages to people of the organisations whose settings one maintains."""

    key = "deliveries"
    title = _("提醒投递")
    order = (selectors.URGENCY, "-pk")
    columns = (
        Column("title", _("消息"), lambda notice: f"{notice.get_kind_display()}：{spoken(notice.title)}", is_main=True),
        Column("state", _("状态"), _state, html=_state_sign, sort=("state",)),
        Column("person", _("收件人"), lambda notice: notice.person.name, sort=("person__name",), css="tb-short"),
        Column("unit", _("组织"), _unit, sort=("person__organisation__path",)),
        Column("day", _("日期"), lambda notice: day_text(notice.day), sort=("day",), css="tb-short"),
        Column("fate", _("投递情况"), _fate, css="tb-wide"),
    )
    filters = (
        Choice("state", _("状态"), State.choices, column="state"),
        Choice("kind", _("类型"), Notice.Kind.choices, column="kind"),
        Days("day", _("日期"), "day"),
    )
    search = Search(
        "person__name",
        "person__organisation__name",
        "title",
        spoken=("person__name", "person__organisation__name"),
        prompt=_("收件人、组织（可用拼音首字母）或消息"),
    )
    actions = (RESEND,)

    def related(self, rows: QuerySet[Notice]) -> QuerySet[Notice]:
        """With the addressee."""
        return rows.select_related("person__organisation")

    def name_of(self, row: Any) -> str:
        """Addressee and message."""
        return f"{row.person.name}：{spoken(row.title)}"
