"""One way for the forms of the process: bind, ask the service, keep the input whatever comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from common.errors import Conflict, InvalidInput
from common.formstyle import StyledForm
from orgs.requests import SignedInRequest


def ask(
    request: SignedInRequest,
    form: StyledForm,
    do: Callable[[dict[str, Any]], Any],
    *,
    template: str,
    context: Callable[[], Mapping[str, Any]],
    back: str,
    done: object,
) -> HttpResponse:
    """Show ``form`` in ``template``; sent and right, call ``do`` with its data and go ``back`` saying ``done``.

    What the service refuses stands on the form with the input kept: 400 for input, 409 for a conflict. ``context`` is
    asked after ``do``, so that the page shows what is there now.
    """
    status = 200
    if request.method == "POST" and not form.is_valid():
        status = 400
    elif request.method == "POST":
        try:
            do(form.cleaned_data)
        except InvalidInput as error:
            form.add_invalid(error)
            status = 400
        except Conflict as error:
            form.add_error(None, error.message)
            status = 409
        else:
            messages.success(request, str(done))
            return redirect(back)
    return render(request, template, {"form": form, "back": back, **context()}, status=status)


def resend_with(form: StyledForm, **values: str) -> None:
    """Let the sent form show other values in hidden fields: what was refused as out of date may be sent again."""
    sent: Any = form.data
    changed = sent.copy()
    for name, value in values.items():
        changed[name] = value
    form.data = changed
