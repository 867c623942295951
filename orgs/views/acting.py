"""One way for all forms of the room: bind, ask the service, say what happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from common.errors import InvalidInput
from common.formstyle import StyledForm


def act(
    request: HttpRequest,
    form: StyledForm,
    do: Callable[[dict[str, Any]], Any],
    *,
    title: object,
    back: str,
    done: object,
    action: object = "",
    intro: object = "",
) -> HttpResponse:
    """Show ``form``; when it is sent and right, call ``do`` with its data and go ``back`` saying ``done``.

    An ``InvalidInput`` of the service is shown at its fields and the input stays.
    """
    if request.method == "POST" and form.is_valid():
        try:
            do(form.cleaned_data)
        except InvalidInput as error:
            form.add_invalid(error)
        else:
            messages.success(request, str(done))
            return redirect(back)
    context = {"form": form, "title": title, "back": back, "action": action, "intro": intro}
    return render(request, "components/form_page.html", context, status=400 if form.errors else 200)
