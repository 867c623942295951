"""Light or dark, and the size of type: switched from the menu of every page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.errors import InvalidInput
from orgs.forms.looks import LookForm
from orgs.looks import Look, look_of, remember
from orgs.models import User
from orgs.services.preferences import change_look


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Keep the choice on the account (and on the device), then go back to the page; a script only gets a 204."""
    form = LookForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(_("没有这种外观，请从菜单里选择。"))
    before = look_of(request)
    chosen = Look(form.cleaned_data["theme"] or before.theme, form.cleaned_data["type_size"] or before.type_size)
    if isinstance(request.user, User):
        change_look(actor=request.user, theme=chosen.theme, type_size=chosen.type_size)
    response = HttpResponse(status=204) if request.headers.get("HX-Request") else redirect(_page_of(request))
    remember(response, chosen)
    return response


def _page_of(request: HttpRequest) -> str:
    """The page the menu stood on, if it is one of ours."""
    page = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return page if is_ours else "/"
