"""Every page in a real browser: fits a phone, breaks no policy, throws no error, and can be read by everybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from common import clock
from tests.access.parts import make_whole_world
from tests.access.table import ADDRESSES
from tests.access.world import TODAY, World
from tests.factories import ROLES
from tests.journeys import shots
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
MAIN_PAGES = {
    "branch_secretary": (
        "dashboards:desk",
        "dashboards:branch_year",
        "dashboards:branch_calendar",
        "meetings:section_list",
        "meetings:plan",
        "meetings:record",
        "meetings:gathering_detail",
        "meetings:record_book",
        "notices:bell",
        "orgs:account",
        "orgs:person_detail",
        "tasks:task_detail",
        "tasks:task_list",
        "scoring:sheet_list",
        "scoring:sheet_detail",
        "ballots:ballot_list",
    ),
    "office": (
        "dashboards:desk",
        "dashboards:committee",
        "dashboards:general_branch",
        "meetings:kind_list",
        "meetings:kind_edit",
        "notices:delivery_list",
        "orgs:organisation_list",
        "orgs:organisation_detail",
        "orgs:person_list",
        "orgs:appoint",
        "orgs:roster_import",
        "orgs:calendar",
        "tasks:project_list",
        "tasks:project_detail",
        "tasks:project_new",
        "tasks:project_plan",
        "tasks:task_force_detail",
        "scoring:sheet_detail",
        "scoring:composite_detail",
        "scoring:composite_import",
        "scoring:scheme_list",
        "scoring:scheme_detail",
        "scoring:process",
        "scoring:publication",
        "ballots:ballot_detail",
    ),
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
        width = page.evaluate("document.scrollingElement.scrollWidth")
        if width > page.evaluate("innerWidth"):
            faults.append(f"{name} {url}: {width} px wide: {page.evaluate(WIDEST)}")
        shots.keep(page, role, name)
    return faults + page.problems


WIDEST = """() => [...document.querySelectorAll('body *')]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 3).map((one) => `${one.tagName}.${one.className}`).join(' ')"""


@pytest.mark.parametrize("role", ["branch_secretary", "office"])
def test_every_page_fits_a_phone_and_breaks_nothing(role: str, chromium: Any, live_server: Any, world: World) -> None:
    with browser_of(chromium, live_server, getattr(world.college, role), PHONE) as page:
        addresses = pages(world, role)
        assert len(addresses) > 30
        faults = walk(page, addresses, role)
    assert not faults, "\n".join(faults)


def test_pages_before_signing_in(chromium: Any, live_server: Any, world: World) -> None:
    with browser_of(chromium, live_server, None, PHONE) as page:
        faults = walk(page, pages(world, "anonymous"), "anonymous")
        page.goto("/login/")
        faults += serious(page)
    assert not faults, "\n".join(faults)


def serious(page: Any) -> list[str]:
    """What axe calls serious or critical."""
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url} {one['id']}: {node['html'][:160]} {node['any'][0]['message'] if node['any'] else ''}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"][:3]
    ]


@pytest.mark.parametrize("role", sorted(MAIN_PAGES))
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_main_pages_can_be_used_by_everybody(
    size: dict[str, int], role: str, chromium: Any, live_server: Any, world: World
) -> None:
    addresses = pages(world, role)
    faults = []
    with browser_of(chromium, live_server, getattr(world.college, role), size) as page:
        for name in MAIN_PAGES[role]:
            page.goto(addresses[f"{name}#1"], wait_until="load")
            faults += serious(page)
        faults += page.problems
    assert not faults, "\n".join(faults)


if shots.wanted():

    @pytest.mark.parametrize("role", ROLES)
    def test_pictures_of_every_page(role: str, chromium: Any, live_server: Any, world: World) -> None:
        for size in (PHONE, DESK):
            with browser_of(chromium, live_server, getattr(world.college, role), size) as page:
                walk(page, pages(world, role), role)
