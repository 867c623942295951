"""Writing calculated sheets; of a scheme whose figures stand, only what would be different."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from common import clock
from common.bulk import update_rows
from scoring.calculating import Line, Result, kept
from scoring.models import Difference, Scheme, SchemeVersion, Sheet, SheetLine, SheetPoint

if TYPE_CHECKING:
    from scoring.definitions import Definition

_COLUMNS = (
    "version", "as_of", "computed_at", "base", "bonus", "penalty", "total", "so_far", "missing", "is_vetoed",
    "is_rated", "adjustments", "digest",
)  # fmt: skip


def store_results(
    *,
    scheme: Scheme,
    version: SchemeVersion,
    definition: Definition,
    results: Mapping[int, Result],
    day: datetime.date,
    read_at: datetime.datetime | None = None,
) -> dict[str, int]:
    """Write the results of one portion, by organisation id; the caller holds the scheme.

    ``read_at``: when the records were read (default: now). What was read later and is stored already stays: a slow
    calculation must not put back what a quick one beside it has brought up to date.

    Returns counts: sheets, changed (those whose content is another than before), differences. Side effects: sheets,
    lines and the point of the month; of a frozen scheme ``Difference`` rows and nothing else. Nine queries at most.
    """
    if scheme.is_frozen:
        return {"sheets": len(results), "differences": _note_differences(scheme, results)}
    now = clock.now()
    moment = read_at or now
    blank = {"scheme": scheme, "version": version, "as_of": day, "computed_at": moment}
    Sheet.objects.bulk_create((Sheet(organisation_id=pk, **blank) for pk in results), ignore_conflicts=True)
    sheets = {
        one.organisation_id: one
        for one in Sheet.objects.select_for_update(of=("self",)).filter(
            scheme=scheme, organisation_id__in=list(results)
        )
    }
    # A time to come is that of a clock which was set back since.
    newer = {pk for pk, sheet in sheets.items() if moment < sheet.computed_at <= now}
    results = {pk: result for pk, result in results.items() if pk not in newer}
    digests = {pk: _digest(version, result) for pk, result in results.items()}
    changed = {pk: result for pk, result in results.items() if sheets[pk].digest != digests[pk]}
    update_rows(
        Sheet,
        _COLUMNS,
        [
            (sheets[pk].pk, *_columns(version, result, digests[pk], day, moment))
            for pk, result in sorted(results.items())
        ],
    )
    _write_lines({sheets[pk].pk: result for pk, result in changed.items()})
    _write_points({sheets[pk].pk: result for pk, result in results.items()}, day)
    return {"sheets": len(results), "changed": len(changed)}


def _columns(
    version: SchemeVersion, result: Result, digest: str, day: datetime.date, moment: datetime.datetime
) -> tuple[Any, ...]:
    found = result.total
    return (
        version.pk, day, moment, found.base, found.bonus, found.penalty, found.total, found.so_far,
        len(found.missing), bool(result.vetoes), result.is_rated, list(result.adjustments), digest,
    )  # fmt: skip


def _write_lines(results: Mapping[int, Result]) -> None:
    """Lines anew, by sheet id."""
    SheetLine.objects.filter(sheet_id__in=list(results)).delete()
    SheetLine.objects.bulk_create(
        (
            _line(sheet_id, number, line)
            for sheet_id, result in results.items()
            for number, line in enumerate(result.lines)
        ),
        batch_size=2000,
    )


def _line(sheet_id: int, number: int, line: Line) -> SheetLine:
    return SheetLine(
        sheet_id=sheet_id,
        position=number,
        code=line.code,
        status=line.status,
        score=None if line.score is None else kept(line.score),
        exact="" if line.score is None else str(line.score),
        factor=kept(line.factor),
        words=line.words[:1000],
        inputs=dict(line.inputs),
        rows=list(line.rows),
        corrected=line.corrected,
    )


def _write_points(results: Mapping[int, Result], day: datetime.date) -> None:
    month = day.replace(day=1)
    SheetPoint.objects.bulk_create(
        (
            SheetPoint(
                sheet_id=sheet_id,
                month=month,
                total=result.total.so_far,
                lines={line.code: str(kept(line.score)) for line in result.lines if line.score is not None},
            )
            for sheet_id, result in results.items()
        ),
        update_conflicts=True,
        unique_fields=["sheet", "month"],
        update_fields=["total", "lines"],
    )


def _note_differences(scheme: Scheme, results: Mapping[int, Result]) -> int:
    """One row for each indicator that would be another now; rows of those that agree again go. Returns how many stand."""
    lines = SheetLine.objects.filter(sheet__scheme=scheme, sheet__organisation_id__in=list(results))
    rows = lines.values_list("sheet_id", "sheet__organisation_id", "code", "score", "corrected")
    found, sheets = [], set()
    for sheet_id, organisation_id, code, score, corrected in rows:
        sheets.add(sheet_id)
        line = results[organisation_id].line(code)
        now = None if line is None or line.score is None else kept(line.score)
        if line is not None and not corrected and now != score:
            found.append(
                Difference(
                    sheet_id=sheet_id,
                    code=code,
                    frozen=score,
                    current=now,
                    words=line.words[:1000],
                    found_at=clock.now(),
                )
            )
    _replace_differences(sheets, found)
    return len(found)


def _replace_differences(sheets: Iterable[int], found: list[Difference]) -> None:
    """Keep when a difference was first seen."""
    seen = {(row.sheet_id, row.code): row for row in Difference.objects.filter(sheet_id__in=list(sheets))}
    wanted = {(row.sheet_id, row.code): row for row in found}
    gone = [row.pk for key, row in seen.items() if key not in wanted]
    if gone:
        Difference.objects.filter(pk__in=gone).delete()
    changed = [
        row
        for key, row in wanted.items()
        if key not in seen or seen[key].current != row.current or seen[key].frozen != row.frozen
    ]
    for row in changed:
        if earlier := seen.get((row.sheet_id, row.code)):
            row.found_at = earlier.found_at
    Difference.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["sheet", "code"],
        update_fields=["frozen", "current", "words"],
    )


def _digest(version: SchemeVersion, result: Result) -> str:
    """What tells two calculations apart."""
    content = [
        version.pk,
        result.is_rated,
        result.vetoes,
        result.adjustments,
        [line.content() for line in result.lines],
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, default=str).encode()).hexdigest()
