"""One meeting through all hands, on phones and on desks: written, confirmed, on one's own record, green above; and none of it next door."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from common import clock
from meetings.models import Section
from meetings.services import load_kinds
from partybuild.nightly import run_night
from tests.factories import SmallCollege, make_college
from tests.journeys.shots import keep
from tests.journeys.walking import DESK, PHONE, browser_of

pytestmark = pytest.mark.browser
DAY_BEFORE, TODAY = datetime.date(2026, 6, 22), datetime.date(2026, 6, 23)
MEETING = "2026年6月党小组会"


@pytest.fixture
def college(transactional_db: None) -> Iterator[SmallCollege]:
    """The small college; what is owed was opened the night before."""
    load_kinds()
    found = make_college()
    with clock.moved(DAY_BEFORE):
        assert run_night(DAY_BEFORE)["errors"] == {}
    clock.set_demo_today(TODAY)
    yield found
    clock.set_demo_today(None)


class Walk:
    """The same steps on one screen."""

    def __init__(self, chromium: Any, live_server: Any, college: SmallCollege, screen: dict[str, int]) -> None:
        self.chromium, self.live_server, self.college, self.screen = chromium, live_server, college, screen

    def of(self, role: str) -> Any:
        """A browser of ``role`` at the desk."""
        return browser_of(self.chromium, self.live_server, getattr(self.college, role), self.screen)

    def fits(self, page: Any, name: str) -> None:
        """Nothing sideways, no error; a picture for whoever asked."""
        assert page.evaluate("document.scrollingElement.scrollWidth") <= self.screen["width"]
        assert page.problems == []
        keep(page, name, str(self.screen["width"]))

    def leader_writes(self) -> None:
        with self.of("group_leader") as page:
            page.locator(".owed", has_text=MEETING).locator("a.btn").click()
            page.locator("button[value=record]").click()
            page.fill("[name='shared.agenda']", "学习党章")
            page.fill("[name='shared.minutes']", "大家谈了体会。")
            page.get_by_label("记录人").select_option(label="普通党员")
            page.get_by_role("button", name="提请书记核定").click()
            expect(page.get_by_text("已提请书记核定")).to_be_visible()
            self.fits(page, "leader")

    def secretary_confirms(self) -> None:
        with self.of("branch_secretary") as page:
            page.get_by_role("region", name="等我办").get_by_role("link", name="核定").click()
            page.locator("[data-final]").click()
            expect(page.get_by_text("记录已核定。")).to_be_visible()
            self.fits(page, "secretary")

    def commissioner_plans(self) -> None:
        with self.of("commissioner") as page:
            page.goto("/meetings/")
            page.get_by_role("link", name="登记会议").click()
            page.get_by_label("支部党员大会").check()
            page.fill("[name=day]", "2026-06-26")
            page.fill("[name=start]", "14:30")
            expect(page.locator("[name=end]")).to_have_value("16:00")  # moved along, an hour and a half later
            page.fill("[name=place]", "第一会议室")
            page.get_by_role("button", name="只排计划").click()
            expect(page.get_by_role("main")).to_contain_text("2026-06-26 14:30")
            self.fits(page, "commissioner")

    def member_finds_both(self) -> None:
        with self.of("member") as page:
            expect(page.get_by_role("region", name="我的2026年记录")).to_contain_text("1 / 1 次")
            coming = page.get_by_role("region", name="本支部近期会议")
            expect(coming).to_contain_text("6月26日 星期五 14:30 · 第一会议室")
            coming.get_by_role("link", name="日历").click()
            expect(page.get_by_role("heading", level=1)).to_contain_text("2026年6月")
            self.fits(page, "member")

    def general_branch_sees_it(self) -> None:
        with self.of("general_secretary") as page:
            page.goto("/overview/")
            page.get_by_role("region", name="各支部本期情况").get_by_role("link", name="ZB101党支部").click()
            done = page.locator("table.matrix tr", has_text="党小组会").locator(".cell-green")
            expect(done).to_have_count(1)
            done.click()
            expect(page.get_by_role("main")).to_contain_text(MEETING)
            self.fits(page, "general")

    def committee_sees_it(self) -> None:
        with self.of("committee_secretary") as page:
            page.goto("/analysis/")
            page.locator(".chart-card").first.get_by_text("以表格查看").click()
            rows = page.locator(".chart-card").first.locator("table tr")
            expect(rows.filter(has_text="ZB101党支部")).to_contain_text("50%")  # one of two that were due
            expect(rows.filter(has_text="ZB102党支部")).to_contain_text("0%")
            self.fits(page, "committee")

    def office_finds_a_person(self) -> None:
        with self.of("office") as page:
            page.goto("/people/")
            page.get_by_role("searchbox").fill("ptdy")
            page.get_by_role("searchbox").press("Enter")
            page.get_by_role("link", name="普通党员").click()
            page.get_by_role("button", name="办理").click()
            page.get_by_role("link", name="更正登记信息").click()
            page.fill("[name=mobile]", "13900001234")
            page.fill("[name=reason]", "本人更正")
            page.get_by_role("button", name="保存").click()
            expect(page.get_by_role("main")).to_contain_text("13900001234")
            self.fits(page, "office")

    def next_door_sees_nothing(self) -> None:
        with self.of("outsider") as page:
            page.goto("/meetings/")
            expect(page.get_by_text(MEETING)).to_have_count(0)
            self.fits(page, "outsider")


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_one_meeting_through_all_hands(
    screen: dict[str, int], chromium: Any, live_server: Any, college: SmallCollege
) -> None:
    walk = Walk(chromium, live_server, college, screen)
    walk.leader_writes()
    walk.secretary_confirms()
    assert Section.objects.get().state == "confirmed"
    walk.commissioner_plans()
    walk.member_finds_both()
    walk.general_branch_sees_it()
    walk.committee_sees_it()
    walk.office_finds_a_person()
    walk.next_door_sees_nothing()
