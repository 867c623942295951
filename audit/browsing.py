"""A Chromium in which somebody of the demo is signed in."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from audit.demo import Demo

PASSWORD = "demo-partybuild"  # noqa: S105 - printed by every demo
# Role → account of the demo (manage.py demo_accounts).
ACCOUNTS = {
    "committee": "20220002",
    "office": "20070012",
    "general_branch": "20090076",
    "branch": "20020105",
    "commissioner": "231000106",
    "leader": "240700111",
    "member": "230100110",
}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
    "--lang=zh-CN",
]
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


def chromium_path() -> str:
    """The browser of this machine; without one the run ends with the command that installs it."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        sys.exit("There is no Chromium: apt-get update && apt-get install -y chromium fonts-noto-cjk")
    return found


@contextmanager
def browser() -> Iterator[Any]:
    """One headless Chromium."""
    os.environ["PLAYWRIGHT_SKIP_VALIDATE_HOST_REQUIREMENTS"] = "1"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=chromium_path(), args=FLAGS, env={**os.environ, "LANGUAGE": "zh_CN", "LANG": "zh_CN.UTF-8"}
        )
        yield chromium
        chromium.close()


@contextmanager
def signed_in(
    chromium: Any, demo: Demo, role: str, viewport: dict[str, int] | None = None, *, tour: bool = False
) -> Iterator[Any]:
    """A page of ``role``'s own browser, on the desk; the first tour is skipped unless ``tour``."""
    context = chromium.new_context(
        base_url=demo.address,
        viewport=viewport or DESK,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto("/login/")
    page.fill("[name=username]", ACCOUNTS[role])
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(demo.address + "/", wait_until="load")
    if not tour:
        _skip_tour(page)
    yield page
    context.close()


def _skip_tour(page: Any) -> None:
    page.wait_for_load_state("load")
    if page.locator("#tour[open]").count():
        with page.expect_response("**/tour/done/"):
            page.keyboard.press("Escape")
