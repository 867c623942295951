"""The first tour: each role's own, once an account, skipped or walked through, with a mouse or without, on any screen."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common import clock
from dashboards.tour import role_of, steps_for
from orgs.models import User
from orgs.services.tours import finish_tour, restart_tour
from tests.factories import ROLES, TOUR_SEEN, SmallCollege, make_admin, make_college
from tests.journeys.axe_walk import faults_in_both_themes
from tests.journeys.walking import DESK, PHONE, browser_of

TODAY = datetime.date(2026, 6, 15)
ROLE_KEYS = {
    "committee_secretary": "committee",
    "office": "office",
    "general_secretary": "general_branch",
    "branch_secretary": "branch",
    "commissioner": "commissioner",
    "group_leader": "leader",
    "member": "member",
    "outsider": "branch",
}
UNSEEN = {"tour_seen_at": None}


@pytest.fixture
def college(db: None) -> SmallCollege:
    """A small college on the demo's day."""
    return make_college(members=1)


def newcomer(college: SmallCollege, role: str) -> User:
    """The account of ``role`` before its first sign-in."""
    user: User = getattr(college, role)
    User.objects.filter(pk=user.pk).update(**UNSEEN)
    return User.objects.select_related("person__organisation").get(pk=user.pk)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_has_its_own_three_to_five_steps(role: str, college: SmallCollege) -> None:
    user = getattr(college, role)
    assert role_of(user) == ROLE_KEYS[role]
    steps = steps_for(user)
    assert 3 <= len(steps) <= 5
    assert len({step.place for step in steps}) == len(steps)
    assert max(len(step.text) for step in steps) <= 45


def test_an_administrator_without_a_person_is_shown_the_office_s(db: None) -> None:
    assert role_of(make_admin()) == "office"


def test_seen_is_noted_once_and_can_be_taken_back(college: SmallCollege) -> None:
    user = newcomer(college, "member")
    first, later = (datetime.datetime(2026, 6, 15, hour, tzinfo=TOUR_SEEN.tzinfo) for hour in (9, 10))
    with clock.moved(first):
        finish_tour(actor=user)
    with clock.moved(later):
        finish_tour(actor=User.objects.get(pk=user.pk))
    assert User.objects.get(pk=user.pk).tour_seen_at == first == user.tour_seen_at
    restart_tour(actor=user)
    assert User.objects.get(pk=user.pk).tour_seen_at is None
    assert User.objects.get(pk=college.branch_secretary.pk).tour_seen_at == TOUR_SEEN  # nobody else's


@pytest.mark.parametrize("role", ["office", "branch_secretary", "member"])
def test_the_tour_costs_the_desk_no_query(role: str, college: SmallCollege, client: Client) -> None:
    counts = []
    for find_user in (lambda: getattr(college, role), lambda: newcomer(college, role)):
        client.force_login(find_user())
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/").content.decode()
        counts.append(len(queries))
        assert ("data-tour-step" in page) == (len(counts) == 2)
    assert counts[0] == counts[1]


def walk(page: Any) -> list[str]:
    """Through all steps by keyboard; returns their titles. At each the place is in sight and the card covers none of it."""
    titles = []
    for _step in range(6):
        title = page.locator(".tour-step:not([hidden]) .tour-title")
        titles.append(title.inner_text())
        assert page.locator("[data-tour-spot]").is_visible()
        assert page.evaluate(APART), f"the card of {titles[-1]} covers what it points at"
        assert page.evaluate("document.activeElement.closest('[data-tour-card]') !== null")
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        last = page.locator("[data-tour-next]").inner_text() == "知道了"
        page.locator("[data-tour-next]").focus()
        page.keyboard.press("Enter")
        if last:
            break
    return titles


# The upper left corner of the hole is free, whatever the size of the place.
APART = """() => {
  const [spot, card] = ['spot', 'card'].map((name) => document.querySelector(`[data-tour-${name}]`).getBoundingClientRect());
  const covered = Math.max(0, Math.min(spot.bottom, card.bottom) - Math.max(spot.top, card.top)) / spot.height;
  const beside = card.right <= spot.left || card.left >= spot.right;
  return spot.top >= 0 && spot.bottom <= innerHeight && spot.left < innerWidth && (beside || covered < 0.5);
}"""


@pytest.mark.browser
@pytest.mark.parametrize(
    ("role", "size"),
    [*((role, PHONE) for role in sorted(set(ROLES) - {"outsider"})), ("committee_secretary", DESK), ("member", DESK)],
    ids=lambda value: value if isinstance(value, str) else str(value["width"]),
)
def test_walking_through_by_keyboard(
    role: str, size: dict[str, int], transactional_db: None, chromium: Any, live_server: Any
) -> None:
    college = make_college(members=1)
    user = newcomer(college, role)
    with browser_of(chromium, live_server, user, size) as page:
        dialog = page.locator("#tour")
        dialog.wait_for()
        faults = faults_in_both_themes(page)
        with page.expect_response("**/tour/done/"):
            titles = walk(page)
        assert not dialog.is_visible()
        page.goto("/")
        assert page.locator("#tour").count() == 0
        faults += page.problems
    assert not faults, "\n".join(faults)
    assert titles == [step.title for step in steps_for(user) if step.title in titles]
    assert len(titles) >= 3
    assert User.objects.get(pk=user.pk).tour_seen_at is not None


@pytest.mark.browser
@pytest.mark.parametrize("how", ["escape", "button"])
def test_it_can_be_skipped_and_asked_for_again(
    how: str, transactional_db: None, chromium: Any, live_server: Any
) -> None:
    user = newcomer(make_college(members=1), "branch_secretary")
    with browser_of(chromium, live_server, user, PHONE) as page:
        page.locator("#tour").wait_for()
        page.mouse.click(5, 5)  # a slip beside the card
        assert page.locator("#tour").is_visible()
        with page.expect_response("**/tour/done/"):
            page.keyboard.press("Escape") if how == "escape" else page.get_by_role("button", name="跳过").click()
        page.goto("/account/")
        assert page.locator("#tour").count() == 0
        page.get_by_role("button", name="再看一遍").click()
        page.locator("#tour").wait_for()
        assert page.locator("[data-tour-count]").inner_text().startswith("第1步")


@pytest.mark.browser
def test_without_scripts_nothing_is_in_the_way(transactional_db: None, chromium: Any, live_server: Any) -> None:
    user = newcomer(make_college(members=1), "member")
    with browser_of(chromium, live_server, user, PHONE, scripts=False) as page:
        assert page.locator("#owed-title").is_visible()
        assert not page.locator("#tour").is_visible()
