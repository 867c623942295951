"""Departments and colleges: their pages, and what the committee office changes about them."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orgs import access
from orgs.forms.organisations import DepartmentAppointForm
from orgs.forms.units import CollegeForm, DepartmentForm
from orgs.models import College, Department
from orgs.requests import SignedInRequest
from orgs.selectors import offices as selectors
from orgs.selectors.candidates import candidates
from orgs.services import units as services
from orgs.services.appointments import appoint
from orgs.views.acting import act


def _department(request: SignedInRequest, code: str) -> Department:
    rows = Department.objects.visible_to(request.user).select_related("organisation")
    return get_object_or_404(rows, code=code)


def _college(request: SignedInRequest, code: str) -> College:
    rows = College.objects.visible_to(request.user).select_related("organisation", "dean")
    return get_object_or_404(rows, code=code)


@login_required
@require_safe
def department_list(request: SignedInRequest) -> HttpResponse:
    """Departments and who holds office there."""
    access.require_anywhere(request.user, access.VIEW)
    return render(request, "orgs/department_list.html", {"page": selectors.departments_page(request.user)})


@login_required
@require_safe
def department_detail(request: SignedInRequest, code: str) -> HttpResponse:
    """One department: its duty, its officers, what changed."""
    page = selectors.department_page(request.user, _department(request, code))
    return render(request, "orgs/department_detail.html", {"page": page})


@login_required
def department_edit(request: SignedInRequest, code: str) -> HttpResponse:
    """Name and duty of a department; the duty decides the rights of its officers."""
    department = _department(request, code)
    access.require(request.user, access.MANAGE_ORGANISATIONS, department.organisation)
    return act(
        request,
        DepartmentForm(request.POST or None, initial={"name": department.name, "duty": department.duty}),
        lambda data: services.correct_department(actor=request.user, department=department, **data),
        title=_("修改“%s”") % department,
        back=reverse("orgs:department_detail", args=[code]),
        done=_("已修改，在任人员的权限已按新的职责更新。"),
    )


@login_required
def department_appoint(request: SignedInRequest, code: str) -> HttpResponse:
    """Appoint somebody in a department."""
    department = _department(request, code)
    access.require(request.user, access.MANAGE_ORGANISATIONS, department.organisation)
    people = candidates(request.user)
    return act(
        request,
        DepartmentAppointForm(request.POST or None, people=people, duty=department.duty),
        lambda data: appoint(actor=request.user, department=department, **data),
        title=_("“%s”任职") % department,
        back=reverse("orgs:department_detail", args=[code]),
        done=_("已任职，权限随任期生效。"),
    )


@login_required
@require_safe
def college_list(request: SignedInRequest) -> HttpResponse:
    """Colleges with their general branch and dean."""
    access.require_anywhere(request.user, access.VIEW)
    return render(request, "orgs/college_list.html", {"page": selectors.colleges_page(request.user)})


@login_required
@require_safe
def college_detail(request: SignedInRequest, code: str) -> HttpResponse:
    """One college: general branch, dean, what changed."""
    page = selectors.college_page(request.user, _college(request, code))
    return render(request, "orgs/college_detail.html", {"page": page})


@login_required
def college_edit(request: SignedInRequest, code: str) -> HttpResponse:
    """Name and dean of a college."""
    college = _college(request, code)
    access.require(request.user, access.MANAGE_ORGANISATIONS, college.organisation)
    initial = {"name": college.name, "dean": college.dean}
    return act(
        request,
        CollegeForm(request.POST or None, initial=initial, people=candidates(request.user)),
        lambda data: services.correct_college(actor=request.user, college=college, **data),
        title=_("修改“%s”") % college,
        back=reverse("orgs:college_detail", args=[code]),
        done=_("已修改，原来的内容保留在变动记录里。"),
    )
