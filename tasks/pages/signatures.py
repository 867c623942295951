"""The page of a dual sign-off: what is signed, who has, and the two who sign or refuse."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.errors import InvalidInput
from orgs.requests import SignedInRequest
from tasks.models import DualSignature
from tasks.pages.signatures_forms import RefuseForm, SignForm
from tasks.selectors.assignment import signature_page
from tasks.services import dual_signing

_RELATED = (
    "unit__directive__organisation",
    "unit__organisation",
    "unit__task",
    "secretary",
    "head",
    "asked_by__person",
)


@login_required
@require_safe
def signature_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is to be signed, beside the text of the directive."""
    return _page(request, _visible(request, pk), SignForm(prefix="sign"), RefuseForm(prefix="refuse"))


@login_required
@require_POST
def signature_sign(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sign."""
    signature = _visible(request, pk)
    dual_signing.require_signer(signature, request.user)
    form = SignForm(request.POST, prefix="sign")
    if form.is_valid():
        signed = dual_signing.sign(signature=signature, actor=request.user, **form.cleaned_data)
        is_complete = signed.state == DualSignature.State.BOTH
        messages.success(request, _("两人都已签署，已提交核查。") if is_complete else _("已签，等另一位签署。"))
        return redirect("tasks:signature_detail", pk=pk)
    return _page(request, signature, form, RefuseForm(prefix="refuse"))


@login_required
@require_POST
def signature_refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    """Refuse, with the reason."""
    signature = _visible(request, pk)
    dual_signing.require_signer(signature, request.user)
    form = RefuseForm(request.POST, prefix="refuse")
    if form.is_valid():
        try:
            dual_signing.refuse(signature=signature, actor=request.user, **form.cleaned_data)
            messages.success(request, _("已退回提请人。"))
            return redirect("tasks:signature_detail", pk=pk)
        except InvalidInput as error:
            form.add_invalid(error)
    return _page(request, signature, SignForm(prefix="sign"), form)


def _visible(request: SignedInRequest, pk: int) -> DualSignature:
    rows = DualSignature.objects.visible_to(request.user).select_related(*_RELATED)
    return get_object_or_404(rows, pk=pk)


def _page(request: SignedInRequest, signature: DualSignature, sign: SignForm, refuse: RefuseForm) -> HttpResponse:
    files = signature.unit.task.files.order_by("pk") if signature.unit.task else []
    context = {
        "signature": signature,
        "page": signature_page(signature, request.user),
        "files": files,
        "text_files": signature.unit.directive.files.order_by("pk"),
        "sign": sign,
        "refuse": refuse,
    }
    status = 400 if sign.errors or refuse.errors else 200
    return render(request, "tasks/directives/signature.html", context, status=status)
