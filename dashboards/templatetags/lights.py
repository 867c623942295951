"""What the legend and the year say about settings and about a year in which nothing stands yet."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.conf import settings

from dashboards.matrix import Line

register = template.Library()


@register.simple_tag
def days_left(light: str) -> int:
    """Days before the due date from which a cadence Task has the light ``yellow`` or ``orange`` (``LIGHT_PROFILES``)."""
    days: int = settings.LIGHT_PROFILES["cadence"][light]["days_left_max"]
    return days


@register.filter
def all_empty(lines: Iterable[Line]) -> bool:
    """Whether nothing at all is owed in the year: no night has opened anything, or the year lies elsewhere."""
    return all(line.is_empty for line in lines)
