"""Theme and type size: kept on the account, on the device for the pages before signing in, and drawn without a flash."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from orgs.looks import COOKIE
from orgs.models import Person, User
from tests.factories import make_college, make_user
from tests.journeys.walking import DESK, PHONE, browser_of

pytestmark = pytest.mark.django_db
BACKEND = "orgs.backends.AccountBackend"
HTML = re.compile(r"<html [^>]*>")


@pytest.fixture
def user() -> User:
    """An account."""
    return make_user(username="tester")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, BACKEND)
    return client


def root_of(client: Client, address: str) -> str:
    """The opening tag of the page."""
    found = HTML.search(client.get(address).content.decode())
    assert found
    return found.group(0)


def choose(client: Client, **data: str) -> Any:
    return client.post(reverse("orgs:look"), data)


def test_an_account_that_chose_nothing_follows_the_device(user: User) -> None:
    root = root_of(signed_in(user), reverse("orgs:account"))
    assert 'data-bs-theme="light" data-look="auto" data-type="normal"' in root


def test_the_choice_is_kept_on_the_account_and_holds_on_another_device(user: User) -> None:
    choose(signed_in(user), theme="dark")
    choose(signed_in(user), type_size="large")
    user.refresh_from_db()
    assert (user.theme, user.type_size) == ("dark", "large")
    root = root_of(signed_in(user), reverse("orgs:account"))
    assert 'data-bs-theme="dark" data-look="dark" data-type="large"' in root


def test_one_account_does_not_change_another(user: User) -> None:
    other = make_user(username="other")
    choose(signed_in(user), theme="dark")
    other.refresh_from_db()
    assert other.theme == "auto"


def test_before_signing_in_the_device_remembers() -> None:
    client = Client()
    choose(client, theme="dark")
    choose(client, type_size="large")
    assert client.cookies[COOKIE].value == "dark.large"
    assert client.cookies[COOKIE]["httponly"] and client.cookies[COOKIE]["samesite"] == "Lax"
    assert 'data-bs-theme="dark" data-look="dark" data-type="large"' in root_of(client, reverse("orgs:login"))


def test_signed_in_the_account_counts_and_not_the_device(user: User) -> None:
    client = signed_in(user)
    client.cookies[COOKIE] = "dark.large"
    assert 'data-look="auto" data-type="normal"' in root_of(client, reverse("orgs:account"))


@pytest.mark.parametrize("value", ["", "dark", "purple.huge", 'dark" onload="x.large', "light.large.dark"])
def test_a_cookie_that_makes_no_sense_is_left_aside(value: str) -> None:
    client = Client()
    client.cookies[COOKIE] = value
    root = root_of(client, reverse("orgs:login"))
    assert re.search(r'data-look="(auto|light|dark)" data-type="(normal|large)"', root)
    assert "onload" not in root and "purple" not in root


@pytest.mark.parametrize(
    "data", [{}, {"theme": "purple"}, {"type_size": "huge"}, {"theme": "dark", "type_size": "huge"}]
)
def test_what_cannot_be_chosen_changes_nothing(user: User, data: dict[str, str]) -> None:
    answer = choose(signed_in(user), **data)
    assert answer.status_code == 400
    assert "没有这种外观" in answer.content.decode()
    user.refresh_from_db()
    assert (user.theme, user.type_size) == ("auto", "normal")


@pytest.mark.parametrize(
    ("page", "expected"),
    [("/tasks/?q=1", "/tasks/?q=1"), ("https://elsewhere.example/", "/"), ("//elsewhere.example", "/"), ("", "/")],
)
def test_it_goes_back_to_a_page_of_ours_only(user: User, page: str, expected: str) -> None:
    answer = choose(signed_in(user), theme="light", next=page)
    assert (answer.status_code, answer["Location"]) == (302, expected)


def test_a_script_gets_no_page(user: User) -> None:
    answer = signed_in(user).post(reverse("orgs:look"), {"theme": "dark"}, HTTP_HX_REQUEST="true")
    assert (answer.status_code, answer.content) == (204, b"")
    user.refresh_from_db()
    assert user.theme == "dark"


def test_the_switch_costs_one_write(user: User, django_assert_num_queries: Any) -> None:
    client = signed_in(user)
    client.get(reverse("orgs:account"))
    with django_assert_num_queries(5):  # session, account, savepoint, update, release
        choose(client, theme="dark")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
class TestInABrowser:
    """What only a browser shows."""

    def test_auto_is_the_devices_and_the_switch_keeps_what_is_typed(self, chromium: Any, live_server: Any) -> None:
        user = make_college().branch_secretary
        with browser_of(chromium, live_server, user, DESK) as page:
            page.emulate_media(color_scheme="dark", reduced_motion="reduce")
            page.goto("/tasks/")
            paper = "getComputedStyle(document.body).backgroundColor"
            assert page.evaluate(paper) == "rgb(19, 22, 27)"
            page.emulate_media(media="print")
            assert page.evaluate(paper) in ("rgb(244, 245, 247)", "rgba(0, 0, 0, 0)")
            page.emulate_media(media="screen", color_scheme="light")
            expect(page.locator("body")).to_have_css("background-color", "rgb(244, 245, 247)")
            page.fill("[name=q]", "没有提交的字")
            page.click(".account > summary")
            with page.expect_response("**/look/") as dark:
                page.click("[name=theme][value=dark]")
            assert dark.value.status == 204
            assert page.evaluate(paper) == "rgb(19, 22, 27)"
            with page.expect_response("**/look/"):
                page.click("[name=type_size][value=large]")
            assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "19px"
            assert page.get_attribute("[name=type_size][value=large]", "aria-pressed") == "true"
            assert page.input_value("[name=q]") == "没有提交的字"
            page.keyboard.press("Escape")
            assert not page.is_visible(".account-panel")
            page.goto("/tasks/")
            assert page.evaluate(paper) == "rgb(19, 22, 27)"
        user.refresh_from_db()
        assert (user.theme, user.type_size) == ("dark", "large")
        assert not page.problems

    def test_menus_open_and_close_by_pointer_and_keyboard(self, chromium: Any, live_server: Any) -> None:
        college = make_college()
        with browser_of(chromium, live_server, college.office, PHONE) as page:
            page.goto(f"/people/{college.members[0].number}/")
            page.click(".navbar-toggler")
            assert page.is_visible("#menu .nav-link >> nth=0")
            page.click(".navbar-toggler")
            assert not page.is_visible("#menu .nav-link >> nth=0")
            page.click("[data-bs-toggle=dropdown]")
            menu = page.locator(".dropdown-menu.show")
            box = menu.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
            page.keyboard.press("ArrowDown")
            assert page.evaluate("document.activeElement.classList.contains('dropdown-item')")
            page.keyboard.press("Escape")
            assert not menu.count()
            assert page.evaluate("document.activeElement.dataset.bsToggle") == "dropdown"
            page.click("[data-bs-toggle=dropdown]")
            page.click("h1")
            assert not menu.count()
        assert not page.problems


def test_the_menu_is_everybodys_own() -> None:
    """It is drawn once and filled in: name, address and token are those of who looks, and names are no markup."""
    college = make_college()
    Person.objects.filter(pk=college.member.person_id).update(name="<b>党员甲</b>")
    pages = [signed_in(user).get("/?q=%22%3E").content.decode() for user in (college.office, college.member)]
    assert "&lt;b&gt;党员甲&lt;/b&gt;：账号和外观" in pages[1] and "<b>党员甲" not in pages[1]
    assert "党员甲" not in pages[0]
    tokens = [set(re.findall(r'name="csrfmiddlewaretoken" value="(\w{64})"', page)) for page in pages]
    assert len(tokens[0]) == len(tokens[1]) == 1 and tokens[0] != tokens[1]
    assert 'name="next" value="/?q=%22%3E"' in pages[1]
    assert not re.search("[\ue001-\ue004]", "".join(pages))
