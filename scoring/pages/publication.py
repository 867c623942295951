"""Pages of the published results: publishing them, reading them, and what the records would give otherwise now."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common import calendars, clock
from orgs import access
from orgs.requests import SignedInRequest
from scoring.forms_process import PublishForm
from scoring.models import Scheme, Sheet
from scoring.pages.asking import ask, resend_with
from scoring.pages.process import scheme_of
from scoring.querysets import PUBLIC_STAGES
from scoring.selectors import publication as selectors
from scoring.selectors.objections import window_is_open
from scoring.services.publication import publish_results, token_of


@login_required
@require_http_methods(["GET", "POST"])
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """All results as they would be published, and the form that publishes exactly these."""
    scheme = scheme_of(request, pk)
    access.require(request.user, access.CONFIGURE, scheme.organisation)
    form = PublishForm(request.POST or None)
    return ask(
        request,
        form,
        lambda sent: publish_results(actor=request.user, scheme=scheme, **sent),
        template="scoring/process/publish.html",
        context=lambda: _preview(scheme, form, _part(request)),
        back=reverse("scoring:publication", args=[pk]),
        done=_("已公示，得分和取数已冻结。"),
    )


def _part(request: SignedInRequest) -> dict[str, Any]:
    """Which page of the units, or all of them for printing."""
    return {"page": request.GET.get("page"), "whole": "all" in request.GET}


def _preview(scheme: Scheme, form: PublishForm, part: dict[str, Any]) -> dict[str, Any]:
    """The figures that are there now; a form that was refused may publish these when it is sent again."""
    found = selectors.publication_of(scheme, **part)
    token = token_of(found.sheets)
    if form.is_bound:
        resend_with(form, seen=token)
    else:
        form.initial["seen"] = token
    return {"scheme": scheme, "publication": found, "gaps": found.gaps}


@login_required
@require_safe
def publication(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everybody's page of the results."""
    rows = Scheme.objects.visible_to(request.user).filter(stage__in=PUBLIC_STAGES).select_related("organisation")
    scheme = get_object_or_404(rows, pk=pk)
    last = scheme.objections_until
    context = {
        "scheme": scheme,
        "publication": selectors.publication_of(scheme, **_part(request)),
        "is_open": window_is_open(scheme, clock.today()),
        "calendar_notice": calendars.year_notice(last.year) if last else "",
        "may_lead": access.may(request.user, access.CONFIGURE, scheme.organisation),
    }
    return render(request, "scoring/process/publication.html", context)


@login_required
@require_safe
def publication_unit(request: SignedInRequest, pk: int) -> HttpResponse:
    """One unit's published sheet, indicator by indicator."""
    sheet = published_sheet(request, pk)
    may_object = window_is_open(sheet.scheme, clock.today()) and access.may_confirm(request.user, sheet.organisation)
    context = {"sheet": sheet, "page": selectors.public_sheet(sheet), "may_object": may_object}
    return render(request, "scoring/process/publication_unit.html", context)


def published_sheet(request: SignedInRequest, pk: int) -> Sheet:
    """A published sheet; 404 for anything else."""
    rows = Sheet.objects.visible_to(request.user).filter(scheme__stage__in=PUBLIC_STAGES)
    found: Sheet = get_object_or_404(rows.select_related("scheme__organisation", "organisation", "version"), pk=pk)
    return found


@login_required
@require_safe
def differences(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the records give now, where that is not what was published. It changes nothing."""
    scheme = scheme_of(request, pk)
    access.require_anywhere(request.user, access.VIEW)
    context = {"scheme": scheme, "rows": selectors.differences_of(request.user, scheme)}
    return render(request, "scoring/process/differences.html", context)
