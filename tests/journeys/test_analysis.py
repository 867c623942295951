"""The office reads the charts: each is drawn when it is seen, opens to its rows, is kept as a picture, and can be read
without seeing it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from common import clock
from meetings.services import load_kinds
from tests.dashboards.owing import hold, month
from tests.factories import SmallCollege, make_college
from tests.journeys import shots
from tests.journeys.walking import DESK, PHONE, browser_of

pytestmark = pytest.mark.browser
TODAY = datetime.date(2026, 6, 15)


@pytest.fixture
def college(transactional_db: None) -> Iterator[SmallCollege]:
    """ZB101 met in March and not in April; ZB102 met in neither; what ZB201 owes is not due."""
    with clock.moved(TODAY):
        found = make_college()
        load_kinds()
        branch, sibling, other = found.branches
        hold(month(branch, "committee_meeting", 3), "03-12")
        month(branch, "committee_meeting", 4)
        for number in (3, 4):
            month(sibling, "committee_meeting", number)
        month(other, "committee_meeting", 6)
    clock.set_demo_today(TODAY)
    yield found
    clock.set_demo_today(None)


def test_charts_are_drawn_and_open_to_their_rows(chromium: Any, live_server: Any, college: SmallCollege) -> None:
    with browser_of(chromium, live_server, college.office, DESK) as page:
        page.goto("/analysis/DW/")
        page.wait_for_selector("#chart-heat")
        page.wait_for_selector("[data-chart=drawing-heat] svg text:has-text('100')")
        # square of ZB101 in March: the only one in time
        page.locator("[data-chart=drawing-heat] svg text", has_text="100").first.click()
        page.wait_for_url("**/tasks/?unit=ZB101&due_from=2026-03-01&due_to=2026-03-31")
        assert page.locator("tbody tr").count() == 1
        page.go_back()
        page.locator("section[hx-get$='/ageing/']").scroll_into_view_if_needed()
        page.wait_for_selector("[data-chart=drawing-ageing] svg")
        shots.keep(page, "office", "analysis")
        assert page.problems == []


def test_a_chart_is_kept_as_a_picture(chromium: Any, live_server: Any, college: SmallCollege, tmp_path: Path) -> None:
    with browser_of(chromium, live_server, college.general_secretary, DESK) as page:
        page.goto("/analysis/ZZ1/comparison/")
        page.wait_for_selector("[data-chart] svg")
        page.click("[aria-label='各支部比较：导出']")
        with page.expect_download() as download:
            page.click("[data-chart-png]")
        assert download.value.suggested_filename == "ZZ1党总支-各支部比较-2026-06-15.png"
        download.value.save_as(tmp_path / "chart.png")
        content = (tmp_path / "chart.png").read_bytes()
        assert content.startswith(b"\x89PNG") and int.from_bytes(content[16:20]) == 2200
        assert page.problems == []


def test_on_a_phone_with_the_keyboard_alone(chromium: Any, live_server: Any, college: SmallCollege) -> None:
    """The picture is hidden from who reads aloud; the table beneath it is opened and followed with keys."""
    with browser_of(chromium, live_server, college.branch_secretary, PHONE) as page:
        page.goto("/analysis/")
        page.wait_for_selector("#chart-heat")
        assert page.locator("[data-chart=drawing-heat]").get_attribute("aria-hidden") == "true"
        page.locator("#chart-heat").locator("xpath=ancestor::section").locator("summary").focus()
        page.keyboard.press("Enter")
        row = page.locator(".chart-table[open] tbody tr", has_text="支部委员会会议").first
        assert row.inner_text().split() == ["支部委员会会议", "—", "—", "100%", "0%", *["—"] * 8]
        row.locator("a", has_text="0%").last.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/tasks/?unit=ZB101&due_from=2026-04-01&due_to=2026-04-30")
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
        assert page.problems == []


def test_without_scripts_the_tables_are_there(chromium: Any, live_server: Any, college: SmallCollege) -> None:
    with browser_of(chromium, live_server, college.office, DESK, scripts=False) as page:
        page.goto("/analysis/DW/")
        page.click("a[href='/analysis/DW/ageing/']")
        assert page.inner_text("h1") == "逾期多久了"
        assert page.locator("tbody tr").inner_text().split() == ["ZZ1党总支", "0项", "0项", "3项"]
