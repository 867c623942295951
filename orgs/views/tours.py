"""The tour of a first sign-in: seen, skipped, asked for again."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from orgs.requests import SignedInRequest
from orgs.services.tours import finish_tour, restart_tour


@login_required
@require_POST
def done(request: SignedInRequest) -> HttpResponse:
    """Seen or skipped; the script that asks gets a 204, a plain form goes to the desk."""
    finish_tour(actor=request.user)
    return HttpResponse(status=204) if request.headers.get("HX-Request") else redirect("dashboards:desk")


@login_required
@require_POST
def again(request: SignedInRequest) -> HttpResponse:
    """Once more, on the desk."""
    restart_tour(actor=request.user)
    return redirect("dashboards:desk")
