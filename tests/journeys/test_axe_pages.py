"""axe-core on every page in both themes.

The suite opens each template once, as the first role that sees it; ``AXE=all`` (``make audit`` sets it) opens every
address that a role may open, for every role.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.test import Client

from common import clock
from tests.access.parts import make_whole_world
from tests.access.world import TODAY, World
from tests.factories import ROLES
from tests.journeys.axe_walk import faults_in_both_themes
from tests.journeys.test_pages import pages
from tests.journeys.walking import DESK, PHONE, browser_of

pytestmark = pytest.mark.browser
FIRST = (
    "office",
    "branch_secretary",
    "general_secretary",
    "group_leader",
    "member",
    "committee_secretary",
    "commissioner",
    "outsider",
)


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    """All of it, on the demo's day."""
    with clock.moved(TODAY):
        found = make_whole_world()
    clock.set_demo_today(TODAY)
    yield found
    clock.set_demo_today(None)


def shown_first(world: World) -> dict[str, list[str]]:
    """Role → addresses: each template once, for the first role of ``FIRST`` that gets to see it."""
    found: dict[str, list[str]] = {role: [] for role in FIRST}
    seen: set[str | None] = {None}  # an answer without a template is no page
    asked: set[str] = set()
    for role in FIRST:
        client = Client()
        client.force_login(getattr(world.college, role))
        for url in (url for url in pages(world, role).values() if url not in asked or url == "/"):
            asked.add(url)
            templates = client.get(url).templates
            template = templates[0].name if templates else None
            if template not in seen:
                seen.add(template)
                found[role].append(url)
    return found


def faults_of(page: Any, urls: Iterable[str]) -> list[str]:
    """What axe finds on them, in both themes."""
    found = []
    for url in urls:
        answer = page.goto(url, wait_until="load")
        if answer.headers["content-type"].startswith("text/html"):  # the manifest is no page
            found += faults_in_both_themes(page)
    return found + page.problems


def test_axe_finds_nothing_in_any_template(chromium: Any, live_server: Any, world: World) -> None:
    faults: list[str] = []
    urls = shown_first(world)
    assert sum(map(len, urls.values())) > 80
    for role in (role for role in FIRST if urls[role]):
        with browser_of(chromium, live_server, getattr(world.college, role), DESK) as page:
            faults += faults_of(page, urls[role])
    with browser_of(chromium, live_server, None, PHONE) as page:
        faults += faults_of(page, set(pages(world, "anonymous").values()))
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults)


if os.environ.get("AXE") == "all":

    @pytest.mark.parametrize("role", ROLES)
    def test_axe_finds_nothing_for_any_role(role: str, chromium: Any, live_server: Any, world: World) -> None:
        with browser_of(chromium, live_server, getattr(world.college, role), DESK) as page:
            faults = faults_of(page, pages(world, role).values())
        assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults)
