"""Columns: one description for screen and export."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString

from common.language import current

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Column:
    """One column.

    ``text``: the words of a row's cell, as exported, and as shown without ``html``. ``html``: the cell on the screen,
    built with ``format_html``; it says the same words. ``sort``: fields, or functions that give an expression, of the
    ascending order; without them nobody sorts by it. ``is_main``: heads the card that a row becomes on a phone.
    ``css``: classes of the cell (``tb-short`` never breaks, ``tb-wide`` has a line of its own on a phone).
    ``seen_by``: whether a person has this column at all, on the screen and in files.
    """

    key: str
    heading: _StrPromise | str
    text: Callable[[Any], object]
    html: Callable[[Any], SafeString] | None = None
    sort: tuple[str | Callable[[], Combinable], ...] = ()
    css: str = ""
    is_main: bool = False
    seen_by: Callable[[Any], bool] | None = None

    def words(self, row: Any) -> str:
        """The cell as text; ``None`` is empty."""
        found = self.text(row)
        return "" if found is None else str(found)


def day_text(day: datetime.date | None) -> str:
    """A day as lists write it: 2026-06-15; empty without one."""
    return day.isoformat() if day is not None else ""


def named(choices: Iterable[tuple[str, _StrPromise | str]]) -> Callable[[str], str]:
    """A function from a value to its words, which are translated once and not for every row; unknown values stay."""
    pairs = list(choices)

    @lru_cache(maxsize=8)
    def words(_language: str) -> dict[str, str]:
        return {str(value): str(label) for value, label in pairs}

    return lambda value: words(current()).get(value, value)
