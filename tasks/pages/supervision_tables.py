"""The list of slips: columns, filters, search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.urls import reverse
from django.utils import dateformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.sentences import spoken
from common.tables import Choice, Column, Days, Search, Table, day_text
from common.templatetags.look import light
from orgs.tables import Subtree
from tasks.lights import SEVERITY
from tasks.models import Light, Slip
from tasks.selectors.supervision import ANSWERED, CLOSED, MINE, OPEN, SETTLED, name_of, narrowed

if TYPE_CHECKING:
    import datetime

STANDS = [
    (MINE, gettext_lazy("等我答复")),
    (OPEN, gettext_lazy("未了结")),
    (SETTLED, gettext_lazy("已答复或了结")),
    (ANSWERED, gettext_lazy("已答复")),
    (CLOSED, gettext_lazy("已了结，未答复")),
]
ANSWER_SHOWN = 60  # letters


def _kinds(_table: Table[Any]) -> list[tuple[str, str]]:
    return [(str(level), name_of(Slip(level=level))) for level in (Light.YELLOW, Light.ORANGE, Light.RED)]


def _severity() -> Case:
    """Yellow before orange before red, which their names do not say."""
    whens = [When(level=level, then=Value(number)) for level, number in SEVERITY.items()]
    return Case(*whens, output_field=IntegerField())


def _url(slip: Slip) -> str:
    return reverse("tasks:slip_detail", args=[slip.pk])


def _title(slip: Slip) -> SafeString:
    return format_html('<a href="{}">{}</a>', _url(slip), slip.task.title)


def _kind(slip: Slip) -> SafeString:
    return format_html("{} {}", light(slip.level), name_of(slip))


def _unit(slip: Slip) -> str:
    return str((slip.task.department or slip.task.organisation).name)


def _receiver(slip: Slip) -> str:
    return f"{slip.receiver.name}（{spoken(slip.receiver_as)}）"


def _short_day(day: datetime.date) -> str:
    return dateformat.format(day, _("n月j日"))


def _answer(slip: Slip) -> str:
    """What became of it: the answer, why none is needed any more, or that it waits."""
    if slip.answered_on:
        answer = slip.answer if len(slip.answer) <= ANSWER_SHOWN else f"{slip.answer[: ANSWER_SHOWN - 1]}…"
        return _("%(day)s已答复：%(answer)s") % {"day": _short_day(slip.answered_on), "answer": answer}
    if slip.closed_on:
        said = _("%(day)s已了结，不需答复") % {"day": _short_day(slip.closed_on)}
        return f"{said}：{spoken(slip.closed_cause)}" if slip.closed_cause else said
    return _("等待答复")


class SlipTable(Table[Slip]):
    """Slips."""

    key = "slips"
    title = gettext_lazy("督办单")
    order = ("-issued_on",)
    columns = (
        Column(
            "title", gettext_lazy("事项"), lambda one: one.task.title, html=_title, sort=("task__title",), is_main=True,
            css="tb-wide",
        ),
        Column("number", gettext_lazy("单号"), lambda one: one.number, sort=("number",), css="tb-short"),
        Column("kind", gettext_lazy("单子"), name_of, html=_kind, sort=(_severity,)),
        Column("unit", gettext_lazy("承办单位"), _unit, sort=("task__organisation__path",)),
        Column("receiver", gettext_lazy("接收人"), _receiver, sort=("receiver__name",)),
        Column("cause", gettext_lazy("原因"), lambda one: spoken(one.cause), css="tb-wide"),
        Column("issued", gettext_lazy("发出"), lambda one: day_text(one.issued_on), sort=("issued_on",), css="tb-short"),
        Column("answer", gettext_lazy("答复"), _answer, css="tb-wide"),
    )  # fmt: skip
    filters = (
        Choice(
            "show",
            gettext_lazy("状态"),
            STANDS,
            by=lambda rows, value, table: narrowed(rows, table.user, value),
        ),
        Choice("level", gettext_lazy("单子"), _kinds, column="level"),
        Subtree("unit", gettext_lazy("承办组织"), column="task__organisation"),
        Days("issued", gettext_lazy("发出日期"), column="issued_on"),
    )
    search = Search(
        "task__title",
        "number",
        "receiver__name",
        "task__organisation__name",
        "task__department__name",
        spoken=("task__title", "receiver__name", "task__organisation__name", "task__department__name"),
        prompt=gettext_lazy("事项、接收人、单位或单号"),
    )

    def related(self, rows: QuerySet[Slip]) -> QuerySet[Slip]:
        """With what every row names."""
        return rows.select_related("task__organisation", "task__department", "receiver")

    def name_of(self, row: Slip) -> str:
        """Title and number."""
        return f"{row.task.title}（{row.number}）"

    def url_of(self, row: Slip) -> str:
        """Its page."""
        return _url(row)
