"""Pages of objections: filed by a unit's secretary, answered by the office, marked again by who has the seat."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import clock
from common.errors import Conflict, NotAllowed
from orgs import access
from orgs.requests import SignedInRequest
from scoring import inputs
from scoring.forms_marks import MarkForm
from scoring.forms_process import AnswerForm, ObjectionForm
from scoring.models import Mark, Objection
from scoring.pages.asking import ask
from scoring.pages.process import scheme_of
from scoring.pages.publication import published_sheet
from scoring.selectors import objections as selectors
from scoring.services.objections import (
    answer_objection,
    file_objection,
    mark_again,
    require_other_eyes,
    require_window,
    withdraw_objection,
)


@login_required
@require_safe
def objection_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """The objections of the units that one oversees."""
    scheme = scheme_of(request, pk)
    access.require_anywhere(request.user, access.VIEW)
    rows = selectors.rows_of(request.user, scheme)
    is_open = selectors.window_is_open(scheme, clock.today())
    return render(request, "scoring/process/objections.html", {"scheme": scheme, "rows": rows, "is_open": is_open})


@login_required
@require_http_methods(["GET", "POST"])
def objection_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Object to one indicator of the own unit's sheet."""
    sheet = published_sheet(request, pk)
    if not access.may_confirm(request.user, sheet.organisation):
        raise NotAllowed(_("申诉由被考核单位书记提出，请提请本单位书记办理。"))
    require_window(sheet.scheme)
    codes = selectors.choices_of(sheet)
    return ask(
        request,
        ObjectionForm(request.POST or None, codes=codes, initial={"code": request.GET.get("code", "")}),
        lambda sent: file_objection(actor=request.user, sheet=sheet, **sent),
        template="components/form_page.html",
        context=lambda: {"title": _("提出申诉"), "action": _("提交申诉"), "intro": _about(sheet)},
        back=reverse("scoring:objection_list", args=[sheet.scheme_id]),
        done=_("申诉已提交，请等待答复。"),
    )


def _about(sheet: Any) -> str:
    words = _("%(unit)s · %(scheme)s · 申诉截止%(day)s（含当日）")
    until = sheet.scheme.objections_until.isoformat()
    return words % {"unit": sheet.organisation.name, "scheme": sheet.scheme.name, "day": until}


@login_required
@require_safe
def objection_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One objection with what was asked, answered and corrected."""
    objection = _objection(request, pk)
    page = selectors.objection_page(request.user, objection)
    return render(request, "scoring/process/objection.html", {"page": page, "objection": objection})


@login_required
@require_http_methods(["GET", "POST"])
def objection_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answer an objection."""
    objection = _objection(request, pk)
    require_other_eyes(request.user, objection)
    page = selectors.objection_page(request.user, objection, checked=True)
    return ask(
        request,
        AnswerForm(request.POST or None, may_return=page.may_return, initial={"new": page.proposed}),
        lambda sent: answer_objection(actor=request.user, objection=objection, **sent),
        template="scoring/process/answer.html",
        context=lambda: {"page": page, "objection": objection},
        back=reverse("scoring:objection_detail", args=[pk]),
        done=_("已答复，并告知申诉单位。"),
    )


@login_required
@require_POST
def objection_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an objection back."""
    objection = _objection(request, pk)
    withdraw_objection(actor=request.user, objection=objection)
    messages.success(request, _("申诉已撤回。"))
    return redirect("scoring:objection_detail", pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def objection_remark(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark a returned indicator anew; for who has the seat, 404 for everybody else."""
    objection = get_object_or_404(selectors.objections_to_mark(request.user), pk=pk)
    inputs.require_no_office(request.user, objection.organisation)
    if objection.state != Objection.State.RETURNED or objection.remarked_on is not None:
        raise Conflict(_("这一项不在等待重评，可能已经有人重评过。"))
    indicator = inputs.definition_in_force(objection.scheme).indicator(objection.code)
    where = {"scheme": objection.scheme_id, "organisation": objection.organisation_id, "code": objection.code}
    form = MarkForm(request.POST or None, indicator=indicator, mark=Mark.objects.filter(**where).first())
    return ask(
        request,
        form,
        lambda sent: mark_again(actor=request.user, objection=objection, finding=form.finding(), reason=sent["reason"]),
        template="scoring/process/remark.html",
        context=lambda: {"objection": objection, "indicator": indicator},
        back=reverse("scoring:marking_list"),
        done=_("已重评，由复核人据此答复。"),
    )


def _objection(request: SignedInRequest, pk: int) -> Objection:
    found: Objection = get_object_or_404(selectors.objections_of(request.user), pk=pk)
    return found
