"""Search in lists: part of the Chinese text, or how it is read: initials, full pinyin, or both mixed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import IntegerField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from common.readings import heard_in

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST = 50  # characters of a search
_LETTERS = re.compile(r"[A-Za-z]{2,}")  # one letter alone is in nearly every text


class Search:
    """Where a list looks for words.

    ``fields``: paths of text columns, looked through for the words as they are. ``spoken``: those of them that are
    also found by pinyin, by default all; a name that repeats in many rows is read aloud once. ``prompt``: says in the
    empty field what can be typed.
    """

    def __init__(
        self, *fields: str, spoken: tuple[str, ...] | None = None, prompt: _StrPromise | str | None = None
    ) -> None:
        self.fields = fields
        self.spoken = fields if spoken is None else spoken
        self.prompt = prompt or _("名称或拼音首字母")

    def narrow(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """Rows in which every word of ``text`` is found. One query when a word is of letters, none otherwise."""
        words = text.split()
        is_heard = any(_LETTERS.fullmatch(word) for word in words)
        names = _names(rows, self.spoken) if is_heard else {}
        for word in words:
            found = Q()
            for field in self.fields:
                found |= Q(**{f"{field}__icontains": word})
            if _LETTERS.fullmatch(word):
                for field, texts in names.items():
                    found |= Q(**{f"{field}__in": [name for name in texts if heard_in(name, word.lower())]})
            rows = rows.filter(found)
        return rows


def _names(rows: QuerySet[Any], fields: Sequence[str]) -> dict[str, list[str]]:
    """The different texts in each of the columns ``fields`` of ``rows``. One query."""
    parts = [
        rows.order_by().values_list(Value(number, IntegerField()), Cast(field, TextField())).distinct()
        for number, field in enumerate(fields)
    ]
    found: dict[str, list[str]] = {field: [] for field in fields}
    for number, name in parts[0].union(*parts[1:], all=True) if parts else ():
        if name:
            found[fields[number]].append(name)
    return found


def cleaned(text: str) -> str:
    """What was typed, as it is searched for; PostgreSQL refuses a zero sign."""
    return " ".join(text.replace("\x00", "").split())[:LONGEST]
