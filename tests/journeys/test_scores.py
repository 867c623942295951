"""A secretary asks on a phone why points are lost, does what is said to help, and sees the figure rise."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest

from common import clock
from meetings.services import load_kinds
from orgs.models import Level
from scoring.models import Sheet
from scoring.services.recalculating import recalculate
from tests.dashboards.owing import hold, owe
from tests.factories import SmallCollege, make_college
from tests.journeys.walking import PHONE, browser_of
from tests.scoring.places import body, publish_body

pytestmark = pytest.mark.browser
TODAY = datetime.date(2026, 6, 15)


@pytest.fixture
def college(transactional_db: None) -> Iterator[SmallCollege]:
    """Theme days of January to May were due in ZB101; four were held."""
    with clock.moved(TODAY):
        found = make_college()
        load_kinds()
        for month in range(1, 6):
            task = owe(found.branches[0], "theme_day", f"{month:02}-01", f"{month:02}-20")
            if month < 5:
                hold(task, f"{month:02}-11")
        scheme = publish_body(found.committee, found.office, body("BR-2026", Level.BRANCH))
        recalculate(scheme=scheme)
    clock.set_demo_today(TODAY)
    yield found
    clock.set_demo_today(None)


def test_why_and_what_would_help(chromium: Any, live_server: Any, college: SmallCollege) -> None:
    branch = college.branches[0]
    with browser_of(chromium, live_server, college.branch_secretary, PHONE) as page:
        page.goto("/")
        page.click("[aria-label='打开菜单']")
        page.click(".navbar >> text=考核评分")
        page.click(f"tbody >> text={branch.name}")
        assert page.inner_text("h1") == branch.name
        # four of five: 40 × (0.8 − 0.5) / 0.5 = 24; the fifth is worth 40 × 0.2 / 0.5 = 16
        page.click("summary:has-text('主题党日')")
        assert "4/5=0.8" in page.inner_text("#line-1\\.1")
        assert page.locator("#line-1\\.1 .score-rows li").count() >= 5
        assert "+16.00" in page.inner_text(".score-steps")
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
        page.click(".score-steps a >> nth=0")
        assert "2026年5月" in page.inner_text("main, .page-header >> nth=0")
        with clock.moved(TODAY):
            hold(branch.tasks.get(state="active"), "05-20", entered="06-15")
            recalculate(scheme=Sheet.objects.get(organisation=branch).scheme)
        page.go_back()
        page.reload()
        assert "5/5=1" in page.inner_text("#line-1\\.1")
        assert page.problems == []
