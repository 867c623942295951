"""The page of one Task, and what is done from it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.errors import InvalidInput
from tasks import rights
from tasks.actions import ACTIONS, ASK_SIGNING, RELEASE
from tasks.forms import TaskForm
from tasks.models import Extension, Task, TaskFile
from tasks.selectors import detail
from tasks.selectors.assignment import Assignment, assignment

_RELATED = ("organisation", "group", "person", "department", "submitted_by")


@login_required
@require_GET
def task_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Who owes it, by when, its light and why, the proof, what can be done, and everything that happened."""
    return _page(request, _task(request, pk))


@login_required
@require_POST
def task_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Do one thing with it, and show it again; what was typed stays when it is not accepted."""
    if verb not in ACTIONS:
        raise Http404
    action, task = ACTIONS[verb], _task(request, pk)
    rights.require(request.user, task, verb)  # type: ignore[arg-type]
    form = action.bind(task, _for_form(request, task), request.POST)
    if form.is_valid():
        try:
            action.command(task=task, actor=request.user, **form.cleaned_data)
            messages.success(request, action.done)
            return redirect("tasks:task_detail", pk=pk)
        except InvalidInput as error:
            form.add_invalid(error)
    return _page(request, task, form)


def _for_form(request: HttpRequest, task: Task) -> Assignment:
    return assignment(task, request.user, today=clock.today())  # type: ignore[arg-type]


def _task(request: HttpRequest, pk: int) -> Task:
    """The Task, with whether it has files and requests for more time: most have none, and are not asked again."""
    rows = Task.objects.visible_to(request.user).select_related(*_RELATED)
    more = {
        "has_files": Exists(TaskFile.objects.filter(task=OuterRef("pk"))),
        "has_extensions": Exists(Extension.objects.filter(task=OuterRef("pk"))),
    }
    return get_object_or_404(rows.annotate(**more), pk=pk)


def _page(request: HttpRequest, task: Task, bound: TaskForm | None = None) -> HttpResponse:
    today, user = clock.today(), request.user
    found = detail(task, user, today)  # type: ignore[arg-type]
    more = assignment(task, user, verbs=found.verbs, acts=found.acts, today=today)  # type: ignore[arg-type]
    offered = {}
    for verb, action in ACTIONS.items():
        is_bound = bound is not None and bound.prefix == verb
        if verb in more.verbs or is_bound:
            form = bound if is_bound else action.bind(task, more)
            # While two people sign, other words are for the exception: they void what was signed.
            folded = action.folded or (verb == ASK_SIGNING and more.signing is not None and more.signing.is_open)
            offered[verb] = {"action": action, "form": form, "is_bound": is_bound, "folded": folded}
    context = {"task": task, "detail": found, "more": more, "offered": offered, "release": RELEASE}
    return render(request, "tasks/task_detail.html", context, status=400 if bound else 200)
