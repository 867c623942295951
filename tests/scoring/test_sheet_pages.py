"""The list of sheets and the page of one: who sees what, what explains it, at a fixed cost."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orgs.models import User
from scoring.models import PeerMedian, Scheme, Sheet, SheetLine, SheetPoint, Stage
from tests.factories import SmallCollege, make_organisation
from tests.scoring.places import publish_body, write_sheet

ROW = {"label": "2026年3月主题党日", "url": "/meetings/7/", "day": "2026-03-11", "unit": "ZB101党支部", "counts": True}
OPEN = {
    "label": "开好2026年5月主题党日",
    "url": "/tasks/9/",
    "unit": "ZB102党支部",
    "counts": False,
    "why": "未开展",
    "gain": "8",
}
SMALL = {"label": "补一次小事", "counts": False, "why": "未做", "gain": "0.001"}


@pytest.fixture
def scheme(college: SmallCollege) -> Scheme:
    return publish_body(college.committee, college.office)


@pytest.fixture
def sheet(college: SmallCollege, scheme: Scheme) -> Sheet:
    """ZZ1's: one line with rows, one missing; a bonus and a penalty."""
    found = write_sheet(
        scheme, college.general_branches[0], None, missing=1, so_far=Decimal("64.5"),
        adjustments=[
            {"code": "J2", "name": "省级", "what": "样板案例", "points": "2", "words": "教工委18号"},
            {"code": "K1", "name": "通报批评", "what": "1次", "points": "-1", "words": "某人违纪被通报"},
        ],
    )  # fmt: skip
    SheetLine.objects.create(
        sheet=found, position=0, code="1.1", status="scored", score=24, factor=Decimal("1.25"),
        words="8/10=0.8，得24.00", rows=[ROW, OPEN, SMALL],
    )  # fmt: skip
    SheetLine.objects.create(sheet=found, position=1, code="1.2", status="missing", words="缺数据：纪委尚未登记")
    return found


@pytest.fixture
def open_page() -> Callable[[User, str], tuple[int, str]]:
    """Status and words of a page, as somebody."""

    def opened(user: User, url: str) -> tuple[int, str]:
        client = Client()
        client.force_login(user)
        answer = client.get(url)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        main = content.decode().split("<main", 1)[-1]
        return answer.status_code, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))

    return opened


def test_a_sheet_says_what_it_is_made_of(college: SmallCollege, sheet: Sheet, open_page) -> None:
    SheetPoint.objects.create(sheet=sheet, month=datetime.date(2026, 5, 1), total=Decimal("60"), lines={"1.1": "20.5"})
    PeerMedian.objects.create(
        scheme=sheet.scheme, sheets=2, total=Decimal("70.25"), lines={"1.1": "30"}, computed_at=sheet.computed_at
    )
    status, words = open_page(college.general_secretary, f"/scores/{sheet.pk}/")
    assert status == 200
    for said in (
        "64.50",
        "还有1项缺数据",
        "上月底 60.00",
        "同级2个组织的中位数 70.25",
        "比上月底+3.50",
        "同级中位数30.00",
    ):
        assert said in words
    assert "缺数据：纪委尚未登记" in words
    # 8 points of the indicator, 1.25 of the total each
    assert "开好2026年5月主题党日 · ZB102党支部 1.1 主题党日 +10.00" in words
    assert "补一次小事 1.1" not in words  # worth less than half a hundredth: a row, no advice
    assert "某人违纪被通报" in words


def test_published_figures_promise_nothing(college: SmallCollege, sheet: Sheet, open_page) -> None:
    Scheme.objects.update(stage=Stage.PUBLISHED)
    Sheet.objects.update(frozen_at=sheet.computed_at)
    words = open_page(college.general_secretary, f"/scores/{sheet.pk}/")[1]
    assert "开好2026年5月主题党日" in words and "+10.00" not in words
    assert "结果已公示，得分不再变动" in words


def test_alone_there_is_no_middle(college: SmallCollege, sheet: Sheet, open_page) -> None:
    PeerMedian.objects.create(
        scheme=sheet.scheme, sheets=1, total=Decimal("64.5"), lines={"1.1": "24"}, computed_at=sheet.computed_at
    )
    assert "中位数" not in open_page(college.general_secretary, f"/scores/{sheet.pk}/")[1]


@pytest.mark.parametrize("role", ["branch_secretary", "commissioner", "group_leader", "member", "outsider"])
def test_a_preview_is_not_for_those_below_or_beside(college: SmallCollege, sheet: Sheet, role: str, open_page) -> None:
    user = getattr(college, role)
    assert open_page(user, f"/scores/{sheet.pk}/")[0] == 404
    assert "64.50" not in open_page(user, "/scores/")[1]
    assert "64.50" not in open_page(user, "/scores/?export=csv")[1]


@pytest.mark.parametrize("role", ["branch_secretary", "member", "outsider"])
def test_published_it_is_everybodys_without_the_rows(college: SmallCollege, sheet: Sheet, role: str, open_page) -> None:
    Scheme.objects.update(stage=Stage.PUBLISHED)
    status, words = open_page(getattr(college, role), f"/scores/{sheet.pk}/")
    assert (status, "8/10=0.8，得24.00" in words) == (200, True)
    for hidden in ("2026年3月主题党日", "开好2026年5月主题党日", "某人违纪被通报", "教工委18号"):
        assert hidden not in words
    assert "明细由本组织和上级查看" in words


def test_the_list_says_what_is_no_total(college: SmallCollege, scheme: Scheme, sheet: Sheet, open_page) -> None:
    write_sheet(scheme, college.general_branches[1], "88.1", band="良好", limited_by_quota=True)
    words = open_page(college.committee_secretary, "/scores/")[1]
    assert "64.50（暂计） 缺1项" in words
    assert "88.10" in words
    assert "良好（因名额限制）" in words


def test_pages_cost_the_same_for_one_and_three(college: SmallCollege, scheme: Scheme, sheet: Sheet) -> None:
    client = Client()
    client.force_login(college.committee_secretary)

    def cost(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    before = cost("/scores/"), cost(f"/scores/{sheet.pk}/")
    for number in range(2):
        write_sheet(scheme, make_organisation(f"ZY{number}", college.committee), "70", lines={"1.1": "1"})
    SheetLine.objects.create(sheet=sheet, position=2, code="2.1", status="scored", score=1, rows=[ROW] * 50)
    assert (cost("/scores/"), cost(f"/scores/{sheet.pk}/")) == before
    assert max(before) <= 10
