"""The whole path of a directive on phones: drafted, approved, signed for, reported, submitted, returned, accepted."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from common import clock
from orgs.models import Office, User
from tasks.models import Directive, Task
from tasks.services.directive_settings import load_directive_types
from tests.factories import SmallCollege, make_college, make_officer
from tests.journeys.shots import keep
from tests.journeys.walking import PHONE, browser_of
from tests.tasks.directives.making import PNG

pytestmark = pytest.mark.browser
TODAY = datetime.date(2026, 6, 15)
TITLE = "防汛隐患排查"


@pytest.fixture
def college(transactional_db: None) -> Iterator[SmallCollege]:
    """The small college with a deputy who drafts, on 2026-06-15."""
    load_directive_types()
    clock.set_demo_today(TODAY)
    yield make_college()
    clock.set_demo_today(None)


def at_phone(chromium: Any, live_server: Any, user: User) -> Any:
    return browser_of(chromium, live_server, user, PHONE)


def looks_right(page: Any, role: str, name: str) -> None:
    """No sideways scrolling, no error; a picture for whoever asked for them."""
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    assert page.problems == []
    keep(page, role, name)


def in_reach(page: Any, name: str) -> Any:
    """The button of the next step, of the form or of the bar while the form is not seen: there without scrolling."""
    act = page.get_by_role("button", name=name, exact=True).last
    expect(act).to_be_in_viewport(ratio=1)
    box = act.bounding_box()
    assert (box["height"] >= 44, box["width"] >= 88) == (True, True)
    return act


def draft(chromium: Any, live_server: Any, deputy: User) -> str:
    """From the list to the submitted draft; its address."""
    with at_phone(chromium, live_server, deputy) as page:
        page.goto("/directives/")
        page.get_by_role("link", name="起草交办").first.click()
        page.fill("[name=title]", TITLE)
        page.fill("[name=standard]", "逐楼排查，隐患清零")
        page.select_option("[name=source]", "instruction")
        page.select_option("[name=type]", label="重要工作部署即时反应")
        page.fill("[name=due_on]", "2026-06-01")
        page.locator("details.picker").first.locator("summary", has_text="所属党支部").first.click()
        page.check("[name=lead][value='org:ZB101']")
        page.get_by_role("button", name="保存草拟").click()
        expect(page.get_by_text("完成时限不能早于交办日期2026-06-15")).to_be_visible()
        expect(page.locator("main .alert-danger, main .has-error").first).to_be_in_viewport()
        expect(page.locator("[name=lead][value='org:ZB101']")).to_be_checked()
        looks_right(page, "deputy", "form")
        page.fill("[name=due_on]", "2026-06-22")
        page.get_by_role("button", name="保存草拟").click()
        page.wait_for_url(re.compile(r"/directives/\d+/$"))
        in_reach(page, "提交审批").click()
        expect(page.get_by_text("已提交，等另一位负责人审批。")).to_be_visible()
        looks_right(page, "deputy", "awaiting")
        return str(page.url)


def approve(chromium: Any, live_server: Any, secretary: User, url: str) -> None:
    with at_phone(chromium, live_server, secretary) as page:
        page.goto(url)
        in_reach(page, "审批通过并下发").click()
        expect(page.get_by_text("已下发，承办单位会收到待签收的提醒。")).to_be_visible()
        expect(page.get_by_text("签收 0/1")).to_be_visible()
        looks_right(page, "committee", "issued")


def carry_out(chromium: Any, live_server: Any, secretary: User) -> None:
    """From the desk: sign, report, add proof, submit."""
    with at_phone(chromium, live_server, secretary) as page:
        owed = page.locator(".owed", has_text=TITLE)
        expect(owed).to_have_count(1)
        owed.get_by_role("button", name="签收").click()
        expect(page.get_by_text("已签收，请按期报进展、按时提交。")).to_be_visible()
        page.goto("/")
        page.locator(".owed", has_text=TITLE).locator("a.btn").click()
        jump = page.locator("[data-action-bar]").get_by_role("link", name="报进展")
        expect(jump).to_be_in_viewport(ratio=1)
        jump.click()
        expect(page.locator("[name=report-note]")).to_be_focused()
        expect(page.locator("[data-action-bar]")).to_be_hidden()
        page.evaluate("document.querySelector('#act-report').noValidate = true")
        page.locator("#act-report").get_by_role("button").click()
        expect(page.get_by_text("请填写“进展”。")).to_be_in_viewport()  # a long page opens where the fault is
        expect(page.locator("[name=report-note]")).to_be_focused()
        page.fill("[name=report-note]", "已查三栋楼")
        page.fill("[name=report-progress]", "60")
        page.fill("[name=report-help_needed]", "请后勤修水泵")
        page.get_by_role("button", name="报进展", exact=True).click()
        expect(page.get_by_text("需协调：请后勤修水泵")).to_be_visible()
        page.set_input_files("[name=upload]", {"name": "台账.png", "mimeType": "image/png", "buffer": PNG})
        expect(page.get_by_role("link", name="台账.png")).to_be_visible()
        submit(page, "全部排查完毕")
        looks_right(page, "branch", "submitted")


def submit(page: Any, note: str) -> None:
    page.fill("[name=submit-note]", note)
    page.get_by_role("button", name="提交核查").click()
    expect(page.get_by_text("已提交，等待核查。")).to_be_visible()


def decide(chromium: Any, live_server: Any, above: User, *, reason: str = "") -> None:
    """From the desk of the level above: return with a reason, or accept."""
    with at_phone(chromium, live_server, above) as page:
        page.locator(".owed", has_text=TITLE).get_by_role("link", name="核查").click()
        expect(page.get_by_role("link", name="台账.png")).to_be_visible()
        if reason:
            page.fill("[name=return-reason]", reason)
            page.get_by_role("button", name="退回", exact=True).click()
            expect(page.get_by_text("已退回，承办人会收到提醒。")).to_be_visible()
        else:
            page.locator("#act-accept").get_by_role("button", name="核查通过").click()
            expect(page.get_by_text("已核查通过，事项办结。")).to_be_visible()
        looks_right(page, "general", "returned" if reason else "accepted")


def test_a_directive_from_draft_to_done_on_phones(chromium: Any, live_server: Any, college: SmallCollege) -> None:
    deputy = make_officer(college.committee, Office.DEPUTY, "副书记", home=college.branches[1])
    url = draft(chromium, live_server, deputy)
    approve(chromium, live_server, college.committee_secretary, url)
    carry_out(chromium, live_server, college.branch_secretary)
    decide(chromium, live_server, college.general_secretary, reason="缺地下室照片")
    with at_phone(chromium, live_server, college.branch_secretary) as page:
        owed = page.locator(".owed", has_text=TITLE)
        expect(owed).to_contain_text("退回：缺地下室照片")
        owed.locator("a.btn").click()
        submit(page, "已补照片")
    decide(chromium, live_server, college.general_secretary)
    task = Task.objects.get()
    assert (task.state, task.progress, task.submitted_by) == ("done", 100, college.branch_secretary.person)
    verbs = list(task.events.order_by("id").values_list("verb", flat=True))
    assert verbs == [
        "opened",
        "acknowledged",
        "reported",
        "submitted",
        "returned",
        "submitted",
        "accepted",
    ]
    assert Directive.objects.get().state == "done"
    with at_phone(chromium, live_server, college.committee_secretary) as page:
        page.goto(url)
        expect(page.get_by_text("办结 1/1")).to_be_visible()
        looks_right(page, "committee", "done")
