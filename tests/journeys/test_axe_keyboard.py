"""Without a mouse: every control is reached, seen and left again by Tab; menus and dialogs give the focus back."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest

from common import clock
from meetings.services import load_kinds
from tests.access.world import LATER, _task
from tests.factories import SmallCollege, make_college
from tests.journeys.walking import DESK, PHONE, browser_of
from tests.meetings.making import plan

pytestmark = pytest.mark.browser
TODAY = datetime.date(2026, 6, 15)
MOST = 400

# Where the focus is, and what is wrong with how it is shown. Numbers what can be reached, to tell the stops apart.
STOP = """() => {
  const input = document.activeElement;
  if (!input || input === document.body) return null;
  const one = input.classList.contains('btn-check') ? input.labels[0] : input; // its label is what one sees
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const label = one.closest('label, .form-check, .form-selectgroup-item');
  const around = label ? [style, ...[...label.children].map((each) => getComputedStyle(each))] : [style];
  const faults = [];
  if (!box.width || !box.height) faults.push('has no size');
  if (!around.some((each) => (each.outlineStyle !== 'none' && parseFloat(each.outlineWidth) > 0) || each.boxShadow !== 'none')) faults.push('shows no focus');
  const points = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].map(([x, y]) => document.elementFromPoint(box.left + box.width * x, box.top + box.height * y));
  const shown = points.some((found) => found && (one.contains(found) || found.contains(one) || label?.contains(found)));
  if (!shown) faults.push(`is covered or out of sight at ${Math.round(box.left)},${Math.round(box.top)}`);
  one.dataset.stop ||= String(document.querySelectorAll('[data-stop]').length + 1);
  return { number: one.dataset.stop, html: one.outerHTML.slice(0, 160), faults };
}"""
# What Tab should reach: one radio button of a group stands for all.
REACHABLE = """() => {
  const groups = new Set();
  return [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')].filter((one) => {
    if (one.disabled || one.type === 'hidden' || one.tabIndex < 0 || !one.checkVisibility({ visibilityProperty: true })) return false;
    if (one.type === 'radio') { if (groups.has(one.name)) return false; groups.add(one.name); }
    return true;
  }).length;
}"""


@pytest.fixture
def college(transactional_db: None) -> Iterator[SmallCollege]:
    """A college with something owed and a meeting to be recorded, on the demo's day."""
    with clock.moved(TODAY):
        found = make_college(members=2)
        load_kinds()
        _task("agreed:1", found.branches[0], office="secretary")
        plan(found.branch_secretary, found.branches[0], "members_meeting", starts_at=LATER)
    clock.set_demo_today(TODAY)
    yield found
    clock.set_demo_today(None)


def tab_through(page: Any) -> list[str]:
    """Tab until the page has been left; returns what is wrong with the stops."""
    faults: list[str] = []
    seen: list[str] = []
    for _time in range(MOST):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            break
        if stop["number"] in seen[-1:]:
            continue  # a date has a stop for year, month and day
        if stop["number"] in seen:
            return [*faults, f"{page.url}: the focus came back to {stop['html']} without leaving the page"]
        seen.append(stop["number"])
        faults += [f"{page.url}: {stop['html']} {fault}" for fault in stop["faults"]]
    else:
        faults.append(f"{page.url}: no end after {MOST} times Tab")
    reachable = page.evaluate(REACHABLE)
    if len(seen) < reachable:
        faults.append(f"{page.url}: Tab reached {len(seen)} of {reachable} controls")
    return faults


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize(
    ("role", "path"),
    [("branch_secretary", "/"), ("branch_secretary", "record"), ("committee_secretary", "/dashboard/")],
    ids=["desk", "record form", "dashboard"],
)
def test_every_control_is_reached_seen_and_left(
    role: str, path: str, size: dict[str, int], college: SmallCollege, chromium: Any, live_server: Any
) -> None:
    with browser_of(chromium, live_server, getattr(college, role), size) as page:
        if path == "record":
            page.goto("/meetings/")
            path = (
                page.locator("main a[href^='/meetings/']", has_text="党员大会").first.get_attribute("href") + "record/"
            )
        page.goto(path, wait_until="load")
        page.wait_for_load_state("networkidle")
        faults = tab_through(page)
    assert not faults, "\n".join(faults)


def test_the_skip_link_leads_past_the_menu(college: SmallCollege, chromium: Any, live_server: Any) -> None:
    with browser_of(chromium, live_server, college.branch_secretary, PHONE) as page:
        page.goto("/tasks/")
        page.keyboard.press("Tab")
        link = page.locator(".skip-link")
        assert link.evaluate("(one) => one === document.activeElement")
        assert link.bounding_box()["x"] >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")


def test_menu_and_dialog_give_the_focus_back(college: SmallCollege, chromium: Any, live_server: Any) -> None:
    with browser_of(chromium, live_server, college.branch_secretary, DESK) as page:
        page.goto("/design/")
        summary = page.locator("aside .account > summary")
        summary.focus()
        page.keyboard.press("Enter")
        assert page.locator("aside .account-panel").is_visible()
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        assert not page.locator("aside .account-panel").is_visible()
        assert summary.evaluate("(one) => one === document.activeElement")
        opener = page.locator("[data-dialog-open]").first
        opener.focus()
        page.keyboard.press("Enter")
        assert page.locator("dialog[open]").count() == 1
        for _time in range(4):
            page.keyboard.press("Tab")
            assert page.evaluate(
                "document.activeElement === document.body || document.activeElement.closest('dialog') !== null"
            )
        page.keyboard.press("Escape")
        assert page.locator("dialog[open]").count() == 0
        assert opener.evaluate("(one) => one === document.activeElement")
