"""What every page's frame needs to know about who looks at it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from orgs.looks import look_of


def look(request: HttpRequest) -> dict[str, Any]:
    """Theme and type size as ``look``, read only when a template uses it."""
    return {"look": SimpleLazyObject(lambda: look_of(request))}
