"""Pages of a draft: its facts, the judged units, the groups, and who votes without an account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ballots import services, states
from ballots.models import Ballot, BallotGroup
from ballots.pages.forms import AllotmentsForm, BallotForm, GroupForm, SubjectsForm
from ballots.selectors.pages import electors_page, visible_ballots
from ballots.services.holding import require_state
from common.errors import InvalidInput
from common.formstyle import StyledForm
from orgs import access
from orgs.requests import SignedInRequest


@login_required
@require_http_methods(["GET", "POST"])
def ballot_new(request: SignedInRequest) -> HttpResponse:
    """Draft a ballot."""
    access.require_anywhere(request.user, access.CONFIGURE)
    form = BallotForm(_sent(request), user=request.user, ballot=None)
    if form.is_bound and form.is_valid():
        organisation = form.cleaned_data["organisation"]
        try:
            ballot = services.create_ballot(organisation=organisation, facts=form.facts(), actor=request.user)
        except InvalidInput as error:
            form.add_invalid(error)
        else:
            messages.success(request, _("草稿已建，接着选被测评单位和投票人群。"))
            return redirect("ballots:ballot_detail", pk=ballot.pk)
    return _form(request, form, None, _("新建测评"))


@login_required
@require_http_methods(["GET", "POST"])
def ballot_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what a draft is about."""
    ballot = _draft(request, pk)
    form = BallotForm(_sent(request), user=request.user, ballot=ballot)
    if form.is_bound and form.is_valid():
        try:
            services.edit_ballot(ballot=ballot, facts=form.facts(), actor=request.user)
            return _saved(request, pk)
        except InvalidInput as error:
            form.add_invalid(error)
    return _form(request, form, ballot, _("修改测评"))


@login_required
@require_http_methods(["GET", "POST"])
def subjects_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose the judged units."""
    ballot = _draft(request, pk)
    form = SubjectsForm(_sent(request), ballot=ballot)
    if form.is_bound and form.is_valid():
        try:
            chosen = list(form.cleaned_data["organisations"])
            services.set_subjects(ballot=ballot, organisations=chosen, actor=request.user)
            return _saved(request, pk)
        except InvalidInput as error:
            form.add_invalid(error)
    return _form(request, form, ballot, _("被测评单位"), "ballots/subjects.html")


@login_required
@require_http_methods(["GET", "POST"])
def group_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add a group."""
    ballot = _draft(request, pk)
    form = GroupForm(_sent(request), user=request.user, group=None)
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                group = services.add_group(ballot=ballot, facts=form.facts(), actor=request.user)
                services.set_electors(group=group, people=form.cleaned_data["people"], actor=request.user)
            return _saved(request, pk)
        except InvalidInput as error:
            form.add_invalid(error)
    return _form(request, form, ballot, _("增加投票人群"))


@login_required
@require_http_methods(["GET", "POST"])
def group_edit(request: SignedInRequest, pk: int, group: int) -> HttpResponse:
    """Change a group and the people picked for it."""
    ballot = _draft(request, pk)
    found = get_object_or_404(BallotGroup, ballot=ballot, pk=group)
    form = GroupForm(_sent(request), user=request.user, group=found)
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                services.edit_group(group=found, facts=form.facts(), actor=request.user)
                services.set_electors(group=found, people=form.cleaned_data["people"], actor=request.user)
            return _saved(request, pk)
        except InvalidInput as error:
            form.add_invalid(error)
    return _form(request, form, ballot, _("修改投票人群"))


@login_required
@require_POST
def group_remove(request: SignedInRequest, pk: int, group: int) -> HttpResponse:
    """Take a group out."""
    ballot = _draft(request, pk)
    services.remove_group(group=get_object_or_404(BallotGroup, ballot=ballot, pk=group), actor=request.user)
    return _saved(request, pk)


@login_required
@require_http_methods(["GET", "POST"])
def allotments_edit(request: SignedInRequest, pk: int, group: int) -> HttpResponse:
    """How many people without an account vote in a group."""
    ballot = _draft(request, pk)
    found = get_object_or_404(BallotGroup.objects.select_related("ballot"), ballot=ballot, pk=group)
    subjects = list(ballot.subjects.select_related("organisation").order_by("organisation__path"))
    form = AllotmentsForm(_sent(request), group=found, subjects=subjects)
    if form.is_bound and form.is_valid():
        try:
            services.set_allotments(group=found, allotted=form.allotted(), actor=request.user)
            return _saved(request, pk)
        except InvalidInput as error:
            form.add_invalid(error)
    title = _("没有账号的人：%(name)s") % {"name": found.name}
    return _form(request, form, ballot, title, "ballots/allotments.html")


@login_required
@require_GET
def electors(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who may vote; never who has."""
    ballot = get_object_or_404(visible_ballots(request.user), pk=pk)
    access.require(request.user, access.CONFIGURE, ballot.organisation)
    return render(request, "ballots/electors.html", {"ballot": ballot, "groups": electors_page(ballot)})


def _draft(request: SignedInRequest, pk: int) -> Ballot:
    """The draft, for who runs it. Raises 404, ``NotAllowed``, ``Conflict`` (no draft any more)."""
    ballot = get_object_or_404(visible_ballots(request.user), pk=pk)
    access.require(request.user, access.CONFIGURE, ballot.organisation)
    require_state(ballot, states.EDIT)
    return ballot


def _sent(request: SignedInRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _saved(request: SignedInRequest, pk: int) -> HttpResponse:
    messages.success(request, _("已保存。"))
    return redirect("ballots:ballot_detail", pk=pk)


def _form(
    request: SignedInRequest, form: StyledForm, ballot: Ballot | None, title: str, template: str = "ballots/form.html"
) -> HttpResponse:
    context = {"form": form, "ballot": ballot, "title": title}
    return render(request, template, context, status=400 if form.errors else 200)
