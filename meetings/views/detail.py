"""A record as it is read and printed, and what may be done with it afterwards."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import InvalidInput
from meetings import selectors, services
from meetings.forms.reason import ReasonForm
from meetings.models import Section
from meetings.rights import require_record
from meetings.selectors.counted import counted_for
from meetings.selectors.versions import section_version as version_page
from meetings.views.access import SignedInRequest, acting_organisation, visible_gathering
from meetings.views.sheets import open_for, sheets
from orgs import access


@login_required
@require_safe
def gathering_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The record with all its parts, what it counted for, and the buttons the user has a right to."""
    detail = selectors.gathering_detail(user=request.user, pk=pk)
    counted = counted_for(user=request.user, sections=[row.section for row in detail.sections])
    context = {"detail": detail, "sheets": sheets(detail.sections, counted), "open_for": open_for(detail.sections)}
    return render(request, "meetings/gathering_detail.html", context)


@login_required
@require_POST
def amend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin to change a confirmed record; the form asks for the reason."""
    gathering = visible_gathering(request, pk)
    organisation = acting_organisation(request, gathering)
    services.start_amendment(actor=request.user, gathering=gathering, organisation=organisation)
    return redirect(f"{reverse('meetings:record', args=[pk])}?organisation={organisation.code}")


@login_required
@require_http_methods(["GET", "POST"])
def section_return(request: SignedInRequest, pk: int) -> HttpResponse:
    """The level above returns a confirmed record with a reason."""
    section = _section(request, pk)
    access.require_review(request.user, section.organisation, section.confirmed_by_id)
    services.require_returnable(section)
    form = ReasonForm(request.POST or None, label=_("退回原因"), length=500)
    if request.method == "POST" and form.is_valid():
        try:
            services.return_section(actor=request.user, section=section, reason=form.cleaned_data["reason"])
        except InvalidInput as error:
            form.add_invalid(error)
        else:
            messages.success(request, _("已退回，对方书记会收到原因，相应的事项重新打开。"))
            return redirect("meetings:gathering_detail", section.gathering_id)
    return _reason_page(request, form, section, _("退回记录"), _("退回"))


@login_required
@require_http_methods(["GET", "POST"])
def section_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Cancel what did not take place, with a reason."""
    section = _section(request, pk)
    require_record(request.user, section.organisation, [section.group_id])
    services.require_cancellable(section)
    form = ReasonForm(request.POST or None, label=_("取消原因"), length=500)
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel_section(actor=request.user, section=section, reason=form.cleaned_data["reason"])
        except InvalidInput as error:
            form.add_invalid(error)
        else:
            messages.success(request, _("已取消。"))
            return redirect("meetings:gathering_detail", section.gathering_id)
    return _reason_page(request, form, section, _("取消会议"), _("确认取消"))


@login_required
@require_safe
def section_version(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """An old version as it stood."""
    return render(request, "meetings/version.html", {"page": version_page(user=request.user, pk=pk, number=number)})


def _section(request: SignedInRequest, pk: int) -> Section:
    rows = Section.objects.visible_to(request.user).select_related("kind", "organisation", "group", "gathering")
    return get_object_or_404(rows, pk=pk)


def _reason_page(request: SignedInRequest, form: ReasonForm, section: Section, title: str, action: str) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "action": action,
        "intro": f"{section.organisation.name} · {section.kind.name} · {section.held_on:%Y-%m-%d}",
        "back": reverse("meetings:gathering_detail", args=[section.gathering_id]),
    }
    return render(request, "components/form_page.html", context, status=400 if form.errors else 200)
