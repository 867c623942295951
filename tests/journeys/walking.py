"""A person in a real browser: signs in, looks around; what goes wrong on a page is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.test import Client

from orgs.models import User

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


@contextmanager
def browser_of(
    chromium: Any,
    live_server: Any,
    user: User | None,
    viewport: dict[str, int],
    *,
    scripts: bool = True,
    worker: bool = False,
) -> Iterator[Any]:
    """A page of ``user``'s own browser; ``page.problems`` are errors, breaches of the policy and failed requests.

    ``scripts``: whether the browser runs any; ``worker``: whether it keeps the service worker, as people's browsers do.
    """
    context = chromium.new_context(
        base_url=live_server.url,
        viewport=viewport,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
        java_script_enabled=scripts,
        service_workers="allow" if worker else "block",
    )
    context.set_default_timeout(20_000)  # a busy machine is slow, not wrong
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(f"{page.url}: {error}"))
    page.on("console", lambda line: _note(page, line))
    page.on("response", lambda answer: _note_failure(page, answer))
    if user is not None:
        sign_in(page, user)
    yield page
    context.close()


def _note(page: Any, line: Any) -> None:
    expected = ("Failed to load resource", "Service Worker registration blocked")
    if line.type in ("error", "warning") and not any(words in line.text for words in expected):
        page.problems.append(f"{page.url}: {line.text}")


def _note_failure(page: Any, answer: Any) -> None:
    if answer.status >= 400 and not answer.request.is_navigation_request():
        page.problems.append(f"{page.url}: {answer.status} {answer.url}")


def sign_in(page: Any, user: User) -> None:
    """To the desk, with a session as signing in leaves it; the login page has tests of its own (test_browser.py)."""
    client = Client()
    client.force_login(user, "orgs.backends.AccountBackend")
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "domain": "localhost", "path": "/"}])
    page.goto("/")
