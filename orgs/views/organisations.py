"""The tree, and one organisation."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from orgs import access
from orgs.models import Organisation
from orgs.requests import SignedInRequest
from orgs.selectors.history import organisation_history
from orgs.selectors.organisation import organisation_page
from orgs.selectors.tree import tree_page


@login_required
@require_safe
def organisation_list(request: SignedInRequest) -> HttpResponse:
    """The tree that one sees, with search by name, code or pinyin initials."""
    search = request.GET.get("q", "")[:50]
    page = tree_page(request.user, search=search, with_dissolved=request.GET.get("all") == "1")
    template = "orgs/_tree.html" if request.htmx else "orgs/organisation_list.html"
    return render(request, template, {"page": page, "search": search})


@login_required
@require_safe
def organisation_detail(request: SignedInRequest, code: str) -> HttpResponse:
    """People, offices, groups, term and history of one organisation."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), code=code)
    return render(request, "orgs/organisation_detail.html", {"page": organisation_page(request.user, organisation)})


@login_required
@require_safe
def history(request: SignedInRequest, code: str) -> HttpResponse:
    """What changed about an organisation; the page loads it when its box is opened, a link opens it as a page."""
    organisation = get_object_or_404(Organisation.objects.overseen_by(request.user), code=code)
    sees_private = access.may(request.user, access.VIEW_PRIVATE, organisation)
    changes = organisation_history(organisation, sees_private=sees_private)
    template = "orgs/_changes.html" if request.htmx else "orgs/organisation_history.html"
    return render(request, template, {"changes": changes, "organisation": organisation})
