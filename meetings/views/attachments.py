"""Files of a gathering: they lie under no public address and are served to who may see the record."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from common.errors import InvalidInput
from meetings import services
from meetings.models import Attachment, Gathering
from meetings.rights import require_record, sections_of
from meetings.views.access import SignedInRequest, acting_organisation, visible_gathering
from orgs.models import Organisation


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def attachment(request: SignedInRequest, pk: int) -> FileResponse:
    """The file, always as a download under its own name, never shown by the browser as a page."""
    found = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    response = FileResponse(
        found.file.open("rb"), as_attachment=True, filename=found.name, content_type=found.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@login_required
@require_POST
def attachment_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Store the chosen files; answers with the list for the page's script, else leads back to the form."""
    gathering = visible_gathering(request, pk)
    organisation = acting_organisation(request, gathering)
    require_record(request.user, organisation, [row.group_id for row in sections_of(gathering, organisation)])
    uploads = request.FILES.getlist("upload")
    error = "" if uploads else _("请先选择文件，再点“上传”。")
    for upload in uploads:
        try:
            services.add_attachment(actor=request.user, gathering=gathering, organisation=organisation, upload=upload)
        except InvalidInput as problem:
            error = f"{upload.name}：{problem.message}"
    return _answer(request, gathering, organisation, error)


@login_required
@require_POST
def attachment_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove a file while the record is open."""
    rows = Attachment.objects.visible_to(request.user).select_related("gathering__organisation", "organisation")
    found = get_object_or_404(rows, pk=pk)
    gathering, organisation = found.gathering, found.organisation
    services.delete_attachment(actor=request.user, attachment=found)
    return _answer(request, gathering, organisation, "")


def _answer(request: SignedInRequest, gathering: Gathering, organisation: Organisation, error: str) -> HttpResponse:
    if not request.htmx:
        if error:
            raise InvalidInput(error)
        return redirect(f"{reverse('meetings:record', args=[gathering.pk])}?organisation={organisation.code}#upload")
    rows = Attachment.objects.visible_to(request.user).filter(gathering=gathering, organisation=organisation)
    context = {"attachments": rows.order_by("pk"), "may_delete": True, "error": error}
    return render(request, "meetings/_attachments.html", context, status=400 if error else 200)
