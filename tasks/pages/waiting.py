"""What waits for the reader's decision: directives to approve, requests for more time, dual sign-offs."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orgs.requests import SignedInRequest
from tasks.selectors.waiting import waiting_for


@login_required
@require_safe
def waiting_list(request: SignedInRequest) -> HttpResponse:
    """The three lists of the reader."""
    return render(request, "tasks/directives/waiting.html", {"waiting": waiting_for(request.user)})
