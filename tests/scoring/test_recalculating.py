"""Sheets from the records: the same figures every time, kept with their rows, frozen once published."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from meetings.services import load_kinds
from notices.models import Notice
from orgs.models import Organisation, User
from scoring.models import Difference, Mark, PeerMedian, Recalculation, Scheme, Sheet, SheetPoint, Stage, Watermark
from scoring.nightly import recalculate_all
from scoring.services.placing import refresh_median
from scoring.services.queue import note_changes, with_those_above, work_off
from scoring.services.recalculating import recalculate
from scoring.services.waiting import ask_again
from tests.dashboards.owing import hold, owe, send_back
from tests.factories import SmallCollege, make_organisation, make_person
from tests.scoring.places import publish_body

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
JUNE = datetime.datetime(2026, 6, 15, 9, tzinfo=clock.SHANGHAI)
MONTHS = range(1, 6)  # ended before 15 June


@pytest.fixture(autouse=True)
def june() -> Iterator[None]:
    with clock.moved(JUNE):
        yield


@pytest.fixture
def scheme(college: SmallCollege) -> Scheme:
    """Theme days of January to May: ZB101 held all five, ZB102 three, ZB201 none."""
    load_kinds()
    for branch, held in zip(college.branches, (5, 3, 0), strict=True):
        for month in MONTHS:
            task = owe(branch, "theme_day", f"{month:02}-01", f"{month:02}-20", opened=f"{month:02}-01")
            if month <= held:
                hold(task, f"{month:02}-11")
    return publish_body(college.committee, college.office)


def sheet_of(organisation: Organisation) -> Sheet:
    return Sheet.objects.get(organisation=organisation)


def mark(scheme: Scheme, organisation: Organisation, reviewer: User, level: str = "突出", events: int = 0) -> None:
    """What reviewers find of both manual indicators, as facts."""
    where = {"scheme": scheme, "organisation": organisation, "reviewer": reviewer.person}
    Mark.objects.create(**where, code="2.1", level=level, reason="实绩明显")
    Mark.objects.create(**where, code="1.2", events={"查实的代签": events} if events else {}, reason="已查")


def figures(scheme: Scheme) -> list[Any]:
    """Everything that a calculation writes, but when."""
    sheets = Sheet.objects.filter(scheme=scheme).order_by("organisation__path")
    return [
        (one.organisation.code, one.total, one.so_far, one.base, one.band, one.digest, list(one.lines.values_list("code", "status", "score", "words", "inputs", "rows")))
        for one in sheets.select_related("organisation")
    ]  # fmt: skip


def test_a_sheet_by_hand(college: SmallCollege, scheme: Scheme) -> None:
    # 8 of 10 branch months: 40 × (0.8 − 0.5) / (1 − 0.5) = 24; one case: 30 − 5 = 25; 30 for 突出; 24 + 25 + 30 = 79
    mark(scheme, college.general_branches[0], college.office, events=1)
    assert recalculate(scheme=scheme)["sheets"] == 2
    sheet = sheet_of(college.general_branches[0])
    assert (sheet.total, sheet.base, sheet.missing, sheet.band) == (Decimal("79.00"), Decimal(79), 0, "合格")
    assert {line.code: line.score for line in sheet.lines.all()} == {"1.1": 24, "1.2": 25, "2.1": 30}
    line = sheet.lines.get(code="1.1")
    assert (line.inputs["numerator"], line.inputs["denominator"]) == ("8", "10")
    assert {(row["unit"], row["counts"]) for row in line.rows} >= {("ZB101党支部", True), ("ZB102党支部", False)}
    assert not [row for row in line.rows if "ZB201" in row["unit"]]


def test_what_nobody_has_marked_is_missing_and_no_zero(college: SmallCollege, scheme: Scheme) -> None:
    recalculate(scheme=scheme)
    sheet = sheet_of(college.general_branches[0])
    # only 1.1 is there: 24 of 40, taken to its block's 70 and to the full mark: 60
    assert (sheet.total, sheet.missing, sheet.so_far, sheet.band) == (None, 2, Decimal("60.00"), "")
    assert {line.code: line.status for line in sheet.lines.all()} == {
        "1.1": "scored", "1.2": "missing", "2.1": "missing",
    }  # fmt: skip


def test_the_same_records_give_the_same_figures(college: SmallCollege, scheme: Scheme) -> None:
    mark(scheme, college.general_branches[0], college.office)
    recalculate(scheme=scheme)
    before = figures(scheme)
    counts = recalculate(scheme=scheme)
    assert (counts["changed"], figures(scheme)) == (0, before)
    for one in Organisation.objects.filter(level="general_branch"):
        recalculate(scheme=scheme, organisation_ids=[one.pk])
    assert figures(scheme) == before


def test_a_row_says_what_it_would_add(college: SmallCollege, scheme: Scheme) -> None:
    mark(scheme, college.general_branches[0], college.office)
    recalculate(scheme=scheme)
    rows = sheet_of(college.general_branches[0]).lines.get(code="1.1").rows
    # one more of ten: 40 × 0.1 / 0.5 = 8
    assert {row["gain"] for row in rows if not row["counts"]} == {"8.0000"}
    task = college.branches[1].tasks.filter(state="active").first()
    assert task is not None
    hold_now(task)
    recalculate(scheme=scheme)
    assert sheet_of(college.general_branches[0]).lines.get(code="1.1").score == 24 + 8


def test_a_returned_record_counts_no_more(college: SmallCollege, scheme: Scheme) -> None:
    recalculate(scheme=scheme)
    task = college.branches[0].tasks.order_by("due_on").first()
    assert task is not None
    send_back(task, "06-14")
    recalculate(scheme=scheme)
    assert sheet_of(college.general_branches[0]).lines.get(code="1.1").inputs["numerator"] == "7"


def test_published_figures_stand_and_the_difference_is_told_once(college: SmallCollege, scheme: Scheme) -> None:
    mark(scheme, college.general_branches[0], college.office)
    recalculate(scheme=scheme)
    before = figures(scheme)
    Scheme.objects.update(stage=Stage.PUBLISHED)
    scheme.refresh_from_db()
    task = college.branches[0].tasks.order_by("due_on").first()
    assert task is not None
    send_back(task, "06-14")
    for _time in range(2):
        assert recalculate(scheme=scheme)["differences"] == 1
    assert figures(scheme) == before
    found = Difference.objects.get()
    assert (found.code, found.frozen, found.current) == ("1.1", 24, 16)
    hold(task, "01-11", entered="06-15")
    assert recalculate(scheme=scheme)["differences"] == 0
    assert not Difference.objects.exists()


def test_bands_keep_their_quota_and_say_so(college: SmallCollege, scheme: Scheme) -> None:
    for one in college.general_branches:
        mark(scheme, one, college.office)
    for branch in college.branches[1:]:
        for task in branch.tasks.filter(state="active"):
            hold(task, task.due_on.strftime("%m-%d"))
    recalculate(scheme=scheme)
    # two units × 30 % = 0 places
    assert {(one.total, one.band, one.limited_by_quota) for one in Sheet.objects.all()} == {
        (Decimal("100.00"), "良好", True)
    }
    assert "因名额限制" in sheet_of(college.general_branches[0]).band_words


def test_the_month_is_kept_and_the_middle_is_known(college: SmallCollege, scheme: Scheme) -> None:
    recalculate(scheme=scheme, as_of=datetime.date(2026, 5, 31))
    recalculate(scheme=scheme)
    refresh_median(scheme=scheme)
    months = SheetPoint.objects.filter(sheet=sheet_of(college.general_branches[0])).values_list("month", "total")
    assert list(months) == [
        (datetime.date(2026, 5, 1), Decimal("60.00")), (datetime.date(2026, 6, 1), Decimal("60.00")),
    ]  # fmt: skip
    median = PeerMedian.objects.get()
    # 60 and 0
    assert (median.sheets, median.total, Decimal(median.lines["1.1"])) == (2, Decimal("30.00"), Decimal(12))


def test_the_night_calculates_and_tells_once_a_month(college: SmallCollege, scheme: Scheme) -> None:
    counts = recalculate_all(clock.today())
    assert (counts["schemes"], counts["sheets"], counts["told"]) == (1, 2, 1)
    notice = Notice.objects.get()
    assert notice.person == college.general_secretary.person
    assert (notice.title, notice.detail) == ("测试考核2026：按今天的记录60.00分", "差在：1.1 主题党日 -16.00")
    assert recalculate_all(clock.today())["told"] == 0


def test_a_change_is_worked_off_after_a_quiet_minute(college: SmallCollege, scheme: Scheme) -> None:
    recalculate(scheme=scheme)
    with clock.moved(JUNE + datetime.timedelta(minutes=8)):
        assert note_changes() == 0  # from now on
    with clock.moved(JUNE + datetime.timedelta(minutes=10)):
        task = college.branches[1].tasks.filter(state="active").first()
        assert task is not None
        hold_now(task)
        assert note_changes() == 3  # the branch and what is above it
        assert work_off()["organisations"] == 0  # not quiet yet
    with clock.moved(JUNE + datetime.timedelta(minutes=12)):
        assert work_off()["sheets"] == 1
        assert not Recalculation.objects.exists()
    assert sheet_of(college.general_branches[0]).lines.get(code="1.1").inputs["numerator"] == "9"


def hold_now(task: Any) -> None:
    """Proof for a Task at the moved hour."""
    from tasks.services import Offer, offer_evidence

    offer = Offer(task.kind, organisation_id=task.organisation_id, period_code=task.period_code)
    offer_evidence(
        record="section:1", occurred_on=task.due_on, offers=[offer], url="/meetings/1/", label="会议记录", actor=None
    )


def test_asked_again_meanwhile_stays_waiting(college: SmallCollege, scheme: Scheme) -> None:
    Watermark.objects.create(read_until=JUNE)
    ask_again([college.general_branches[0].pk])
    row = Recalculation.objects.get()
    Recalculation.objects.filter(pk=row.pk).update(claim="somebody", claimed_at=clock.now())
    with clock.moved(JUNE + datetime.timedelta(minutes=5)):
        assert work_off()["organisations"] == 0  # somebody is at it
    with clock.moved(JUNE + datetime.timedelta(minutes=11)):
        assert work_off()["organisations"] == 1  # who claimed it is gone
    assert not Recalculation.objects.exists()


def test_those_above_are_asked_too(college: SmallCollege) -> None:
    assert with_those_above([college.branches[0].pk]) == {
        college.branches[0].pk, college.general_branches[0].pk, college.committee.pk,
    }  # fmt: skip


def test_queries_do_not_grow_with_the_organisations(college: SmallCollege, scheme: Scheme) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            recalculate(scheme=scheme)
        return len(captured)

    cost()
    before = cost()
    for number in range(3, 6):
        above = make_organisation(f"ZZ{number}", college.committee)
        branch = make_organisation(f"ZB{number}01", above)
        make_person(branch)
        owe(branch, "theme_day", "03-01", "03-20")
    cost()
    assert cost() == before


def test_the_command_prints_what_can_be_defended(college: SmallCollege, scheme: Scheme) -> None:
    mark(scheme, college.general_branches[0], college.office)
    out = StringIO()
    call_command("score", "--year", "2026", "--json", stdout=out)
    printed = json.loads(out.getvalue())
    (found,) = printed["schemes"]
    first = found["sheets"][0]
    assert (first["organisation"], first["total"], first["so_far"]) == ("ZZ1", "84.00", "84.00")
    assert first["lines"][0]["words"].startswith("8/10=0.8")
    assert (first["adjustments"], first["vetoed"], first["rated"]) == ([], False, True)
    again = StringIO()
    call_command("score", "--year", "2026", "--json", stdout=again)
    assert json.loads(again.getvalue()) == printed


@pytest.mark.parametrize("year", ["1999", "2101", "abc"])
def test_the_command_refuses_odd_years(year: str) -> None:
    with pytest.raises(CommandError):
        call_command("score", "--year", year)


def test_the_command_needs_a_scheme(db: None) -> None:
    with pytest.raises(CommandError, match="no published scheme"):
        call_command("score", "--year", "2026")
