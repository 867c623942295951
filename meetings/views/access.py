"""Finding the gathering and the organisation a page is about, within what the user may see."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from meetings.models import Gathering
from orgs import access
from orgs.models import Organisation, User
from orgs.requests import SignedInRequest


def visible_gathering(request: SignedInRequest, pk: int) -> Gathering:
    """The gathering with its organisation, or 404."""
    rows = Gathering.objects.visible_to(request.user).select_related("organisation")
    return get_object_or_404(rows, pk=pk)


def acting_organisation(
    request: SignedInRequest, gathering: Gathering, taking_part: Sequence[Organisation] | None = None
) -> Organisation:
    """For which organisation the user types: ``?organisation=CODE``, else the first they may record for.

    ``taking_part``: all of the gathering's, in tree order, where they have been read already. Without any to record for
    the calling organisation: the service then refuses with its reason. At most one query.
    """
    code = request.GET.get("organisation") or request.POST.get("organisation")
    if code == gathering.organisation.code:
        return gathering.organisation
    part = Q(pk=gathering.organisation_id) | Q(sections__gathering=gathering)
    found = list(Organisation.objects.filter(part).distinct() if taking_part is None else taking_part)
    if code:
        chosen = next((one for one in found if one.code == code), None)
        if chosen is None:
            raise Http404
        return chosen
    caller = [one for one in found if one.pk == gathering.organisation_id]
    able = [one for one in [*caller, *found] if may_type(request.user, one)]
    return (able or caller)[0]


def may_type(user: User, organisation: Organisation) -> bool:
    """Whether the user may write records there, all or those of a led group. No query."""
    return access.may(user, access.RECORD, organisation) or access.may(user, access.RECORD_GROUP, organisation)


def recordable_organisations(user: User) -> list[Organisation]:
    """Organisations for which the user may write records. One query."""
    paths = {*access.paths(user, access.RECORD), *access.paths(user, access.RECORD_GROUP)} - {""}
    return list(Organisation.objects.open_on().filter(path__in=paths)) if paths else []
