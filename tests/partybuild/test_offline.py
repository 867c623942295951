"""What makes the platform installable, the service worker and the offline page: nobody's, small, and safe."""

from __future__ import annotations

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from orgs.models import User
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client) -> Client:
    """Somebody whose name must stand nowhere."""
    user = User.objects.create_user("20019999", PASSWORD)
    client.force_login(user)
    return client


def test_the_manifest_says_what_a_phone_asks(client: Client) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    content = json.loads(answer.content)
    assert (content["name"], content["start_url"], content["scope"], content["display"]) == (
        "党建平台",
        "/",
        "/",
        "standalone",
    )
    assert [(icon["type"], icon["sizes"]) for icon in content["icons"]] == [
        ("image/svg+xml", "any"),
        ("image/png", "192x192"),
        ("image/png", "512x512"),
        ("image/png", "512x512"),
    ]
    assert [icon["purpose"] for icon in content["icons"]] == ["any", "any", "any", "maskable"]
    files = [icon["src"].removeprefix("/static/") for icon in content["icons"]]
    files += re.findall(r'rel="apple-touch-icon" href="/static/([^"]+)"', client.get("/login/").content.decode())
    assert [file for file in files if finders.find(file) is None] == [] and len(files) == 5


def test_the_worker_answers_for_the_whole_platform_and_is_never_kept(client: Client) -> None:
    answer = client.get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Service-Worker-Allowed"] == "/"
    assert "no-store" in answer["Cache-Control"]
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert 'const CACHE = "partybuild-static-plain";' in answer.content.decode()  # tests run without hashed names


@pytest.mark.parametrize("address", ["/manifest.webmanifest", "/sw.js", "/offline/"])
def test_nothing_of_the_account_is_in_them(signed_in: Client, address: str) -> None:
    stranger = Client().get(address)
    answer = signed_in.get(address)
    assert answer.content == stranger.content
    assert b"csrf" not in answer.content
    assert not answer.cookies
    assert b"20019999" not in answer.content
