"""The reviewer's screen and the pages of bonus, penalty, veto and exemption."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring.marking_rules import state_of
from scoring.models import BonusClaim, Mark, PenaltyEntry, Scheme, Stage, UnitExemption, VetoEntry
from tests.access.world import PNG
from tests.factories import SmallCollege
from tests.scoring.rules_making import CHECKLIST, DEDUCT, RUBRIC, at_stage, in_force, seat
from tests.scoring.test_marking_entries import meeting
from tests.scoring.test_schemes_pages import browser, page, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme(college: SmallCollege) -> Scheme:
    """In force; the branch's secretary marks everything but the own branch."""
    made = in_force(college)
    for code in (RUBRIC, CHECKLIST, DEDUCT):
        seat(college, made, college.branch_secretary, code)
    return made


def row(code: str, **values: Any) -> dict[str, Any]:
    return {f"{code}-{name}": value for name, value in values.items()}


def test_the_recused_unit_is_shown_with_the_reason_and_cannot_be_marked(college: SmallCollege, scheme: Scheme) -> None:
    client = browser(college.branch_secretary)
    text = page(client, "marking_page", scheme.pk, RUBRIC)
    assert "您在这个组织任职，按回避规定由其他评分人评" in text
    assert 'name="ZB101-reason"' not in text
    assert 'name="ZB102-reason"' in text
    sent = row("ZB101", level="突出", reason="自评") | {"save": "all"}
    assert send(client, "marking_page", scheme.pk, RUBRIC, **sent).status_code == 302
    assert not Mark.objects.exists()


def test_rows_are_saved_all_at_once_and_empty_ones_left_alone(college: SmallCollege, scheme: Scheme) -> None:
    client = browser(college.branch_secretary)
    sent = row("ZB102", level="突出", reason="看过材料") | {"save": "all"}
    assert send(client, "marking_page", scheme.pk, RUBRIC, **sent).status_code == 302
    assert [(mark.organisation.code, mark.level) for mark in Mark.objects.all()] == [("ZB102", "突出")]
    text = page(client, "marking_page", scheme.pk, RUBRIC)
    assert text.count("light-green") == 1
    assert "checked" in text


def test_a_wrong_row_keeps_its_input_while_the_others_are_saved(college: SmallCollege, scheme: Scheme) -> None:
    client = browser(college.branch_secretary)
    sent = row("ZB102", level="突出", reason="看过材料") | row("ZB201", level="一般", reason="") | {"save": "all"}
    response = send(client, "marking_page", scheme.pk, RUBRIC, **sent)
    text = response.content.decode()
    assert response.status_code == 400
    assert "请写明理由" in text
    assert "有1个组织没有保存" in text
    assert [mark.organisation.code for mark in Mark.objects.all()] == ["ZB102"]


def test_one_row_is_saved_by_itself_and_the_others_keep_their_input(college: SmallCollege, scheme: Scheme) -> None:
    client = browser(college.branch_secretary)
    sent = (
        row("ZB102", level="突出", reason="看过材料")
        | row("ZB201", level="一般", reason="写到一半")
        | {"save": "ZB102"}
    )
    response = send(client, "marking_page", scheme.pk, RUBRIC, **sent)
    text = response.content.decode()
    assert response.status_code == 200
    assert [mark.organisation.code for mark in Mark.objects.all()] == ["ZB102"]
    assert "写到一半" in text
    assert f'name="ZB102-seen" value="{state_of(Mark.objects.get())}"' in text
    assert "其他组织填的内容还没有保存" in text
    alone = row("ZB102", level="一般", reason="再看", seen=state_of(Mark.objects.get())) | {"save": "ZB102"}
    response = send(client, "marking_page", scheme.pk, RUBRIC, **alone)
    assert (response.status_code, response["Location"].rpartition("#")[2]) == (302, "u-ZB102")


def test_a_row_that_another_reviewer_marked_meanwhile_says_so(college: SmallCollege, scheme: Scheme) -> None:
    seat(college, scheme, college.general_secretary)
    one, other = browser(college.branch_secretary), browser(college.general_secretary)
    send(other, "marking_page", scheme.pk, RUBRIC, save="all", **row("ZB102", level="一般", reason="我看过"))
    sent = row("ZB102", level="突出", reason="我也看过", seen="")
    response = send(one, "marking_page", scheme.pk, RUBRIC, save="all", **sent)
    text = response.content.decode()
    assert response.status_code == 400
    assert "刚由总支书记评过" in text
    assert "我也看过" in text
    now = state_of(Mark.objects.get())
    assert f'name="ZB102-seen" value="{now}"' in text
    sent["ZB102-seen"] = now
    assert send(one, "marking_page", scheme.pk, RUBRIC, save="all", **sent).status_code == 302
    assert Mark.objects.get().level == "突出"


def test_a_checklist_and_counted_events(college: SmallCollege, scheme: Scheme) -> None:
    client = browser(college.branch_secretary)
    sent = row("ZB102", item0="yes", item1="no", reason="看过台账")
    assert send(client, "marking_page", scheme.pk, CHECKLIST, save="all", **sent).status_code == 302
    assert Mark.objects.get(code=CHECKLIST).checked == {"a": True, "b": False}
    response = send(client, "marking_page", scheme.pk, CHECKLIST, save="all", **row("ZB201", item0="yes", reason="看"))
    assert "请逐条核对" in response.content.decode()
    none = row("ZB102", none="on", reason="抽查10份") | row("ZB201", event0="2", reason="抽查10份")
    assert send(client, "marking_page", scheme.pk, DEDUCT, save="all", **none).status_code == 302
    found = dict(Mark.objects.filter(code=DEDUCT).values_list("organisation__code", "events"))
    assert found == {"ZB102": {}, "ZB201": {"查实的代签": 2}}
    both = row(
        "ZB102",
        none="on",
        event0="1",
        reason="抽查10份",
        seen=state_of(Mark.objects.get(organisation__code="ZB102", code=DEDUCT)),
    )
    response = send(client, "marking_page", scheme.pk, DEDUCT, save="all", **both)
    assert "不能再勾选" in response.content.decode()


def test_a_closed_stage_offers_no_button_and_refuses_in_words(college: SmallCollege, scheme: Scheme) -> None:
    client = browser(college.branch_secretary)
    at_stage(scheme, Stage.PUBLISHED)
    assert "全部保存" not in page(client, "marking_page", scheme.pk, RUBRIC)
    response = send(client, "marking_page", scheme.pk, RUBRIC, save="all", **row("ZB102", level="突出", reason="看"))
    assert "结果已经公示，评分和登记已冻结" in response.content.decode()
    assert not Mark.objects.exists()


def test_the_screen_costs_the_same_for_one_mark_and_for_two(college: SmallCollege, scheme: Scheme) -> None:
    seat(college, scheme, college.outsider)
    client = browser(college.general_secretary)
    seat(college, scheme, college.general_secretary)

    def cost() -> tuple[int, int]:
        counts = []
        for name, args in (("marking_page", (scheme.pk, RUBRIC)), ("marking_list", ())):
            with CaptureQueriesContext(connection) as captured:
                page(client, name, *args)
            counts.append(len(captured))
        return counts[0], counts[1]

    send(client, "marking_page", scheme.pk, RUBRIC, save="all", **row("ZB101", level="突出", reason="看过"))
    cost()  # sessions and messages have settled
    first = cost()
    for code in ("ZB102", "ZB201"):
        send(client, "marking_page", scheme.pk, RUBRIC, save="all", **row(code, level="突出", reason="看过"))
    cost()
    assert cost() == first
    assert max(first) <= 10


# --- bonus, penalty, veto, exemption


def test_a_bonus_from_claim_to_decision(college: SmallCollege, scheme: Scheme) -> None:
    unit, office = browser(college.branch_secretary), browser(college.office)
    sent = {
        "organisation": college.branches[0].pk, "code": "J4", "achievement": "样板支部", "document_number": "1号",
        "issuer": "学校", "issued_on": "2026-05-01", "upload": SimpleUploadedFile("奖状.png", PNG),
    }  # fmt: skip
    wrong = send(unit, "entry_new", scheme.pk, "bonus", **(sent | {"issued_on": "2025-05-01"}))
    text = wrong.content.decode()
    assert (wrong.status_code, "公布日期应在2026年内" in text, 'value="样板支部"' in text) == (400, True, True)
    sent["upload"] = SimpleUploadedFile("奖状.png", PNG)
    assert send(unit, "entry_new", scheme.pk, "bonus", **sent).status_code == 302
    claim = BonusClaim.objects.get()
    sent["upload"] = SimpleUploadedFile("奖状.png", PNG)
    again = send(unit, "entry_new", scheme.pk, "bonus", **sent)
    assert (again.status_code, "已经申报过" in again.content.decode()) == (400, True)
    response = unit.get(reverse("scoring:bonus_file", args=[claim.pk]))
    assert b"".join(response.streaming_content) == PNG  # type: ignore[arg-type]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment;")
    refused = send(office, "entry_act", "bonus", claim.pk, "refuse", decision="")
    assert (refused.status_code, "请写明不认定的理由" in refused.content.decode()) == (400, True)
    assert send(office, "entry_act", "bonus", claim.pk, "accept", decision="看过").status_code == 302
    assert send(office, "entry_act", "bonus", claim.pk, "accept", decision="看过").status_code == 409
    text = page(unit, "entries", scheme.pk)
    assert "+0.50" in text
    assert "组织部干事核定：看过" in text


def test_the_file_is_for_who_oversees_the_unit(college: SmallCollege, scheme: Scheme) -> None:
    unit = browser(college.branch_secretary)
    send(
        unit, "entry_new", scheme.pk, "bonus",
        organisation=college.branches[0].pk, code="J4", achievement="样板", document_number="1号", issuer="学校",
        issued_on="2026-05-01", upload=SimpleUploadedFile("奖状.png", PNG),
    )  # fmt: skip
    address = reverse("scoring:bonus_file", args=[BonusClaim.objects.get().pk])
    codes = {
        role: browser(getattr(college, role)).get(address).status_code for role in ("office", "outsider", "member")
    }
    assert codes == {"office": 200, "outsider": 404, "member": 404}


def test_another_units_secretary_cannot_claim_for_it(college: SmallCollege, scheme: Scheme) -> None:
    sent = {
        "organisation": college.branches[0].pk, "code": "J4", "achievement": "样板", "document_number": "1号",
        "issuer": "学校", "issued_on": "2026-05-01",
    }  # fmt: skip
    response = send(browser(college.outsider), "entry_new", scheme.pk, "bonus", **sent)
    assert response.status_code == 400
    assert not BonusClaim.objects.exists()


def test_penalty_veto_and_exemption_on_their_pages(college: SmallCollege, scheme: Scheme) -> None:
    unit, office = browser(college.branch_secretary), browser(college.office)
    decision, target = meeting(college), {"organisation": college.branches[0].pk}
    penalty = target | {"code": "K4", "times": "1", "happened_on": "2026-05-01", "reason": "校纪2号"}
    assert send(office, "entry_new", scheme.pk, "penalty", **penalty).status_code == 302
    again = send(office, "entry_new", scheme.pk, "penalty", **penalty)
    assert (again.status_code, "已经登记过" in again.content.decode()) == (400, True)
    assert "2026-06-12" in page(office, "entry_new", scheme.pk, "veto")
    veto = target | {"code": "V6", "reason": "连续两季未开", "decision": decision.pk}
    assert send(office, "entry_new", scheme.pk, "veto", **veto).status_code == 302
    exemption = target | {"code": RUBRIC, "reason": "刚成立"}
    assert send(unit, "entry_new", scheme.pk, "exemption", **exemption).status_code == 302
    text = page(office, "entries", scheme.pk)
    for words in ("弄虚作假", "-5.00", "连续两季未开大会", "刚成立"):
        assert words in text
    for what, row_, data in (
        ("penalty", PenaltyEntry.objects.get(), {"reason": "复核不实"}),
        ("veto", VetoEntry.objects.get(), {"reason": "重新认定"}),
    ):
        assert send(office, "entry_act", what, row_.pk, "withdraw", reason="").status_code == 400
        assert send(office, "entry_act", what, row_.pk, "withdraw", **data).status_code == 302
    assert send(office, "entry_act", "exemption", UnitExemption.objects.get().pk, "accept").status_code == 302
    assert UnitExemption.objects.get().state == "approved"


def test_entries_cost_the_same_for_one_and_for_three(college: SmallCollege, scheme: Scheme) -> None:
    unit, client = browser(college.branch_secretary), browser(college.office)

    def claim(number: int) -> None:
        sent = {
            "achievement": f"成果{number}",
            "document_number": f"{number}号",
            "issuer": "学校",
            "issued_on": "2026-05-01",
        }
        send(unit, "entry_new", scheme.pk, "bonus", organisation=college.branches[0].pk, code="J4", **sent)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client, "entries", scheme.pk)
        return len(captured)

    claim(1)
    first = cost()
    claim(2), claim(3)
    assert BonusClaim.objects.count() == 3
    assert cost() == first <= 10
