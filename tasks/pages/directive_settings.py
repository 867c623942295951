"""Pages on which the committee office keeps the types of assigning and the sets of units."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import InvalidInput
from common.formstyle import StyledForm
from orgs import access
from orgs.requests import SignedInRequest
from tasks.models import DirectiveType, UnitSet
from tasks.pages.directives_forms import NewTypeForm, TypeForm, UnitSetForm
from tasks.services.directive_settings import save_type, save_unit_set


@login_required
@require_safe
def directive_settings(request: SignedInRequest) -> HttpResponse:
    """Types with their clocks, sets with their members."""
    access.require_anywhere(request.user, access.CONFIGURE)
    sets = UnitSet.objects.prefetch_related("organisations", "departments")
    context = {"types": DirectiveType.objects.all(), "sets": sets}
    return render(request, "tasks/directives/settings.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def type_new(request: SignedInRequest) -> HttpResponse:
    """Add a type."""
    access.require_anywhere(request.user, access.CONFIGURE)
    return _type(request, NewTypeForm(request.POST or None), _("新的交办类型"))


@login_required
@require_http_methods(["GET", "POST"])
def type_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a type, or take it out of use."""
    access.require_anywhere(request.user, access.CONFIGURE)
    found = get_object_or_404(DirectiveType, pk=pk)
    return _type(request, TypeForm(request.POST or None, instance=found), str(found))


def _type(request: SignedInRequest, form: TypeForm, title: str) -> HttpResponse:
    def save() -> DirectiveType:
        return save_type(actor=request.user, type=form.instance, reason=form.cleaned_data["reason"])

    return _edit(request, form, save, title, _("只影响以后下发的交办，已下发的时限不变。"))


@login_required
@require_http_methods(["GET", "POST"])
def unit_set_new(request: SignedInRequest) -> HttpResponse:
    """Add a set."""
    access.require_anywhere(request.user, access.CONFIGURE)
    form = UnitSetForm(request.POST or None)
    return _set(request, form, _("新的单位集合"))


@login_required
@require_http_methods(["GET", "POST"])
def unit_set_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a set."""
    access.require_anywhere(request.user, access.CONFIGURE)
    found = get_object_or_404(UnitSet, pk=pk)
    return _set(request, UnitSetForm(request.POST or None, unit_set=found), found.name)


def _set(request: SignedInRequest, form: UnitSetForm, title: str) -> HttpResponse:
    def save() -> UnitSet:
        return save_unit_set(actor=request.user, **form.command())

    return _edit(request, form, save, title, _("还没有下发的草拟用到这个集合的，下发时按新的成员展开。"))


def _edit(
    request: SignedInRequest, form: StyledForm | TypeForm, save: Callable[[], Any], title: str, intro: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except InvalidInput as error:
            form.add_invalid(error)
        else:
            messages.success(request, _("已保存。"))
            return redirect("tasks:directive_settings")
    context = {"form": form, "title": title, "intro": intro, "back": reverse("tasks:directive_settings")}
    return render(request, "components/form_page.html", context, status=400 if form.errors else 200)
