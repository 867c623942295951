"""How the pages look to somebody: light or dark, and the size of type; from the account, else from a cookie."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from orgs.models import Theme, TypeSize

COOKIE = "partybuild_look"
A_YEAR = 365 * 24 * 3600  # seconds


@dataclass(frozen=True)
class Look:
    """Theme and type size as chosen; ``themes`` and ``sizes`` are what there is to choose from, with their words."""

    theme: str = Theme.AUTO.value
    type_size: str = TypeSize.NORMAL.value

    @property
    def first_theme(self) -> str:
        """What the server draws: for ``auto`` light, until look.js has asked the device (before anything is painted)."""
        return Theme.DARK.value if self.theme == Theme.DARK else Theme.LIGHT.value

    @property
    def schemes(self) -> str:
        """The colour schemes for the browser's own canvas, so that nothing flashes white between two pages."""
        return "light dark" if self.theme == Theme.AUTO else self.theme

    @property
    def themes(self) -> list[tuple[str, str]]:
        """Value and word of every theme."""
        return [(value, str(label)) for value, label in Theme.choices]

    @property
    def sizes(self) -> list[tuple[str, str]]:
        """Value and word of every size of type."""
        return [(value, str(label)) for value, label in TypeSize.choices]


def look_of(request: HttpRequest) -> Look:
    """The account's choice, for somebody not signed in the device's. No query beyond the account itself."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return Look(user.theme, user.type_size)
    theme, _, type_size = request.COOKIES.get(COOKIE, "").partition(".")
    return Look(
        theme if theme in Theme.values else Theme.AUTO.value,
        type_size if type_size in TypeSize.values else TypeSize.NORMAL.value,
    )


def remember(response: HttpResponse, look: Look) -> None:
    """Keep the choice on the device too, for the pages before signing in. Names nobody."""
    response.set_cookie(
        COOKIE,
        f"{look.theme}.{look.type_size}",
        max_age=A_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
