"""Sheets: the list, and one sheet that explains itself."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods

from common.tables import respond
from orgs.requests import SignedInRequest
from scoring.models import Sheet
from scoring.pages.sheets_table import SheetTable
from scoring.selectors.sheets import sheet_page


@login_required
@require_http_methods(["GET", "POST"])
def sheet_list(request: SignedInRequest) -> HttpResponseBase:
    """The sheets that the reader may see."""
    table = SheetTable.of(request, Sheet.objects.visible_to(request.user))
    return respond(request, table, "scoring/sheets/list.html", {})


@login_required
@require_GET
def sheet_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One sheet: block, indicator, formula in words and figures, rows, what is missing, what would change it."""
    rows = Sheet.objects.visible_to(request.user).select_related("scheme", "organisation", "version")
    page = sheet_page(get_object_or_404(rows, pk=pk), request.user)
    return render(request, "scoring/sheets/detail.html", {"page": page, "sheet": page.sheet})
