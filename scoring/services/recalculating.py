"""Calculating sheets from the records: the same records give the same figures, to the last digit.

Organisations are done in portions, each in a transaction of its own, so a run that was stopped is simply run again.
How many queries a portion takes does not depend on how many organisations are in it.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from common import clock, periods
from common.measures import Figure, Question
from orgs.models import Level, Organisation
from scoring import definitions
from scoring.calculating import Result, result_of
from scoring.facts import entered_about
from scoring.frequencies import Span
from scoring.models import Scheme, SchemeVersion, Sheet
from scoring.registry import measures
from scoring.services.placing import award_places
from scoring.services.storing import store_results

if TYPE_CHECKING:
    from scoring.definitions import Definition

# A general branch's figures are those of its branches: fewer of them make a portion of the same size.
PORTION = {Level.COMMITTEE: 20, Level.GENERAL_BRANCH: 50, Level.BRANCH: 200}


def recalculate(
    *,
    scheme: Scheme,
    organisation_ids: Iterable[int] | None = None,
    as_of: datetime.date | None = None,
    place: bool = True,
) -> dict[str, int]:
    """Calculate the sheets of ``scheme`` (of all its organisations, or of those among ``organisation_ids``).

    ``as_of`` defaults to today, and is never after the scheme's year. Returns counts: sheets, changed, differences.
    Side effects: writes ``Sheet``, ``SheetLine``, ``SheetPoint``; of a frozen scheme only ``Difference``. Bands are
    awarded anew, unless ``place`` says that the caller does it. A scheme without a version in force gives nothing.
    """
    counts: Counter[str] = Counter(sheets=0, changed=0, differences=0)
    version = SchemeVersion.objects.filter(scheme=scheme, state=SchemeVersion.State.PUBLISHED).first()
    if version is None:
        return dict(counts)
    definition = definitions.read(version.body)
    day = min(as_of or clock.today(), datetime.date(scheme.year, 12, 31))
    for portion in _portions(_assessed(scheme, day, organisation_ids), PORTION[Level(scheme.applies_to)]):
        read_at = clock.now()
        results = calculate(scheme, definition, portion, day)
        counts.update(_store(scheme, version, definition, results, day, read_at))
    if organisation_ids is None and not scheme.is_frozen:
        _leave_out_dissolved(scheme, day)
    if place and not scheme.is_frozen:
        counts["placed"] = award_places(scheme=scheme, definition=definition)
    return dict(counts)


def _leave_out_dissolved(scheme: Scheme, day: datetime.date) -> None:
    """An organisation that is gone is not rated: its last sheet takes no place of a quota and blocks no publication."""
    gone = Sheet.objects.filter(scheme=scheme, organisation__dissolved_on__lte=day, is_rated=True)
    gone.filter(frozen_at=None).update(is_rated=False)


@transaction.atomic
def _store(
    scheme: Scheme, version: SchemeVersion, definition: Definition, results: Mapping[int, Result],
    day: datetime.date, read_at: datetime.datetime,
) -> dict[str, int]:  # fmt: skip
    """Under a lock on the scheme: publishing it waits for this portion, or this portion finds it frozen."""
    held = Scheme.objects.select_for_update(of=("self",)).get(pk=scheme.pk)
    return store_results(scheme=held, version=version, definition=definition, results=results, day=day, read_at=read_at)


def calculate(
    scheme: Scheme, definition: Definition, organisations: Sequence[Organisation], as_of: datetime.date
) -> dict[int, Result]:
    """The results by organisation id; nothing is written. Asks every measure once for all of them."""
    question = Question(organisations, definition.year, as_of)
    figures = figures_of(scheme, definition, question)
    entered = entered_about(scheme, (one.pk for one in organisations))
    span = Span(question.start, question.end, question.as_of)
    return {
        one.pk: result_of(
            definition,
            {code: found.get(one.pk) for code, found in figures.items()},
            entered[one.pk],
            span,
            is_rated=is_rated(one, definition, as_of),
        )
        for one in organisations
    }


def figures_of(scheme: Scheme, definition: Definition, question: Question) -> dict[str, Mapping[int, Figure]]:
    """What the measures found, by code of the indicator, then organisation id."""
    known = measures()
    return {
        indicator.code: known[indicator.measure].ask(
            question, {**indicator.params, "subject_key": f"{scheme.code}:{indicator.code}"}
        )
        for indicator in definition.indicators()
        if indicator.measure and indicator.exempt is None
    }


def is_rated(organisation: Organisation, definition: Definition, day: datetime.date) -> bool:
    """Whether an organisation is old enough to be rated (``min_age_months`` of the scheme)."""
    if not definition.min_age_months or organisation.founded_on is None:
        return True
    return periods.add_months(organisation.founded_on, definition.min_age_months) <= day


def _assessed(scheme: Scheme, day: datetime.date, organisation_ids: Iterable[int] | None) -> Iterator[Organisation]:
    found = (
        Organisation.objects.under(scheme.organisation)
        .filter(level=scheme.applies_to)
        .open_on(day)
        .select_related("college")
    )
    if organisation_ids is not None:
        found = found.filter(pk__in=list(organisation_ids))
    return iter(found.order_by("path"))


def _portions(organisations: Iterator[Organisation], size: int) -> Iterator[list[Organisation]]:
    portion: list[Organisation] = []
    for organisation in organisations:
        portion.append(organisation)
        if len(portion) == size:
            yield portion
            portion = []
    if portion:
        yield portion
