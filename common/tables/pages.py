"""The page of a list: screen, file, saved filters, and the way of a bulk action from choice to result."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common.errors import DomainError, InvalidInput
from common.models import BulkRow, BulkRun
from common.tables import bulk, export, saving
from common.tables.table import EXPORT, TABLES, Table


def respond(
    request: HttpRequest, table: Table[Any], template: str, context: dict[str, Any] | None = None
) -> HttpResponseBase:
    """The answer of a list page: its rows, its file, or what follows from what was sent (see ``_sent``)."""
    try:
        if request.method == "POST":
            return _sent(request, table)
        if kind := request.GET.get(EXPORT, ""):
            return export.download(table, kind)
    except DomainError as error:
        messages.error(request, error.message)
        return _back(table)
    page = table.page  # first: it may find that there is no such page
    return render(request, template, {"table": table, "page": page, **(context or {})})


def _back(table: Table[Any]) -> HttpResponseRedirect:
    query = table.query(page=table.number)
    return HttpResponseRedirect(f"{table.path}?{query}" if query else table.path)


def _sent(request: HttpRequest, table: Table[Any]) -> HttpResponseBase:
    """Save or forget a filter, or choose rows for a bulk action."""
    wanted = request.POST.get("do", "")
    if wanted == "bulk":
        return _choose(request, table)
    if wanted == "save":
        saved = saving.save_filter(table=table, actor=request.user, name=request.POST.get("name", ""))
        messages.success(request, _("已保存筛选“%(name)s”，只有您自己看得到。") % {"name": saved.name})
    elif wanted == "forget":
        name = saving.delete_filter(table=table, actor=request.user, pk=_number(request.POST.get("saved", "")))
        if name:
            messages.success(request, _("已删除筛选“%(name)s”。") % {"name": name})
    else:
        raise InvalidInput(_("没有看懂要做什么，请刷新页面再试。"))
    return _back(table)


def _choose(request: HttpRequest, table: Table[Any]) -> HttpResponseBase:
    action = next((one for one in table.offered if one.verb == request.POST.get("verb")), None)
    if action is None:
        raise InvalidInput(_("这个列表不能批量做这件事，或者您没有这个权限。"))
    is_all = request.POST.get("scope") == "all"
    chosen = None if is_all else [_number(text) for text in request.POST.getlist("row")]
    run = bulk.choose(table=table, action=action, actor=request.user, chosen=chosen)
    return redirect("common:bulk_run", run.pk)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bulk_run(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The preview of a bulk action; once confirmed its progress and its result, row by row."""
    run = get_object_or_404(BulkRun, pk=pk, user=request.user)
    table = TABLES.get(run.page)
    action = bulk.action_of(table, run.verb) if table is not None else None
    if action is None:
        raise Http404
    form = action.form(request.POST or None) if action.form is not None and run.started_at is None else None
    if request.method == "POST" and (form is None or form.is_valid()):
        bulk.start(run=run, data=form.cleaned_data if form is not None else run.data)
        bulk.carry_on(run=run, action=action, actor=request.user)
        return redirect("common:bulk_run", pk)
    lines = list(run.rows.all())
    counts = {state: sum(line.state == state for line in lines) for state in BulkRow.State.values}
    settled = len(lines) - counts[BulkRow.State.WAITING]
    context = {"run": run, "action": action, "form": form, "lines": lines, "counts": counts, "settled": settled}
    status = 400 if form is not None and form.errors else 200
    return render(request, "tables/bulk.html", context, status=status)
