"""Points as people read them, and bars of parts."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

CENT = Decimal("0.01")
WIDTH, HEIGHT = 320, 18


@register.filter
def points(value: Any) -> str:
    """A figure with two decimals, half up; a dash where there is none (never a zero)."""
    if value is None or value == "":
        return "—"
    return str(Decimal(str(value)).quantize(CENT, ROUND_HALF_UP))


@register.filter
def signed(value: Any) -> str:
    """A difference with its sign."""
    if value is None or value == "":
        return "—"
    found = Decimal(str(value)).quantize(CENT, ROUND_HALF_UP)
    return f"{found:+}" if found else "0.00"


@register.simple_tag
def stacked(first: Decimal | None, second: Decimal | None, words: str, full: Any = 100) -> SafeString:
    """A bar of two parts of ``full``; ``words`` say the same to who does not see it."""
    parts = [Decimal(0) if part is None else min(Decimal(part), Decimal(full)) for part in (first, second)]
    lengths = [float(part / Decimal(full) * WIDTH) for part in parts]
    rects = [
        f'<rect class="score-track" x="0" y="0" width="{WIDTH}" height="{HEIGHT}" rx="3"/>',
        f'<rect class="score-party" x="0" y="0" width="{lengths[0]:.1f}" height="{HEIGHT}"/>',
        f'<rect class="score-business" x="{lengths[0]:.1f}" y="0" width="{lengths[1]:.1f}" height="{HEIGHT}"/>',
    ]
    return mark_safe(  # noqa: S308 - figures and an escaped text
        f'<svg class="score-bar" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(words)}">{"".join(rects)}</svg>'
    )


@register.simple_tag
def filled(value: Any, full: Any, words: str = "") -> SafeString:
    """How far ``value`` is of ``full``, as a bar."""
    if value is None or not full:
        share = Decimal(0)
    else:
        share = max(Decimal(0), min(Decimal(1), Decimal(str(value)) / Decimal(str(full))))
    name = f'role="img" aria-label="{escape(words)}"' if words else 'aria-hidden="true"'
    return mark_safe(  # noqa: S308 - figures and an escaped text
        f'<svg class="score-bar score-bar-thin" viewBox="0 0 {WIDTH} 8" preserveAspectRatio="none" {name}>'
        f'<rect class="score-track" width="{WIDTH}" height="8" rx="3"/>'
        f'<rect class="score-party" width="{float(share * WIDTH):.1f}" height="8" rx="3"/></svg>'
    )
