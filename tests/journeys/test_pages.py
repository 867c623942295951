"""Every page in a real browser: fits a phone, breaks no policy, throws no error (test_axe_pages.py: can be read by everybody)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from common import clock
from tests.access.parts import make_whole_world
from tests.access.table import ADDRESSES
from tests.access.world import TODAY, World
from tests.factories import ROLES
from tests.journeys import shots
from tests.journeys.axe_walk import SIDEWAYS
from tests.journeys.walking import DESK, PHONE, browser_of

pytestmark = pytest.mark.browser
# Answers that are no pages of their own: files, fragments, the mail in its frame.
NO_PAGES = {
    "healthz",
    "readyz",
    "meetings:attachment",
    "tasks:task_file",
    "meetings:people_search",
    "dashboards:branch_calendar_file",
    "notices:demo_mail_html",
    "tasks:project_file",
    "orgs:people_search",
    "scoring:composite_export",
    "scoring:version_export",
    "scoring:bonus_file",
    "dashboards:desk_asked",
    "dashboards:analysis_file",
}


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    """All of it, on the demo's day."""
    with clock.moved(TODAY):
        found = make_whole_world()
    clock.set_demo_today(TODAY)
    yield found
    clock.set_demo_today(None)


def pages(world: World, role: str) -> dict[str, str]:
    """Name and number → address of every page that ``role`` may open."""
    found: dict[str, str] = {}
    for address in ADDRESSES:
        is_file = address.name in NO_PAGES or address.query.startswith("export=")
        if is_file or address.expected(role, "get") != 200:
            continue
        url = reverse(address.name, args=address.args(world)) + (f"?{address.query}" if address.query else "")
        if url not in found.values():
            same = sum(name.partition("#")[0] == address.name for name in found)
            found[f"{address.name}#{same + 1}"] = url
    return found


def walk(page: Any, addresses: dict[str, str], role: str) -> list[str]:
    """Open every page; returns what is wrong on them."""
    faults = []
    for name, url in addresses.items():
        answer = page.goto(url, wait_until="load")
        if answer.status != 200:
            faults.append(f"{name}: {answer.status}")
        if wide := page.evaluate(SIDEWAYS):
            faults.append(f"{name} {url}: {wide}")
        shots.keep(page, role, name)
    return faults + page.problems


def test_every_page_fits_a_phone_and_breaks_nothing(chromium: Any, live_server: Any, world: World) -> None:
    """Every address of one role, whatever its template shows there; test_axe_pages.py opens every template there is."""
    role = "branch_secretary"
    with browser_of(chromium, live_server, world.college.branch_secretary, PHONE) as page:
        addresses = pages(world, role)
        assert len(addresses) > 30
        faults = walk(page, addresses, role)
    assert not faults, "\n".join(faults)


def test_pages_before_signing_in(chromium: Any, live_server: Any, world: World) -> None:
    with browser_of(chromium, live_server, None, PHONE) as page:
        faults = walk(page, pages(world, "anonymous"), "anonymous")
    assert not faults, "\n".join(faults)


if shots.wanted():

    @pytest.mark.parametrize("role", ROLES)
    def test_pictures_of_every_page(role: str, chromium: Any, live_server: Any, world: World) -> None:
        for size in (PHONE, DESK):
            with browser_of(chromium, live_server, getattr(world.college, role), size) as page:
                walk(page, pages(world, role), role)
