"""The list of directives."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.views.decorators.http import require_http_methods

from common.tables import respond
from orgs import access
from orgs.requests import SignedInRequest
from tasks import directive_rights as rights
from tasks.models import Directive
from tasks.pages.directives_tables import DirectiveTable


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def directive_list(request: SignedInRequest) -> HttpResponseBase:
    """Directives that the reader assigned, oversees or was addressed by, newest first."""
    table = DirectiveTable.of(request, Directive.objects.visible_to(request.user))
    context = {
        "may_assign": rights.may_assign_anywhere(request.user),
        "may_configure": access.has_anywhere(request.user, access.CONFIGURE),
    }
    return respond(request, table, "tasks/directives/list.html", context)
