"""The wall chart: a page for working, and the same on a wall that renews itself."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from common import clock
from tasks.chart import MONTH, SCALES, axis_of, shifted
from tasks.pages.chart_forms import LEADER, UNIT, ChartForm, asked_day, asked_day_or
from tasks.selectors.chart import Row, chart_rows

TABLE_AT_ONCE = 100
LINES_AT_FULL_SIZE = 55  # rows and groups that one A3 sheet holds before the print has to be smaller


@login_required
@require_GET
def wall_chart(request: HttpRequest) -> HttpResponse:
    """Projects and directives on one time axis, grouped by leader or unit, as of today or a past day."""
    return render(request, "tasks/chart/chart.html", _context(request))


@login_required
@require_GET
def wall(request: HttpRequest) -> HttpResponse:
    """The same without navigation, for a screen on the wall; it fetches itself anew every minute."""
    return render(request, "tasks/chart/wall.html", _context(request))


@login_required
@require_GET
def chart_table(request: HttpRequest) -> HttpResponse:
    """The rows as a plain table: a page, or the part that a long chart fetches when it is asked for."""
    page = "tasks/chart/_plain.html" if request.htmx else "tasks/chart/table.html"  # type: ignore[attr-defined]
    return render(request, page, _context(request))


def _context(request: HttpRequest) -> dict[str, Any]:
    asked, today = request.GET, clock.today()
    as_of = asked_day(asked.get("as_of", ""), today)
    group = UNIT if asked.get("group") == UNIT else LEADER
    scale = asked.get("scale", MONTH)
    axis = axis_of(scale if scale in SCALES else MONTH, asked_day_or(asked.get("at", ""), as_of))
    rows = chart_rows(request.user, as_of=as_of, by_unit=group == UNIT)  # type: ignore[arg-type]
    form = ChartForm({"scale": axis.scale, "group": group, **asked.dict(), "as_of": as_of}, rows=rows)
    form.is_valid()
    shown = [row for row in rows if form.matches(row) and axis.touches(row.start, row.end)]
    groups = _grouped(shown, group)
    return {
        "form": form,
        "axis": axis,
        "as_of": as_of,
        "is_past": as_of < today,
        "is_unread": asked.get("as_of", "") not in ("", as_of.isoformat()),
        "groups": groups,
        "is_dense": len(shown) + len(groups) > LINES_AT_FULL_SIZE,
        "shown": shown,
        "has_table": len(shown) <= TABLE_AT_ONCE,
        "hidden": len(rows) - len(shown),
        "now": clock.now(),
        **_links(request, axis),
    }


def _grouped(rows: list[Row], group: str) -> list[tuple[str, list[Row]]]:
    def name(row: Row) -> str:
        return getattr(row, group)

    ordered = sorted(rows, key=lambda row: (not name(row), row.unit_path if group == UNIT else "", name(row)))
    otherwise = _("未指定分管领导") if group == LEADER else _("未指定单位")
    return [(key or otherwise, list(found)) for key, found in groupby(ordered, key=name)]


def _links(request: HttpRequest, axis: Any) -> dict[str, str]:
    def with_day(steps: int) -> str:
        query = request.GET.copy()
        query["at"] = shifted(axis, steps).isoformat()
        return query.urlencode()

    return {"query": request.GET.urlencode(), "before": with_day(-1), "after": with_day(1)}
