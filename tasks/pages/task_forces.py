"""Pages of task forces (专班)."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.errors import Conflict, InvalidInput, NotAllowed
from common.tables import respond
from orgs.requests import SignedInRequest
from tasks import project_rights as rights
from tasks.models import TaskForce
from tasks.pages.projects_forms import CloseForceForm
from tasks.pages.projects_tables import TaskForceTable
from tasks.pages.task_forces_forms import ForceForm
from tasks.selectors.project_list import force_rows
from tasks.selectors.task_forces import for_page, force_page
from tasks.services import task_forces as services


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def task_force_list(request: SignedInRequest) -> HttpResponseBase:
    """The task forces that the reader may see."""
    table = TaskForceTable.of(request, force_rows(request.user))
    context = {"may_draft": rights.may_draft_anywhere(request.user)}
    return respond(request, table, "tasks/task_forces/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def task_force_new(request: SignedInRequest) -> HttpResponse:
    """Set up a task force."""
    if not rights.draftable(request.user).exists():
        raise NotAllowed(_("专班由党委、党总支的书记、委员或组织部设立，您没有这个权限。"))
    form = ForceForm(request.POST or None, user=request.user, force=None)
    if request.method == "POST" and form.is_valid():
        try:
            force = services.create_task_force(plan=form.plan(), actor=request.user)
        except InvalidInput as error:
            form.add_invalid(error)
        else:
            messages.success(request, _("专班已设立。"))
            return redirect("tasks:task_force_detail", code=force.code)
    return _form_page(request, form, None)


@login_required
@require_http_methods(["GET", "POST"])
def task_force_edit(request: SignedInRequest, code: str) -> HttpResponse:
    """Change a task force."""
    force = _force(request, code)
    rights.require_run(request.user, force)
    if force.closed_on is not None:
        raise Conflict(_("这个专班已经撤销，不能再改。"))
    form = ForceForm(request.POST or None, user=request.user, force=force)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_task_force(force=force, plan=form.plan(), actor=request.user)
        except InvalidInput as error:
            form.add_invalid(error)
        else:
            messages.success(request, _("已保存。"))
            return redirect("tasks:task_force_detail", code=code)
    return _form_page(request, form, force)


def _form_page(request: SignedInRequest, form: ForceForm, force: TaskForce | None) -> HttpResponse:
    context = {"form": form, "force": force}
    return render(request, "tasks/task_forces/form.html", context, status=400 if form.errors else 200)


@login_required
@require_GET
def task_force_detail(request: SignedInRequest, code: str) -> HttpResponse:
    """Who is in it, its rhythm, its projects, and when it is over."""
    return _page(request, _force(request, code), CloseForceForm())


@login_required
@require_POST
def task_force_close(request: SignedInRequest, code: str) -> HttpResponse:
    """Close it, saying how the closing condition was met."""
    force = _force(request, code)
    rights.require_run(request.user, force)
    form = CloseForceForm(request.POST)
    if form.is_valid():
        try:
            services.close_task_force(force=force, actor=request.user, **form.cleaned_data)
            messages.success(request, _("专班已撤销。"))
            return redirect("tasks:task_force_detail", code=code)
        except InvalidInput as error:
            form.add_invalid(error)
    return _page(request, force, form)


def _page(request: SignedInRequest, force: TaskForce, form: CloseForceForm) -> HttpResponse:
    context = {"force": force, "page": force_page(force, request.user), "form": form}
    return render(request, "tasks/task_forces/detail.html", context, status=400 if form.errors else 200)


def _force(request: SignedInRequest, code: str) -> TaskForce:
    return get_object_or_404(for_page(TaskForce.objects.visible_to(request.user)), code=code)
