"""The list of ballots: those to vote in first, then all that one may see."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from ballots.models import Ballot
from ballots.selectors.pages import visible_ballots, waiting_for
from common.tables import Choice, Column, Days, Search, Table, day_text, respond
from orgs import access
from orgs.requests import SignedInRequest


def _title(ballot: Ballot) -> SafeString:
    url = reverse("ballots:ballot_detail", args=[ballot.pk])
    return format_html('<a href="{}">{}</a>', url, ballot.title)


class BallotTable(Table[Ballot]):
    """Ballots."""

    key = "ballots"
    title = gettext_lazy("匿名测评")
    order = ("-opens_on",)
    columns = (
        Column("title", gettext_lazy("测评"), lambda one: one.title, html=_title, sort=("title",), is_main=True),
        Column("unit", gettext_lazy("组织方"), lambda one: one.organisation.name, sort=("organisation__path",)),
        Column("state", gettext_lazy("状态"), lambda one: one.get_state_display(), sort=("state",), css="nowrap"),
        Column("opens", gettext_lazy("开始"), lambda one: day_text(one.opens_on), sort=("opens_on",), css="nowrap"),
        Column("closes", gettext_lazy("截止"), lambda one: day_text(one.closes_on), sort=("closes_on",), css="nowrap"),
    )
    filters = (
        Choice("state", gettext_lazy("状态"), Ballot.State.choices, column="state"),
        Days("closes", gettext_lazy("截止日期"), column="closes_on"),
    )
    search = Search("title", "organisation__name", prompt=gettext_lazy("测评名称或组织方"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ballot_list(request: SignedInRequest) -> HttpResponseBase:
    """The ballots that the reader may vote in, runs or oversees."""
    table = BallotTable.of(request, visible_ballots(request.user))
    context = {"waiting": waiting_for(request.user), "may_run": access.has_anywhere(request.user, access.CONFIGURE)}
    return respond(request, table, "ballots/list.html", context)
