"""Pages of schemes: all of them, one with its versions, import, reviewers."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import Conflict, InvalidInput
from orgs import access
from orgs.requests import SignedInRequest
from orgs.selectors.candidates import candidates
from scoring.definition_parts import DefinitionFault
from scoring.forms_schemes import ImportForm, SeatForm
from scoring.models import ReviewerSeat, Scheme, SchemeVersion
from scoring.selectors import schemes as selectors
from scoring.services.reviewers import assign_reviewer, remove_reviewer
from scoring.services.schemes import import_scheme
from scoring.services.versions import start_draft


@login_required
@require_safe
def scheme_list(request: SignedInRequest) -> HttpResponse:
    """The schemes of all years with the version in force and the draft."""
    may_edit = access.has_anywhere(request.user, access.CONFIGURE)
    context = {"rows": selectors.scheme_rows(request.user), "may_edit": may_edit}
    return render(request, "scoring/schemes/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def scheme_import(request: SignedInRequest) -> HttpResponse:
    """Make a draft from a file; of a file that cannot be used everything that is wrong is named."""
    access.require_anywhere(request.user, access.CONFIGURE)
    form = ImportForm(request.POST or None, request.FILES or None)
    problems = []
    if request.method == "POST" and form.is_valid():
        try:
            made = _import(request, form)
        except DefinitionFault as fault:
            problems = fault.problems
        except (InvalidInput, Conflict) as error:
            form.add_error("upload", error.message)
        else:
            messages.success(
                request, _("已导入为第%(number)d版草稿，核对后请另一位负责人发布。") % {"number": made.number}
            )
            return redirect("scoring:version_detail", pk=made.pk)
    context = {"form": form, "problems": problems}
    return render(request, "scoring/schemes/import.html", context, status=400 if form.errors or problems else 200)


def _import(request: SignedInRequest, form: ImportForm) -> SchemeVersion:
    places = selectors.import_places(request.user)
    if not places:
        raise InvalidInput(_("请先导入组织。"))
    return import_scheme(actor=request.user, organisation=places[0], raw=form.raw())


@login_required
@require_safe
def scheme_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One scheme: its versions, reviewers, and how it went through the year."""
    scheme = _scheme(request, pk)
    context = {
        "scheme": scheme,
        "versions": selectors.versions_of(request.user, scheme),
        "events": selectors.events_of(scheme),
        "may_edit": access.may(request.user, access.CONFIGURE, scheme.organisation),
        "may_see_entries": access.has_anywhere(request.user, access.VIEW),
    }
    return render(request, "scoring/schemes/detail.html", context)


@login_required
@require_POST
def version_start(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin the next version from the one in force."""
    made = start_draft(actor=request.user, scheme=_scheme(request, pk))
    messages.success(request, _("已起草第%(number)d版，改好后请另一位负责人发布。") % {"number": made.number})
    return redirect("scoring:version_detail", pk=made.pk)


@login_required
@require_http_methods(["GET", "POST"])
def scheme_reviewers(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who marks which indicator; add one by typing a name."""
    scheme = _scheme(request, pk)
    access.require(request.user, access.CONFIGURE, scheme.organisation)
    lines = selectors.seat_lines(scheme)
    codes = [(line.code, f"{line.code} {line.name}") for line in lines]
    form = SeatForm(request.POST or None, people=candidates(request.user), codes=codes)
    if form.is_bound and form.is_valid():
        try:
            seat = assign_reviewer(actor=request.user, scheme=scheme, **form.cleaned_data)
        except (InvalidInput, Conflict) as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("已确定%(name)s评%(code)s。") % {"name": seat.person.name, "code": seat.code})
            return redirect("scoring:scheme_reviewers", pk=pk)
    context = {"scheme": scheme, "lines": lines, "form": form, "total": selectors.assessed_count(scheme)}
    return render(request, "scoring/schemes/reviewers.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def reviewer_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a reviewer's seat away."""
    rows = ReviewerSeat.objects.filter(scheme__in=Scheme.objects.visible_to(request.user))
    seat: ReviewerSeat = get_object_or_404(rows.select_related("scheme__organisation", "person"), pk=pk)
    remove_reviewer(actor=request.user, seat=seat)
    messages.success(request, _("已移除%(name)s。") % {"name": seat.person.name})
    return redirect("scoring:scheme_reviewers", pk=seat.scheme_id)


def _scheme(request: SignedInRequest, pk: int) -> Scheme:
    return get_object_or_404(Scheme.objects.visible_to(request.user).select_related("organisation"), pk=pk)
