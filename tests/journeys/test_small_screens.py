"""What only a browser can tell: words that stay in sight while months scroll by, and a person chosen by keyboard."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from common import clock
from meetings.services import load_kinds
from orgs.models import Appointment
from partybuild.nightly import run_night
from tests.factories import SmallCollege, make_college, make_person
from tests.journeys.walking import DESK, PHONE, browser_of
from tests.meetings.making import plan

pytestmark = pytest.mark.browser
TODAY = datetime.date(2026, 6, 15)


@pytest.fixture
def college(transactional_db: None) -> Iterator[SmallCollege]:
    """After its first night."""
    load_kinds()
    found = make_college()
    with clock.moved(TODAY):
        assert run_night(TODAY)["errors"] == {}
    clock.set_demo_today(TODAY)
    yield found
    clock.set_demo_today(None)


def in_sight(page: Any) -> list[str]:
    """Words of the cells of several months that stand wholly between the first column and the edge of the screen."""
    return page.evaluate(
        """() => {
            const box = document.querySelector(".table-responsive").getBoundingClientRect();
            const left = document.querySelector('.matrix-year th[scope="row"]').getBoundingClientRect().right;
            const words = [...document.querySelectorAll(".matrix-year td[colspan='12'] span:not(.cell)")];
            return words.filter((one) => {
                const { left: from, right: to } = one.getBoundingClientRect();
                return from >= left - 1 && to <= box.right + 1;
            }).map((one) => one.textContent);
        }"""
    )


def test_a_yearly_cell_never_looks_empty_on_a_phone(chromium: Any, live_server: Any, college: SmallCollege) -> None:
    with browser_of(chromium, live_server, college.branch_secretary, PHONE) as page:
        page.goto("/branches/ZB101/year/2026/")
        wide = page.locator(".matrix-year td[colspan='12']").count()
        assert wide >= 3  # life meeting, appraisal, talks
        for place in (0, 150, 300, 450, 5000):
            page.evaluate(f"document.querySelector('.table-responsive').scrollLeft = {place}")
            words = in_sight(page)
            assert len(words) == wide, (place, words)
        assert page.problems == []


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_an_office_is_filled_by_keyboard_alone(
    chromium: Any, live_server: Any, college: SmallCollege, viewport: dict[str, int]
) -> None:
    wanted = make_person(college.branches[2], "张思雅", number="20010002")
    make_person(college.branches[0], "张思远", number="20010001")
    with browser_of(chromium, live_server, college.office, viewport) as page:
        page.goto("/organisations/DW/appoint/")
        field, options = page.locator("[name=person]"), page.locator(".people-option")
        field.press_sequentially("zsy", delay=20)
        expect(options).to_have_count(2)
        expect(field).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("Enter")  # nobody is marked: nothing is sent, nobody is taken
        expect(field).to_have_value("zsy")
        page.keyboard.press("ArrowUp")  # the last of the list, which is in the order of names
        marked = page.locator('.people-option[aria-selected="true"]')
        expect(field).to_have_attribute("aria-activedescendant", str(marked.get_attribute("id")))
        while marked.get_attribute("data-value") != "张思雅（20010002）":
            page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        expect(field).to_have_value("张思雅（20010002）")
        expect(page.locator(".people-options")).to_be_hidden()
        page.locator("[name=office]").select_option("member")
        field.press("Enter")
        page.wait_for_url("**/organisations/DW/")
        assert page.problems == []
    assert Appointment.objects.get(person=wanted).organisation == college.committee


def test_a_number_is_enough_without_javascript(chromium: Any, live_server: Any, college: SmallCollege) -> None:
    person = make_person(college.branches[2], "张思雅", number="20010002")
    context = chromium.new_context(base_url=live_server.url, viewport=PHONE, java_script_enabled=False)
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto("/login/")
    page.fill("[name=username]", college.office.username)
    page.fill("[name=password]", "a-long-test-password")
    page.press("[name=password]", "Enter")
    page.goto("/organisations/DW/re-elect/")
    page.fill("[name=term_start]", "2026-06-10")
    page.fill("[name=reason]", "批复 1 号")
    page.fill("[name=secretary]", "20010002")
    page.locator("[name=member]").nth(1).fill("20010002")
    page.press("[name=reason]", "Enter")
    page.wait_for_url("**/organisations/DW/")
    context.close()
    held = Appointment.objects.in_force(TODAY).filter(person=person, organisation=college.committee)
    assert set(held.values_list("office", flat=True)) == {"secretary", "member"}


def test_one_more_row_searches_too(chromium: Any, live_server: Any, college: SmallCollege) -> None:
    make_person(college.branches[2], "张思雅", number="20010002")
    with browser_of(chromium, live_server, college.office, PHONE) as page:
        page.goto("/organisations/DW/re-elect/")
        page.locator("[data-people-rows]", has=page.locator("[name=member]")).locator("[data-people-add]").click()
        rows = page.locator("[name=member]")
        expect(rows).to_have_count(3)
        page.keyboard.type("zsy", delay=20)
        expect(page.locator(".people-option")).to_have_count(1)
        page.locator(".people-option").click()
        expect(rows.nth(2)).to_have_value("张思雅（20010002）")
        assert page.problems == []


def test_another_kind_is_added_while_typing(chromium: Any, live_server: Any, college: SmallCollege) -> None:
    """What was typed a moment before is on the form again, beside the roll of the added one."""
    with clock.moved(TODAY):
        gathering = plan(college.branch_secretary, college.branches[0], "theme_day")
    with browser_of(chromium, live_server, college.branch_secretary, PHONE) as page:
        page.goto(f"/meetings/{gathering.pk}/record/")
        page.fill("[name='shared.minutes']", "写了一半")
        page.locator("button[value=section]").click()
        page.wait_for_url("**/sections/new/")
        page.locator("[name=section]").select_option(label="党课")
        page.get_by_role("button", name="加上").click()
        page.wait_for_url("**/record/**")
        expect(page.locator("[data-section]")).to_have_count(2)
        expect(page.locator("[name='shared.minutes']")).to_have_value("写了一半")
        expect(page.locator("[data-open]:visible")).to_have_count(0)  # nobody is left without a mark
        expect(page.locator("#local-offer")).to_be_hidden()
        assert page.problems == []
