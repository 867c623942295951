"""What htmx changes within a page takes neither the focus nor the place one has scrolled to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from common import clock
from tests.access.parts import make_whole_world
from tests.access.world import TODAY, World
from tests.journeys.walking import DESK, PHONE, browser_of

pytestmark = pytest.mark.browser
PLACE = "() => [document.activeElement.id, Math.round(scrollY)]"


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    with clock.moved(TODAY):
        found = make_whole_world()
    clock.set_demo_today(TODAY)
    yield found
    clock.set_demo_today(None)


def test_typing_a_search_goes_on_where_it_was(chromium: Any, live_server: Any, world: World) -> None:
    with browser_of(chromium, live_server, world.college.office, {"width": 360, "height": 400}) as page:
        page.goto("/organisations/")
        expect(page.locator("#tree")).to_contain_text("ZB201党支部")
        page.locator("#q").focus()
        page.evaluate("scrollTo({ top: 120, behavior: 'instant' })")
        with page.expect_response("**/organisations/?q=zb1"):
            page.keyboard.type("zb1")
        expect(page.locator("#tree")).not_to_contain_text("ZB201党支部")
        assert page.evaluate(PLACE) == ["q", 120]
        with page.expect_response("**/organisations/?q=zb101"):
            page.keyboard.type("01")
        assert page.locator("#q").input_value() == "zb101"
        assert page.url.endswith("/organisations/?q=zb101")
        assert page.problems == []


def test_the_wall_renews_itself_under_the_reader(chromium: Any, live_server: Any, world: World) -> None:
    with browser_of(chromium, live_server, world.college.committee_secretary, {"width": 1280, "height": 300}) as page:
        page.clock.install()
        page.goto("/chart/wall/")
        page.locator("#wall").focus()
        page.evaluate("window.before = document.querySelector('#wall'); scrollTo({ top: 60, behavior: 'instant' })")
        place = page.evaluate(PLACE)
        with page.expect_response("**/chart/wall/**"):
            page.clock.fast_forward(61_000)
        page.wait_for_function("document.querySelector('#wall') !== window.before")
        assert page.evaluate(PLACE) == place
        assert place[0] == "wall"
        assert page.problems == []


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_what_is_fetched_when_opened_leaves_the_focus(
    screen: dict[str, int], chromium: Any, live_server: Any, world: World
) -> None:
    with browser_of(chromium, live_server, world.college.office, screen) as page:
        page.goto("/organisations/ZB101/")
        summary = page.locator("details[hx-get] > summary")
        summary.focus()
        top = page.evaluate("scrollY")
        with page.expect_response("**/history/"):
            page.keyboard.press("Enter")
        expect(page.locator("#changes li").first).to_be_visible()
        expect(summary).to_be_focused()
        assert page.evaluate("scrollY") == top
        assert page.problems == []
