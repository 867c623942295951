"""A phone that loses its network: what it keeps, what it shows, and when what it keeps goes."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from common import clock
from meetings.services import load_kinds
from tests.factories import SmallCollege, make_college
from tests.journeys.walking import PHONE, browser_of, sign_in
from tests.meetings.making import plan

pytestmark = pytest.mark.browser
TODAY = datetime.date(2026, 6, 15)
READY = "async () => { await navigator.serviceWorker.ready; }"
CACHED = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
  return found;
}"""


@pytest.fixture
def college(transactional_db: None) -> Iterator[SmallCollege]:
    """A small college on a day in June."""
    load_kinds()
    clock.set_demo_today(TODAY)
    yield make_college()
    clock.set_demo_today(None)


def keep(page: Any, account: int, days_old: float) -> str:
    """Put a draft of ``account`` on the device, as record.js does."""
    name = f"partybuild:{account}:draft:1:1"
    script = "([name, days]) => localStorage.setItem(name, JSON.stringify({ time: Date.now() - days * 86400000 }))"
    page.evaluate(script, [name, days_old])
    return name


def kept(page: Any) -> list[str]:
    """Names of the drafts on the device."""
    return list(page.evaluate("Object.keys(localStorage).filter((name) => name.includes(':draft:'))"))


def test_only_static_files_and_the_offline_page_are_kept(
    chromium: Any, live_server: Any, college: SmallCollege
) -> None:
    with clock.moved(TODAY):
        gathering = plan(college.branch_secretary, college.branches[0], "theme_day")
    with browser_of(chromium, live_server, college.branch_secretary, PHONE, worker=True) as page:
        page.evaluate(READY)
        for address in ("/", f"/meetings/{gathering.pk}/record/", f"/people/{college.members[0].number}/", "/"):
            assert page.goto(address).status == 200
        found = page.evaluate(CACHED)
        assert "/offline/" in found
        assert [one for one in found if not one.startswith("/static/") and one != "/offline/"] == []
        html = page.evaluate("async () => (await caches.match('/offline/')).text()")
        assert college.branch_secretary.username not in html
        assert page.problems == []


def test_without_a_network_a_page_says_so_and_comes_back(
    chromium: Any, live_server: Any, college: SmallCollege
) -> None:
    with browser_of(chromium, live_server, college.branch_secretary, PHONE, worker=True) as page:
        page.evaluate(READY)
        page.context.set_offline(True)
        page.goto("/meetings/")
        expect(page.get_by_role("heading", name="没有网络")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.context.set_offline(False)
        page.get_by_role("link", name="再试一次").click()
        expect(page.get_by_role("heading", name="没有网络")).to_have_count(0)
        assert page.url.endswith("/meetings/")


# Asked by the page itself: the policy forbids what a waiting test would have to evaluate.
GONE = """async () => {
  while ((await caches.keys()).includes("partybuild-static-old")) await new Promise((next) => setTimeout(next, 50));
}"""


def test_an_old_cache_goes_with_the_next_version(chromium: Any, live_server: Any, college: SmallCollege) -> None:
    with browser_of(chromium, live_server, None, PHONE, worker=True) as page:
        page.goto("/offline/")  # registers no worker by itself
        page.evaluate("async () => { await caches.open('partybuild-static-old'); await caches.open('other'); }")
        page.goto("/login/")
        page.evaluate(READY)
        page.evaluate(GONE)
        assert sorted(page.evaluate("caches.keys()")) == ["other", "partybuild-static-plain"]


def test_a_week_takes_a_draft(chromium: Any, live_server: Any, college: SmallCollege) -> None:
    account = college.branch_secretary.pk
    with browser_of(chromium, live_server, college.branch_secretary, PHONE, worker=True) as page:
        name = keep(page, account, 0)
        later = datetime.datetime.now(tz=datetime.UTC)
        page.clock.install(time=later + datetime.timedelta(days=6, hours=23))
        page.goto("/")
        assert kept(page) == [name]
        page.clock.set_fixed_time(later + datetime.timedelta(days=7, minutes=1))
        page.goto("/")
        assert kept(page) == []


def test_another_account_finds_nothing(chromium: Any, live_server: Any, college: SmallCollege) -> None:
    with browser_of(chromium, live_server, college.branch_secretary, PHONE, worker=True) as page:
        name = keep(page, college.branch_secretary.pk, 0)
        page.context.clear_cookies()  # the session ended without signing out
        page.goto("/login/")
        assert kept(page) == [name]  # whoever comes back finds it
        sign_in(page, college.office)
        assert kept(page) == []


def test_signing_out_takes_everything(chromium: Any, live_server: Any, college: SmallCollege) -> None:
    with browser_of(chromium, live_server, college.branch_secretary, PHONE, worker=True) as page:
        keep(page, college.branch_secretary.pk, 0)
        page.evaluate("document.querySelector('form[data-logout]').requestSubmit()")
        page.wait_for_url("**/login/")
        assert json.loads(page.evaluate("JSON.stringify(Object.keys(localStorage))")) == []
