"""Lists: records, people to name, the record book."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from meetings import selectors
from meetings.forms.filters import FilterForm
from meetings.selectors.people import people_search as search
from meetings.views.access import SignedInRequest
from meetings.views.sheets import sheets
from orgs import access
from orgs.models import Organisation

PAGE_SIZE = 20


@login_required
@require_safe
def section_list(request: SignedInRequest) -> HttpResponse:
    """Records the user may see, newest first, filtered."""
    form = FilterForm(request.GET)
    page = Paginator(form.found(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    may_record = any(access.has_anywhere(request.user, right) for right in (access.RECORD, access.RECORD_GROUP))
    return render(request, "meetings/section_list.html", {"form": form, "page": page, "may_record": may_record})


@login_required
@require_safe
@never_cache
def people_search(request: SignedInRequest) -> HttpResponse:
    """Suggestions for guests and lecturers, as options of a list."""
    people = search(user=request.user, text=request.GET.get("q", "")[:50])
    return render(request, "meetings/_people_options.html", {"people": people})


@login_required
@require_safe
def record_book(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    """The printed record book of one organisation's year."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), code=code)
    if not 2000 <= year <= 2100:
        raise Http404
    book = selectors.record_book(user=request.user, organisation=organisation, year=year)
    return render(request, "meetings/record_book.html", {"book": book, "sheets": sheets(book.entries)})
