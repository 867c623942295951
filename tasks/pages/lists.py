"""Pages of the responsibility lists that everybody with an organisation to look after reads."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from common import clock
from orgs import access
from orgs.models import Organisation
from orgs.requests import SignedInRequest
from tasks import list_words
from tasks.list_rules import Change
from tasks.models import ResponsibilityList
from tasks.selectors import lists as selectors


@login_required
@require_safe
def list_index(request: SignedInRequest) -> HttpResponse:
    """The lists of a year, role by role."""
    access.require_anywhere(request.user, access.VIEW)
    year, today = selectors.shown_year(request.GET.get("year", "")), clock.today()
    context = {
        "year": year,
        "roles": selectors.year_lists(request.user, year, today),
        "may_edit": access.has_anywhere(request.user, access.CONFIGURE),
        "may_begin": today.year <= year <= today.year + 1,
        "holds": access.has_anywhere(request.user, access.CONFIRM),
    }
    return render(request, "tasks/lists/index.html", context)


@login_required
@require_safe
def list_mine(request: SignedInRequest) -> HttpResponse:
    """The list that the user answers for; a choice when there are several."""
    found, year = selectors.own_lists(request.user), clock.today().year
    if len(found) == 1:
        return _holder_page(request, found[0], year)
    context = {"organisations": found, "year": year, "may_see_all": access.has_anywhere(request.user, access.VIEW)}
    return render(request, "tasks/lists/mine.html", context)


@login_required
@require_safe
def list_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One version: all holders by all items."""
    found = visible(request, pk)
    if found.state == ResponsibilityList.State.DRAFT:
        return redirect("tasks:list_edit", pk=pk)
    context = {
        "list": found,
        "matrix": selectors.matrix(request.user, found, clock.today()),
        "today": clock.today(),
        "may_edit": access.has_anywhere(request.user, access.CONFIGURE),
    }
    return render(request, "tasks/lists/matrix.html", context)


@login_required
@require_safe
def list_changes(request: SignedInRequest, pk: int) -> HttpResponse:
    """What differs from the version before, and every version of the year."""
    found = visible(request, pk)
    changes = selectors.version_changes(found)
    context = {
        "list": found,
        "changes": [_change(change) for change in changes],
        "moves_tasks": list_words.moves_tasks(changes),
        "versions": selectors.versions_of(found),
    }
    return render(request, "tasks/lists/changes.html", context)


def _change(change: Change) -> dict[str, object]:
    fields = list_words.change_words(change) if change.kind == "changed" else []
    return {"kind": change.kind, "item": change.after or change.before, "fields": fields}


@login_required
@require_safe
def list_holder(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    """What the secretary of one organisation answers for in a year, and who handed it over to whom."""
    organisation = get_object_or_404(Organisation.objects.overseen_by(request.user), code=code)
    return _holder_page(request, organisation, selectors.shown_year(str(year)))


def _holder_page(request: SignedInRequest, organisation: Organisation, year: int) -> HttpResponse:
    page = selectors.holder_list(organisation, year, clock.today())
    return render(request, "tasks/lists/holder.html", {"page": page, "organisation": organisation, "year": year})


def visible(request: SignedInRequest, pk: int) -> ResponsibilityList:
    """The list with its version before, or 404."""
    rows = selectors.visible_lists(request.user).select_related("previous", "published_by__person")
    return get_object_or_404(rows, pk=pk)
