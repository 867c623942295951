"""The scores of a year, calculated now and printed."""

from __future__ import annotations

import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scoring.models import Composite, Scheme, Sheet, SheetLine, Stage
from scoring.selectors.composites import composite_rows
from scoring.services.placing import refresh_median
from scoring.services.recalculating import recalculate

FIRST_YEAR, LAST_YEAR = 2000, 2100


def _year(text: str) -> int:
    if not text.isdecimal() or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise argparse.ArgumentTypeError(f"{text!r} is not a year between {FIRST_YEAR} and {LAST_YEAR}")
    return int(text)


class Command(BaseCommand):
    """Recalculates the sheets of a year and prints composite, sheets and explanations."""

    help = "Recalculate the sheets of a year. Figures that stand are only compared. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        """Arguments of the command."""
        parser.add_argument("--year", type=_year, required=True, help="The year of the schemes.")
        parser.add_argument("--json", action="store_true", help="Print composite, sheets and explanations as JSON.")

    def handle(self, *args: Any, year: int, **options: Any) -> None:
        """Recalculate and print."""
        schemes = list(Scheme.objects.filter(year=year).exclude(stage=Stage.DRAFT).select_related("organisation"))
        if not schemes:
            raise CommandError(f"There is no published scheme of {year}.")
        for scheme in schemes:
            counts = recalculate(scheme=scheme)
            refresh_median(scheme=scheme)
            if not options["json"]:
                self.stdout.write(f"{scheme.code}: {json.dumps(counts)}")
        if options["json"]:
            self.stdout.write(json.dumps(_printed(year, schemes), ensure_ascii=False, indent=2))


def _printed(year: int, schemes: list[Scheme]) -> dict[str, Any]:
    composites = Composite.objects.filter(year=year).select_related("scheme")
    return {
        "year": year,
        "composites": [_composite(one) for one in composites.order_by("organisation__path")],
        "schemes": [
            {
                "code": one.code,
                "name": one.name,
                "stage": one.stage,
                "is_example": one.is_example,
                "sheets": _sheets(one),
            }
            for one in schemes
        ],
    }


def _composite(composite: Composite) -> dict[str, Any]:
    return {
        "code": composite.code,
        "state": composite.state,
        "weights": {"party": str(composite.party_weight), "business": str(composite.business_weight)},
        "colleges": [
            {
                "code": row.college.code,
                "name": row.college.name,
                "party": _text(row.party),
                "business": _text(row.business),
                "total": _text(row.total),
                "missing": row.missing,
            }
            for row in composite_rows(composite)
        ],
    }


def _sheets(scheme: Scheme) -> list[dict[str, Any]]:
    lines: dict[int, list[dict[str, Any]]] = {}
    for line in SheetLine.objects.filter(sheet__scheme=scheme).order_by("sheet", "position"):
        lines.setdefault(line.sheet_id, []).append(
            {
                "code": line.code,
                "status": line.status,
                "score": _text(line.score),
                "words": line.words,
                "inputs": line.inputs,
                "rows": len(line.rows),
            }
        )
    sheets = Sheet.objects.filter(scheme=scheme).select_related("organisation", "version")
    return [
        {
            "organisation": sheet.organisation.code,
            "as_of": sheet.as_of.isoformat(),
            "version": sheet.version.number,
            "total": _text(sheet.total),
            "so_far": _text(sheet.so_far),
            "bonus": _text(sheet.bonus),
            "penalty": _text(sheet.penalty),
            "adjustments": sheet.adjustments,
            "vetoed": sheet.is_vetoed,
            "rated": sheet.is_rated,
            "band": sheet.band,
            "band_words": sheet.band_words,
            "lines": lines.get(sheet.pk, []),
        }
        for sheet in sheets.order_by("organisation__path")
    ]


def _text(value: object) -> str | None:
    return None if value is None else str(value)
