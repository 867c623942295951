"""Two calculations beside each other: what was read later stands, whoever is done first."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from common import clock
from orgs.models import Organisation
from scoring import definitions
from scoring.calculating import Result
from scoring.models import Mark, Scheme, Sheet, Stage
from scoring.services.recalculating import calculate, recalculate
from scoring.services.storing import store_results
from tests.factories import SmallCollege
from tests.scoring.making import mark_all, scheme_at

pytestmark = pytest.mark.django_db
DAY = datetime.datetime(2026, 12, 31, 12, tzinfo=clock.SHANGHAI)
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def scheme(college: SmallCollege) -> Scheme:
    made = scheme_at(college, Stage.REVIEW)
    mark_all(made, college.branches[0])
    return made


def store(scheme: Scheme, unit: Organisation, found: Result, read_at: datetime.datetime) -> None:
    version = scheme.versions.get()
    store_results(
        scheme=scheme, version=version, definition=definitions.read(version.body), results={unit.pk: found},
        day=DAY.date(), read_at=read_at,
    )  # fmt: skip


def test_a_slow_calculation_does_not_put_back_what_a_quick_one_has_written(
    college: SmallCollege, scheme: Scheme
) -> None:
    unit, definition = college.branches[0], definitions.read(scheme.versions.get().body)
    slow = calculate(scheme, definition, [unit], DAY.date())[unit.pk]  # read at noon: 60 + 30 + 10
    Mark.objects.filter(organisation=unit, code="A1").update(level="一般")
    with clock.moved(DAY + MINUTE):
        recalculate(scheme=scheme, organisation_ids=[unit.pk])  # 30.5 + 30 + 10
    with clock.moved(DAY + 2 * MINUTE):
        store(scheme, unit, slow, DAY)
    sheet = Sheet.objects.get(organisation=unit)
    assert (sheet.total, sheet.computed_at) == (Decimal("70.5"), DAY + MINUTE)
    assert sheet.lines.get(code="A1").score == Decimal("30.5")
    assert sheet.points.get().total == Decimal("70.5")


def test_a_clock_that_was_set_back_keeps_no_sheet_from_being_calculated(college: SmallCollege, scheme: Scheme) -> None:
    unit = college.branches[0]
    with clock.moved(DAY):
        recalculate(scheme=scheme, organisation_ids=[unit.pk])
    Mark.objects.filter(organisation=unit, code="A1").update(level="一般")
    with clock.moved(DAY - 30 * MINUTE):
        recalculate(scheme=scheme, organisation_ids=[unit.pk])
    assert Sheet.objects.get(organisation=unit).total == Decimal("70.5")
