"""Slips: the list of those to answer, and the page of one, printable as the paper that it replaces."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.errors import InvalidInput
from common.tables import respond
from orgs.requests import SignedInRequest
from tasks.models import Slip
from tasks.pages.supervision_forms import AnswerForm
from tasks.pages.supervision_tables import SlipTable
from tasks.selectors.supervision import MINE, narrowed, slip_detail_of
from tasks.services.slips import answer_slip, require_receiver


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def slip_list(request: SignedInRequest) -> HttpResponseBase:
    """The slips that the reader may see, newest first; those to answer are told apart."""
    if request.GET.get("show") == "all":  # a tab of the former page, still in bookmarks
        return redirect("tasks:slip_list")
    table = SlipTable.of(request, Slip.objects.visible_to(request.user))
    waiting = narrowed(Slip.objects.visible_to(request.user), request.user, MINE).count()
    return respond(request, table, "tasks/slips/list.html", {"waiting": waiting})


_RELATED = ("task__organisation", "task__department", "receiver", "answered_by__person")


@login_required
@require_GET
def slip_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One slip: to whom, why, what is asked, and the answer; its receiver answers here."""
    slip = get_object_or_404(Slip.objects.visible_to(request.user).select_related(*_RELATED), pk=pk)
    return _page(request, slip, AnswerForm())


@login_required
@require_POST
def slip_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the receiver's answer."""
    slip = get_object_or_404(Slip.objects.visible_to(request.user).select_related(*_RELATED), pk=pk)
    require_receiver(request.user, slip)  # type: ignore[arg-type]
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            answer_slip(slip=slip, actor=request.user, **form.cleaned_data)  # type: ignore[arg-type]
            messages.success(request, _("答复已记入，不会再向上一级发单。"))
            return redirect("tasks:slip_detail", pk=pk)
        except InvalidInput as error:
            form.add_invalid(error)
    return _page(request, slip, form)


def _page(request: HttpRequest, slip: Slip, form: AnswerForm) -> HttpResponse:
    context = {"slip": slip, "detail": slip_detail_of(slip, request.user), "form": form}  # type: ignore[arg-type]
    return render(request, "tasks/slips/detail.html", context, status=400 if form.errors else 200)
