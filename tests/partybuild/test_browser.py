"""The frame of every page in a real browser: style, script, icons, and not one breach of the content policy."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_login_page_has_its_look_and_breaks_no_policy(chromium_page):
    missing: list[str] = []
    chromium_page.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
    answer = chromium_page.goto("/login/")
    assert answer.status == 200
    chromium_page.wait_for_load_state("networkidle")
    assert missing == []
    assert chromium_page.evaluate("typeof window.htmx") == "object"
    assert chromium_page.evaluate("getComputedStyle(document.body).getPropertyValue('--tblr-primary')") != ""
    assert chromium_page.evaluate("document.documentElement.scrollWidth") <= 360


def test_an_inline_script_would_be_refused(chromium, live_server):
    page = chromium.new_page()
    refused: list[str] = []
    page.on("console", lambda line: refused.append(line.text))
    page.goto(f"{live_server.url}/login/")
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.bad = 1';"
        " document.body.append(s); }"
    )
    assert page.evaluate("window.bad") is None
    assert any("Content Security Policy" in text for text in refused)
    page.close()
