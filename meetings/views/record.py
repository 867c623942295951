"""The record form: filled from the roll, saved as one types, confirmed by the secretary."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common import clock
from common.errors import Conflict, InvalidInput
from meetings import services
from meetings.errors import DraftConflict
from meetings.forms.conflict import describe_conflict
from meetings.forms.labels import typed_words
from meetings.forms.opening import Opened, open_form
from meetings.forms.record import RecordForm
from meetings.forms.same import is_what_was_confirmed
from meetings.forms.values import Values, from_post, merged_data
from meetings.models import Gathering, Section
from meetings.selectors import FormSection
from meetings.selectors.part import whole_gathering
from meetings.views.access import SignedInRequest, acting_organisation

DOUBLE_CLICK = datetime.timedelta(minutes=2)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def record(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the form, or save, submit or confirm what it holds."""
    whole = whole_gathering(user=request.user, pk=pk)
    part = whole.part(acting_organisation(request, whole.gathering, whole.organisations))
    values = from_post(request.POST) if request.method == "POST" else None
    try:
        opened = open_form(user=request.user, part=part, values=values)
    except Conflict as error:
        return _nothing_left(request, whole.gathering, values, error)
    if values is not None:
        return _submit(request, opened, values)
    if not opened.state.sections or _is_closed(opened):
        return redirect("meetings:gathering_detail", pk)
    return _page(request, opened, opened.page())


def _nothing_left(
    request: SignedInRequest, gathering: Gathering, values: Values | None, error: Conflict
) -> HttpResponse:
    """There is no form any more, somebody cancelled the meeting: what was typed is shown for taking along."""
    if values is None:
        raise error
    context = {"gathering": gathering, "message": error.message, "typed": typed_words(values)}
    return render(request, "meetings/nothing_left.html", context, status=409)


def _is_closed(opened: Opened) -> bool:
    """Whether everything is confirmed and nobody began to change it."""
    confirmed = Section.State.CONFIRMED
    return opened.state.draft is None and all(part.section.state == confirmed for part in opened.state.sections)


def _page(request: SignedInRequest, opened: Opened, form: RecordForm, status: int = 0, **extra: object) -> HttpResponse:
    status = status or (409 if extra.get("conflict") else 400 if form.errors or form.message else 200)
    context = {"form": form, "state": opened.state, "csrf_cookie": settings.CSRF_COOKIE_NAME, **extra}
    return render(request, "meetings/record.html", context, status=status)


def _submit(request: SignedInRequest, opened: Opened, values: Values) -> HttpResponse:
    """Keep what was typed, then do what the button says; every failure shows the form with its input."""
    version = version_of(request)
    try:
        version = _keep(request, opened, values, version)
        return _finish(request, opened, values, version)
    except InvalidInput as error:
        message = "" if error.errors else error.message
        return _page(request, opened, opened.form(values, version=version, errors=error.errors, message=message))
    except Conflict as error:
        return _not_kept(request, opened, values, version, error)


def _not_kept(request: SignedInRequest, opened: Opened, values: Values, version: int, error: Conflict) -> HttpResponse:
    """A double click did its work already; anything else shows the form with its input and what stands against it."""
    if _confirmed_just_now(request, opened):
        if is_what_was_confirmed(opened, values):
            return _already_done(request, opened)
        error = DraftConflict(
            _("这份记录刚刚已经核定，这次提交的内容与核定的不同，没有保存。请先复制，再到记录页点“修改”。")
        )
    if not isinstance(error, DraftConflict):
        return _page(request, opened, opened.form(values, version=version, message=error.message), status=409)
    conflict = describe_conflict(error, values, opened.state)
    return _page(request, opened, opened.form(values, version=version), conflict=conflict)


def _keep(request: SignedInRequest, opened: Opened, values: Values, version: int) -> int:
    """Save the draft first, so that nothing typed is lost when confirming fails. Returns the new version."""
    state = opened.state
    draft = services.save_draft(
        actor=request.user,
        gathering=state.gathering,
        organisation=state.organisation,
        data=merged_data(
            values,
            state.draft.data if state.draft else {},
            _ids(state.sections),
            is_caller=state.is_caller,
            is_whole=state.is_whole,
        ),
        version=version,
    )
    return draft.version


def _finish(request: SignedInRequest, opened: Opened, values: Values, version: int) -> HttpResponse:
    """Do what the button says with what was read."""
    state, action = opened.state, request.POST.get("action", "save")
    if action == "confirm":
        _confirm(request, opened, values, version)
    elif action == "ready":
        opened.read(values)
        services.mark_ready(actor=request.user, gathering=state.gathering, organisation=state.organisation)
        messages.success(request, _("已提请书记核定，书记会在工作台看到。"))
    elif action == "section":
        return redirect("meetings:section_add", state.gathering.pk)
    else:
        messages.success(request, _("草稿已保存。"))
        return redirect(_form_url(opened))
    return redirect("meetings:gathering_detail", state.gathering.pk)


def _confirm(request: SignedInRequest, opened: Opened, values: Values, version: int) -> None:
    state, record = opened.state, opened.read(values)
    facts: dict[str, Any] = {
        "actor": request.user,
        "gathering": state.gathering,
        "organisation": state.organisation,
        "record": record,
        "version": version,
    }
    if state.is_amendment:
        services.amend_sections(**facts, reason=values["reason"])
        messages.success(request, _("已核定修改后的记录，原版本已保留。"))
    else:
        services.confirm_sections(**facts, late_reason=values["late_reason"])
        messages.success(request, _("记录已核定。"))


def _form_url(opened: Opened) -> str:
    return (
        f"{reverse('meetings:record', args=[opened.state.gathering.pk])}?organisation={opened.state.organisation.code}"
    )


def _confirmed_just_now(request: SignedInRequest, opened: Opened) -> bool:
    """Whether an earlier click of the same person has confirmed the record: a double click, nothing is lost."""
    rows = Section.objects.filter(pk__in=[part.section.pk for part in opened.state.sections])
    since = clock.now() - DOUBLE_CLICK
    fresh = rows.filter(state=Section.State.CONFIRMED, confirmed_by=request.user.person_id, confirmed_at__gte=since)
    return fresh.count() == len(opened.state.sections)


def _already_done(request: SignedInRequest, opened: Opened) -> HttpResponse:
    messages.info(request, _("这份记录已经核定。"))
    return redirect("meetings:gathering_detail", opened.state.gathering.pk)


def _ids(sections: list[FormSection]) -> set[str]:
    return {str(part.section.pk) for part in sections}


def version_of(request: SignedInRequest) -> int:
    """The version of the draft the form was loaded with; 0 for none."""
    text = request.POST.get("overwrite") or request.POST.get("version", "0")
    return int(text) if text.isdecimal() and len(text) < 10 else 0
