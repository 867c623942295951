"""The analysis page: charts of one organisation, each fetched when it is seen, with its table and its file."""

from __future__ import annotations

import datetime
import tempfile
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from common import clock
from common.spreadsheets import write_rows
from common.tables.export import FORMATS, harmless
from dashboards import days
from dashboards.charts.table import Chart
from dashboards.selectors.charts import CHARTS, WIDE, chart_of, keys_for
from orgs import access
from orgs.models import Organisation
from orgs.requests import SignedInRequest
from orgs.selectors.units import tops


@login_required
@require_GET
def analysis_top(request: SignedInRequest) -> HttpResponse:
    """To the charts of the organisation that the user looks after; the first when there are several."""
    access.require_anywhere(request.user, access.VIEW)
    found = tops(request.user)
    if not found:
        raise Http404
    return redirect("dashboards:analysis", code=min(found, key=lambda each: (each.depth, each.path)).code)


def _unit(request: SignedInRequest, code: str) -> Organisation:
    return get_object_or_404(Organisation.objects.overseen_by(request.user), code=code)


def _day(request: SignedInRequest) -> datetime.date:
    return days.shown_day(request.GET.get("as_of", ""), clock.today())


def _context(request: SignedInRequest, top: Organisation) -> dict[str, Any]:
    today, day = clock.today(), _day(request)
    asked = request.GET.get("as_of", "")
    return {
        "top": top, "today": today, "day": day, "is_past": day < today, "asked_day": asked[:20],
        "day_fault": days.day_fault(asked, today), "page": {"day": day},
    }  # fmt: skip


@login_required
@require_GET
def analysis(request: SignedInRequest, code: str) -> HttpResponse:
    """The frame of the page; the charts come one by one."""
    top = _unit(request, code)
    below = Organisation.objects.overseen_by(request.user).under(top).open_on().filter(depth=top.depth + 1)
    above = Organisation.objects.overseen_by(request.user).filter(path=top.path[: -Organisation.steplen]).first()
    context = {"keys": keys_for(top), "wide": WIDE, "below": below, "above": above, **_context(request, top)}
    return render(request, "dashboards/analysis.html", context)


def _chart(request: SignedInRequest, top: Organisation, key: str) -> Chart:
    if key not in CHARTS or key not in keys_for(top):
        raise Http404
    return chart_of(key, request.user, top, _day(request))


@login_required
@require_GET
def analysis_chart(request: SignedInRequest, code: str, key: str) -> HttpResponse:
    """One chart: as a part of the page, or with its table as a page of its own."""
    top = _unit(request, code)
    template = "dashboards/charts/chart.html" if request.htmx else "dashboards/analysis_chart.html"
    return render(request, template, {"chart": _chart(request, top, key), **_context(request, top)})


@login_required
@require_GET
def analysis_file(request: SignedInRequest, code: str, key: str) -> HttpResponseBase:
    """The table of one chart as an Excel file."""
    top = _unit(request, code)
    chart = _chart(request, top, key)
    lines = [[harmless(text) for text in line] for line in chart.lines_of_file()]
    about = [[_("组织"), top.name], [_("截至"), chart.as_of.isoformat()], [_("说明"), chart.explanation]]
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_rows(file, {chart.title[:31]: (chart.headings_of_file(), lines), _("说明"): ([_("项目"), _("内容")], about)})
    file.seek(0)
    response = FileResponse(file, content_type=FORMATS["xlsx"])
    name = f"{top.name}-{chart.title}-{chart.as_of.isoformat()}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name)
    add_never_cache_headers(response)
    return response
