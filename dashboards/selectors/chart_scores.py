"""Charts of scores: how those of a committee are spread, a unit's own by month, and the composite of the colleges."""

from __future__ import annotations

import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from dashboards.charts import table
from dashboards.charts.table import Chart, Column, Row
from orgs.models import Level
from scoring.models import Composite, Sheet, SheetPoint
from scoring.selectors.composites import CompositeRow, composite_rows

if TYPE_CHECKING:
    from orgs.models import Organisation, User

CLASSES = (60, 70, 80, 90)  # points; a scheme's own bands are on its pages
TONES = (table.ACCENT, table.CALM)


def scores(user: User, top: Organisation, day: datetime.date) -> Chart:
    """Of a committee how many units lie in which class of points, by scheme; of others their own by month."""
    return _spread(user, top, day) if top.level == Level.COMMITTEE else _own(user, top, day)


def _class_words() -> list[str]:
    first, last = _("%d分以下") % CLASSES[0], _("%d分以上") % CLASSES[-1]
    middle = [_("%(low)d—%(high)d分") % {"low": low, "high": high} for low, high in pairwise(CLASSES)]
    return [first, *middle, last]


def _spread(user: User, top: Organisation, day: datetime.date) -> Chart:
    """One query."""
    found = Sheet.objects.visible_to(user).under(top).filter(scheme__year=day.year, is_rated=True)
    sheets = list(found.select_related("scheme").order_by("scheme__applies_to", "organisation__path"))
    schemes = {sheet.scheme_id: sheet.scheme for sheet in sheets}
    counts = []
    for scheme in schemes:
        values = [
            value
            for sheet in sheets
            if sheet.scheme_id == scheme and (value := sheet.so_far if sheet.total is None else sheet.total) is not None
        ]
        counts.append(table.histogram(values, CLASSES))
    address = reverse("scoring:sheet_list")
    links = tuple(f"{address}?{urlencode({'scheme': scheme})}" for scheme in schemes)
    rows = tuple(
        Row(words, tuple(column[index] for column in counts), address, links)
        for index, words in enumerate(_class_words() if schemes else [])
    )
    columns = (Column(scheme.name, TONES[index % len(TONES)]) for index, scheme in enumerate(schemes.values()))
    return Chart(
        key="scores", form=table.COLUMNS, title=_("得分分布"), first=_("分数段"), unit=_("个"), columns=tuple(columns),
        rows=rows, as_of=max((sheet.as_of for sheet in sheets), default=day),
        explanation=_("参评单位的得分落在哪一段，缺数据的按已有数据折算；正式得分以公示为准。只看分布，不排名次。"),
        nothing=_("今年还没有评分表。"), url=address, url_label=_("打开评分表"),
    )  # fmt: skip


def _own(user: User, top: Organisation, day: datetime.date) -> Chart:
    """Two queries."""
    years = (day.year, day.year - 1)
    seen = Sheet.objects.visible_to(user).filter(organisation=top, scheme__year__in=years)
    sheets = {sheet.scheme.year: sheet for sheet in seen.select_related("scheme")}
    points = SheetPoint.objects.filter(sheet__in=list(sheets.values())).values_list("month", "total")
    by_month = {(month.year, month.month): total for month, total in points}
    urls = tuple(reverse("scoring:sheet_detail", args=[sheets[year].pk]) if year in sheets else "" for year in years)
    rows = tuple(
        Row(_("%d月") % month, tuple(by_month.get((year, month)) for year in years), urls=urls)
        for month in (range(1, 13) if by_month else ())
    )
    return Chart(
        key="scores", form=table.LINES, title=_("得分变化"), first=_("月份"), unit=_("分"), as_of=day, rows=rows,
        columns=(Column(_("%d年") % years[0], table.ACCENT), Column(_("%d年") % years[1], table.FAINT)),
        explanation=_("每月底的得分，当月是最近一次计算；点开看评分表。"), nothing=_("还没有评分表。"),
        url=next((url for url in urls if url), ""), url_label=_("打开评分表"),
    )  # fmt: skip


def _newest(composites: list[Composite]) -> tuple[Composite | None, list[CompositeRow]]:
    """The first of the two newest in which a college has a total, else the newest."""
    read = [(one, composite_rows(one)) for one in composites]
    complete = (pair for pair in read if any(line.total is not None for line in pair[1]))
    return next(complete, read[0] if read else (None, []))


def composite(user: User, top: Organisation, day: datetime.date) -> Chart:
    """Both parts of the colleges' performance: of this year, or of the year before while none is complete.

    Seven queries at most.
    """
    found, lines = _newest(list(Composite.objects.visible_to(user).filter(organisation=top, year__lte=day.year)[:2]))
    rows = tuple(
        Row(
            label=line.college.name,
            values=(line.party_part, line.business_part, line.total),
            url=reverse("scoring:sheet_detail", args=[line.sheet_id]) if line.sheet_id else "",
            notes=(line.missing, line.missing),
        )
        for line in lines
    )
    weights = (found.party_weight, found.business_weight) if found else (0, 0)
    names = (_("党建（%d%%）") % (weights[0] * 100), _("事业发展（%d%%）") % (weights[1] * 100))
    title = _("%d年学院综合绩效") % found.year if found else _("学院综合绩效")
    return Chart(
        key="composite", form=table.BARS, is_stacked=True, title=title, first=_("学院"), unit=_("分"), as_of=day, rows=rows,
        columns=(Column(names[0], table.ACCENT), Column(names[1], table.CALM), Column(_("合计"), drawn=False)),
        explanation=_("两部分按权重折算后相加；缺一部分就没有合计。按学院编号排列，不作名次。"),
        nothing=_("还没有综合绩效。"),
        url=reverse("scoring:composite_detail", args=[found.pk]) if found else "", url_label=_("打开综合绩效"),
    )  # fmt: skip
