"""Pages of year plans: by category with progress, and the one decision that issues them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common import clock
from common.errors import NotAllowed
from orgs import access
from orgs.models import Organisation
from orgs.requests import SignedInRequest
from tasks import directive_rights as rights
from tasks.models import Plan
from tasks.selectors.plans import plan_page, visible_plans
from tasks.services.plans import approve_plan, load_education_tasks


@login_required
@require_safe
def plan_list(request: SignedInRequest) -> HttpResponse:
    """The plans that the reader sees something of; who may assign for the committee loads this year's."""
    top = any(len(path) <= Organisation.steplen for path in access.paths(request.user, access.REVIEW))
    found, year = list(visible_plans(request.user)), clock.today().year
    context = {"plans": found, "year": year, "may_load": top and not any(plan.year == year for plan in found)}
    return render(request, "tasks/directives/plans.html", context)


@login_required
@require_safe
def plan_detail(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    """The plan by category: done, progress, worst light, what is behind."""
    page = plan_page(_plan(request, code, year), request.user)
    return render(request, "tasks/directives/plan.html", {"page": page})


@login_required
@require_POST
def plan_approve(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    """Approve what awaits; what cannot be issued is named with the reason."""
    done = approve_plan(plan=_plan(request, code, year), actor=request.user)
    if done.issued:
        messages.success(request, _("已审批并下发%(count)d项。") % {"count": done.issued})
    for directive, why in done.refused:
        messages.error(request, _("%(title)s没有下发：%(why)s") % {"title": directive.title, "why": why})
    return redirect("tasks:plan_detail", code=code, year=year)


@login_required
@require_POST
def plan_load(request: SignedInRequest) -> HttpResponse:
    """Make this year's directives of the ten kinds of education from the shipped file."""
    root = Organisation.objects.filter(depth=1).first()
    if root is None or not rights.may_assign(request.user, root):
        raise NotAllowed(_("年度计划由党委的书记、副书记或党委办事部门载入，您没有这个权限。"))
    plan = load_education_tasks(year=clock.today().year, actor=request.user)
    messages.success(request, _("已载入“%(name)s”，等另一位负责人审批。") % {"name": plan.name})
    return redirect("tasks:plan_detail", code=plan.code, year=plan.year)


def _plan(request: SignedInRequest, code: str, year: int) -> Plan:
    return get_object_or_404(visible_plans(request.user), code=code, year=year)
