"""The composite of the colleges: table and chart, import of business scores, publication, Excel, printable notice."""

from __future__ import annotations

import tempfile

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.formstyle import StyledForm
from common.spreadsheets import write_rows
from common.tables.export import FORMATS
from orgs import access
from orgs.requests import SignedInRequest
from scoring.models import Composite
from scoring.selectors.composites import composite_rows, composites_of, is_complete
from scoring.services.composites import import_business_scores, publish_composite

_HEADINGS = (
    _("学院编码"),
    _("学院"),
    _("党建得分"),
    _("党建折算"),
    _("事业发展得分"),
    _("事业发展折算"),
    _("综合得分"),
    _("说明"),
)


class ScoresForm(StyledForm):
    """A file of business scores."""

    file = forms.FileField(
        label=_("事业发展得分（.xlsx）"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        help_text=_("表名“事业发展得分”，列：学院编码、学院、年度、得分、满分、提供部门、备注。先检查不写入。"),
    )


def _composite(request: SignedInRequest, pk: int) -> Composite:
    rows = Composite.objects.visible_to(request.user).select_related("organisation", "scheme")
    return get_object_or_404(rows, pk=pk)


@login_required
@require_GET
def composite_list(request: SignedInRequest) -> HttpResponse:
    """All years."""
    return render(request, "scoring/composite/list.html", {"composites": composites_of(request.user)})


@login_required
@require_GET
def composite_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One year: every college with both parts."""
    composite = _composite(request, pk)
    rows = composite_rows(composite)
    context = {
        "composite": composite,
        "rows": rows,
        "blocked": [row for row in rows if row.total is None],
        "may_publish": is_complete(composite, rows),
        "may_manage": access.may(request.user, access.CONFIGURE, composite.organisation),
    }
    return render(request, "scoring/composite/detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def composite_import(request: SignedInRequest, pk: int) -> HttpResponse:
    """Upload business scores: ``check`` tries, ``import`` writes, both with the same report."""
    composite = _composite(request, pk)
    access.require(request.user, access.CONFIGURE, composite.organisation)
    form = ScoresForm(request.POST or None, request.FILES or None)
    report = None
    if request.method == "POST" and form.is_valid():
        dry_run = request.POST.get("action") != "import"
        file = form.cleaned_data["file"]
        report = import_business_scores(composite=composite, file=file, actor=request.user, dry_run=dry_run)
    status = 400 if form.errors or (report is not None and not report.ok) else 200
    context = {"composite": composite, "form": form, "report": report}
    return render(request, "scoring/composite/import.html", context, status=status)


@login_required
@require_POST
def composite_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Publish."""
    publish_composite(composite=_composite(request, pk), actor=request.user)
    messages.success(request, _("已公布。各项得分不再变动。"))
    return redirect("scoring:composite_detail", pk=pk)


@login_required
@require_GET
def composite_export(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The table as an Excel file."""
    composite = _composite(request, pk)
    rows = [
        [row.college.code, row.college.name, row.party, row.party_part, row.business, row.business_part, row.total, row.missing or row.note]
        for row in composite_rows(composite)
    ]  # fmt: skip
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_rows(file, {str(composite.year): ([str(each) for each in _HEADINGS], rows)})
    file.seek(0)
    response = FileResponse(file, content_type=FORMATS["xlsx"])
    response["Content-Disposition"] = content_disposition_header(True, f"{composite.name}{composite.year}.xlsx")
    add_never_cache_headers(response)
    return response


@login_required
@require_GET
def composite_notice(request: SignedInRequest, pk: int) -> HttpResponse:
    """The notice (通报) for printing on A4."""
    composite = _composite(request, pk)
    context = {"composite": composite, "rows": composite_rows(composite)}
    return render(request, "scoring/composite/notice.html", context)
