"""Filters of lists: what an address may ask for, how it narrows the rows, and the field on the page."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from common.tables.search import cleaned

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from common.tables.table import Table

Pairs = Sequence[tuple[str, "_StrPromise | str"]]
Narrow = Callable[[QuerySet[Any], Any, "Table[Any]"], QuerySet[Any]]


class Unreadable(ValueError):
    """What an address asks for makes no sense; the message says so to the reader."""


@dataclass(frozen=True)
class Filter:
    """One filter; ``key`` is its name in addresses. The kinds below say how it is read, shown and applied.

    ``seen_by``: whether a person has this filter at all.
    """

    key: str
    label: _StrPromise | str
    seen_by: Callable[[Any], bool] | None = field(default=None, kw_only=True)

    @property
    def names(self) -> tuple[str, ...]:
        """The names it uses in addresses."""
        return (self.key,)

    def read(self, given: Mapping[str, str], table: Table[Any]) -> Any:
        """What is asked for, ``None`` when nothing is; ``given`` holds its own names only, none of them empty.

        Raises ``Unreadable``.
        """
        raise NotImplementedError

    def narrow(self, rows: QuerySet[Any], value: Any, table: Table[Any]) -> QuerySet[Any]:
        """The rows that match ``value``."""
        raise NotImplementedError

    def words(self, value: Any, table: Table[Any]) -> str:
        """What is asked for, to read: 逾期."""
        raise NotImplementedError

    def written(self, value: Any) -> dict[str, str]:
        """What is asked for, as an address says it."""
        return {self.key: str(value)}

    def field(self, value: Any, table: Table[Any]) -> str:
        """Its field or fields on the page, as HTML; empty when there is nothing to choose."""
        raise NotImplementedError


@dataclass(frozen=True)
class Choice(Filter):
    """One of a few values: of ``field``, or as ``by`` narrows the rows.

    ``choices``: pairs of value and words, or a function of the table that gives them (asked once a request).
    """

    choices: Pairs | Callable[[Table[Any]], Pairs]
    column: str = field(default="", kw_only=True)
    by: Narrow | None = field(default=None, kw_only=True)

    def options(self, table: Table[Any]) -> dict[str, str]:
        """Value → words."""
        made = self.choices
        found = table.once(self.key, lambda: made(table)) if callable(made) else made
        return {str(value): str(words) for value, words in found}

    def read(self, given: Mapping[str, str], table: Table[Any]) -> str:
        value = given[self.key]
        if value not in self.options(table):
            raise Unreadable(_("“%(label)s”没有“%(value)s”这一项") % {"label": self.label, "value": value[:20]})
        return value

    def narrow(self, rows: QuerySet[Any], value: str, table: Table[Any]) -> QuerySet[Any]:
        return self.by(rows, value, table) if self.by is not None else rows.filter(**{self.column: value})

    def words(self, value: str, table: Table[Any]) -> str:
        return self.options(table)[value]

    def field(self, value: str | None, table: Table[Any]) -> str:
        options = self.options(table)
        return select(self.key, self.label, options.items(), value) if len(options) > 1 or value else ""


@dataclass(frozen=True)
class Flag(Filter):
    """Yes or not asked: 只看我的. ``by`` narrows the rows."""

    by: Callable[[QuerySet[Any], Table[Any]], QuerySet[Any]]

    def read(self, given: Mapping[str, str], table: Table[Any]) -> bool:
        if given[self.key] != "1":
            raise Unreadable(_("“%(label)s”只能是1") % {"label": self.label})
        return True

    def narrow(self, rows: QuerySet[Any], value: bool, table: Table[Any]) -> QuerySet[Any]:
        return self.by(rows, table)

    def words(self, value: bool, table: Table[Any]) -> str:
        return str(self.label)

    def written(self, value: bool) -> dict[str, str]:
        return {self.key: "1"}

    def field(self, value: bool | None, table: Table[Any]) -> str:
        return (
            '<div class="tb-field tb-flag"><label class="form-check"><input class="form-check-input" type="checkbox" '
            f'name="{self.key}" value="1"{" checked" if value else ""}>'
            f'<span class="form-check-label">{escape(str(self.label))}</span></label></div>'
        )


@dataclass(frozen=True)
class Text(Filter):
    """Part of the text of one of ``columns``."""

    columns: tuple[str, ...]

    def read(self, given: Mapping[str, str], table: Table[Any]) -> str | None:
        return cleaned(given[self.key]) or None

    def narrow(self, rows: QuerySet[Any], value: str, table: Table[Any]) -> QuerySet[Any]:
        found = Q()
        for column in self.columns:
            found |= Q(**{f"{column}__icontains": value})
        return rows.filter(found)

    def words(self, value: str, table: Table[Any]) -> str:
        return value

    def field(self, value: str | None, table: Table[Any]) -> str:
        return _input(self.key, self.label, "text", value or "")


Span = tuple[datetime.date | None, datetime.date | None]


@dataclass(frozen=True)
class Days(Filter):
    """From one day to another, both included, either left open: ``due_from`` and ``due_to`` of the key ``due``."""

    column: str

    @property
    def names(self) -> tuple[str, ...]:
        return (f"{self.key}_from", f"{self.key}_to")

    def read(self, given: Mapping[str, str], table: Table[Any]) -> Span | None:
        first, last = (self._day(given.get(name, "")) for name in self.names)
        if first and last and first > last:
            raise Unreadable(_("“%(label)s”的开始日期晚于结束日期") % {"label": self.label})
        return (first, last) if first or last else None

    def _day(self, text: str) -> datetime.date | None:
        try:
            return datetime.date.fromisoformat(text) if text else None
        except ValueError:
            words = {"label": self.label, "value": text[:20]}
            raise Unreadable(_("“%(label)s”的“%(value)s”不是日期，日期写作2026-06-15") % words) from None

    def narrow(self, rows: QuerySet[Any], value: Span, table: Table[Any]) -> QuerySet[Any]:
        first, last = value
        if first:
            rows = rows.filter(**{f"{self.column}__gte": first})
        return rows.filter(**{f"{self.column}__lte": last}) if last else rows

    def words(self, value: Span, table: Table[Any]) -> str:
        first, last = value
        if first and last:
            return _("%(first)s至%(last)s") % {"first": first, "last": last}
        return _("%(day)s起") % {"day": first} if first else _("%(day)s止") % {"day": last}

    def written(self, value: Span) -> dict[str, str]:
        return {name: day.isoformat() for name, day in zip(self.names, value, strict=True) if day}

    def field(self, value: Span | None, table: Table[Any]) -> str:
        words = (_("%(what)s从") % {"what": self.label}, _("%(what)s到") % {"what": self.label})
        return "".join(
            _input(name, label, "date", day.isoformat() if day else "")
            for name, label, day in zip(self.names, words, value or (None, None), strict=True)
        )


def select(
    name: str, label: _StrPromise | str, options: Iterable[tuple[str, str]], value: str | None, nothing: str = ""
) -> str:
    """A choice with its label, as HTML; the first entry asks for nothing."""
    entries = "".join(
        f'<option value="{escape(key)}"{" selected" if key == value else ""}>{escape(words)}</option>'
        for key, words in options
    )
    return (
        f'<div class="tb-field"><label class="form-label" for="f-{name}">{escape(str(label))}</label>'
        f'<select class="form-select" id="f-{name}" name="{name}">'
        f'<option value="">{escape(nothing or _("全部"))}</option>{entries}</select></div>'
    )


def _input(name: str, label: _StrPromise | str, kind: str, value: str) -> str:
    return (
        f'<div class="tb-field"><label class="form-label" for="f-{name}">{escape(str(label))}</label>'
        f'<input class="form-control" type="{kind}" id="f-{name}" name="{name}" value="{escape(value)}" maxlength="50"></div>'
    )
