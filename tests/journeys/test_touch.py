"""Fingers: a person is found on a phone, and what is tapped most is large enough."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from common import clock
from tests.access.parts import make_whole_world
from tests.access.parts.scoring_schemes import RUBRIC
from tests.access.world import World
from tests.journeys.walking import DESK, PHONE, browser_of

pytestmark = pytest.mark.browser
# A link within a sentence and what is hidden from the eye have no finger's width (WCAG 2.2, 2.5.8, exceptions).
SMALL = """() => [...document.querySelectorAll('main button, main a.btn, main summary, main select, main input:not([type=hidden])')]
  .filter((one) => one.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }))
  .map((one) => {
    const label = ['checkbox', 'radio'].includes(one.type) ? one.closest('label') || one.parentElement : one;
    const box = label.getBoundingClientRect();
    return [Math.round(box.height), one.outerHTML.slice(0, 90)];
  })
  .filter(([height]) => height > 1 && height < 44)"""


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    clock.set_demo_today(datetime.date(2026, 6, 15))
    yield make_whole_world()
    clock.set_demo_today(None)


@pytest.mark.parametrize(
    ("role", "screen"), [("branch_secretary", PHONE), ("committee_secretary", DESK)], ids=["branch-phone", "top-desk"]
)
def test_a_person_is_found_by_name_and_by_initials(
    role: str, screen: dict[str, int], chromium: Any, live_server: Any, world: World
) -> None:
    person = world.college.branch_secretary.person
    with browser_of(chromium, live_server, getattr(world.college, role), screen) as page:
        for words in (person.name, "zbsj", person.number):
            page.goto("/people/")
            page.get_by_role("searchbox").first.fill(words)
            page.get_by_role("searchbox").first.press("Enter")
            expect(page.get_by_role("link", name=person.name, exact=True).first).to_be_visible()
        page.get_by_role("link", name=person.name, exact=True).first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(person.name)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= screen["width"]
        assert page.problems == []


PAGES = {
    "branch_secretary": ("/", "/account/", "/tasks/", "/meetings/", "/directives/", "/notices/"),
    "office": ("/settings/kinds/", "/settings/calendar/", "/deliveries/", "/people/", "/organisations/ZB101/"),
    "general_secretary": ("/dashboard/", "/tasks/"),
}


def addresses(role: str, world: World) -> list[str]:
    """The pages of ``role``, those of this world included."""
    found = list(PAGES[role])
    if role == "branch_secretary":
        found += [f"/meetings/{world.drafted.gathering_id}/record/", f"/tasks/{world.task.pk}/"]
    if role == "general_secretary":
        found.append(reverse("scoring:marking_page", args=[world.more["rules"].pk, RUBRIC]))
    return found


@pytest.mark.parametrize("role", list(PAGES))
def test_what_is_tapped_is_44_pixels_high(role: str, chromium: Any, live_server: Any, world: World) -> None:
    small = []
    with browser_of(chromium, live_server, getattr(world.college, role), PHONE) as page:
        for address in addresses(role, world):
            page.goto(address)
            small += [f"{address}: {height} px {html}" for height, html in page.evaluate(SMALL)]
    assert not small, "\n".join(small)
