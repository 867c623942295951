"""The vote: by people with an account, and by code without signing in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from ballots.pages.vote_form import CodeForm, VoteForm
from ballots.selectors.pages import visible_ballots
from ballots.selectors.tickets import Ticket, ticket_by_code, ticket_of
from ballots.services import cast_code_vote, cast_vote
from ballots.services.voting import not_entitled, voted_already
from common.errors import InvalidInput
from orgs.requests import SignedInRequest

View = Callable[..., HttpResponse]


def confidential(view: View) -> View:
    """Nothing of the page is kept in a cache, and nothing of what is sent is written into an error report.

    An answer without a form sends no referrer at all. One with a form keeps the platform's ``same-origin``: under
    ``no-referrer`` a browser sends ``Origin: null``, which the check against forged forms has to refuse.
    """

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code in (301, 302):
            response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return sensitive_post_parameters()(never_cache(inner))


@confidential
@login_required
@require_http_methods(["GET", "POST"])
def vote(request: SignedInRequest, pk: int) -> HttpResponse:
    """Vote with one's account."""
    ballot = get_object_or_404(visible_ballots(request.user), pk=pk)
    ticket = ticket_of(ballot, request.user)
    if ticket is None:
        raise not_entitled()
    if request.method != "POST":
        return _page(request, ticket, VoteForm(ticket=ticket))
    if ticket.has_voted:
        raise voted_already()
    form = VoteForm(request.POST, ticket=ticket)
    if not form.is_valid():
        return _page(request, ticket, form)
    cast_vote(ballot=ballot, marks=form.marks(), actor=request.user)
    messages.success(request, _("已投票，谢谢。您的选择只计入总数，谁也查不到。"))
    return redirect("ballots:ballot_detail", pk=pk)


@confidential
@require_http_methods(["GET", "POST"])
def vote_by_code(request: HttpRequest) -> HttpResponse:
    """Vote with a single-use code: first the code, then the choice with the code in a hidden field."""
    if request.method != "POST":
        return _code_page(request, CodeForm())
    code_form = CodeForm(request.POST)
    ticket = _ticket(code_form)
    if ticket is None:
        return _code_page(request, code_form)
    if "cast" not in request.POST:
        return _page(request, ticket, VoteForm(ticket=ticket), code_form)
    form = VoteForm(request.POST, ticket=ticket)
    if not form.is_valid():
        return _page(request, ticket, form, code_form)
    try:
        cast_code_vote(code=code_form.cleaned_data["code"], marks=form.marks())
    except InvalidInput as error:
        code_form.add_invalid(error)
        return _code_page(request, code_form)
    return redirect("ballots:code_done")


@require_GET
def code_done(request: HttpRequest) -> HttpResponse:
    """Thanks to who voted with a code; says nothing about the vote and needs nobody signed in."""
    response = render(request, "ballots/code_done.html")
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _ticket(form: CodeForm) -> Ticket | None:
    if form.is_valid():
        try:
            return ticket_by_code(form.cleaned_data["code"])
        except InvalidInput as error:
            form.add_invalid(error)
    return None


def _page(request: HttpRequest, ticket: Ticket, form: VoteForm, code_form: CodeForm | None = None) -> HttpResponse:
    context = {"ticket": ticket, "ballot": ticket.ballot, "form": form, "code_form": code_form}
    return render(request, "ballots/vote.html", context, status=400 if form.errors else 200)


def _code_page(request: HttpRequest, form: CodeForm) -> HttpResponse:
    return render(request, "ballots/code.html", {"form": form}, status=400 if form.errors else 200)
