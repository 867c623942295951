"""Objections: who files them until when, who answers, corrections with their trace, marks given again, two at once."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from notices.models import Notice
from notices.services import still_true
from orgs.models import User
from scoring.marking_rules import Finding
from scoring.models import Correction, Mark, Objection, ReviewerSeat, Sheet, SheetLine, Stage
from scoring.selectors.objections import late_days
from scoring.services.corrections import apply_correction
from scoring.services.objections import answer_objection, file_objection, mark_again, withdraw_objection
from tests.factories import SmallCollege, make_officer
from tests.scoring.making import published, second_officer
from tests.scoring.rules_making import at_stage

D = Decimal
ROWS = (("60", "20", "5.5"), ("60", "30", "10"), ("30.5", "30", "10"))
IN_WINDOW = datetime.date(2027, 1, 13)


@pytest.fixture
def sheet(college: SmallCollege) -> Sheet:
    """The published sheet of ZB101: 85.5."""
    published(college, *ROWS)
    return Sheet.objects.select_related("scheme__organisation", "organisation", "version").get(
        organisation=college.branches[0]
    )


def file(college: SmallCollege, sheet: Sheet, day: datetime.date = IN_WINDOW, **values: Any) -> Objection:
    facts: dict[str, Any] = {"actor": college.branch_secretary, "code": "B1", "asked": D(30), "reason": "台账齐全"}
    with clock.moved(day):
        return file_objection(sheet=sheet, **facts | values)


def answer(actor: User, objection: Objection, outcome: str, **values: Any) -> Objection:
    day = values.pop("day", IN_WINDOW)
    facts = {"answer": "已核对台账"} | ({"new": D(30)} if outcome == "corrected" else {})
    with clock.moved(day):
        return answer_objection(actor=actor, objection=objection, outcome=outcome, **facts | values)


def fresh(sheet: Sheet) -> Sheet:
    return Sheet.objects.get(pk=sheet.pk)


# --- filing


def test_an_objection_keeps_what_was_asked_and_tells_the_office(college: SmallCollege, sheet: Sheet) -> None:
    found = file(college, sheet, evidence="台账2026-11")
    assert (found.current, found.asked, found.state, found.filed_on) == (D(20), D(30), "filed", IN_WINDOW)
    # 10 working days after Wednesday 13 January 2027, of a year whose holidays are not published: Monday to Friday.
    assert found.answer_by == datetime.date(2027, 1, 27)
    told = Notice.objects.filter(subject=f"scoring_objection:{found.pk}")
    assert {one.person for one in told} == {college.office.person, college.committee_secretary.person}
    assert still_true(told) == {one.pk for one in told}
    answer(college.office, found, "upheld")
    waiting = told.filter(kind="to_review")
    assert len(waiting) == 2 and still_true(waiting) == set()


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (datetime.date(2027, 1, 11), True),
        (datetime.date(2027, 1, 18), True),
        (datetime.date(2027, 1, 19), False),
    ],
)
def test_the_window_at_its_edges(college: SmallCollege, sheet: Sheet, day: datetime.date, is_open: bool) -> None:
    if is_open:
        assert file(college, sheet, day).filed_on == day
    else:
        with pytest.raises(Conflict, match="已经过了"):
            file(college, sheet, day)


@pytest.mark.parametrize("stage", [stage for stage in Stage.values if stage != Stage.PUBLISHED])
def test_only_while_published(college: SmallCollege, sheet: Sheet, stage: str) -> None:
    sheet.scheme = at_stage(sheet.scheme, stage)
    with pytest.raises(Conflict):
        file(college, sheet)


@pytest.mark.parametrize("role", ["office", "general_secretary", "commissioner", "member", "outsider"])
def test_only_the_secretary_of_the_unit_files(college: SmallCollege, sheet: Sheet, role: str) -> None:
    with pytest.raises(NotAllowed):
        file(college, sheet, actor=getattr(college, role))
    assert not Objection.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"asked": D("30.01")}, "asked"),
        ({"asked": D("-1")}, "asked"),
        ({"asked": D("29.999")}, "asked"),
        ({"asked": D(20)}, "asked"),  # what it has
        ({"asked": D("NaN")}, "asked"),
        ({"code": "Z9"}, "code"),
        ({"reason": " "}, "reason"),
        ({"evidence": "字" * 501}, "evidence"),
    ],
)
def test_what_is_refused_by_field(college: SmallCollege, sheet: Sheet, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        file(college, sheet, **values)
    assert list(refused.value.errors) == [field]
    assert not Objection.objects.exists()


def test_sent_twice_it_is_one_and_another_to_the_same_indicator_is_refused(college: SmallCollege, sheet: Sheet) -> None:
    first = file(college, sheet)
    assert file(college, sheet).pk == first.pk
    with pytest.raises(Conflict):
        file(college, sheet, asked=D(25))
    assert file(college, sheet, code="B2", asked=D(7)).pk != first.pk
    with clock.moved(IN_WINDOW):
        withdraw_objection(actor=college.branch_secretary, objection=first)
    assert file(college, sheet, asked=D(25)).asked == D(25)


def test_an_answered_one_is_not_filed_again_nor_withdrawn(college: SmallCollege, sheet: Sheet) -> None:
    first = file(college, sheet)
    with pytest.raises(NotAllowed):
        withdraw_objection(actor=college.commissioner, objection=first)
    answer(college.office, first, "upheld")
    with pytest.raises(Conflict):
        file(college, sheet)
    with pytest.raises(Conflict):
        withdraw_objection(actor=college.branch_secretary, objection=Objection.objects.get(pk=first.pk))


# --- answering


def test_upheld_changes_nothing_and_tells_the_secretary(college: SmallCollege, sheet: Sheet) -> None:
    done = answer(college.office, file(college, sheet), "upheld")
    assert (done.state, done.reviewer, done.answered_on) == ("upheld", college.office.person, IN_WINDOW)
    assert (fresh(sheet).total, Correction.objects.count()) == (D("85.50"), 0)
    told = Notice.objects.get(subject=f"scoring_objection:{done.pk}", kind="info")
    assert told.person == college.branch_secretary.person and "维持原得分" in told.title


def test_a_correction_replaces_one_line_and_leaves_its_trace(college: SmallCollege, sheet: Sheet) -> None:
    before = {one.code: (one.score, one.words) for one in SheetLine.objects.filter(sheet=sheet)}
    done = answer(college.office, file(college, sheet), "corrected", new=D("27.50"))
    after = fresh(sheet)
    # 60 + 27.5 + 5.5; the frozen state stays readable.
    assert (after.total, after.base, after.published_total) == (D("93.00"), D(93), D("85.50"))
    # ZB102 has the one place of 五星 with 100.
    assert (after.band, after.limited_by_quota) == ("四星", True)
    lines = {one.code: one for one in SheetLine.objects.filter(sheet=sheet)}
    assert {code: (one.score, one.words) for code, one in lines.items() if code != "B1"} == {
        code: row for code, row in before.items() if code != "B1"
    }
    assert lines["B1"].corrected and lines["B1"].score == D("27.5")
    assert lines["B1"].words == "经复核更正为27.50（原20.00：B1按评定）。理由：已核对台账"
    correction = Correction.objects.get()
    assert (correction.old, correction.new, correction.objection) == (D(20), D("27.50"), done)
    page = Client()
    page.force_login(college.member, "orgs.backends.AccountBackend")
    shown = page.get(reverse("scoring:publication_unit", args=[sheet.pk])).content.decode()
    assert "申诉复核更正：20.00 → 27.50（组织部干事）" in shown and "得分由85.50更正为93.00" in shown


def test_bonus_and_penalty_stay_as_frozen_and_the_total_keeps_its_bounds(college: SmallCollege, sheet: Sheet) -> None:
    Sheet.objects.filter(pk=sheet.pk).update(bonus=D(3), penalty=D(-5))
    answer(college.office, file(college, sheet), "corrected")
    assert fresh(sheet).total == D("93.50")  # 95.5 + 3 − 5
    Sheet.objects.filter(organisation=college.branches[2]).update(bonus=D(3))
    other = Sheet.objects.select_related("scheme__organisation", "organisation", "version").get(
        organisation=college.branches[2]
    )
    up = file(college, other, actor=college.outsider, code="A1", asked=D(60))
    answer(college.office, up, "corrected", new=D(60))
    assert fresh(other).total == D("103.00")  # 100 + 3, the bonus' cap


def test_a_line_that_did_not_apply_takes_its_points_back_from_its_block(college: SmallCollege, sheet: Sheet) -> None:
    SheetLine.objects.filter(sheet=sheet, code="B2").update(status="not_applicable", score=None)
    objection = file(college, sheet, code="B2", asked=D(10))
    assert objection.current is None
    answer(college.office, objection, "corrected", new=D(10))
    factors = dict(SheetLine.objects.filter(sheet=sheet).values_list("code", "factor"))
    assert (fresh(sheet).total, factors) == (D("90.00"), {"A1": D(1), "B1": D(1), "B2": D(1)})
    assert Correction.objects.get().old is None


@pytest.mark.parametrize("new", [None, D("30.01"), D("-0.01"), D("1.005")])
def test_a_correction_keeps_within_the_points(college: SmallCollege, sheet: Sheet, new: Decimal | None) -> None:
    objection = file(college, sheet)
    with pytest.raises(InvalidInput) as refused:
        answer(college.office, objection, "corrected", new=new)
    assert list(refused.value.errors) == ["new"]
    assert Objection.objects.get().state == "filed" and not Correction.objects.exists()
    assert fresh(sheet).total == D("85.50")


@pytest.mark.parametrize("role", ["general_secretary", "branch_secretary", "commissioner", "member", "outsider"])
def test_only_who_leads_the_scheme_answers(college: SmallCollege, sheet: Sheet, role: str) -> None:
    objection = file(college, sheet)
    with pytest.raises(NotAllowed):
        answer(getattr(college, role), objection, "upheld")
    with pytest.raises(NotAllowed):
        apply_correction(actor=getattr(college, role), objection=objection, new=D(1), reason="改")


def test_who_marked_or_holds_an_office_in_the_unit_does_not_answer(college: SmallCollege, sheet: Sheet) -> None:
    scheme, unit = sheet.scheme, college.branches[0]
    mark = Mark.objects.create(
        scheme=scheme, organisation=unit, code="B1", reason="查", reviewer=college.office.person, checked={}
    )
    seated, officer = second_officer(college), second_officer(college, "组织部三")
    ReviewerSeat.objects.create(scheme=scheme, code="B1", person=seated.person)
    make_officer(unit, "member", person=officer.person)
    officer = User.objects.select_related("person__organisation").get(pk=officer.pk)
    objection = file(college, sheet)
    for actor in (college.office, seated):
        with pytest.raises(NotAllowed, match="评分人"):
            answer(actor, objection, "upheld")
    with pytest.raises(NotAllowed, match="任职"):
        answer(officer, objection, "upheld")
    # Marked by somebody else in the meantime, who marked first is still recused.
    mark.reviewer = seated.person
    mark.save()
    with pytest.raises(NotAllowed):
        answer(college.office, objection, "upheld")
    # Of another indicator they may answer.
    assert answer(college.office, file(college, sheet, code="B2", asked=D(9)), "upheld").state == "upheld"
    assert answer(college.committee_secretary, objection, "upheld").state == "upheld"


def test_the_same_answer_twice_is_one_and_another_is_told(college: SmallCollege, sheet: Sheet) -> None:
    objection = file(college, sheet)
    answer(college.office, objection, "corrected")
    assert answer(college.office, objection, "corrected").state == "corrected"
    assert Correction.objects.count() == 1
    with pytest.raises(Conflict, match="更正"):
        answer(college.committee_secretary, objection, "upheld")


def test_lateness_is_said(college: SmallCollege, sheet: Sheet) -> None:
    objection = file(college, sheet)  # due on 27 January
    with clock.moved(datetime.date(2027, 1, 27)):
        assert late_days(objection) == 0
    with clock.moved(datetime.date(2027, 1, 29)):
        assert late_days(objection) == 2
        client = Client()
        client.force_login(college.office, "orgs.backends.AccountBackend")
        page = client.get(reverse("scoring:objection_detail", args=[objection.pk])).content.decode()
        assert "答复逾期2天" in page
    done = answer(college.office, objection, "upheld", day=datetime.date(2027, 1, 28))
    with clock.moved(datetime.date(2027, 3, 1)):
        assert late_days(done) == 1


# --- returned to be marked again


def returned(college: SmallCollege, sheet: Sheet) -> tuple[Objection, User]:
    """An objection to the checklist, returned; and who has the seat."""
    marker = college.general_secretary
    where = {"scheme": sheet.scheme, "code": "B1"}
    ReviewerSeat.objects.create(**where, person=marker.person)
    Mark.objects.create(
        **where,
        organisation=sheet.organisation,
        reason="缺台账",
        reviewer=marker.person,
        checked={"a": True, "b": False},
    )
    return answer(college.office, file(college, sheet), "returned"), marker


def test_returned_marked_again_then_corrected(college: SmallCollege, sheet: Sheet) -> None:
    objection, marker = returned(college, sheet)
    asked = Notice.objects.get(person=marker.person, kind="returned")
    assert still_true([asked]) == {asked.pk}
    with pytest.raises(Conflict, match="重评"):
        answer(college.office, objection, "corrected", answer="先改")
    with clock.moved(IN_WINDOW):
        done = mark_again(
            actor=marker, objection=objection, finding=Finding(checked={"a": True, "b": True}), reason="补看了台账"
        )
    assert done.remark == "完成2/2条，缺：无，得30.00" and done.remarked_by == marker.person
    assert still_true([asked]) == set()
    # The mark alone changes nothing that is published.
    assert fresh(sheet).total == D("85.50")
    with clock.moved(IN_WINDOW), pytest.raises(Conflict):
        mark_again(actor=marker, objection=objection, finding=Finding(checked={"a": True, "b": True}), reason="再来")
    with pytest.raises(InvalidInput):
        answer(college.office, objection, "returned", answer="再退一次")
    client = Client()
    client.force_login(college.office, "orgs.backends.AccountBackend")
    with clock.moved(IN_WINDOW):
        page = client.get(reverse("scoring:objection_answer", args=[objection.pk])).content.decode()
    assert "按重评的结果为30.00分" in page and 'value="returned"' not in page
    answer(college.office, objection, "corrected", answer="按重评更正")
    assert fresh(sheet).total == D("95.50")


def test_only_who_has_the_seat_marks_again(college: SmallCollege, sheet: Sheet) -> None:
    objection, marker = returned(college, sheet)
    finding = Finding(checked={"a": True, "b": True})
    for actor in (college.office, college.branch_secretary, college.member):
        with clock.moved(IN_WINDOW), pytest.raises(NotAllowed):
            mark_again(actor=actor, objection=objection, finding=finding, reason="改")
    with clock.moved(IN_WINDOW), pytest.raises(InvalidInput):
        mark_again(actor=marker, objection=objection, finding=Finding(checked={"a": True}), reason="只看一条")
    assert Objection.objects.get().remarked_on is None


def test_the_page_of_marking_again(college: SmallCollege, sheet: Sheet) -> None:
    objection, marker = returned(college, sheet)
    url = reverse("scoring:objection_remark", args=[objection.pk])
    client = Client()
    client.force_login(college.branch_secretary, "orgs.backends.AccountBackend")
    assert client.get(url).status_code == 404
    client.force_login(marker, "orgs.backends.AccountBackend")
    with clock.moved(IN_WINDOW):
        assert client.post(url, {"item0": "yes", "item1": "", "reason": "缺一条"}).status_code == 400
        assert client.post(url, {"item0": "yes", "item1": "yes", "reason": "补看了"}).status_code == 302
        assert client.get(url).status_code == 409


# --- pages


def test_the_form_keeps_its_input(college: SmallCollege, sheet: Sheet) -> None:
    client = Client()
    client.force_login(college.branch_secretary, "orgs.backends.AccountBackend")
    url = reverse("scoring:objection_new", args=[sheet.pk])
    with clock.moved(IN_WINDOW):
        refused = client.post(url, {"code": "B1", "asked": "31", "reason": "台账其实是齐全的"})
        assert refused.status_code == 400
        page = refused.content.decode()
        assert "台账其实是齐全的" in page and "请填写0到30之间的得分" in page
        assert client.post(url, {"code": "B1", "asked": "30", "reason": "台账其实是齐全的"}).status_code == 302
        again = client.post(url, {"code": "B1", "asked": "29", "reason": "换个说法"})
        assert again.status_code == 409 and "换个说法" in again.content.decode()
    with clock.moved(datetime.date(2027, 1, 19)):
        assert client.get(url).status_code == 409


def test_a_neighbour_does_not_see_it(college: SmallCollege, sheet: Sheet) -> None:
    objection = file(college, sheet)
    client = Client()
    client.force_login(college.outsider, "orgs.backends.AccountBackend")
    assert client.get(reverse("scoring:objection_detail", args=[objection.pk])).status_code == 404
    listed = client.get(reverse("scoring:objection_list", args=[sheet.scheme_id])).content.decode()
    assert "ZB101" not in listed
