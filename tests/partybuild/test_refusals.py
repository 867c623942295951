"""An address opened the wrong way answers in words."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_admin

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    found = Client()
    found.force_login(make_admin(), "orgs.backends.AccountBackend")
    return found


def test_an_address_that_only_takes_a_form(client: Client) -> None:
    answer = client.get(reverse("notices:resend"))
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    page = answer.content.decode()
    assert "不能这样打开" in page
    assert "请回到原来的页面" in page
    assert reverse("dashboards:desk") in page


def test_a_form_sent_to_a_page_that_is_only_read(client: Client) -> None:
    answer = client.post(reverse("orgs:organisation_list"))
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert "不能这样打开" in answer.content.decode()


def test_programs_get_it_short(client: Client) -> None:
    answer = client.get(reverse("notices:resend"), headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (405, b"")
