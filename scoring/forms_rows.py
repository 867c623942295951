"""A field of rows: a small table of inputs, with empty rows to go on with; a row left empty is not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from scoring.definition_fields import exact

TEXT, NUMBER, CHOICE, FLAG = "text", "number", "choice", "flag"
MOST_ROWS = 60


@dataclass(frozen=True)
class RowColumn:
    """One column: name in the data, label, and what goes in. ``wide``: takes the room that is left."""

    name: str
    label: Any
    kind: str = TEXT
    choices: Sequence[tuple[str, Any]] = field(default_factory=tuple)
    required: bool = True
    wide: bool = False


class RowsInput(forms.Widget):
    """The table. Every input is named ``<field>-<row>-<column>``; without JavaScript it works the same."""

    template_name = "scoring/widgets/rows.html"
    EMPTY = 2

    def __init__(self, columns: Sequence[RowColumn]) -> None:
        super().__init__()
        self.columns = columns

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        """The rows that hold something, as typed."""
        found = []
        for number in range(MOST_ROWS):
            row = {one.name: str(data.get(f"{name}-{number}-{one.name}") or "").strip() for one in self.columns}
            if any(row[one.name] for one in self.columns if one.kind in (TEXT, NUMBER)):
                found.append(row)
        return found

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Never: no row at all is an answer."""
        return False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """The template's ``rows``: every value, then empty ones."""
        context = super().get_context(name, value, attrs)
        rows = [*(value or []), *({} for _empty in range(self.EMPTY))][:MOST_ROWS]
        context["columns"] = self.columns
        context["rows"] = [
            [(one, f"{name}-{number}-{one.name}", self._shown(row, one)) for one in self.columns]
            for number, row in enumerate(rows)
        ]
        context["id"] = context["widget"]["attrs"].get("id", name)
        return context

    @staticmethod
    def _shown(row: Mapping[str, Any], column: RowColumn) -> Any:
        value = row.get(column.name, "")
        if column.kind == FLAG:
            return value in (True, "1", "on")
        return "；".join(value) if isinstance(value, list | tuple) else value

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> SafeString:
        return render_to_string(template_name, context)

    def id_for_label(self, id_: str | None) -> str:
        """The first input of the first row."""
        return f"{id_}_0" if id_ else ""


class RowsField(forms.Field):
    """Cleans to a list of mappings: numbers as ``Decimal``, flags only when set, empty optional cells left out."""

    def __init__(self, *, columns: Sequence[RowColumn], **kwargs: Any) -> None:
        kwargs.setdefault("widget", RowsInput(columns))
        super().__init__(**kwargs)
        self.columns = columns

    def clean(self, value: Any) -> list[dict[str, Any]]:
        """The rows. Raises ``ValidationError`` that names row and column."""
        if self.required and not value:
            raise ValidationError(_("请至少填写一行。"))
        errors: list[str] = []
        found = [self._row(number, row, errors) for number, row in enumerate(value or [], 1)]
        if errors:
            raise ValidationError(errors)
        return found

    def _row(self, number: int, row: Mapping[str, str], errors: list[str]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for column in self.columns:
            text = row.get(column.name, "")
            if not text:
                if column.required and column.kind != FLAG:
                    words = _("第%(row)d行缺少“%(column)s”，请填写，或把整行清空。")
                    errors.append(words % {"row": number, "column": column.label})
            elif column.kind == NUMBER:
                made[column.name] = self._number(number, column, text, errors)
            else:
                made[column.name] = True if column.kind == FLAG else text
        return made

    @staticmethod
    def _number(number: int, column: RowColumn, text: str, errors: list[str]) -> Decimal:
        value = exact(text)
        if value is None:
            words = _("第%(row)d行的“%(column)s”应为数字，现为“%(text)s”。")
            errors.append(words % {"row": number, "column": column.label, "text": text[:20]})
        return value or Decimal(0)
