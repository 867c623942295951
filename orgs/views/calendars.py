"""Academic terms and working days."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common import calendars, clock
from common.models import AcademicTerm, CalendarDay
from orgs import access
from orgs.forms.calendars import DayForm, TermForm
from orgs.requests import SignedInRequest
from orgs.services import calendars as services
from orgs.views.acting import act


@login_required
@require_safe
def calendar(request: SignedInRequest) -> HttpResponse:
    """Terms, corrected days, and which years are published."""
    access.require_anywhere(request.user, access.CONFIGURE)
    year = clock.today().year
    notices = [notice for notice in (calendars.year_notice(year), calendars.year_notice(year + 1)) if notice]
    context = {"terms": AcademicTerm.objects.all(), "days": CalendarDay.objects.all(), "notices": notices}
    return render(request, "orgs/calendar.html", context)


@login_required
def term_edit(request: SignedInRequest, code: str = "") -> HttpResponse:
    """Enter or correct a term."""
    access.require_anywhere(request.user, access.CONFIGURE)
    term = AcademicTerm.objects.filter(code=code).values("code", "start", "end").first()
    if code and term is None:
        raise Http404
    return act(
        request,
        TermForm(request.POST or None, initial=term),
        lambda data: services.save_term(actor=request.user, **data),
        title=_("学期"),
        back=reverse("orgs:calendar"),
        done=_("已保存，今晚起按新校历开启事项。"),
    )


@login_required
def day_edit(request: SignedInRequest) -> HttpResponse:
    """Correct a day."""
    access.require_anywhere(request.user, access.CONFIGURE)
    return act(
        request,
        DayForm(request.POST or None),
        lambda data: services.save_day(actor=request.user, **data),
        title=_("更正一天"),
        back=reverse("orgs:calendar"),
        done=_("已保存。"),
    )


@login_required
@require_POST
def day_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a correction back."""
    services.remove_day(actor=request.user, pk=pk)
    messages.success(request, _("已恢复公布的日历。"))
    return redirect("orgs:calendar")
