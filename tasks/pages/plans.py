"""Pages of year plans: by category with progress, and the one decision that issues them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import clock
from common.errors import NotAllowed
from orgs import access
from orgs.models import Organisation
from orgs.requests import SignedInRequest
from tasks import directive_rights as rights
from tasks import directive_states as states
from tasks.models import Directive, Plan
from tasks.pages.plans_forms import PlanLoadForm
from tasks.selectors.plans import plan_page, visible_plans
from tasks.services.plans import approve_plan, load_education_tasks, shipped_categories


@login_required
@require_safe
def plan_list(request: SignedInRequest) -> HttpResponse:
    """The plans that the reader sees something of; who may assign for the committee loads this year's."""
    top = any(len(path) <= Organisation.steplen for path in access.paths(request.user, access.REVIEW))
    found, year = list(visible_plans(request.user)), clock.today().year
    context = {"plans": found, "year": year, "may_load": top and _loaded(request, year) is None}
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
@require_http_methods(["GET", "POST"])
def plan_load(request: SignedInRequest) -> HttpResponse:
    """Make this year's directives of the ten kinds of education from the shipped file, with who leads each category."""
    root, year = _root(request), clock.today().year
    if (there := _loaded(request, year)) is not None:
        messages.info(request, _("“%(name)s”已经载入过，这次没有新增。") % {"name": there.name})
        return redirect("tasks:plan_detail", code=there.code, year=year)
    sent = request.POST if request.method == "POST" else None
    form = PlanLoadForm(sent, root=root, categories=shipped_categories())
    if request.method == "POST" and form.is_valid():
        plan = load_education_tasks(year=year, actor=request.user, leaders=form.leaders())
        _tell_loaded(request, plan)
        return redirect("tasks:plan_detail", code=plan.code, year=plan.year)
    context = {
        "form": form,
        "title": _("载入%(year)d年十大育人任务") % {"year": year},
        "intro": _(
            "31项任务各起草一份交办，由另一位负责人一次审批后下发。每一类可以指定一位分管校领导，也可以以后再定。"
        ),
        "action": _("载入"),
        "back": reverse("tasks:plan_list"),
    }
    return render(request, "components/form_page.html", context, status=400 if form.errors else 200)


def _tell_loaded(request: SignedInRequest, plan: Plan) -> None:
    """What was loaded, and what of it waits for a new date instead of an approval."""
    messages.success(request, _("已载入“%(name)s”，等另一位负责人审批。") % {"name": plan.name})
    late = Directive.objects.filter(category__plan=plan, state=states.DRAFT).count()
    if late:
        words = _("其中%(count)d项的完成时限已过，还是草拟：请改好期限，再逐项提交审批。")
        messages.warning(request, words % {"count": late})


def _loaded(request: SignedInRequest, year: int) -> Plan | None:
    return visible_plans(request.user).filter(year=year).first()


def _root(request: SignedInRequest) -> Organisation:
    root = Organisation.objects.filter(depth=1).first()
    if root is None or not rights.may_assign(request.user, root):
        raise NotAllowed(_("年度计划由党委的书记、副书记或党委办事部门载入，您没有这个权限。"))
    return root


def _plan(request: SignedInRequest, code: str, year: int) -> Plan:
    return get_object_or_404(visible_plans(request.user), code=code, year=year)
