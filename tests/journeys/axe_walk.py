"""What axe-core says of a page in both themes: everything it knows, target sizes too, nothing left out."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError

from tests.journeys.walking import PHONE

SCRIPT = Axe().axe_script
# WCAG 2.2 AA and axe's own good practices; target-size is off in axe unless asked for.
EVERYTHING = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# What colours and the width decide: the same page again in the dark, on a phone.
COLOURS = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "rule",
        "values": ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable", "region"],
    },
}
# A bar that sticks to the lower edge lies over something wherever the page stands, but at its end.
DARK = """() => {
  document.documentElement.dataset.bsTheme = 'dark';
  if (document.querySelector('.action-bar')) scrollTo({ top: document.scrollingElement.scrollHeight, behavior: 'instant' });
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
# How wide a page is that does not fit, and what sticks out; nothing when it fits.
SIDEWAYS = """() => {
  const width = document.scrollingElement.scrollWidth;
  if (width <= innerWidth) return '';
  const out = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1);
  return `${width} px wide: ${out.slice(0, 3).map((one) => `${one.tagName}.${one.className}`).join(' ')}`;
}"""


def faults_in_both_themes(page: Any) -> list[str]:
    """What axe finds on the open page: by every rule as it is, by those of colour and width in the dark on a phone.

    On the phone nothing may stick out sideways either.
    """
    before = page.viewport_size
    light = faults_now(page, "light", EVERYTHING)
    page.set_viewport_size(PHONE)
    page.evaluate(DARK)
    dark = faults_now(page, "dark", COLOURS)
    wide = stuck_out(page)
    page.set_viewport_size(before)
    return light + dark + ([f"{page.url} on a phone: {wide}"] if wide else [])


def stuck_out(page: Any) -> str:
    """What is wider than the screen, if anything; a chart is drawn anew some moments after the screen has changed."""
    with suppress(TimeoutError):
        page.wait_for_function("document.scrollingElement.scrollWidth <= innerWidth", timeout=5_000)
    return str(page.evaluate(SIDEWAYS))


def faults_now(page: Any, look: str, options: dict[str, Any]) -> list[str]:
    """What axe finds on the open page as it stands; ``look`` is said with it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    found = page.evaluate("(options) => axe.run(options).then((answer) => answer.violations)", options)
    return [
        f"{page.url} {look} {one['id']}: {node['html'][:200]} {_why(node)}"
        for one in found
        for node in one["nodes"][:3]
    ]


def _why(node: dict[str, Any]) -> str:
    """The first reason axe gives."""
    checks = [*node["any"], *node["all"], *node["none"]]
    return checks[0]["message"] if checks else json.dumps(node["target"])
