"""The whole path: owed, logged on a phone, green on the committee's dashboard, no longer in the night's mail."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import expect

from common import clock
from meetings.models import Section
from meetings.services import load_kinds
from orgs.models import User
from partybuild.nightly import run_night
from tasks.models import Task
from tests.factories import SmallCollege, make_college, make_officer
from tests.journeys.walking import DESK, PHONE, browser_of

pytestmark = pytest.mark.browser
DAY_BEFORE = datetime.date(2026, 6, 22)
TODAY = datetime.date(2026, 6, 23)  # seven days before the quarter ends: the first reminder
MEETING = "党员大会"


@pytest.fixture
def college(transactional_db: None) -> Iterator[SmallCollege]:
    """ZB101 and, in the same general branch, ZB102; what is owed was opened the night before."""
    load_kinds()
    found = make_college()
    make_officer(found.branches[1], name="邻支部书记")
    with clock.moved(DAY_BEFORE):
        night = run_night(DAY_BEFORE)
    assert night["errors"] == {}
    mail.outbox.clear()
    clock.set_demo_today(TODAY)
    yield found
    clock.set_demo_today(None)


def square(page: Any, branch: str) -> Any:
    """The members' meeting of a branch on the dashboard's table."""
    table = page.locator("table.matrix-branches")
    names = table.locator("thead th").all_inner_texts()
    column = next(place for place, name in enumerate(names) if MEETING in name)
    row = table.locator("tbody tr").filter(has=page.get_by_role("link", name=branch, exact=True))
    return row.locator("> *").nth(column).locator(".cell")


def dashboard(chromium: Any, live_server: Any, secretary: User) -> dict[str, str]:
    """Branch → classes of its square, as the committee secretary sees them now."""
    with browser_of(chromium, live_server, secretary, DESK) as page:
        page.goto("/dashboard/")
        found = {name: square(page, name).get_attribute("class") for name in ("ZB101党支部", "ZB102党支部")}
        assert page.problems == []
    return found


def log_the_meeting(chromium: Any, live_server: Any, secretary: User) -> int:
    """The branch secretary at the desk, on a phone: from what is owed to the confirmed record. Returns the taps."""
    with browser_of(chromium, live_server, secretary, PHONE) as page:
        owed = page.locator(".owed", has_text=MEETING)
        expect(owed).to_have_count(1)
        expect(owed).to_contain_text("2026年第二季度支部党员大会")
        expect(owed).to_contain_text("剩7天（2026年6月30日到期）")
        owed.locator("a.btn").click()
        page.locator("button[value=record]").click()
        page.fill("[name='shared.agenda']", "学习贯彻上级精神")
        page.fill("[name='shared.minutes']", "大家结合工作谈了体会。")
        page.locator("[data-final]").click()
        page.wait_for_url(re.compile(r"/meetings/\d+/$"))
        expect(page.get_by_text("记录已核定。")).to_be_visible()
        page.goto("/")
        expect(page.locator(".owed", has_text=MEETING)).to_have_count(0)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
        assert page.problems == []
    return 5


def letters() -> dict[str, str]:
    """Address → text of the night's mails."""
    return {letter.to[0]: str(letter.body) for letter in mail.outbox}


def test_a_meeting_logged_on_a_phone_is_green_above_and_no_longer_reminded_of(
    chromium: Any, live_server: Any, college: SmallCollege
) -> None:
    logged, owing = college.branches[0], college.branches[1]
    before = dashboard(chromium, live_server, college.committee_secretary)
    assert "cell-green" not in before["ZB101党支部"]
    assert before["ZB101党支部"] == before["ZB102党支部"]

    assert log_the_meeting(chromium, live_server, college.branch_secretary) <= 12
    section = Section.objects.get()
    assert (section.state, section.organisation, section.held_on.month) == ("confirmed", logged, 6)
    task = Task.objects.get(kind="members_meeting", organisation=logged)
    assert (task.state, task.evidence_url) == ("done", f"/meetings/{section.gathering_id}/")

    after = dashboard(chromium, live_server, college.committee_secretary)
    assert "cell-green" in after["ZB101党支部"]
    assert after["ZB102党支部"] == before["ZB102党支部"]

    with clock.moved(datetime.datetime.combine(TODAY, datetime.time(20), clock.SHANGHAI)):
        night = run_night(TODAY)
    assert night["errors"] == {}
    texts = letters()
    theirs = Task.objects.get(kind="members_meeting", organisation=owing)
    mine = texts[college.branch_secretary.email]  # other things are due: the mail goes out, without this line
    other = texts[User.objects.get(person__name="邻支部书记").email]
    assert theirs.title in other
    assert theirs.title not in mine
    assert MEETING not in mine
    assert "2026年6月支部委员会会议" in mine
