"""The page of one Task, and what is done from it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.errors import InvalidInput
from common.formstyle import StyledForm
from tasks import rights
from tasks.actions import ACTIONS
from tasks.models import Task
from tasks.selectors import detail

_RELATED = ("organisation", "group", "person", "submitted_by")


@login_required
@require_GET
def task_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Who owes it, by when, its light and why, the proof, what can be done, and everything that happened."""
    task = get_object_or_404(Task.objects.visible_to(request.user).select_related(*_RELATED), pk=pk)
    return _page(request, task)


@login_required
@require_POST
def task_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Do one thing with it, and show it again; what was typed stays when it is not accepted."""
    if verb not in ACTIONS:
        raise Http404
    action = ACTIONS[verb]
    task = get_object_or_404(Task.objects.visible_to(request.user).select_related(*_RELATED), pk=pk)
    rights.require(request.user, task, verb)  # type: ignore[arg-type]
    form = action.form(request.POST, prefix=verb)
    if form.is_valid():
        try:
            action.command(task=task, actor=request.user, **form.cleaned_data)
            messages.success(request, action.done)
            return redirect("tasks:task_detail", pk=pk)
        except InvalidInput as error:
            form.add_invalid(error)
    return _page(request, task, bound={verb: form})


def _page(request: HttpRequest, task: Task, bound: dict[str, StyledForm] | None = None) -> HttpResponse:
    found = detail(task, request.user, clock.today())  # type: ignore[arg-type]
    bound = bound or {}
    offered = {
        verb: {"action": action, "form": bound.get(verb) or action.form(prefix=verb), "is_bound": verb in bound}
        for verb, action in ACTIONS.items()
        if verb in found.verbs or verb in bound
    }
    context = {"task": task, "detail": found, "offered": offered}
    return render(request, "tasks/task_detail.html", context, status=400 if bound else 200)
