"""The most used pages in large type and in the dark: axe finds nothing, nothing is wider than the screen; first view is light.

In type of normal size tests/journeys/test_axe_pages.py looks at every template.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from common import clock
from orgs.models import User
from tests.access.parts import build_parts, scoring_sheets
from tests.access.world import TODAY, World, make_world
from tests.journeys.axe_walk import COLOURS, faults_now
from tests.journeys.walking import PHONE, browser_of

pytestmark = pytest.mark.browser
FIRST_VIEW_BYTES = 150_000


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    """All of it, on the demo's day."""
    with clock.moved(TODAY):
        found = make_world()
        build_parts(found)
    clock.set_demo_today(TODAY)
    yield found
    clock.set_demo_today(None)


def addresses(world: World) -> list[str]:
    """Desk, dashboard, organisation, meeting form, tasks, sheet, account."""
    sheet = next(one for one in scoring_sheets.ADDRESSES if one.name == "scoring:sheet_detail")
    return [
        "/",
        reverse("dashboards:committee"),
        reverse("orgs:organisation_detail", args=[world.branch.code]),
        reverse("meetings:record", args=[world.drafted.gathering_id]),
        reverse("tasks:task_list"),
        reverse(sheet.name, args=sheet.args(world)),
        "/account/",
    ]


def faults_of(page: Any, wanted: list[str]) -> list[str]:
    """What axe finds, and what is too wide."""
    faults = []
    for address in wanted:
        answer = page.goto(address, wait_until="load")
        if answer.status != 200:  # the meeting form is the branch's
            continue
        faults += faults_now(page, "dark, large", COLOURS)
        width = page.evaluate("document.scrollingElement.scrollWidth")
        if width > page.viewport_size["width"]:
            faults.append(f"{address}: {width} px wide")
    return faults


def test_nothing_to_find_on_the_most_used_pages_in_large_type(chromium: Any, live_server: Any, world: World) -> None:
    User.objects.update(theme="dark", type_size="large")
    faults = []
    for role in ("branch_secretary", "office"):
        with browser_of(chromium, live_server, getattr(world.college, role), PHONE) as page:
            faults += faults_of(page, addresses(world))
            assert page.get_attribute("html", "data-bs-theme") == "dark"
    assert not faults, "\n".join(faults)


def test_the_first_view_is_small(chromium: Any, live_server: Any, world: World) -> None:
    """What each page fetches before it is seen, as it would travel: compressed."""
    heavy = {}
    with browser_of(chromium, live_server, world.college.office, PHONE) as page:
        for address in addresses(world):
            asked: set[str] = set()

            def keep(request: Any, asked: set[str] = asked) -> None:
                if request.url.startswith("http") and "echarts" not in request.url:
                    asked.add(request.url)

            page.on("request", keep)
            page.goto(address, wait_until="load")
            page.remove_listener("request", keep)
            bodies = [page.request.get(url).body() for url in asked]
            total = sum(len(gzip.compress(body, 6)) for body in bodies)
            assert len(bodies) > 6, "page, styles and scripts"
            if total > FIRST_VIEW_BYTES:
                heavy[address] = total
    assert not heavy
