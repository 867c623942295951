"""Turns errors of the domain into pages a person understands."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin
from django.views.defaults import page_not_found

from common.errors import Conflict, DomainError, InvalidInput, NotAllowed

_NO_SUCH_NUMBER = "too large to convert to SQLite"
_SECRET = re.compile(r"password|token|code", re.IGNORECASE)
WORTH_KEEPING = 12  # letters: what nobody likes to type twice
_STATUS: tuple[tuple[type[DomainError], int], ...] = ((NotAllowed, 403), (Conflict, 409), (InvalidInput, 400))


class DomainErrorMiddleware(MiddlewareMixin):
    """Answers a ``DomainError`` that a view let through with its message: a page, or a toast for htmx."""

    get_response: Callable[[HttpRequest], HttpResponse]

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Render the error; a number in the address that no row can have is not found; the rest go on to Django."""
        if isinstance(exception, OverflowError) and _NO_SUCH_NUMBER in str(exception):
            return page_not_found(request, exception)
        if not isinstance(exception, DomainError):
            return None
        status = next((code for kind, code in _STATUS if isinstance(exception, kind)), 400)
        context = {"message": exception.message, "status": status, "typed": _typed(request)}
        if getattr(request, "htmx", False):
            response = render(request, "components/toast.html", context, status=status)
            response["HX-Retarget"] = "#toasts"
            response["HX-Reswap"] = "beforeend"
            return response
        return render(request, "errors/domain.html", context, status=status)


def _typed(request: HttpRequest) -> list[str]:
    """The longer texts that were sent, for copying; never what is secret."""
    if request.method != "POST":
        return []
    sent = ((name, value) for name, values in request.POST.lists() if not _SECRET.search(name) for value in values)
    return [value for _name, value in sent if len(value.strip()) >= WORTH_KEEPING]
