"""The vote in a real browser on a phone 360 px wide: eight units with an account; by code without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from ballots.models import Ballot, HasVoted
from ballots.services import Allotted, open_ballot, print_codes, set_subjects
from common import clock
from tests.ballots.world import TODAY, World, allotment_of, draft, group, make_world
from tests.factories import make_organisation
from tests.journeys import shots
from tests.journeys.axe_walk import EVERYTHING, faults_now
from tests.journeys.walking import DESK, PHONE, browser_of

pytestmark = pytest.mark.browser
FINGER = 44  # pixels


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    """The college with eight general branches, on the day."""
    with clock.moved(TODAY):
        made = make_world()
        for number in range(3, 9):
            made.units.append(make_organisation(f"ZZ{number}", made.college.committee, name=f"第{number}学院党总支"))
    clock.set_demo_today(TODAY)
    yield made
    clock.set_demo_today(None)


@pytest.fixture
def ballot(world: World) -> Ballot:
    """An open ballot about all of them, for eight voters and six codes."""
    with clock.moved(TODAY):
        made = draft(world)
        set_subjects(ballot=made, organisations=world.units, actor=world.office)
        group(world, made, users=world.voters, allotted=(Allotted(codes=6),))
        return open_ballot(ballot=made, actor=world.office)


def fits(page: Any) -> bool:
    """Whether nothing sticks out to the side."""
    found: bool = page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
    return found


def test_eight_units_on_a_phone(chromium: Any, live_server: Any, world: World, ballot: Ballot) -> None:
    with browser_of(chromium, live_server, world.voters[0], PHONE) as page:
        page.goto("/ballots/")
        assert fits(page)
        page.get_by_role("link", name="书记抓党建述职评议").first.click()
        page.wait_for_url("**/vote/")
        expect(page.locator("[data-left]")).to_have_text("还有 8 个单位没有选")
        units = page.locator("fieldset")
        assert (units.count(), page.locator("fieldset [type=radio]").count()) == (8, 40)
        boxes = [label.bounding_box() for label in page.locator(".ballot-grade").all()]
        assert min(box["height"] for box in boxes) >= FINGER
        assert fits(page)
        assert faults_now(page, "light", EVERYTHING) == []
        for number in range(8):
            units.nth(number).get_by_text(("好", "弃权")[number == 7], exact=True).click()
        expect(page.locator("[data-left]")).to_have_text("都选好了，请核对后提交")
        shots.keep(page, "voter", "ballot-vote")
        page.get_by_text("我已核对，提交后不能再改").click()
        page.get_by_role("button", name="提交").dblclick()
        expect(page.get_by_text("您的选择只计入总数，谁也查不到")).to_be_visible()
        assert fits(page)
        assert faults_now(page, "light", EVERYTHING) == []
        shots.keep(page, "voter", "ballot-voted")
        assert page.problems == []
    assert HasVoted.objects.count() == 1


def test_by_code_without_scripts_and_without_signing_in(
    chromium: Any, live_server: Any, world: World, ballot: Ballot
) -> None:
    with clock.moved(TODAY):
        slip = print_codes(allotment=allotment_of(ballot), actor=world.office)[0]
    with browser_of(chromium, live_server, None, PHONE, scripts=False) as page:
        page.goto("/ballot-code/")
        assert fits(page)
        page.fill("[name=code]", slip.lower())
        shots.keep(page, "voter", "ballot-code")
        page.get_by_role("button", name="下一步").click()
        for unit in page.locator("fieldset").all():
            unit.get_by_text("较好", exact=True).click()
        page.get_by_text("我已核对，提交后不能再改").click()
        page.get_by_role("button", name="提交").click()
        page.wait_for_url("**/ballot-code/done/")
        expect(page.get_by_text("谢谢，您的票已计入")).to_be_visible()
        assert page.problems == []
    assert HasVoted.objects.get().code_id is not None


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_pages_of_who_runs_it(
    size: dict[str, int], chromium: Any, live_server: Any, world: World, ballot: Ballot
) -> None:
    with clock.moved(TODAY):
        other = draft(world, subject_key="")
        made = group(world, other, users=world.voters)
    pages = [f"/ballots/{ballot.pk}/", f"/ballots/{ballot.pk}/electors/", f"/ballots/{ballot.pk}/codes/"]
    pages += [f"/ballots/{other.pk}/", f"/ballots/{other.pk}/edit/", f"/ballots/{other.pk}/subjects/"]
    pages += [f"/ballots/{other.pk}/groups/{made.pk}/", f"/ballots/{other.pk}/groups/{made.pk}/allotments/"]
    faults: list[str] = []
    with browser_of(chromium, live_server, world.office, size) as page:
        for number, url in enumerate(pages):
            page.goto(url)
            shots.keep(page, "office", f"ballot-{number}")
            faults += faults_now(page, "light", EVERYTHING) + ([] if fits(page) else [f"{url} sticks out"])
        page.goto(pages[2])
        page.get_by_role("button", name="生成并打印").click()
        expect(page.locator(".ballot-code")).to_have_count(6)
        shots.keep(page, "office", "ballot-slips")
        faults += (
            faults_now(page, "light", EVERYTHING) + ([] if fits(page) else ["the slips stick out"]) + page.problems
        )
    assert faults == []
