"""Kinds of meetings and their rules, kept by the committee office."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import InvalidInput
from meetings import services
from meetings.forms.kinds import KindForm, NewKindForm, cadence_words
from meetings.models import MeetingKind
from meetings.views.access import SignedInRequest
from orgs import access
from orgs.models import Level


@login_required
@require_safe
def kind_list(request: SignedInRequest) -> HttpResponse:
    """All kinds with their rules and articles."""
    access.require_anywhere(request.user, access.CONFIGURE)
    rows = [(kind, cadence_words(kind)) for kind in MeetingKind.objects.order_by("position", "pk")]
    levels = [(level.label, [row for row in rows if row[0].level == level]) for level in reversed(Level)]
    return render(request, "meetings/kind_list.html", {"levels": levels})


@login_required
@require_http_methods(["GET", "POST"])
def kind_edit(request: SignedInRequest, code: str) -> HttpResponse:
    """Change the rules of a kind, with a reason."""
    access.require_anywhere(request.user, access.CONFIGURE)
    kind = get_object_or_404(MeetingKind, code=code)
    title = _("会议类型：{name}").format(name=kind.name)
    return _edit(request, KindForm(request.POST or None, instance=kind), title)


@login_required
@require_http_methods(["GET", "POST"])
def kind_new(request: SignedInRequest) -> HttpResponse:
    """Add a kind."""
    access.require_anywhere(request.user, access.CONFIGURE)
    return _edit(request, NewKindForm(request.POST or None), _("新的会议类型"))


def _edit(request: SignedInRequest, form: KindForm, title: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            services.save_kind(actor=request.user, kind=form.instance, reason=form.cleaned_data["reason"])
        except InvalidInput as error:
            form.add_invalid(error)
        else:
            messages.success(request, _("已保存，从下一次核定起生效。"))
            return redirect("meetings:kind_list")
    context = {
        "form": form,
        "title": title,
        "intro": _("规则只影响以后核定的记录，已核定的记录不变。"),
        "back": reverse("meetings:kind_list"),
    }
    return render(request, "meetings/kind_form.html", context, status=400 if form.errors else 200)
