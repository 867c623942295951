"""Adding a section to a gathering, on the way from its record form."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import InvalidInput
from meetings import services
from meetings.forms.addition import AdditionForm
from meetings.models import Gathering
from meetings.selectors.additions import Addition, additions
from meetings.views.access import SignedInRequest, visible_gathering


@login_required
@require_http_methods(["GET", "POST"])
def section_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Offer kind × organisation, add what is chosen, and go on to its record."""
    gathering = visible_gathering(request, pk)
    form = AdditionForm(request.POST or None, choices=additions(user=request.user, gathering=gathering))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["section"]
        try:
            _add(request, gathering, chosen)
        except InvalidInput as error:
            form.add_invalid(error)
        else:
            messages.success(request, _("已加上“{kind}”，请填到会情况。").format(kind=chosen.label))
            return redirect(_record_of(gathering, chosen))
    context = {"form": form, "gathering": gathering}
    return render(request, "meetings/section_add.html", context, status=400 if form.errors else 200)


def _add(request: SignedInRequest, gathering: Gathering, chosen: Addition) -> None:
    services.add_section(
        actor=request.user,
        gathering=gathering,
        kind=chosen.kind,
        organisation=chosen.organisation,
        group=chosen.group,
    )


def _record_of(gathering: Gathering, chosen: Addition) -> str:
    return f"{reverse('meetings:record', args=[gathering.pk])}?organisation={chosen.organisation.code}"
