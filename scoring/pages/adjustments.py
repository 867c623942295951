"""Pages of what is entered beside the marks: bonus, penalty, veto, exemptions of one unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import Conflict, InvalidInput, NotAllowed
from common.formstyle import StyledForm
from orgs import access
from orgs.models import Organisation
from orgs.requests import SignedInRequest
from orgs.views.acting import act
from scoring import inputs
from scoring.forms_marks import ENTRY_FORMS, DecisionForm, EntryForm, WithdrawForm, codes_of
from scoring.models import BonusClaim, PenaltyEntry, Scheme, UnitExemption, VetoEntry
from scoring.selectors import marking as selectors
from scoring.services.bonuses import claim_bonus, decide_bonus, withdraw_bonus
from scoring.services.exemptions import ask_exemption, decide_exemption
from scoring.services.penalties import register_penalty, withdraw_penalty
from scoring.services.vetoes import register_veto, withdraw_veto

TITLES = {
    "bonus": gettext_lazy("申报加分"),
    "penalty": gettext_lazy("登记扣分"),
    "veto": gettext_lazy("登记一票否决"),
    "exemption": gettext_lazy("申请免计"),
}
COMMANDS: dict[str, Callable[..., Any]] = {
    "bonus": claim_bonus,
    "penalty": register_penalty,
    "veto": register_veto,
    "exemption": ask_exemption,
}
OF_THE_UNIT = ("bonus", "exemption")
# (what, verb) → title, words on success
ACTS = {
    ("bonus", "accept"): (gettext_lazy("核定加分"), gettext_lazy("已核定。")),
    ("bonus", "refuse"): (gettext_lazy("不予认定"), gettext_lazy("已写明不予认定。")),
    ("bonus", "withdraw"): (gettext_lazy("撤回申报"), gettext_lazy("已撤回。")),
    ("penalty", "withdraw"): (gettext_lazy("撤销扣分"), gettext_lazy("已撤销。")),
    ("veto", "withdraw"): (gettext_lazy("撤销否决"), gettext_lazy("已撤销。")),
    ("exemption", "accept"): (gettext_lazy("批准免计"), gettext_lazy("已批准。")),
    ("exemption", "refuse"): (gettext_lazy("不批准"), gettext_lazy("已写明不批准。")),
}
ROWS: dict[str, Any] = {"bonus": BonusClaim, "penalty": PenaltyEntry, "veto": VetoEntry, "exemption": UnitExemption}


@login_required
@require_safe
def entries(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was claimed, taken, vetoed and exempted, as far as the reader oversees the units."""
    rows = selectors.with_rules(Scheme.objects.visible_to(request.user))
    scheme = get_object_or_404(rows.select_related("organisation"), pk=pk)
    access.require_anywhere(request.user, access.VIEW)
    context = {"scheme": scheme, "entries": selectors.entries_of(request.user, scheme)}
    return render(request, "scoring/marking/entries.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def entry_new(request: SignedInRequest, pk: int, what: str) -> HttpResponse:
    """Claim a bonus, ask for an exemption, register a penalty or a veto."""
    if what not in ENTRY_FORMS:
        raise Http404
    scheme = _scheme(request, pk)
    form = _entry_form(request, scheme, what)
    if form.is_bound and form.is_valid():
        try:
            COMMANDS[what](actor=request.user, scheme=scheme, **form.values())
        except InvalidInput as error:
            form.add_invalid(error)
        except Conflict as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("已保存。"))
            return redirect("scoring:entries", pk=pk)
    context = {
        "form": form,
        "title": TITLES[what],
        "action": TITLES[what],
        "back": reverse("scoring:entries", args=[pk]),
    }
    return render(request, "components/form_page.html", context, status=400 if form.errors else 200)


def _entry_form(request: SignedInRequest, scheme: Scheme, what: str) -> EntryForm:
    """The form with the units and lines that may be chosen; refuses who may not enter this at all."""
    more: dict[str, Any] = {}
    units: list[Organisation]
    if what in OF_THE_UNIT:
        access.require_anywhere(request.user, access.RECORD)
        units = selectors.own_units(request.user, scheme)
        if not units:
            raise NotAllowed(_("您任职的组织不在这个方案的考核范围内，如有疑问请联系组织部。"))
    else:
        access.require(request.user, access.CONFIGURE, scheme.organisation)
        units = list(inputs.assessed(scheme))
    if what == "veto":
        more["decisions"] = selectors.decisions_for(scheme)
    codes = codes_of(inputs.definition_in_force(scheme), what)
    return ENTRY_FORMS[what](request.POST or None, request.FILES or None, units=units, codes=codes, **more)


@login_required
@require_http_methods(["GET", "POST"])
def entry_act(request: SignedInRequest, what: str, pk: int, verb: str) -> HttpResponse:
    """Decide or take back; the words are asked for on a page of their own."""
    if (what, verb) not in ACTS:
        raise Http404
    entry = get_object_or_404(_rows(request, what), pk=pk)
    _require_turn(request, entry, what, verb)
    title, done = ACTS[what, verb]
    command, form = _command(request, entry, what, verb)
    back = reverse("scoring:entries", args=[entry.scheme_id])
    return act(request, form, command, title=title, back=back, done=done, action=title, intro=_about(entry))


def _rows(request: SignedInRequest, what: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = ROWS[what].objects.visible_to(request.user)
    return rows.select_related("scheme__organisation", "organisation")


def _require_turn(request: SignedInRequest, entry: Any, what: str, verb: str) -> None:
    """A page that asks for words one may not send is no help: refuse at once."""
    if what == "bonus" and verb == "withdraw":
        access.require(request.user, access.RECORD, entry.organisation)
    else:
        access.require(request.user, access.CONFIGURE, entry.scheme.organisation)


def _command(
    request: SignedInRequest, entry: Any, what: str, verb: str
) -> tuple[Callable[[dict[str, Any]], Any], StyledForm]:
    user, data = request.user, request.POST if request.method == "POST" else None
    if what == "bonus" and verb == "withdraw":
        return lambda _sent: withdraw_bonus(actor=user, claim=entry), StyledForm(data)
    if what == "bonus":
        accept = verb == "accept"
        return lambda sent: decide_bonus(actor=user, claim=entry, accept=accept, **sent), DecisionForm(data)
    if what == "exemption":
        approve = verb == "accept"
        return lambda sent: decide_exemption(actor=user, exemption=entry, approve=approve, **sent), DecisionForm(data)
    withdraw = withdraw_penalty if what == "penalty" else withdraw_veto
    return lambda sent: withdraw(actor=user, entry=entry, **sent), WithdrawForm(data)


def _about(entry: Any) -> str:
    words = getattr(entry, "achievement", "") or entry.reason
    return f"{entry.organisation.name} · {entry.code} · {words}"


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def bonus_file(request: SignedInRequest, pk: int) -> FileResponse:
    """The scan of a claim, always as a download under its own name, never shown by the browser as a page."""
    claim = get_object_or_404(BonusClaim.objects.visible_to(request.user).exclude(file=""), pk=pk)
    response = FileResponse(
        claim.file.open("rb"), as_attachment=True, filename=claim.file_name, content_type=claim.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _scheme(request: SignedInRequest, pk: int) -> Scheme:
    return get_object_or_404(Scheme.objects.visible_to(request.user).select_related("organisation"), pk=pk)
