"""Files that prove a Task: they lie under no public address and are served to who may see what they belong to."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from common.errors import InvalidInput
from orgs.requests import SignedInRequest
from tasks import rights
from tasks.models import Task
from tasks.selectors.assignment import visible_files
from tasks.services import attach_to_task, remove_file
from tasks.services.directives import remove_directive_file


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def task_file(request: SignedInRequest, pk: int) -> FileResponse:
    """The file, always as a download under its own name, never shown by the browser as a page."""
    found = get_object_or_404(visible_files(request.user), pk=pk)
    response = FileResponse(
        found.file.open("rb"), as_attachment=True, filename=found.name, content_type=found.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@login_required
@require_POST
def task_attach(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep the chosen files at once, before anything is submitted; each that is refused is named with the reason."""
    task = get_object_or_404(Task.objects.visible_to(request.user).select_related("organisation"), pk=pk)
    rights.require_act(request.user, task)
    uploads = request.FILES.getlist("upload")
    if not uploads:
        messages.error(request, _("请先选择文件。"))
    for upload in uploads:
        try:
            attach_to_task(task=task, actor=request.user, upload=upload)
        except InvalidInput as error:
            messages.error(request, f"{upload.name}：{error.message}")
    return redirect(f"{reverse('tasks:task_detail', args=[pk])}#files")


@login_required
@require_POST
def task_file_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove a file that one uploaded oneself, while that is still possible."""
    rows = visible_files(request.user).select_related("task", "directive")
    found = get_object_or_404(rows.filter(project__isnull=True), pk=pk)
    if found.directive_id is not None:
        remove_directive_file(kept=found, actor=request.user)
        return redirect("tasks:directive_detail", pk=found.directive_id)
    remove_file(kept=found, actor=request.user)
    return redirect(f"{reverse('tasks:task_detail', args=[found.task_id])}#files")
