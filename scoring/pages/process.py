"""Pages of a scheme's way through the year: where it stands, the next step, one step back, what is missing."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import access
from orgs.requests import SignedInRequest
from scoring.forms_process import BackForm
from scoring.models import Scheme
from scoring.pages.asking import ask
from scoring.selectors import process as selectors
from scoring.services.publication import finalise_results
from scoring.services.stages import move_forward, step_back


def scheme_of(request: SignedInRequest, pk: int) -> Scheme:
    """The scheme, if it may be seen; 404 otherwise."""
    found: Scheme = get_object_or_404(Scheme.objects.visible_to(request.user).select_related("organisation"), pk=pk)
    return found


@login_required
@require_safe
def process(request: SignedInRequest, pk: int) -> HttpResponse:
    """Where the year stands, who did what when, and what is next."""
    scheme = scheme_of(request, pk)
    page = selectors.process_page(request.user, scheme)
    return render(request, "scoring/process/process.html", {"scheme": scheme, "page": page})


@login_required
@require_POST
def process_step(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the next step from the stage that the page showed."""
    scheme, note = scheme_of(request, pk), request.POST.get("note", "")
    moved = move_forward(actor=request.user, scheme=scheme, seen=request.POST.get("seen", ""), note=note)
    messages.success(request, _("现在是“%s”阶段。") % moved.get_stage_display())
    return redirect("scoring:process", pk=pk)


@login_required
@require_POST
def process_final(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make the results final."""
    finalise_results(actor=request.user, scheme=scheme_of(request, pk))
    messages.success(request, _("已定稿，并告知各单位。"))
    return redirect("scoring:process", pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def process_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """One step back, with the reason."""
    scheme = scheme_of(request, pk)
    access.require(request.user, access.CONFIGURE, scheme.organisation)
    return ask(
        request,
        BackForm(request.POST or None, initial={"seen": scheme.stage}),
        lambda sent: step_back(actor=request.user, scheme=scheme, **sent),
        template="components/form_page.html",
        context=lambda: {"title": _("退回上一阶段"), "action": _("退回"), "intro": scheme.get_stage_display()},
        back=reverse("scoring:process", args=[pk]),
        done=_("已退回上一阶段。"),
    )


@login_required
@require_safe
def missing(request: SignedInRequest, pk: int) -> HttpResponse:
    """Which marks and data are missing, by unit."""
    scheme = scheme_of(request, pk)
    access.require_anywhere(request.user, access.VIEW)
    units, indicators = selectors.missing_of(request.user, scheme)
    context = {"scheme": scheme, "units": units, "indicators": indicators}
    return render(request, "scoring/process/missing.html", context)
