"""What a chart is: a table with a way to draw it. Picture, table for readers, file and links come from the same rows.

Pure: no Django, no queries.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Value = Decimal | int | None

# How a chart is drawn; ``static/partybuild/charts.js`` knows the same words.
HEAT, BARS, LINES, COLUMNS = "heat", "bars", "lines", "columns"
# Tones of a series; the style sheet's tokens give the colours, in both themes.
ACCENT, CALM, GOOD, NEAR, PRESSING, OVER, FAINT = "accent", "calm", "green", "yellow", "orange", "red", "grey"


@dataclass(frozen=True)
class Column:
    """One series, or one month of a heat map. ``drawn``: whether the picture shows it or the table alone."""

    label: str
    tone: str = CALM
    drawn: bool = True


@dataclass(frozen=True)
class Row:
    """One line: values by column, ``None`` where there is nothing; where the line and its squares lead."""

    label: str
    values: tuple[Value, ...]
    url: str = ""
    urls: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    tone: str = ""  # of this line alone

    def link(self, index: int) -> str:
        """Where the value at ``index`` leads: its own address, else the line's."""
        return self.urls[index] if index < len(self.urls) else self.url

    def note(self, index: int) -> str:
        """What the value at ``index`` is made of, in words."""
        return self.notes[index] if index < len(self.notes) else ""


@dataclass(frozen=True)
class Chart:
    """A chart with its words. ``unit`` stands behind every value; ``first`` heads the column of labels.

    ``is_stacked``: the series of a line are parts of one whole and lie upon one another.
    """

    key: str
    form: str
    title: str
    explanation: str
    first: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    as_of: datetime.date
    unit: str = ""
    nothing: str = ""
    url: str = ""
    url_label: str = ""
    is_stacked: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return all(value is None for row in self.rows for value in row.values)

    def drawing(self) -> dict[str, Any]:
        """What the script draws: plain numbers and texts; columns for the table alone are left out."""
        shown = [index for index, column in enumerate(self.columns) if column.drawn]
        return {
            "form": self.form,
            "title": self.title,
            "unit": self.unit,
            "stacked": self.is_stacked,
            "asOf": self.as_of.isoformat(),
            "columns": [{"label": self.columns[index].label, "tone": self.columns[index].tone} for index in shown],
            "rows": [
                {
                    "label": row.label,
                    "url": row.url,
                    "tone": row.tone,
                    "cells": [[_number(row.values[index]), row.link(index), row.note(index)] for index in shown],
                }
                for row in self.rows
            ],
        }

    def lines_of_file(self) -> list[list[str]]:
        """The rows of the file, as texts; empty where there is no value."""
        return [[row.label, *(written(value) for value in row.values)] for row in self.rows]

    def headings_of_file(self) -> list[str]:
        """The headings of the file, with the unit."""
        unit = f"（{self.unit}）" if self.unit else ""
        return [self.first, *(f"{column.label}{unit if column.drawn else ''}" for column in self.columns)]


def _number(value: Value) -> float | None:
    """For drawing only; the table and the file have the exact figure."""
    return None if value is None else float(value)


def written(value: Value) -> str:
    """A value as it is read: no trailing zeros; empty for ``None``."""
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def mean(total: Value, number: int) -> Decimal | None:
    """``total`` shared among ``number``, to one decimal; ``None`` when there is nobody."""
    return None if total is None or not number else (Decimal(total) / number).quantize(Decimal("0.1"))


def histogram(values: Sequence[Decimal], bounds: Sequence[int]) -> list[int]:
    """How many ``values`` lie in each class: below ``bounds[0]``, then from each bound up to the next, the last open."""
    counts = [0] * (len(bounds) + 1)
    for value in values:
        counts[sum(value >= bound for bound in bounds)] += 1
    return counts
