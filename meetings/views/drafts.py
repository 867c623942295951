"""Saving the record form as one types."""

from __future__ import annotations

from django.http import Http404, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from common import clock
from common.errors import Conflict, DomainError, NotAllowed
from meetings import services
from meetings.errors import DraftConflict
from meetings.forms.conflict import describe_conflict
from meetings.forms.opening import open_form
from meetings.forms.values import Values, from_post, merged_data
from meetings.models import Gathering
from meetings.rights import draft_of, own_part, sections_of
from meetings.selectors.part import part_of
from meetings.views.access import SignedInRequest, acting_organisation, visible_gathering
from meetings.views.record import version_of
from orgs.models import Organisation


@never_cache
@require_POST
def autosave(request: SignedInRequest, pk: int) -> JsonResponse:
    """Save the draft; answers JSON.

    200 ``{version, saved_at}`` · 401 signed out (or signed in as somebody else than the page was made for) ·
    400, 403, 404 ``{message}`` · 409 ``{message, version, html}``: another device saved meanwhile; without ``html``
    there is nothing left to choose from (cancelled).
    """
    if not request.user.is_authenticated or request.POST.get("account", str(request.user.pk)) != str(request.user.pk):
        return JsonResponse({"message": _("登录已失效。")}, status=401)
    try:
        return _answer(request, pk)
    except Http404:
        return JsonResponse({"message": _("找不到这份会议记录，内容没有保存，请先复制再返回。")}, status=404)
    except DomainError as error:
        status = 403 if isinstance(error, NotAllowed) else 409 if isinstance(error, Conflict) else 400
        return JsonResponse({"message": error.message}, status=status)


def _answer(request: SignedInRequest, pk: int) -> JsonResponse:
    gathering = visible_gathering(request, pk)
    organisation = acting_organisation(request, gathering)
    values = from_post(request.POST)
    try:
        return _save(request, gathering, organisation, values)
    except DraftConflict as error:
        return _conflict(request, error, gathering, organisation, values)


def _save(request: SignedInRequest, gathering: Gathering, organisation: Organisation, values: Values) -> JsonResponse:
    every = sections_of(gathering, organisation)
    own = own_part(request.user, organisation, every)
    is_whole = len(own) == len(every)
    is_caller = gathering.organisation_id == organisation.pk and is_whole
    stored = draft_of(gathering, organisation)
    ids = {str(section.pk) for section in own}
    data = merged_data(values, stored.data if stored else {}, ids, is_caller=is_caller, is_whole=is_whole)
    draft = services.save_draft(
        actor=request.user, gathering=gathering, organisation=organisation, data=data, version=version_of(request)
    )
    saved_at = timezone.localtime(draft.saved_at, clock.SHANGHAI)
    return JsonResponse({"version": draft.version, "saved_at": f"{saved_at:%H:%M}"})


def _conflict(
    request: SignedInRequest, error: DraftConflict, gathering: Gathering, organisation: Organisation, values: Values
) -> JsonResponse:
    part = part_of(gathering, organisation)
    if not part.sections:
        raise Conflict(_("这次会议已经取消，内容没有保存。需要的话请先复制，再返回。"))
    opened = open_form(user=request.user, part=part, values=values)
    conflict = describe_conflict(error, values, opened.state)
    html = render_to_string("meetings/_conflict.html", {"conflict": conflict, "state": opened.state}, request)
    return JsonResponse({"message": error.message, "version": error.version, "html": html}, status=409)
