"""Pages of directives: the draft with its receivers, the matrix of one, and what is done from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import InvalidInput, NotAllowed
from common.formstyle import StyledForm
from orgs.models import Organisation
from orgs.requests import SignedInRequest
from tasks import directive_rights as rights
from tasks import directive_states as states
from tasks.models import Directive
from tasks.pages.directives_actions import DIRECTIVE_ACTIONS
from tasks.pages.directives_forms import DirectiveForm
from tasks.selectors.directives import directive_page
from tasks.services import directives as services

_RELATED = ("organisation", "type", "leader", "drafted_by__person", "approved_by__person", "category__plan")


@login_required
@require_http_methods(["GET", "POST"])
def directive_new(request: SignedInRequest) -> HttpResponse:
    """Draft a directive in the name of an organisation (``?organisation=CODE``, else the highest one may)."""
    issuers = list(rights.issuers(request.user))
    issuer = _chosen(issuers, request.GET.get("organisation", ""))
    form = DirectiveForm(request.POST or None, issuer=issuer)
    save = services.draft_directive_once
    made = _save(form, lambda: save(organisation=issuer, actor=request.user, **form.command(None)))
    if made is not None:
        messages.success(request, _("已保存为草拟%(number)s；核对后点“提交审批”。") % {"number": made.number})
        return redirect("tasks:directive_detail", pk=made.pk)
    context = {"form": form, "issuer": issuer, "issuers": issuers}
    return render(request, "tasks/directives/form.html", context, status=400 if form.errors else 200)


def _chosen(issuers: list[Organisation], code: str) -> Organisation:
    if not issuers:
        raise NotAllowed(_("交办由党委、党总支的书记、副书记或党委办事部门办理，您没有这个权限。"))
    if not code:
        return issuers[0]
    found = next((row for row in issuers if row.code == code), None)
    if found is None:
        raise Http404
    return found


@login_required
@require_http_methods(["GET", "POST"])
def directive_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    directive = visible(request, pk)
    rights.require_assign(request.user, directive.organisation)
    services.require_state(directive, states.EDIT)
    form = DirectiveForm(request.POST or None, issuer=directive.organisation, directive=directive)
    save = services.edit_directive
    if _save(form, lambda: save(directive=directive, actor=request.user, **form.command(directive))) is not None:
        messages.success(request, _("已保存。"))
        return redirect("tasks:directive_detail", pk=pk)
    context = {"form": form, "issuer": directive.organisation, "directive": directive}
    return render(request, "tasks/directives/form.html", context, status=400 if form.errors else 200)


def _save(form: StyledForm, command: Callable[[], Any]) -> Any:
    """What the command returns; ``None`` while the form is empty or wrong, with the faults on it."""
    if form.is_bound and form.is_valid():
        try:
            return command()
        except InvalidInput as error:
            form.add_invalid(error)
    return None


@login_required
@require_safe
def directive_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Its text, who has signed and how far they are, who is behind, and what the reader may do."""
    return _page(request, visible(request, pk))


@login_required
@require_POST
def directive_act(request: SignedInRequest, pk: int, verb: str) -> HttpResponse:
    """Do one thing with a directive and show it again; what was typed stays when it is not accepted."""
    action = DIRECTIVE_ACTIONS.get(verb)
    if action is None:
        raise Http404
    directive = visible(request, pk)
    rights.require(request.user, directive, verb)
    form = action.form(request.POST, prefix=verb)
    if form.is_valid():
        try:
            action.command(directive=directive, actor=request.user, **form.cleaned_data)
            messages.success(request, action.done)
            return redirect("tasks:directive_detail", pk=pk)
        except InvalidInput as error:
            form.add_invalid(error)
    return _page(request, directive, bound={verb: form})


def _page(request: SignedInRequest, directive: Directive, bound: dict[str, StyledForm] | None = None) -> HttpResponse:
    page, bound = directive_page(directive, request.user), bound or {}
    offered = {
        verb: {"action": action, "form": bound.get(verb) or action.form(prefix=verb), "is_bound": verb in bound}
        for verb, action in DIRECTIVE_ACTIONS.items()
        if verb in page.verbs or verb in bound
    }
    context = {"directive": directive, "page": page, "offered": offered}
    return render(request, "tasks/directives/detail.html", context, status=400 if bound else 200)


@login_required
@require_POST
def directive_attach(request: SignedInRequest, pk: int) -> HttpResponse:
    """Attach files to the text of a draft."""
    directive = visible(request, pk)
    for upload in request.FILES.getlist("upload"):
        try:
            services.attach_to_directive(directive=directive, actor=request.user, upload=upload)
        except InvalidInput as error:
            messages.error(request, f"{upload.name}：{error.message}")
    return redirect("tasks:directive_detail", pk=pk)


def visible(request: SignedInRequest, pk: int) -> Directive:
    """The directive with what its page shows, or 404."""
    rows = Directive.objects.visible_to(request.user).select_related(*_RELATED)
    return get_object_or_404(rows, pk=pk)
