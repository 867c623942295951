"""The charts of the analysis page: of a committee, a general branch or a branch, as of a day.

Every function gives one ``Chart`` for ``top`` and what lies below it, in a fixed number of queries (``CHARTS`` says
how many at most). Organisations stand in the order of the tree, never in an order of merit.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from dashboards.charts import compliance, table
from dashboards.charts.burden import burden
from dashboards.charts.table import Chart, Column, Row
from dashboards.figures import AGES, Share
from dashboards.selectors import chart_scores
from dashboards.tree import Unit
from meetings.selectors.asked import records_by_month
from meetings.selectors.desk import kinds_of
from orgs.models import Level
from orgs.selectors.units import units
from tasks.models import Light
from tasks.selectors.asked import acts_by_month
from tasks.selectors.board import tree_rows
from tasks.selectors.project_list import lights_under

if TYPE_CHECKING:
    from orgs.models import Organisation, User
    from tasks.selectors import GridRow

MOST_LINES = 60  # of a heat map; with more branches there is one line a general branch
OTHER = "other"
PER_CENT = "%"


@dataclass(frozen=True)
class _Frame:
    """What falls into the lines of a chart: their labels and addresses, and the rows of each."""

    labels: list[tuple[int | str, str, str]]  # key, label, code of the unit ("" for a kind)
    rows: Mapping[int | str, list[GridRow]]
    is_by_kind: bool


def month_words(month: int) -> str:
    """6月."""
    return _("%d月") % month


def _tasks(unit: str, first: datetime.date | None = None, last: datetime.date | None = None, state: str = "") -> str:
    """The list of Tasks behind a figure."""
    query = {"unit": unit, "state": state, "due_from": first or "", "due_to": last or ""}
    return f"{reverse('tasks:task_list')}?{urlencode({key: str(value) for key, value in query.items() if value})}"


def _month_tasks(unit: str, year: int, month: int) -> str:
    last = calendar.monthrange(year, month)[1]
    return _tasks(unit, datetime.date(year, month, 1), datetime.date(year, month, last))


def _frame(user: User, top: Organisation, day: datetime.date, level: str) -> _Frame:
    """Lines for the organisations of ``level`` below ``top``; of a branch for its kinds. Two queries."""
    rows = tree_rows(user, year=day.year, as_of=day, top=top)
    if top.level == Level.BRANCH:
        return _by_kind(top, [row for row in rows if row.organisation_id == top.pk])
    found = [Unit(each.pk, each.code, each.name, each.path, each.level) for each in units(user, day, top)]
    if level == Level.BRANCH and sum(unit.level == Level.BRANCH for unit in found) > MOST_LINES:
        level = Level.GENERAL_BRANCH
    groups = compliance.groups_of(found, level)
    shown = [
        unit for unit in found if unit.level == level or (unit.level == Level.BRANCH and groups[unit.id] == unit.id)
    ]
    labels: list[tuple[int | str, str, str]] = [(unit.id, unit.name, unit.code) for unit in shown]
    by_line: dict[int | str, list[GridRow]] = dict(compliance.by_line(rows, groups).items())
    return _Frame(labels, by_line, is_by_kind=False)


def _by_kind(top: Organisation, rows: list[GridRow]) -> _Frame:
    kinds = {kind.code: kind.name for kind in kinds_of([top.level])}
    by_kind: dict[int | str, list[GridRow]] = {}
    for row in rows:
        by_kind.setdefault(row.kind if row.kind in kinds else OTHER, []).append(row)
    names = {**kinds, OTHER: _("其他事项")}
    return _Frame([(code, name, "") for code, name in names.items() if code in by_kind], by_kind, is_by_kind=True)


def _below(top: Organisation) -> str:
    """The level of the lines when units directly below ``top`` are compared."""
    return Level.GENERAL_BRANCH if top.level == Level.COMMITTEE else Level.BRANCH


def _first(frame: _Frame) -> str:
    return _("类别") if frame.is_by_kind else _("组织")


def _made_of(share: Share) -> str:
    return _("已到期%(due)d项，按期%(on_time)d项，逾期后完成%(late)d项") % {
        "due": share.due, "on_time": share.on_time, "late": share.late,
    } if share.due else ""  # fmt: skip


def heat(user: User, top: Organisation, day: datetime.date) -> Chart:
    """Per cent done in time, lines × months of the year."""
    frame = _frame(user, top, day, Level.BRANCH)
    rows = []
    for key, label, code in frame.labels:
        months = compliance.monthly(frame.rows.get(key, []), day.year, day)
        unit = code or top.code
        rows.append(
            Row(
                label=label,
                values=tuple(share.percent for share in months),
                url=reverse("dashboards:branch_year", args=[unit, day.year]),
                urls=tuple(_month_tasks(unit, day.year, month) for month in compliance.MONTHS),
                notes=tuple(_made_of(share) for share in months),
            )
        )
    return Chart(
        key="heat", form=table.HEAT, title=_("按期完成热力图"), first=_first(frame), unit=PER_CENT, as_of=day,
        explanation=_("按到期月份：按期完成数占已到期数的百分比。免办和中止的不计，逾期后完成的不算按期；空白是没有到期的事项。"),
        columns=tuple(Column(month_words(month)) for month in compliance.MONTHS), rows=tuple(rows),
        nothing=_("今年还没有到期的事项。"),
    )  # fmt: skip


def comparison(user: User, top: Organisation, day: datetime.date) -> Chart:
    """Per cent done in time in the year so far, side by side."""
    frame = _frame(user, top, day, _below(top))
    rows = []
    for key, label, code in frame.labels:
        found = frame.rows.get(key, [])
        share = compliance.of_year(found, day.year, day)
        unit = code or top.code
        rows.append(
            Row(
                label=label,
                values=(share.percent, share.due, share.on_time, share.late, sum(compliance.aged(found, day))),
                url=_tasks(unit, datetime.date(day.year, 1, 1), day),
                notes=(_made_of(share),),
            )
        )
    drawn = Column(_("按期完成率"))
    counts = [_("已到期（项）"), _("按期（项）"), _("逾期后完成（项）"), _("现在逾期未办（项）")]
    title = (
        _("各类事项比较") if frame.is_by_kind else _("各党总支比较") if _below(top) != Level.BRANCH else _("各支部比较")
    )
    return Chart(
        key="comparison", form=table.BARS, title=title, first=_first(frame), unit=PER_CENT, as_of=day,
        explanation=_("今年到这一天为止的按期完成率，含下级。按组织顺序排列，不作名次；点开看是哪些事项。"),
        columns=(drawn, *(Column(label, drawn=False) for label in counts)), rows=tuple(rows),
        nothing=_("今年还没有到期的事项。"),
    )  # fmt: skip


def trend(user: User, top: Organisation, day: datetime.date) -> Chart:
    """Per cent done in time by month, this year and last."""
    before = day.year - 1
    now = compliance.monthly(tree_rows(user, year=day.year, as_of=day, top=top), day.year, day)
    then = compliance.monthly(tree_rows(user, year=before, as_of=day, top=top), before, day)
    rows = tuple(
        Row(
            label=month_words(month),
            values=(now[month - 1].percent, then[month - 1].percent),
            url=_month_tasks(top.code, day.year, month),
            urls=(_month_tasks(top.code, day.year, month), _month_tasks(top.code, before, month)),
            notes=(_made_of(now[month - 1]), _made_of(then[month - 1])),
        )
        for month in compliance.MONTHS
    )
    years = [_("%d年") % year for year in (day.year, before)]
    return Chart(
        key="trend", form=table.LINES, title=_("按期完成率，与去年比"), first=_("月份"), unit=PER_CENT, as_of=day,
        explanation=_("按到期月份，含下级。去年一栏是去年到期、到这一天为止的情况。"),
        columns=(Column(years[0], table.ACCENT), Column(years[1], table.FAINT)), rows=rows,
        nothing=_("这两年都还没有到期的事项。"),
    )  # fmt: skip


def ageing(user: User, top: Organisation, day: datetime.date) -> Chart:
    """How long what is overdue has been so, by unit."""
    frame = _frame(user, top, day, _below(top))
    spans = compliance.age_spans(day)
    rows = []
    for key, label, code in frame.labels:
        counts = compliance.aged(frame.rows.get(key, []), day)
        if sum(counts):
            unit = code or top.code
            links = tuple(_tasks(unit, first, last, "todo") for first, last in spans)
            rows.append(Row(label, counts, _tasks(unit, None, spans[0][1], "todo"), links))
    names = [_("%d天以内") % (AGES[1] - 1), _("%(first)d—%(last)d天") % {"first": AGES[1], "last": AGES[2] - 1}]
    names.append(_("超过%d天") % (AGES[2] - 1))
    tones = (table.NEAR, table.PRESSING, table.OVER)
    return Chart(
        key="ageing", form=table.BARS, is_stacked=True, title=_("逾期多久了"), first=_first(frame), unit=_("项"), as_of=day,
        explanation=_("还没有办、也没有提交的事项，按逾期天数。没有逾期的不列。"),
        columns=tuple(Column(name, tone) for name, tone in zip(names, tones, strict=True)), rows=tuple(rows),
        nothing=_("没有逾期的事项。"), url=_tasks(top.code, None, spans[0][1], "todo"), url_label=_("打开逾期清单"),
    )  # fmt: skip


def projects(user: User, top: Organisation, day: datetime.date) -> Chart:
    """Running breakthrough projects by light."""
    counts = lights_under(user, top)
    address = reverse("tasks:project_list")
    rows = tuple(
        Row(str(label), (counts[light],), f"{address}?{urlencode({'light': light, 'unit': top.code})}", tone=light)
        for light, label in Light.choices
        if counts.get(light)
    )
    return Chart(
        key="projects", form=table.BARS, title=_("攻坚项目按灯"), first=_("灯色"), unit=_("个"), as_of=day,
        explanation=_("正在推进的项目，按最急的一盏灯计；今天的情况。"), columns=(Column(_("项目")),), rows=rows,
        nothing=_("没有正在推进的攻坚项目。"), url=f"{address}?{urlencode({'unit': top.code})}", url_label=_("打开项目清单"),
    )  # fmt: skip


def burdens(user: User, top: Organisation, day: datetime.date) -> Chart:
    """Fields asked of a branch in a month, on average: the platform's measure of itself."""
    branches = sum(unit.level == Level.BRANCH for unit in units(user, day, top))
    meetings, acts = records_by_month(user, top, day.year), acts_by_month(user, top, day.year)
    rows = []
    for month in range(1, day.month + 1):
        found = burden(meetings[month] + acts[month])
        parts = tuple(table.mean(part, branches) for part in (found.meetings, found.assigned, found.total))
        rows.append(Row(month_words(month), parts, _month_tasks(top.code, day.year, month)))
    columns = (Column(_("会议记录"), table.CALM), Column(_("清单和交办"), table.ACCENT), Column(_("合计"), drawn=False))
    return Chart(
        key="burden", form=table.COLUMNS, is_stacked=True, title=_("填报负担"), first=_("月份"), unit=_("栏"), as_of=day,
        explanation=_(
            "平台自己量自己：每个支部每月平均要填多少栏，越少越好。自动带出的名单、一点即签的签收不算；"
            "依据《政务移动互联网应用程序规范化管理办法》不得重复要求填表报数。"
        ),
        columns=columns, rows=tuple(rows), nothing=_("还没有支部。"),
    )  # fmt: skip


Builder = Callable[["User", "Organisation", datetime.date], Chart]
# In the order of the page; ``scores`` of the whole and ``composite`` belong to the committee.
CHARTS: Mapping[str, Builder] = {
    "heat": heat,
    "comparison": comparison,
    "trend": trend,
    "ageing": ageing,
    "projects": projects,
    "scores": chart_scores.scores,
    "composite": chart_scores.composite,
    "burden": burdens,
}
WIDE = ("heat",)


def keys_for(top: Organisation) -> list[str]:
    """The charts of an organisation's page."""
    return [key for key in CHARTS if top.level == Level.COMMITTEE or key != "composite"]


def chart_of(key: str, user: User, top: Organisation, day: datetime.date) -> Chart:
    """The chart ``key``, as of ``day``. At most seven queries."""
    return CHARTS[key](user, top, day)
