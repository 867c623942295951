"""The language of the pages: the account's, else the device's, else Chinese; what the browser asks for is not read."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin
from django.views import i18n

from common.language import offered
from orgs.models import Language, User
from orgs.services.preferences import change_language


def language_of(request: HttpRequest) -> str:
    """Code of the language in which to answer. No query beyond the account, which every page reads anyway."""
    user = getattr(request, "user", None)
    if isinstance(user, User) and user.language in Language.values:
        return offered(user.language)
    return offered(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))


class LanguageMiddleware(MiddlewareMixin):
    """In place of Django's: school machines often have English browsers, and the platform is Chinese until switched."""

    get_response: Callable[[HttpRequest], HttpResponse]

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language before any view runs."""
        translation.activate(language_of(request))
        request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Name the language to caches and readers."""
        patch_vary_headers(response, ("Cookie",))
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response


def set_language(request: HttpRequest) -> HttpResponse:
    """Django's switch (cookie, then back to the page), which also keeps the choice on the account."""
    response = i18n.set_language(request)
    chosen = request.POST.get("language", "")
    is_offered = chosen in Language.values and offered(chosen) == chosen
    if request.method == "POST" and isinstance(request.user, User) and is_offered:
        change_language(actor=request.user, language=chosen)
    return response
