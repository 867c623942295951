"""The pictures of docs/user-guide.md, taken from a demo of its own: ``python -m audit.screenshots [name …]``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.browsing import DESK, PHONE, browser, signed_in
from audit.demo import BASE, Demo, running
from audit.pictures import shrink

FOLDER = BASE / "docs" / "screenshots"
MOST_BYTES = 200_000


@dataclass(frozen=True)
class Shot:
    """One picture: what ``role`` sees at ``path`` (or behind the first link that ``link`` finds there) after ``act``."""

    name: str
    role: str
    path: str
    link: str = ""
    viewport: dict[str, int] | None = None
    act: Callable[[Any], None] | None = None
    tour: bool = False


def _to(selector: str) -> Callable[[Any], None]:
    """Scroll until ``selector`` stands at the top."""

    def act(page: Any) -> None:
        page.locator(selector).first.evaluate("(one) => { one.scrollIntoView({ block: 'start' }); scrollBy(0, -12); }")

    return act


def _dark_menu(page: Any) -> None:
    page.locator(".account > summary").click()
    page.locator("[name=theme][value=dark]").first.click()
    page.wait_for_function("document.documentElement.dataset.bsTheme === 'dark'")


def _next_step(page: Any) -> None:
    page.locator("#tour[open]").wait_for()
    page.locator("[data-tour-next]").click()


def _record_now(page: Any) -> None:
    """From the plan to the form, down to the votes."""
    page.get_by_role("button", name="现在登记").click()
    page.locator("[data-quorum-line]").first.wait_for()
    page.locator("[name$='resolutions.0.text']").first.fill("通过支部上半年工作总结")
    _to("[data-quorum-line]")(page)
    page.evaluate("scrollBy(0, -160)")


ROW = "main tbody a"
SHOTS = [
    Shot("tour", "branch", "/", act=_next_step, tour=True),
    Shot("tour-phone", "member", "/", viewport=PHONE, act=_next_step, tour=True),
    Shot("desk", "branch", "/"),
    Shot("desk-phone", "branch", "/", viewport=PHONE),
    Shot("task-phone", "branch", "/", link=".owed:has(.btn:has-text('办理')) a[href^='/tasks/']", viewport=PHONE),
    Shot("record-phone", "branch", "/", link="main a[href$='/record/']", viewport=PHONE, act=_to("[data-roll], .roll")),
    Shot("record", "branch", "/meetings/?kind=members_meeting", link=ROW),
    Shot("vote", "branch", "/", link="main a[href*='kind=members_meeting']", act=_record_now),
    Shot("year", "branch", "/", link="#menu a[href*='/year/']"),
    Shot("my-list", "branch", "/", link="#menu a[href*='/lists/mine']"),
    Shot("tasks", "general_branch", "/tasks/"),
    Shot("general-branch", "general_branch", "/overview/"),
    Shot("directive", "general_branch", "/directives/", link=ROW),
    Shot("dashboard", "committee", "/dashboard/"),
    Shot("analysis", "committee", "/analysis/"),
    Shot("project", "committee", "/projects/", link=ROW),
    Shot("wall-chart", "committee", "/chart/"),
    Shot("organisation", "office", "/organisations/ZB203/"),
    Shot("roster", "office", "/roster/"),
    Shot("deliveries", "office", "/deliveries/"),
    Shot("score-sheet", "branch", "/scores/", link=ROW),
    Shot("member-phone", "member", "/", viewport=PHONE),
    Shot("dark", "branch", "/", act=_dark_menu),
]


def take(demo: Demo, chromium: Any, shot: Shot) -> Path:
    """Open, act, keep what the window shows. Raises ``RuntimeError`` when the page is not there."""
    with signed_in(chromium, demo, shot.role, shot.viewport or DESK, tour=shot.tour) as page:
        answer = page.goto(shot.path, wait_until="networkidle")
        if shot.link:
            answer = page.goto(page.locator(shot.link).first.get_attribute("href"), wait_until="networkidle")
        if answer.status != 200:
            raise RuntimeError(f"{shot.name}: {page.url} answered {answer.status}")
        if shot.act:
            shot.act(page)
        page.mouse.move(0, 0)
        path = FOLDER / f"{shot.name}.png"
        path.write_bytes(shrink(page.screenshot()))
    return path


def main() -> int:
    """Take all pictures, or those named; 1 when one is larger than a page of the guide should carry."""
    wanted = [shot for shot in SHOTS if len(sys.argv) < 2 or shot.name in sys.argv[1:]]
    too_large = 0
    with running() as demo, browser() as chromium:
        for shot in wanted:
            path = take(demo, chromium, shot)
            size = path.stat().st_size
            too_large += size > MOST_BYTES
            print(
                f"{path.relative_to(BASE)}  {size // 1000} KB{'  TOO LARGE' if size > MOST_BYTES else ''}", flush=True
            )
    return 1 if too_large else 0


if __name__ == "__main__":
    sys.exit(main())
