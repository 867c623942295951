"""Pages of a ballot from its opening to its result: the ballot itself, codes, paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ballots import services, states
from ballots.models import Allotment, Ballot, PaperResult
from ballots.pages.forms import NothingForm, PaperForm, ReasonForm, ReprintForm
from ballots.selectors.pages import allotments_of, ballot_page, papers_page, visible_ballots
from ballots.services.holding import require_state
from ballots.services.papers import asked_on_paper
from common.errors import InvalidInput
from common.formstyle import StyledForm
from orgs import access
from orgs.requests import SignedInRequest

_Command = Callable[..., Any]
ACTS: dict[str, tuple[_Command, type[StyledForm], Any]] = {
    states.START: (services.open_ballot, NothingForm, gettext_lazy("已开放投票，有账号的投票人会收到消息。")),
    states.CLOSE: (services.close_ballot, NothingForm, gettext_lazy("投票已截止。")),
    states.COUNT: (services.count_ballot, NothingForm, gettext_lazy("已计票。")),
    states.CANCEL: (services.cancel_ballot, ReasonForm, gettext_lazy("已作废。")),
}


@login_required
@require_GET
def ballot_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the ballot is about, how far it is, and once counted its result."""
    ballot = get_object_or_404(visible_ballots(request.user), pk=pk)
    return _detail(request, ballot, ReasonForm())


@login_required
@require_POST
def ballot_act(request: SignedInRequest, pk: int, verb: str) -> HttpResponse:
    """Open, close, count or cancel."""
    if verb not in ACTS:
        raise Http404
    ballot = _mine(request, pk)
    command, form_class, done = ACTS[verb]
    form = form_class(request.POST)
    if form.is_valid():
        try:
            command(ballot=ballot, actor=request.user, **form.cleaned_data)
            messages.success(request, done)
            return redirect("ballots:ballot_detail", pk=pk)
        except InvalidInput as error:
            form.add_invalid(error)
    return _detail(request, ballot, form)


@login_required
@require_GET
def codes(request: SignedInRequest, pk: int) -> HttpResponse:
    """Which codes were printed when."""
    ballot = _mine(request, pk)
    return _codes_page(request, ballot, ReprintForm(), None)


@sensitive_post_parameters()
@never_cache
@login_required
@require_POST
@sensitive_variables("slips")
def codes_print(request: SignedInRequest, pk: int, allotment: int) -> HttpResponse:
    """The sheet with the codes, this once."""
    ballot = _mine(request, pk)
    row = get_object_or_404(allotments_of(ballot), pk=allotment)
    form = ReprintForm(request.POST)
    if form.is_valid():
        try:
            slips = services.print_codes(allotment=row, actor=request.user, reason=form.cleaned_data["reason"])
        except InvalidInput as error:
            form.add_invalid(error)
        else:
            where = request.build_absolute_uri(reverse("ballots:vote_by_code"))
            context = {"ballot": ballot, "allotment": row, "slips": slips, "where": where}
            return render(request, "ballots/slips.html", context)
    return _codes_page(request, ballot, form, row)


@login_required
@require_GET
def papers(request: SignedInRequest, pk: int) -> HttpResponse:
    """Which paper has been entered, by whom."""
    ballot = _mine(request, pk)
    return _papers_page(request, ballot, ReasonForm())


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def paper_enter(request: SignedInRequest, pk: int, allotment: int) -> HttpResponse:
    """Enter what two people counted."""
    ballot = _mine(request, pk)
    require_state(ballot, states.PAPER)
    row = get_object_or_404(allotments_of(ballot), pk=allotment, papers__gt=0)
    form = _paper_form(request, ballot, row)
    if form.is_bound and form.is_valid():
        try:
            services.enter_paper_result(allotment=row, facts=form.facts(), actor=request.user)
            messages.success(request, _("纸质票已登记，计票时一并计入。"))
            return redirect("ballots:papers", pk=pk)
        except InvalidInput as error:
            form.add_invalid(error)
    context = {"ballot": ballot, "allotment": row, "form": form}
    return render(request, "ballots/paper.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def paper_cancel(request: SignedInRequest, pk: int, paper: int) -> HttpResponse:
    """Withdraw a paper result, with a reason."""
    ballot = _mine(request, pk)
    rows = PaperResult.objects.select_related("allotment__group__ballot")
    found = get_object_or_404(rows, pk=paper, allotment__group__ballot=ballot)
    form = ReasonForm(request.POST)
    if form.is_valid():
        services.cancel_paper_result(paper=found, reason=form.cleaned_data["reason"], actor=request.user)
        messages.success(request, _("已撤销，可以重新登记。"))
        return redirect("ballots:papers", pk=pk)
    return _papers_page(request, ballot, form)


def _mine(request: SignedInRequest, pk: int) -> Ballot:
    """The ballot, for who runs it. Raises 404, ``NotAllowed``."""
    ballot = get_object_or_404(visible_ballots(request.user), pk=pk)
    access.require(request.user, access.CONFIGURE, ballot.organisation)
    return ballot


def _paper_form(request: SignedInRequest, ballot: Ballot, allotment: Allotment) -> PaperForm:
    sent = request.POST if request.method == "POST" else None
    subjects = asked_on_paper(ballot, allotment)
    return PaperForm(sent, user=request.user, allotment=allotment, subjects=subjects, words=ballot.words)


def _detail(request: SignedInRequest, ballot: Ballot, form: StyledForm) -> HttpResponse:
    context = {"ballot": ballot, "page": ballot_page(ballot, request.user), "form": form}
    return render(request, "ballots/detail.html", context, status=400 if form.errors else 200)


def _codes_page(request: SignedInRequest, ballot: Ballot, form: StyledForm, about: Allotment | None) -> HttpResponse:
    rows = allotments_of(ballot).filter(codes__gt=0)
    context = {"ballot": ballot, "rows": rows, "form": form, "about": about, "is_open": ballot.state == states.OPEN}
    return render(request, "ballots/codes.html", context, status=400 if form.errors else 200)


def _papers_page(request: SignedInRequest, ballot: Ballot, form: StyledForm) -> HttpResponse:
    may_enter = states.is_allowed(states.PAPER, ballot.state)
    context = {"ballot": ballot, "rows": papers_page(ballot), "form": form, "may_enter": may_enter}
    return render(request, "ballots/papers.html", context, status=400 if form.errors else 200)
