"""A project from the draft to the end: two people, a phone and a desk."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from common import clock
from orgs.models import Office
from tasks.models import Project
from tests.factories import SmallCollege, make_college, make_officer
from tests.journeys.axe_walk import EVERYTHING, faults_now
from tests.journeys.walking import DESK, PHONE, browser_of

pytestmark = pytest.mark.browser
TODAY = datetime.date(2026, 6, 15)


@pytest.fixture
def college(transactional_db: None) -> Iterator[SmallCollege]:
    """The small college, on the day."""
    with clock.moved(TODAY):
        found = make_college()
        make_officer(found.committee, Office.DEPUTY, "党委副书记", home=found.branches[1])
    clock.set_demo_today(TODAY)
    yield found
    clock.set_demo_today(None)


def send(page: Any, form: str, **values: str) -> None:
    """Open one of the folded forms, fill it in and send it."""
    act = page.locator("details.act", has=page.locator("summary", has_text=form)).first
    if act.get_attribute("open") is None:
        act.locator("summary").click()
    for name, value in values.items():
        act.locator(f"[name$='-{name}']").fill(value)
    act.locator("button.btn").click()
    page.wait_for_load_state("load")


def at_milestone(page: Any, number: int, form: str, **values: str) -> None:
    """The same, at one milestone."""
    place = page.locator(f"#milestone-{number}")
    act = place.locator("details.act", has=page.locator("summary", has_text=re.compile(rf"^\s*{form}\s*$")))
    act.locator("summary").click()
    for name, value in values.items():
        act.locator(f"[name$='-{name}']").fill(value)
    act.locator("button.btn").click()
    page.wait_for_load_state("load")


def draft(page: Any) -> None:
    """The form: search for a person, add a row by script, watch the sum, keep it."""
    page.goto("/projects/new/")
    page.fill("[name=title]", "一次办成改革")
    page.fill("[name=problem]", "师生办事跑多个部门")
    page.fill("[name=root_causes]", "数据不共享\n流程按部门切块")
    page.fill("[name=target]", "30项一次办成")
    page.locator("[name=leader]").press_sequentially("zzsj")
    page.locator(".people-option", has_text="总支书记").click()
    page.fill("[name='indicators-0-name']", "办结率")
    page.fill("[name='indicators-0-unit']", "比率")
    page.fill("[name='indicators-0-base']", "55%")
    page.fill("[name='indicators-0-target']", "95%")
    page.fill("[name=starts_on]", "2026-06-15")
    page.fill("[name=ends_on]", "2026-12-15")
    rows = [("摸底", "2026-07-10", "30"), ("试点", "2026-08-10", "20"), ("推开", "2026-09-10", "20")]
    rows += [("评估", "2026-10-10", "10"), ("总结", "2026-11-10", "10")]
    page.locator("[data-add-row=milestones]").click()  # the form begins with four
    for number, (title, due, weight) in enumerate(rows):
        page.fill(f"[name='milestones-{number}-title']", title)
        page.fill(f"[name='milestones-{number}-due_on']", due)
        page.fill(f"[name='milestones-{number}-weight']", weight)
    expect(page.locator("[data-sum]")).to_have_text("90")
    expect(page.locator("[data-weight-sum]")).to_have_class("weight-sum is-wrong")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("权重合计要正好是100，现在是90。")).to_be_visible()
    expect(page.locator("[name=problem]")).to_have_value("师生办事跑多个部门")
    page.fill("[name='milestones-4-weight']", "20")
    expect(page.locator("[data-weight-sum]")).to_have_class("weight-sum is-right")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已保存为草拟")).to_be_visible()


def test_from_the_draft_to_the_end(chromium: Any, live_server: Any, college: SmallCollege) -> None:
    leader, above = college.general_secretary, college.committee_secretary
    with (
        browser_of(chromium, live_server, leader, PHONE) as phone,
        browser_of(chromium, live_server, above, DESK) as desk,
    ):
        draft(phone)
        send(phone, "提交审核")
        url = f"/projects/{Project.objects.get().code}/"
        desk.goto("/projects/")
        desk.get_by_role("link", name="一次办成改革").click()
        send(desk, "审核通过", note="同意")
        expect(desk.get_by_text("已审核通过，里程碑已成为领办人的待办。")).to_be_visible()

        phone.goto("/")
        phone.locator(".owed", has_text="摸底").locator("a.btn, .owed-title a").first.click()
        phone.goto(url)
        pk = Project.objects.get().indicators.get().pk
        send(phone, "报进展", note="摸清12项", progress="50", **{f"reading_{pk}": "60%"})
        expect(phone.get_by_text("另报进展 15%")).to_be_visible()
        at_milestone(phone, 1, "申请延期", new_due_on="2026-08-01", reason="接口推迟")
        expect(phone.get_by_text("原期限仍然有效")).to_be_visible()

        desk.goto(url)
        at_milestone(desk, 1, "批准延期", decision="同意")
        expect(desk.get_by_text("原期限 2026-07-10")).to_be_visible()
        assert faults_now(desk, "light", EVERYTHING) == []

        phone.goto(url)
        assert faults_now(phone, "light", EVERYTHING) == []
        at_milestone(phone, 1, "提交完成情况", note="清单已公布")
        desk.goto(url)
        at_milestone(desk, 1, "核查通过")
        expect(desk.locator(".stat-value")).to_have_text("30%")
        for number in (2, 3, 4, 5):
            at_milestone(desk, number, "免办", reason="并入试点")

        phone.goto(url)
        send(phone, "申请验收", result="30项已上线", **{f"reading_{pk}": "96%"})
        desk.goto(url)
        send(desk, "验收通过，销号", note="成效明显")
        expect(desk.get_by_text("已销号；责任清单里要求领办项目的事项随之办结。")).to_be_visible()
        for page in (phone, desk):
            page.goto(url)
            assert page.evaluate("document.scrollingElement.scrollWidth") <= page.viewport_size["width"]
            assert page.problems == []
    assert Project.objects.get().state == "closed"
