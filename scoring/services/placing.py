"""Bands for all sheets of a scheme, and the middle that they are compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Sum

from common import clock
from common.bulk import update_rows
from scoring.bands import Entry, Graded, award_bands, conditions
from scoring.contested import PENALTY
from scoring.models import Correction, PeerMedian, PenaltyEntry, Scheme, Sheet, SheetLine, TieVote
from scoring.totals import rounded

if TYPE_CHECKING:
    from scoring.definitions import Definition, Indicator

# What bands and tie rules call by name, and the measure whose rate it is.
RATES = {"会议合规率": "meetings.sound_meetings", "整改销号率": "inspections.closed_in_time"}
DEBRIEF, SURVEY = "述职评议分", "ballots.survey"
CASES = "类扣分"


@transaction.atomic
def award_places(*, scheme: Scheme, definition: Definition) -> int:
    """Award the bands of all rated sheets of ``scheme``; returns how many sheets got another band or other words.

    Sheets that are not rated, and those without a total, have none. Side effects: ``Sheet`` rows. Seven queries at most.
    """
    Scheme.objects.select_for_update(of=("self",)).get(pk=scheme.pk)
    sheets = list(Sheet.objects.filter(scheme=scheme).select_related("organisation").order_by("organisation__path"))
    graded = graded_of(scheme, definition, sheets)
    changed = []
    for sheet in sheets:
        found = graded.get(sheet.pk)
        band, limited, words = (found.band, found.limited_by_quota, found.words[:300]) if found else ("", False, "")
        if (sheet.band, sheet.limited_by_quota, sheet.band_words) != (band, limited, words):
            changed.append((sheet.pk, band, limited, words))
    update_rows(Sheet, ("band", "limited_by_quota", "band_words"), changed)
    return len(changed)


def graded_of(scheme: Scheme, definition: Definition, sheets: Iterable[Sheet]) -> dict[int | str, Graded]:
    """The band of every rated sheet by its id, the committee's votes on ties taken in; three queries."""
    facts = _facts(scheme, definition)
    votes = {one.organisation_id: one for one in TieVote.objects.filter(scheme=scheme)}
    entries = [_entry(one, definition, facts[one.pk], votes.get(one.organisation_id)) for one in sheets if one.is_rated]
    return award_bands(entries, definition.bands)


def _entry(sheet: Sheet, definition: Definition, facts: Mapping[str, Decimal], vote: TieVote | None) -> Entry:
    """``vote`` holds for the total that the committee saw; for any other it is void."""
    return Entry(
        key=sheet.pk,
        name=sheet.organisation.name,
        total=sheet.total,
        tie_values=tuple(_tie_value(rule, facts) for rule in definition.tie_break),
        vote=(vote.number, vote.place) if vote is not None and vote.total == sheet.total else None,
        vetoed=sheet.is_vetoed,
        facts=facts,
    )


def _tie_value(rule: str, facts: Mapping[str, Decimal]) -> Decimal | None:
    """The figure that a tie rule goes by (会议合规率高者先); the committee's vote has none here."""
    return next((value for name, value in facts.items() if rule.startswith(name)), None)


def _facts(scheme: Scheme, definition: Definition) -> dict[int, dict[str, Decimal]]:
    """Rates, debrief scores and cases of penalty, by sheet id. Two queries."""
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    named = {indicator.code: name for name, indicator in _named(definition)}
    lines = SheetLine.objects.filter(sheet__scheme=scheme, code__in=list(named))
    for sheet_id, code, inputs in lines.values_list("sheet_id", "code", "inputs"):
        if (value := _value(inputs)) is not None:
            found[sheet_id][named[code]] = value
    kinds = [name.removesuffix(CASES) for name in conditions(definition.bands) if name.endswith(CASES)]
    if kinds:
        cleared = Correction.objects.filter(scheme=scheme, code=PENALTY, new=0).values("organisation")
        entries = PenaltyEntry.objects.filter(scheme=scheme, is_withdrawn=False).exclude(organisation__in=cleared)
        cases = entries.values_list("organisation", "code")
        counted = list(cases.annotate(times=Sum("times")).order_by())
        for sheet_id, organisation_id in Sheet.objects.filter(scheme=scheme).values_list("pk", "organisation_id"):
            for kind in kinds:
                times = sum(n for pk, code, n in counted if pk == organisation_id and code.startswith(kind))
                found[sheet_id][f"{kind}{CASES}"] = Decimal(times)
    return found


def _named(definition: Definition) -> list[tuple[str, Indicator]]:
    by_measure = {one.measure: one for one in definition.indicators() if one.measure}
    found = [(name, by_measure[code]) for name, code in RATES.items() if code in by_measure]
    debriefs = [one for one in definition.indicators() if one.measure == SURVEY and "述职" in one.name]
    return found + [(DEBRIEF, one) for one in debriefs[:1]]


def _value(inputs: Mapping[str, Any]) -> Decimal | None:
    if "mean" in inputs:
        return Decimal(inputs["mean"])
    if "numerator" in inputs and Decimal(inputs.get("denominator", "0")) > 0:
        return Decimal(inputs["numerator"]) / Decimal(inputs["denominator"])
    return None


def refresh_median(*, scheme: Scheme) -> PeerMedian:
    """Compute the middle of all rated sheets of ``scheme`` anew: totals (so far), and every indicator's scores."""
    sheets = Sheet.objects.filter(scheme=scheme, is_rated=True, so_far__isnull=False)
    totals = [found for found in sheets.values_list("so_far", flat=True) if found is not None]
    scores: dict[str, list[Decimal]] = defaultdict(list)
    lines = SheetLine.objects.filter(sheet__scheme=scheme, sheet__is_rated=True, score__isnull=False)
    for code, score in lines.values_list("code", "score").iterator(chunk_size=5000):
        scores[code].append(score or Decimal(0))
    found, _created = PeerMedian.objects.update_or_create(
        scheme=scheme,
        defaults={
            "sheets": len(totals),
            "total": rounded(Fraction(median(totals))) if totals else None,
            "lines": {code: str(median(values)) for code, values in sorted(scores.items())},
            "computed_at": clock.now(),
        },
    )
    return found
