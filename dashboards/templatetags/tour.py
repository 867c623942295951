"""The first tour, drawn on the desk."""

from __future__ import annotations

from typing import Any

from django import template

from dashboards.tour import steps_for
from orgs.models import User

register = template.Library()


@register.inclusion_tag("tour/dialog.html")
def first_tour(user: User, token: str) -> dict[str, Any]:
    """The steps for ``user``; ``token`` is the page's CSRF token. No query beside the page's own."""
    return {"steps": steps_for(user), "token": token}
