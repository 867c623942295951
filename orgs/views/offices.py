"""Appointing, ending, handing over and re-electing."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from orgs import access
from orgs.access import place_of
from orgs.forms import organisations as forms
from orgs.models import Appointment, Level, Organisation
from orgs.querysets import PersonQuerySet
from orgs.requests import SignedInRequest
from orgs.selectors.candidates import candidates
from orgs.services import appointments as services
from orgs.services.appointments import OfficeHolder
from orgs.views.acting import act


def _people_for(request: SignedInRequest, organisation: Organisation | None) -> PersonQuerySet:
    """Whom an office may go to: a branch's own members; above it, and in departments, everybody one sees."""
    people = candidates(request.user)
    if organisation is not None and organisation.level == Level.BRANCH:
        people = people.filter(organisation=organisation)
    return people.order_by("organisation__path", "number")


def _held(request: SignedInRequest, pk: int) -> Appointment:
    """A visible office that the user fills."""
    rows = Appointment.objects.visible_to(request.user).select_related(
        "organisation", "person", "department__organisation"
    )
    row = get_object_or_404(rows, pk=pk)
    services.require_office(request.user, place_of(row), row.office)
    return row


def _back(row: Appointment) -> str:
    """The page of the organisation or the department."""
    if row.department is not None:
        return reverse("orgs:department_detail", args=[row.department.code])
    return reverse("orgs:organisation_detail", args=[place_of(row).code])


@login_required
def appoint(request: SignedInRequest, code: str) -> HttpResponse:
    """Appoint somebody in this organisation; who manages people only appoints group leaders."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), code=code)
    access.require(request.user, access.MANAGE_PEOPLE, organisation)
    only_leader = not access.may(request.user, access.MANAGE_ORGANISATIONS, organisation)
    people = _people_for(request, organisation)
    return act(
        request,
        forms.AppointForm(request.POST or None, people=people, organisation=organisation, only_leader=only_leader),
        lambda data: services.appoint(actor=request.user, organisation=organisation, **data),
        title=_("“%s”任职") % organisation,
        back=reverse("orgs:organisation_detail", args=[code]),
        done=_("已任职，权限随任期生效。"),
    )


@login_required
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End an office."""
    row = _held(request, pk)
    services.require_held(row)
    return act(
        request,
        forms.EndForm(request.POST or None),
        lambda data: services.end_appointment(actor=request.user, appointment=row, **data),
        title=_("%(name)s离任（%(office)s）") % {"name": row.person, "office": row.get_office_display()},
        back=_back(row),
        done=_("已办理离任，权限到期自动失效。"),
    )


@login_required
def correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct the days of an office."""
    row = _held(request, pk)
    return act(
        request,
        forms.CorrectAppointmentForm(
            request.POST or None, initial={"started_on": row.started_on, "ended_on": row.ended_on}
        ),
        lambda data: services.correct_appointment(actor=request.user, appointment=row, **data),
        title=_("更正%(name)s的任期（%(office)s）") % {"name": row.person, "office": row.get_office_display()},
        back=_back(row),
        done=_("已更正，权限按新的任期生效。"),
    )


@login_required
def hand_over(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hand an office to a successor."""
    row = _held(request, pk)
    services.require_held(row)
    searched = row.organisation is None or row.organisation.level != Level.BRANCH
    return act(
        request,
        forms.HandOverForm(request.POST or None, people=_people_for(request, row.organisation), searched=searched),
        lambda data: services.hand_over(actor=request.user, appointment=row, **data),
        title=_("交接：%(name)s（%(office)s）") % {"name": row.person, "office": row.get_office_display()},
        back=_back(row),
        done=_("已交接，前任和接任的任期前后衔接。"),
    )


@login_required
def re_elect(request: SignedInRequest, code: str) -> HttpResponse:
    """Register a re-election."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), code=code)
    access.require(request.user, access.MANAGE_ORGANISATIONS, organisation)
    form = forms.ReElectForm(request.POST or None, people=_people_for(request, organisation), level=organisation.level)
    return act(
        request,
        form,
        lambda data: services.re_elect(
            actor=request.user,
            organisation=organisation,
            term_start=data["term_start"],
            holders=[OfficeHolder(person, office) for person, office in form.holders()],
            reason=data["reason"],
        ),
        title=_("“%s”换届") % organisation,
        back=reverse("orgs:organisation_detail", args=[code]),
        done=_("已登记新一届，上一届的任职在前一天结束。"),
    )
