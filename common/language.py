"""The language of a list: asked once and not for each of its thousand cells."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils.translation import get_language

_kept = threading.local()


def current() -> str:
    """The language in force; within ``held`` the one that was in force at its beginning."""
    code: str | None = getattr(_kept, "code", None)
    return code or get_language() or ""


def offered(code: str) -> str:
    """``code`` if the platform is to be had in that language, else the code of its own."""
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


@contextmanager
def held() -> Iterator[None]:
    """Ask for the language once; nothing inside may change it."""
    before: str | None = getattr(_kept, "code", None)
    _kept.code = get_language() or ""
    try:
        yield
    finally:
        _kept.code = before
