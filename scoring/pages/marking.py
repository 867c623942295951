"""Pages of a reviewer: what one marks, and one indicator for all organisations on one screen."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import DomainError, InvalidInput
from orgs.requests import SignedInRequest
from scoring import inputs
from scoring.definition_parts import Indicator
from scoring.forms_marks import MarkForm
from scoring.models import ReviewerSeat, Scheme
from scoring.selectors import marking as selectors
from scoring.services.marking import give_mark


@dataclass
class Line:
    """A row of the screen: the organisation, its mark, and the form unless one is recused."""

    row: selectors.MarkRow
    form: MarkForm
    is_saved: bool = False
    seen: str = ""


@login_required
@require_safe
def marking_list(request: SignedInRequest) -> HttpResponse:
    """The indicators that one marks, and how far one is."""
    seats = selectors.my_seats(request.user)
    context = {"seats": seats, "left": sum(seat.left for seat in seats if seat.is_open)}
    return render(request, "scoring/marking/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def marking_page(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """All organisations of one indicator; saved row by row or all at once, a row that is wrong keeps its input."""
    scheme, indicator = _seat(request, pk, code)
    lines = _lines(request, scheme, indicator)
    status = 200
    if request.method == "POST":
        status = _save_rows(request, scheme, lines)
        if status == 302:
            return redirect(f"{request.path}#u-{quote(request.POST.get('save', ''))}")
        saved = {line.row.organisation.pk for line in lines if line.is_saved}
        lines = [
            _again(line, fresh, saved) for line, fresh in zip(lines, _lines(request, scheme, indicator), strict=True)
        ]
    context = {"scheme": scheme, "indicator": indicator, "lines": lines, "is_open": scheme.stage in inputs.INPUT_STAGES}
    return render(request, "scoring/marking/page.html", context, status=status)


def _save_rows(request: SignedInRequest, scheme: Scheme, lines: list[Line]) -> int:
    """Save the row that was asked for, or all; 302 when the page may be read anew without losing any input."""
    asked = request.POST.get("save", "all")
    chosen = [line for line in lines if asked in ("all", line.row.organisation.code)]
    saved = [line for line in chosen if _save(request, scheme, line)]
    wrong = [line for line in chosen if line.form.is_bound and line.form.errors]
    if saved:
        messages.success(request, _("已保存%(count)d个组织的评分。") % {"count": len(saved)})
    if wrong:
        words = _("有%(count)d个组织没有保存，原因写在各自下面，输入还在。")
        messages.error(request, words % {"count": len(wrong)})
        return 400
    if any(line.form.is_bound and line.form.has_changed() for line in lines if line not in chosen):
        messages.info(request, _("其他组织填的内容还没有保存，仍在页面上。"))
        return 200
    return 302


def _again(line: Line, fresh: Line, saved: set[int]) -> Line:
    """A row of the page after saving: what was saved as it is now, the others with their input."""
    if line.row.organisation.pk not in saved:
        return line
    form = MarkForm(prefix=fresh.form.prefix, indicator=fresh.form.indicator, mark=fresh.row.mark)
    return Line(fresh.row, form, is_saved=True, seen=fresh.row.seen)


def _lines(request: SignedInRequest, scheme: Scheme, indicator: Indicator) -> list[Line]:
    """Every organisation with its form; only what was sent is bound, so that no other row shows errors."""
    made = []
    for row in selectors.mark_rows(request.user, scheme, indicator):
        prefix = row.organisation.code
        is_bound = request.method == "POST" and not row.is_recused
        form = MarkForm(request.POST if is_bound else None, prefix=prefix, indicator=indicator, mark=row.mark)
        made.append(Line(row, form, seen=request.POST.get(f"{prefix}-seen", "") if is_bound else row.seen))
    return made


def _save(request: SignedInRequest, scheme: Scheme, line: Line) -> bool:
    """Save one row in its own transaction; what is wrong is put on its form. An empty row is left alone."""
    form, row = line.form, line.row
    if row.is_recused or (form.is_empty() and row.mark is None) or not form.is_valid():
        return False
    if not form.has_changed() and row.mark is not None and row.is_current and line.seen == row.seen:
        return False
    try:
        with transaction.atomic():
            give_mark(
                actor=request.user,
                scheme=scheme,
                organisation=row.organisation,
                code=form.indicator.code,
                finding=form.finding(),
                reason=form.cleaned_data["reason"],
                seen=line.seen,
            )
    except InvalidInput as error:
        form.add_invalid(error)
    except DomainError as error:
        # Told what happened meanwhile, the reviewer may send the row again.
        form.add_error(None, error.message)
        line.seen = row.seen
    else:
        line.is_saved = True
    return line.is_saved


def _seat(request: SignedInRequest, pk: int, code: str) -> tuple[Scheme, Indicator]:
    """Scheme and indicator of a seat that one holds; 404 for everybody else."""
    seats = ReviewerSeat.objects.filter(person=request.user.person, person__isnull=False)
    rows = seats.select_related("scheme__organisation")
    seat: ReviewerSeat = get_object_or_404(rows, scheme=pk, code=code)
    version = inputs.version_in_force(seat.scheme)
    indicator = selectors.marked_line(version, code)
    if indicator is None:
        raise Http404
    return seat.scheme, indicator
