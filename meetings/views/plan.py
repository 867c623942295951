"""Planning a gathering, or going straight on to its record."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common import clock
from common.errors import InvalidInput
from meetings import selectors, services
from meetings.forms.plan import PlanForm, initial_plan
from meetings.models import Gathering, Section
from meetings.rights import EDITABLE
from meetings.selectors import PlanChoices
from meetings.views.access import SignedInRequest, recordable_organisations
from orgs.models import Organisation
from tasks.models import Task

UNFINISHED = 5
LATEST = 40


@login_required
@require_http_methods(["GET", "POST"])
def plan(request: SignedInRequest) -> HttpResponse:
    """Plan a meeting; with a kind asked for only date and time are left to look at."""
    wanted = _wanted(request)
    organisation = _organisation(request, wanted["organisation"])
    if organisation is None:
        able = recordable_organisations(request.user)
        return render(request, "meetings/plan_where.html", {"organisations": able}, status=200 if able else 403)
    choices = selectors.plan_choices(user=request.user, organisation=organisation)
    latest = _latest(choices)
    form = _form(request, choices, latest, wanted)
    if request.method == "POST" and form.is_valid():
        gathering = _planned(request, form, organisation, wanted)
        if gathering is not None:
            return _onward(request, gathering, organisation)
    is_quick = bool(form.initial["kinds"]) and "full" not in request.GET and not form.errors
    context = {"form": form, "organisation": organisation, "is_quick": is_quick, "choices": choices}
    context["unfinished"] = _unfinished(latest, wanted["kind"])
    return render(request, "meetings/plan.html", context, status=400 if form.errors else 200)


def _form(request: SignedInRequest, choices: PlanChoices, latest: list[Section], wanted: dict[str, str]) -> PlanForm:
    """The form, filled with what is asked for and with where the organisation met last."""
    held = [row for row in latest if row.held_on <= clock.today() and row.gathering.place]
    same = [row for row in held if row.kind.code == wanted["kind"]]
    place = next((row.gathering.place for row in same or held), "")
    initial = initial_plan(choices, wanted["kind"], wanted["group"], place, clock.now())
    return PlanForm(request.POST or None, choices=choices, initial=initial)


def _wanted(request: SignedInRequest) -> dict[str, str]:
    """What the address asks for: by Task, or by organisation, kind and group."""
    wanted = {name: request.GET.get(name, "") for name in ("organisation", "kind", "group", "period")}
    number = request.GET.get("task", "")
    if number.isdecimal() and len(number) < 18:
        rows = Task.objects.visible_to(request.user).select_related("organisation", "group")
        task = get_object_or_404(rows, pk=number)
        found = selectors.form.task_plan(user=request.user, task=task)
        if found is not None:
            kind, group = found
            wanted = {
                "organisation": task.organisation.code,
                "kind": kind.code,
                "group": str(group.pk) if group else "",
                "period": task.period_code,
            }
    return wanted


def _organisation(request: SignedInRequest, code: str) -> Organisation | None:
    """The organisation asked for, or the only one the user may record for."""
    if code:
        return get_object_or_404(Organisation.objects.visible_to(request.user), code=code)
    able = recordable_organisations(request.user)
    return able[0] if len(able) == 1 else None


def _planned(
    request: SignedInRequest, form: PlanForm, organisation: Organisation, wanted: dict[str, str]
) -> Gathering | None:
    """Plan what the form says; the section of the Task that was tapped is asked to count for its period."""
    data = form.cleaned_data
    data["sections"] = [
        replace(row, period_code=wanted["period"])
        if row.kind.code == wanted["kind"] and row.organisation.pk == organisation.pk
        else row
        for row in data["sections"]
    ]
    facts = {name: data[name] for name in ("title", "starts_at", "ends_at", "place", "sections")}
    try:
        return services.plan_gathering(actor=request.user, organisation=organisation, **facts)
    except InvalidInput as error:
        names = {"starts_at": "day", "ends_at": "end", "sections": "kinds"}
        error.errors = {names.get(name, name): text for name, text in error.errors.items()}
        form.add_invalid(error)
        return None


def _onward(request: SignedInRequest, gathering: Gathering, organisation: Organisation) -> HttpResponse:
    if request.POST.get("action") == "record":
        return redirect(f"{reverse('meetings:record', args=[gathering.pk])}?organisation={organisation.code}")
    messages.success(request, _("已排入计划，到时从这里或工作台登记。"))
    return redirect("meetings:gathering_detail", gathering.pk)


def _latest(choices: PlanChoices) -> list[Section]:
    """The newest sections of the organisation in its own gatherings, of the kinds the user may record. One query."""
    rows = Section.objects.filter(
        organisation=choices.organisation,
        gathering__organisation=choices.organisation,
        kind__in=[kind.pk for kind in choices.kinds],
    )
    allowed = Q(group__isnull=True) | Q(group__in=[group.pk for group in choices.groups])
    rows = rows.filter(allowed).exclude(state=Section.State.CANCELLED).select_related("gathering", "kind", "group")
    return list(rows.order_by("-held_on", "-pk")[:LATEST])


def _unfinished(latest: list[Section], kind: str) -> list[Section]:
    """Records begun but not confirmed, those of the kind asked for, once for each gathering."""
    found = [row for row in latest if row.state in EDITABLE and (not kind or row.kind.code == kind)]
    return list({row.gathering_id: row for row in found}.values())[:UNFINISHED]
