"""Pages of breakthrough projects: the plan, the story of one, and what is done from it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from common.errors import InvalidInput, NotAllowed
from common.formstyle import StyledForm
from common.tables import respond
from orgs.requests import SignedInRequest
from tasks import project_rights as rights
from tasks import project_states as states
from tasks.models import Project, TaskFile
from tasks.pages.projects_actions import ATTACH, PROJECT_ACTIONS, STEP_ACTIONS
from tasks.pages.projects_plan import PlanForms
from tasks.pages.projects_tables import ProjectTable
from tasks.selectors.project_list import project_rows
from tasks.selectors.projects import ProjectPage, Step, files_of, for_page, project_page
from tasks.services import project_changes
from tasks.services import projects as services
from tasks.services.project_files import remove_project_file
from tasks.services.project_log import require_state


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def project_list(request: SignedInRequest) -> HttpResponseBase:
    """The projects that the reader may see."""
    table = ProjectTable.of(request, project_rows(request.user))
    context = {"may_draft": rights.may_draft_anywhere(request.user)}
    return respond(request, table, "tasks/projects/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def project_new(request: SignedInRequest) -> HttpResponse:
    """Draft a project."""
    if not rights.draftable(request.user).exists():
        raise NotAllowed(_("项目由党委、党总支的书记、委员或组织部起草，您没有这个权限。"))
    forms = PlanForms(request.user, data=request.POST if request.method == "POST" else None)
    if _is_sent(request, forms):
        try:
            project = services.draft_project(draft=forms.draft(), actor=request.user)
        except InvalidInput as error:
            forms.add_invalid(error)
        else:
            messages.success(request, _("已保存为草拟；核对后点“提交审核”。"))
            return redirect("tasks:project_detail", code=project.code)
    return _form_page(request, forms, None)


@login_required
@require_http_methods(["GET", "POST"])
def project_edit(request: SignedInRequest, code: str) -> HttpResponse:
    """Change a draft."""
    project = _project(request, code)
    rights.require_edit(request.user, project)
    require_state(project, states.EDIT)
    forms = PlanForms(request.user, project=project, data=request.POST if request.method == "POST" else None)
    if _is_sent(request, forms):
        try:
            services.edit_project(project=project, draft=forms.draft(), actor=request.user)
        except InvalidInput as error:
            forms.add_invalid(error)
        else:
            messages.success(request, _("已保存。"))
            return redirect("tasks:project_detail", code=code)
    return _form_page(request, forms, project)


@login_required
@require_http_methods(["GET", "POST"])
def project_plan(request: SignedInRequest, code: str) -> HttpResponse:
    """Change the plan of a running project."""
    project = _project(request, code)
    rights.require_decide(request.user, project)
    require_state(project, states.REPLAN)
    data = request.POST if request.method == "POST" else None
    forms = PlanForms(request.user, project=project, data=data, replan=True)
    if _is_sent(request, forms):
        plan, reason = forms.plan()
        try:
            project_changes.change_plan(project=project, plan=plan, actor=request.user, reason=reason)
        except InvalidInput as error:
            forms.add_invalid(error)
        else:
            messages.success(request, _("计划已调整，改动和原因已记入。"))
            return redirect("tasks:project_detail", code=code)
    return _form_page(request, forms, project)


def _is_sent(request: SignedInRequest, forms: PlanForms) -> bool:
    """Whether the form was sent to be kept, not just for another row, and can be read."""
    return request.method == "POST" and not forms.more and forms.is_valid()


def _form_page(request: SignedInRequest, forms: PlanForms, project: Project | None) -> HttpResponse:
    failed = request.method == "POST" and not forms.more
    context = {"forms": forms, "project": project}
    return render(request, "tasks/projects/form.html", context, status=400 if failed else 200)


@login_required
@require_GET
def project_detail(request: SignedInRequest, code: str) -> HttpResponse:
    """Its story: problem, target, chart, reports, decisions, evidence; and what the reader may do."""
    return _page(request, _project(request, code))


@login_required
@require_POST
def project_act(request: SignedInRequest, code: str, verb: str) -> HttpResponse:
    """Do one thing with a project and show it again; what was typed stays when it is not accepted."""
    action = PROJECT_ACTIONS.get(verb)
    if action is None:
        raise Http404
    project = _project(request, code)
    rights.require(request.user, project, verb)
    form = action.form_for(project, request.POST, request.FILES)
    if form.is_valid():
        try:
            action.run(project, request.user, form)
            messages.success(request, action.done)
            return redirect("tasks:project_detail", code=code)
        except InvalidInput as error:
            form.add_invalid(error)
    return _page(request, _project(request, code), bound={verb: form})


@login_required
@require_POST
def milestone_act(request: SignedInRequest, code: str, number: int, verb: str) -> HttpResponse:
    """Do one thing with a milestone and show the project again; what was typed stays when it is not accepted."""
    action = STEP_ACTIONS.get(verb)
    project = _project(request, code)
    step = next((one for one in project_page(project, request.user).steps if one.milestone.number == number), None)
    if action is None or step is None or step.task is None:
        raise Http404
    rights.require_on_milestone(request.user, step.task, verb, step.extension)
    form = action.form(request.POST, request.FILES, prefix=f"{number}-{verb}")
    if form.is_valid():
        try:
            action.command(step, request.user, form.cleaned_data)
            messages.success(request, action.done)
            return redirect("tasks:project_detail", code=code)
        except InvalidInput as error:
            form.add_invalid(error)
    return _page(request, _project(request, code), bound={f"{number}-{verb}": form})


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def project_file(request: SignedInRequest, code: str, pk: int) -> FileResponse:
    """A file of the project or of one of its milestones, always as a download under its own name."""
    found = _file(_project(request, code), pk)
    response = FileResponse(
        found.file.open("rb"), as_attachment=True, filename=found.name, content_type=found.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@login_required
@require_POST
def project_file_remove(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """Remove a file of the project that one uploaded oneself."""
    project = _project(request, code)
    remove_project_file(project=project, kept=_file(project, pk), actor=request.user)
    messages.success(request, _("材料已删除。"))
    return redirect("tasks:project_detail", code=code)


def _file(project: Project, pk: int) -> TaskFile:
    return get_object_or_404(files_of(project), pk=pk)


def _project(request: SignedInRequest, code: str) -> Project:
    return get_object_or_404(for_page(Project.objects.visible_to(request.user)), code=code)


def _page(request: SignedInRequest, project: Project, bound: dict[str, StyledForm] | None = None) -> HttpResponse:
    page = project_page(project, request.user)
    bound = bound or {}
    context = {
        "project": project,
        "page": page,
        "offered": _offered(page, bound),
        "steps": [(step, _step_offers(step, bound)) for step in page.steps],
    }
    return render(request, "tasks/projects/detail.html", context, status=400 if bound else 200)


def _offered(page: ProjectPage, bound: dict[str, StyledForm]) -> list[dict[str, Any]]:
    """What may be done with the project as it stands, each with its form."""
    verbs = page.verbs | ({ATTACH} if page.may_attach else set())
    if page.figures.current is not None:
        verbs -= {states.APPLY}  # not before every milestone is accepted or waived
    if not page.can_report:
        verbs -= {states.REPORT}
    return [
        {
            "action": action,
            "form": bound.get(verb) or action.form_for(page.project),
            "is_open": verb in bound or (action.is_open and (verb != states.REPORT or page.standing.leads)),
        }
        for verb, action in PROJECT_ACTIONS.items()
        if verb in verbs or verb in bound
    ]


def _step_offers(step: Step, bound: dict[str, StyledForm]) -> list[dict[str, Any]]:
    """What may be done with a milestone as it stands, each with its form."""
    prefix = step.milestone.number
    return [
        {
            "action": action,
            "form": bound.get(f"{prefix}-{verb}") or action.form(prefix=f"{prefix}-{verb}"),
            "is_open": f"{prefix}-{verb}" in bound,
        }
        for verb, action in STEP_ACTIONS.items()
        if verb in step.verbs or f"{prefix}-{verb}" in bound
    ]
