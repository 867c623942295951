"""Pages that compose several rooms: the desk, the branch, the overviews."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from common import clock
from dashboards import days, ical
from dashboards.selectors import branch
from dashboards.selectors import desk as desks
from dashboards.selectors import overview as overviews
from orgs import access
from orgs.models import Level, Organisation
from orgs.requests import SignedInRequest
from orgs.selectors.units import tops

FIRST_YEAR, LAST_YEAR = 2000, 2100


@login_required
@require_GET
def desk(request: SignedInRequest) -> HttpResponse:
    """What I owe, what waits for me, what I wait for."""
    today = clock.today()
    return render(request, "dashboards/desk.html", {"desk": desks.desk(request.user, today), "today": today})


@login_required
@require_GET
def desk_asked(request: SignedInRequest) -> HttpResponse:
    """The part of the desk about ballots and marks, fetched by the page: it has a budget of queries of its own."""
    return render(request, "dashboards/parts/desk_asked.html", {"asked": desks.asked(request.user)})


@login_required
@require_GET
def overview(request: SignedInRequest) -> HttpResponse:
    """To the overview of the organisation the user looks after; a choice when there are several."""
    access.require_anywhere(request.user, access.VIEW)
    found = tops(request.user)
    if len(found) == 1:
        return redirect(_page_of(found[0]))
    if any(organisation.level == Level.COMMITTEE for organisation in found):
        return redirect("dashboards:committee")
    pages = [(organisation, _page_of(organisation)) for organisation in found]
    return render(request, "dashboards/overview.html", {"pages": pages})


def _page_of(organisation: Organisation) -> str:
    if organisation.level == Level.COMMITTEE:
        return reverse("dashboards:committee")
    if organisation.level == Level.GENERAL_BRANCH:
        return reverse("dashboards:general_branch", args=[organisation.code])
    return reverse("dashboards:branch_year", args=[organisation.code, clock.today().year])


@login_required
@require_GET
def committee(request: SignedInRequest) -> HttpResponse:
    """Everything the user may see, general branch by general branch, as of a day."""
    access.require_anywhere(request.user, access.VIEW)
    today = clock.today()
    day = days.shown_day(request.GET.get("as_of", ""), today)
    top = _top(request, request.GET.get("under", ""))
    page = overviews.overview(request.user, day, top)
    context = {**_of_day(request, day, today), "page": page, "top": top, "months": range(1, 13)}
    return render(request, "dashboards/committee.html", context)


def _of_day(request: SignedInRequest, day: datetime.date, today: datetime.date) -> dict[str, Any]:
    """The day of a page, and why it is not the one asked for."""
    return {
        "today": today,
        "is_past": day < today,
        "asked_day": request.GET.get("as_of", "")[:20],
        "day_fault": days.day_fault(request.GET.get("as_of", ""), today),
    }


def _top(request: SignedInRequest, code: str) -> Organisation | None:
    """The general branch that the page is narrowed to, if any."""
    return _overseen(request, code) if code else None


def _overseen(request: SignedInRequest, code: str) -> Organisation:
    """An organisation that the user may see by a grant; being a member is not enough for an overview."""
    return get_object_or_404(Organisation.objects.overseen_by(request.user), code=code)


@login_required
@require_GET
def general_branch(request: SignedInRequest, code: str) -> HttpResponse:
    """The branches of one general branch side by side, as of a day."""
    organisation = _overseen(request, code)
    today = clock.today()
    if organisation.level == Level.BRANCH:
        return redirect("dashboards:branch_year", code=code, year=today.year)
    day = days.shown_day(request.GET.get("as_of", ""), today)
    page = overviews.overview(request.user, day, organisation)
    context = {**_of_day(request, day, today), "page": page, "top": organisation, "months": range(1, 13)}
    return render(request, "dashboards/general_branch.html", context)


@login_required
@require_GET
def branch_year(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    """Kinds × months of one organisation, as of a day."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), code=code)
    _check_year(year)
    today = clock.today()
    day = days.shown_day(request.GET.get("as_of", ""), today)
    page = branch.branch_year(request.user, organisation, year, day)
    context = {
        **_of_day(request, day, today),
        "page": page,
        "organisation": organisation,
        "months": range(1, 13),
        "may_record": page.link == "act",
    }
    return render(request, "dashboards/branch_year.html", context)


@login_required
@require_GET
def branch_calendar(request: SignedInRequest, code: str, year: int, month: int) -> HttpResponse:
    """One month of one organisation: meetings, due dates, working days."""
    page = _month_page(request, code, year, month)
    before, after = days.neighbours(year, month)
    context = {"page": page, "organisation": page.organisation, "before": before, "after": after}
    return render(request, "dashboards/branch_calendar.html", {**context, "today": clock.today()})


@login_required
@require_GET
def branch_calendar_file(request: SignedInRequest, code: str, year: int, month: int) -> HttpResponse:
    """The month's planned meetings as an iCalendar file."""
    page = _month_page(request, code, year, month)
    planned = [section for day in page.days for section in day.meetings if section.state == "planned"]
    response = HttpResponse(ical.meetings_file(planned, clock.now()), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="meetings-{year}-{month:02d}.ics"'
    return response


def _month_page(request: SignedInRequest, code: str, year: int, month: int) -> Any:
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), code=code)
    _check_year(year)
    if not 1 <= month <= 12:
        raise Http404
    return branch.branch_month(request.user, organisation, year, month, clock.today())


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
