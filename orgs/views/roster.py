"""Roster import on a page: check first, then import."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render

from orgs import access
from orgs.forms.people import RosterForm
from orgs.importer import import_roster
from orgs.requests import SignedInRequest
from orgs.selectors.units import tops


@login_required
def roster_import(request: SignedInRequest) -> HttpResponse:
    """Upload a roster; ``check`` tries it, ``import`` writes it, both with the same report."""
    access.require_anywhere(request.user, access.MANAGE_ORGANISATIONS)
    form = RosterForm(request.POST or None, request.FILES or None)
    report = None
    if request.method == "POST" and form.is_valid():
        dry_run = request.POST.get("action") != "import"
        report = import_roster(file=form.cleaned_data["file"], actor=request.user, dry_run=dry_run)
    status = 400 if form.errors or (report is not None and not report.ok) else 200
    context = {"form": form, "report": report, "tops": tops(request.user, access.MANAGE_ORGANISATIONS)}
    return render(request, "orgs/roster_import.html", context, status=status)
