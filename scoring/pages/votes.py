"""Ties that only the committee can decide, and its vote."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from common.formstyle import StyledForm
from orgs import access
from orgs.requests import SignedInRequest
from scoring.models import Sheet
from scoring.pages.asking import ask
from scoring.pages.process import scheme_of
from scoring.services.votes import VOTING_STAGES, enter_tie_vote, ties_of


class VoteForm(StyledForm):
    """The order of the tied units, and the meeting that gave it."""

    decision = forms.CharField(label=_("票决依据"), max_length=200, help_text=_("党委会会议名称或文号"))
    decided_on = forms.DateField(label=_("票决日期"))

    def __init__(self, data: Any = None, *, group: list[Sheet]) -> None:
        super().__init__(data)
        self.group = group
        order = [(place, _("第%d") % place) for place in range(1, len(group) + 1)]
        for sheet in group:
            self.fields[f"place_{sheet.organisation_id}"] = forms.TypedChoiceField(
                label=sheet.organisation.name, choices=[("", _("请选择")), *order], coerce=int
            )
        self.order_fields([name for name in self.fields if name.startswith("place_")])

    def command(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        places = {sheet.organisation_id: data[f"place_{sheet.organisation_id}"] for sheet in self.group}
        return {"places": places, "decision": data["decision"], "decided_on": data["decided_on"]}


@login_required
@require_http_methods(["GET", "POST"])
def tie_votes(request: SignedInRequest, pk: int) -> HttpResponse:
    """The first tie that waits, with its form; none: what that means."""
    scheme = scheme_of(request, pk)
    access.require(request.user, access.CONFIGURE, scheme.organisation)
    groups = ties_of(scheme) if scheme.stage in VOTING_STAGES else []
    if not groups:
        return render(request, "scoring/process/votes.html", {"scheme": scheme}, status=409 if request.POST else 200)
    form = VoteForm(request.POST or None, group=groups[0])
    return ask(
        request,
        form,
        lambda _sent: enter_tie_vote(actor=request.user, scheme=scheme, **form.command()),
        template="scoring/process/votes.html",
        context=lambda: {"scheme": scheme, "group": groups[0], "left": len(groups) - 1},
        back=reverse("scoring:tie_votes", args=[pk]),
        done=_("已登记，等次已按票决重排。"),
    )
