"""Pages of the self-statements: the list for who oversees the units, and one unit's statement."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import access
from orgs.models import Organisation
from orgs.requests import SignedInRequest
from scoring import inputs, statements
from scoring.forms_process import StatementForm
from scoring.models import Scheme, SelfStatement, Stage
from scoring.pages.asking import ask, resend_with
from scoring.pages.process import scheme_of
from scoring.selectors import process as selectors
from scoring.services.stages import remind_statements
from scoring.services.statements import Stale, reopen_statement, save_statement, submit_statement


@login_required
@require_safe
def statement_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who has submitted and who has not."""
    scheme = scheme_of(request, pk)
    access.require_anywhere(request.user, access.VIEW)
    rows = selectors.statement_rows(request.user, scheme)
    may_remind = scheme.stage == Stage.STATEMENT and access.may(request.user, access.CONFIGURE, scheme.organisation)
    context = {"scheme": scheme, "rows": rows, "left": sum(not row.is_submitted for row in rows)}
    return render(request, "scoring/process/statements.html", context | {"may_remind": may_remind})


@login_required
@require_POST
def statements_remind(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remind the secretaries of the units that have not submitted."""
    count = remind_statements(actor=request.user, scheme=scheme_of(request, pk))
    messages.success(request, _("已提醒%d位书记；今天已提醒过的不重复。") % count)
    return redirect("scoring:statement_list", pk=pk)


@login_required
@require_safe
def statement(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """One unit's self-statement, to be read."""
    scheme = scheme_of(request, pk)
    unit = _unit(request, scheme, code)
    found = SelfStatement.objects.filter(scheme=scheme, organisation=unit).select_related("submitted_by").first()
    return render(request, "scoring/process/statement.html", _read(request, scheme, unit, found))


@login_required
@require_http_methods(["GET", "POST"])
def statement_edit(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """Write and submit it, while the stage lasts."""
    scheme = scheme_of(request, pk)
    unit = _unit(request, scheme, code)
    access.require(request.user, access.RECORD, unit)
    found = SelfStatement.objects.filter(scheme=scheme, organisation=unit).first()
    if request.method == "GET" and not _is_open(scheme, found):
        return redirect("scoring:statement", pk=pk, code=code)
    submits = request.POST.get("action") == "submit"
    return ask(
        request,
        form := _form(request, found),
        lambda sent: _send(request, scheme, unit, form, sent, submits=submits),
        template="scoring/process/statement_edit.html",
        context=lambda: _write(request, scheme, unit, form),
        back=reverse("scoring:statement", args=[pk, code]),
        done=_("已提交。") if submits else _("已保存，还没有提交。"),
    )


def _is_open(scheme: Scheme, found: SelfStatement | None) -> bool:
    """Whether it may be written."""
    return scheme.stage == Stage.STATEMENT and (found is None or found.state == SelfStatement.State.DRAFT)


def _form(request: SignedInRequest, found: SelfStatement | None) -> StatementForm:
    initial: dict[str, Any] = {"seen": 0}
    if found is not None:
        initial = {"achieved": found.achieved, "lacking": found.lacking, "seen": found.version}
    return StatementForm(request.POST or None, initial=initial)


def _send(
    request: SignedInRequest, scheme: Scheme, unit: Organisation, form: StatementForm, sent: dict[str, Any], *,
    submits: bool,
) -> SelfStatement:  # fmt: skip
    command = submit_statement if submits else save_statement
    try:
        return command(actor=request.user, scheme=scheme, organisation=unit, **sent)
    except Stale:
        # Told what happened meanwhile, the writer may send it again: over the version that is there now.
        there = SelfStatement.objects.get(scheme=scheme, organisation=unit)
        resend_with(form, seen=str(there.version))
        raise


def _write(request: SignedInRequest, scheme: Scheme, unit: Organisation, form: StatementForm) -> dict[str, Any]:
    there = SelfStatement.objects.filter(scheme=scheme, organisation=unit).first() if form.non_field_errors() else None
    return {"scheme": scheme, "unit": unit, "there": there, "may_submit": access.may_confirm(request.user, unit)}


def _read(request: SignedInRequest, scheme: Scheme, unit: Organisation, found: SelfStatement | None) -> dict[str, Any]:
    is_back = found is not None and found.state == SelfStatement.State.SUBMITTED and scheme.stage == Stage.STATEMENT
    return {
        "scheme": scheme,
        "unit": unit,
        "statement": found,
        "lengths": statements.lengths(found.achieved, found.lacking) if found else None,
        "may_write": _is_open(scheme, found) and access.may(request.user, access.RECORD, unit),
        "may_reopen": is_back and access.may_confirm(request.user, unit),
    }


@login_required
@require_POST
def statement_reopen(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """Take a submitted statement back."""
    scheme = scheme_of(request, pk)
    unit = _unit(request, scheme, code)
    reopen_statement(actor=request.user, scheme=scheme, organisation=unit)
    messages.success(request, _("已取回，修改后请重新提交。"))
    return redirect("scoring:statement", pk=pk, code=code)


def _unit(request: SignedInRequest, scheme: Scheme, code: str) -> Organisation:
    """An assessed unit that one oversees; 404 otherwise."""
    units = inputs.assessed(scheme)
    found: Organisation = get_object_or_404(units.filter(access.within(request.user, access.VIEW, "")), code=code)
    return found
