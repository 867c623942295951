"""A scheme's steps through the year: who takes which, four eyes, steps back, what the page says."""

from __future__ import annotations

import itertools

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.errors import Conflict, InvalidInput, NotAllowed
from orgs.models import User
from scoring import stages
from scoring.models import Scheme, Stage, StageEvent
from scoring.services.stages import move_forward, step_back
from scoring.services.statements import submit_statement
from tests.factories import ROLES, SmallCollege, make_officer, make_organisation
from tests.scoring.making import go, scheme_at, second_officer, write_sheet
from tests.scoring.rules_making import at_stage

LEADERS = ("committee_secretary", "office")
# The plain step from each stage; the other steps have commands of their own.
PLAIN = {"running": "statement", "statement": "review", "review": "check", "check": "approval"}


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, "orgs.backends.AccountBackend")
    return client


def test_the_table_is_one_way_from_draft_to_final() -> None:
    assert [stages.FORWARD[one].new for one in stages.ORDER[:-1]] == list(stages.ORDER[1:])
    assert stages.FINAL not in stages.FORWARD
    assert tuple(Stage.values) == stages.ORDER
    # Back is the same way, one step, and ends before publication.
    assert {stages.FORWARD[new].new: new for new in stages.BACK.values()} == dict(stages.BACK)
    assert not {"draft", "running", "published", "final"} & set(stages.BACK)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], set()),
        ([("review", "check", 1), ("statement", "review", 2), ("running", "statement", 3)], {1, 2}),
        # Sent back and forward again: the last one counts, and steps back make nobody a preparer.
        ([("review", "check", 4), ("check", "review", 5), ("review", "check", 1), ("statement", "review", 1)], {4, 1}),
    ],
)
def test_who_prepared_the_check(events: list[tuple[str, str, int]], expected: set[int]) -> None:
    assert stages.preparers(events) == expected


def test_steps_of_the_reference_belong_to_their_stages() -> None:
    names = [
        "发布方案并冻结规则版本", "平时自动取数并每月推送“差在哪里”", "单位自评（只写说明）", "专项评价",
        "推磨式检查与整改复核", "述职评议与测评", "汇总、核分、四眼复核", "党委会审定初步结果", "公示", "申诉", "复核答复",
        "发文与结果运用",
    ]  # fmt: skip
    found = stages.by_stage([{"step": number, "name": name} for number, name in enumerate(names, 1)])
    assert {stage: [row["step"] for row in rows] for stage, rows in found.items()} == {
        "draft": [1], "running": [2], "statement": [3], "review": [4, 5, 6], "check": [7], "approval": [8],
        "published": [9, 10, 11], "final": [12],
    }  # fmt: skip


def test_days_of_the_scheme_go_before_the_settings() -> None:
    process = [{"name": "公示", "days": 7}, {"name": "申诉", "window_days": 3}, {"name": "复核答复"}]
    assert [stages.days_of(process, word, 5) for word in ("公示", "申诉", "答复", "无")] == [7, 3, 5, 5]


def test_every_step_for_every_role_and_stage(college: SmallCollege) -> None:
    scheme = scheme_at(college)
    for role, stage, seen in itertools.product(ROLES, Stage.values, Stage.values):
        at_stage(scheme, stage)
        actor = getattr(college, role)
        forward = role in LEADERS and stage == seen and seen in PLAIN
        try:
            reached: str = move_forward(actor=actor, scheme=scheme, seen=seen).stage
        except (NotAllowed, Conflict) as refused:
            assert not forward, (role, stage, seen, refused)
            assert isinstance(refused, NotAllowed) == (role not in LEADERS), (role, stage, seen)
            reached = Scheme.objects.get(pk=scheme.pk).stage
            assert reached == stage
        else:
            assert forward and reached == PLAIN[seen], (role, stage, seen)
        StageEvent.objects.all().delete()


def test_every_step_back_for_every_role_and_stage(college: SmallCollege) -> None:
    scheme = scheme_at(college)
    for role, stage in itertools.product(ROLES, Stage.values):
        at_stage(scheme, stage)
        may = role in LEADERS and stage in stages.BACK
        try:
            step_back(actor=getattr(college, role), scheme=scheme, seen=stage, reason="材料不齐")
        except (NotAllowed, Conflict) as refused:
            assert not may and isinstance(refused, NotAllowed) == (role not in LEADERS), (role, stage)
        else:
            assert may and Scheme.objects.get(pk=scheme.pk).stage == stages.BACK[stage]


def test_each_step_is_written_with_who_and_why(college: SmallCollege) -> None:
    scheme = scheme_at(college)
    move_forward(actor=college.office, scheme=scheme, seen="running", note="按通知启动")
    step_back(actor=college.committee_secretary, scheme=scheme, seen="statement", reason="通知有误")
    rows = StageEvent.objects.order_by("id").values_list("old", "new", "actor", "note")
    assert list(rows) == [
        ("running", "statement", college.office.pk, "按通知启动"),
        ("statement", "running", college.committee_secretary.pk, "通知有误"),
    ]
    assert scheme.history.first().history_user == college.committee_secretary  # type: ignore[union-attr]
    with pytest.raises(InvalidInput):
        step_back(actor=college.office, scheme=at_stage(scheme, "review"), seen="review", reason=" ")


def test_the_second_click_is_told_where_the_scheme_stands(college: SmallCollege) -> None:
    scheme = scheme_at(college)
    move_forward(actor=college.office, scheme=scheme, seen="running")
    with pytest.raises(Conflict, match="单位自评"):
        move_forward(actor=college.office, scheme=scheme, seen="running")
    assert StageEvent.objects.count() == 1


def test_the_check_is_confirmed_by_other_eyes(college: SmallCollege) -> None:
    scheme = go(college.office, scheme_at(college), "running", "statement", "review")
    with pytest.raises(NotAllowed, match="另一人"):
        move_forward(actor=college.office, scheme=scheme, seen="check")
    done = move_forward(actor=college.committee_secretary, scheme=scheme, seen="check")
    assert (done.stage, StageEvent.objects.first().note) == ("approval", "已复核")  # type: ignore[union-attr]


def test_who_began_the_reviews_does_not_confirm_either(college: SmallCollege) -> None:
    scheme = go(college.office, scheme_at(college), "running", "statement")
    go(college.committee_secretary, scheme, "review")
    third = second_officer(college)
    for actor in (college.office, college.committee_secretary):
        with pytest.raises(NotAllowed):
            move_forward(actor=actor, scheme=scheme, seen="check")
    assert move_forward(actor=third, scheme=scheme, seen="check").stage == "approval"


def test_an_officer_of_an_assessed_unit_does_not_confirm(college: SmallCollege) -> None:
    scheme = go(college.office, scheme_at(college), "running", "statement", "review")
    third = second_officer(college)
    make_officer(college.branches[1], person=third.person)
    third = User.objects.select_related("person__organisation").get(pk=third.pk)
    with pytest.raises(NotAllowed, match="任职"):
        move_forward(actor=third, scheme=scheme, seen="check")


def page_of(user: User, scheme: Scheme) -> str:
    return client_of(user).get(reverse("scoring:process", args=[scheme.pk])).content.decode()


def test_the_page_says_what_is_next_and_offers_one_button(college: SmallCollege) -> None:
    process = [{"step": 1, "name": "单位自评", "by": "党支部", "due": "2026-06-01"}]
    scheme = scheme_at(college, Stage.STATEMENT, process=process)
    page = page_of(college.office, scheme)
    assert "还有3个单位没有提交自评" in page and "转入“专项评价”" in page and "已过计划日期" in page
    assert page.count('class="btn btn-primary"') == 1
    submit_statement(
        actor=college.branch_secretary, scheme=scheme, organisation=college.branches[0], achieved="做" * 9,
        lacking="缺" * 3, seen=0,
    )  # fmt: skip
    assert "还有2个单位没有提交自评" in page_of(college.office, scheme)
    own = page_of(college.branch_secretary, scheme)
    assert "由组织部办理" in own and "ZB101党支部的单位自评" in own and "btn-primary" not in own


def test_the_page_tells_the_preparer_that_somebody_else_confirms(college: SmallCollege) -> None:
    scheme = go(college.office, scheme_at(college), "running", "statement", "review")
    assert "四眼复核须由另一位负责人确认" in page_of(college.office, scheme)
    assert "已复核，提请党委会审定" not in page_of(college.office, scheme)
    assert "已复核，提请党委会审定" in page_of(college.committee_secretary, scheme)


def test_missing_marks_are_listed_by_unit_and_block_nothing_before_approval(college: SmallCollege) -> None:
    scheme = scheme_at(college, Stage.REVIEW)
    write_sheet(scheme, college.branches[0], None, "30", None)
    write_sheet(scheme, college.branches[2], None, "30", "10")
    assert "2个单位共3项缺评分或数据" in page_of(college.office, scheme)
    url = reverse("scoring:missing", args=[scheme.pk])
    page = client_of(college.office).get(url).content.decode()
    assert "ZB101" in page and "ZB201" in page and "A1 特色成效" in page and "B2 记录真实" in page
    own = client_of(college.outsider).get(url).content.decode()
    assert "ZB201" in own and "ZB101" not in own
    assert move_forward(actor=college.office, scheme=scheme, seen="review").stage == "check"
    at_stage(scheme, Stage.APPROVAL)
    page = page_of(college.office, scheme)
    assert "2个单位缺数据，不得公示。" in page and "须先办" in page


def count(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


@pytest.mark.parametrize("stage", ["statement", "check", "approval"])
def test_pages_cost_the_same_with_more_units(college: SmallCollege, stage: str) -> None:
    scheme = scheme_at(college, stage)
    client = client_of(college.office)
    names = ("process", "missing", "statement_list", "publish")
    urls = [reverse(f"scoring:{name}", args=[scheme.pk]) for name in names]
    write_sheet(scheme, college.branches[0], None, "30", "10")
    before = [count(client, url) for url in urls]
    for number, unit in enumerate(college.branches[1:]):
        write_sheet(scheme, unit, None, "30", str(number))
    for number in range(3):
        write_sheet(scheme, make_organisation(f"ZB20{number + 5}", college.general_branches[1]), "60", "30", None)
    assert [count(client, url) for url in urls] == before
    assert max(before) <= 10, dict(zip(names, before, strict=True))
