"""Lists: records, people to name, the record book."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common.tables import respond
from meetings import selectors
from meetings.models import Section
from meetings.selectors.people import people_search as search
from meetings.views.access import SignedInRequest
from meetings.views.section_table import SectionTable
from meetings.views.sheets import sheets
from orgs import access
from orgs.models import Organisation


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def section_list(request: SignedInRequest) -> HttpResponseBase:
    """Records the user may see, newest first: filtered, sorted, searched, exported."""
    table = SectionTable.of(request, Section.objects.visible_to(request.user))
    may_record = any(access.has_anywhere(request.user, right) for right in (access.RECORD, access.RECORD_GROUP))
    return respond(request, table, "meetings/section_list.html", {"may_record": may_record})


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
    """The printed record book of one organisation's year, for who oversees it."""
    organisation = get_object_or_404(Organisation.objects.overseen_by(request.user), code=code)
    if not 2000 <= year <= 2100:
        raise Http404
    book = selectors.record_book(user=request.user, organisation=organisation, year=year)
    return render(request, "meetings/record_book.html", {"book": book, "sheets": sheets(book.entries)})
