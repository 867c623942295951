"""The live page of the design system shows every component there is, to whom it may."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from dashboards.templatetags import navigation
from orgs.models import User
from tests.factories import SmallCollege, make_college
from tests.journeys.axe_walk import EVERYTHING, faults_now
from tests.journeys.walking import DESK, PHONE, browser_of

BACKEND = "orgs.backends.AccountBackend"
TEMPLATES = Path(django_settings.BASE_DIR) / "templates"


@pytest.fixture
def college(db: None) -> SmallCollege:
    """The small college."""
    return make_college()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, BACKEND)
    return client


def drawn(client: Client) -> Iterator[str]:
    """Names of the templates that both pages draw; the account menu is otherwise drawn once for all."""
    navigation._menu.cache_clear()
    for address in ("design", "design_form"):
        answer: Any = client.get(reverse(address))
        yield from (template.name for template in answer.templates)


def test_it_shows_every_component_there_is(college: SmallCollege) -> None:
    components = {f"components/{path.name}" for path in (TEMPLATES / "components").glob("*.html")}
    missing = components - set(drawn(client_of(college.office)))
    assert not missing, f"templates/design/ shows no {', '.join(sorted(missing))}"


def test_every_component_says_what_it_takes() -> None:
    silent = [
        path.name
        for path in (TEMPLATES / "components").glob("*.html")
        if "{% comment %}" not in path.read_text(encoding="utf-8") and path.name not in ("icon.html", "form_page.html")
    ]
    assert not silent


def test_every_light_and_both_themes_are_there(college: SmallCollege) -> None:
    page = client_of(college.office).get(reverse("design")).content.decode()
    assert page.count('class="design-pane"') == 2
    for tone in ("grey", "green", "yellow", "orange", "red"):
        assert page.count(f'class="light light-{tone}"') >= 2
    for word in ("未到期", "正常", "临近", "紧迫", "逾期", "完成"):
        assert word in page


def test_no_id_stands_twice(college: SmallCollege) -> None:
    import re

    ids = re.findall(r'\bid="([^"]+)"', client_of(college.office).get(reverse("design")).content.decode())
    assert len(ids) == len(set(ids)), sorted({one for one in ids if ids.count(one) > 1})


def test_the_larger_type_is_for_the_page_alone(college: SmallCollege) -> None:
    client = client_of(college.office)
    assert 'data-type="large"' in client.get(reverse("design"), {"type": "large"}).content.decode()
    assert 'data-type="normal"' in client.get(reverse("design"), {"type": "huge"}).content.decode()
    college.office.refresh_from_db()
    assert college.office.type_size == "normal"


def test_outside_a_demo_it_is_the_offices(college: SmallCollege, settings: Any) -> None:
    settings.DEMO = False
    assert client_of(college.office).get(reverse("design")).status_code == 200
    refused = client_of(college.branch_secretary).get(reverse("design"))
    assert refused.status_code == 403
    assert "示例第一党支部" not in refused.content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_in_either_theme_or_size(size: dict[str, int], chromium: Any, live_server: Any) -> None:
    with browser_of(chromium, live_server, make_college().office, size) as page:
        for address in ("/design/", "/design/?type=large", "/design/form/"):
            page.goto(address)
            assert faults_now(page, "both", EVERYTHING) == []
            assert page.evaluate("document.scrollingElement.scrollWidth") <= size["width"], address
        page.goto("/design/")
        page.click("[data-dialog-open=light-dialog]")
        assert page.is_visible("#light-dialog")
        page.keyboard.press("Escape")
        assert not page.is_visible("#light-dialog")
        assert not page.problems
