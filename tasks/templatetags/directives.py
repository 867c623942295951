"""Filters of the pages of directives."""

from __future__ import annotations

from django import template

from tasks.services.directive_units import time_words

register = template.Library()


@register.filter
def long_time(hours: int) -> str:
    """Hours in words: days from two days on."""
    return time_words(hours)
