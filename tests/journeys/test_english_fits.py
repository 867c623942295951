"""English words are longer: no page becomes wider than its screen for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from common import clock
from orgs.models import User
from tests.access.parts import make_whole_world
from tests.access.world import TODAY, World
from tests.journeys.axe_walk import stuck_out
from tests.journeys.walking import DESK, PHONE, browser_of

pytestmark = pytest.mark.browser
PAGES = (
    "/", "/tasks/", "/meetings/", "/people/", "/directives/", "/projects/", "/slips/", "/deliveries/", "/scores/",
    "/dashboard/", "/chart/", "/lists/", "/schemes/", "/ballots/", "/organisations/ZB101/", "/account/",
)  # fmt: skip


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    with clock.moved(TODAY):
        found = make_whole_world()
    clock.set_demo_today(TODAY)
    yield found
    clock.set_demo_today(None)


def test_it_fits_in_english(chromium: Any, live_server: Any, world: World) -> None:
    User.objects.update(language="en")
    faults = []
    with browser_of(chromium, live_server, world.college.office, DESK) as page:
        for url in PAGES:
            assert page.goto(url).status == 200
            assert page.get_attribute("html", "lang") == "en"
            for screen in (DESK, PHONE):
                page.set_viewport_size(screen)
                if wide := stuck_out(page):
                    faults.append(f"{url} at {screen['width']} px: {wide}")
            page.set_viewport_size(DESK)
        faults += page.problems
    assert not faults, "\n".join(faults)
