"""Every address of the platform for every role, an outsider and nobody: who gets in, and what never gets out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from common import clock
from tests.access.address import ANONYMOUS, NOT_OFFERED, OFFICERS, SEES, Address
from tests.access.offers import Offers
from tests.access.parts import make_whole_world
from tests.access.table import ADDRESSES
from tests.access.world import (
    HEALTH_REASON,
    LEAVE_REASON,
    MEMBER_MAIL,
    MEMBER_MOBILE,
    TODAY,
    World,
)
from tests.factories import ROLES

BACKEND = "orgs.backends.AccountBackend"
REASON = re.compile(r'<p class="empty-subtitle[^>]*>\s*([^<]+?)\s*</p>')
WORDS = re.compile("[\u4e00-\u9fff]{4,}")
# Whoever may read it; on no page of anybody else. The branch's committee alone sees why somebody stays away.
SECRETS = {
    LEAVE_REASON: OFFICERS,
    HEALTH_REASON: OFFICERS,
    MEMBER_MAIL: SEES,
    MEMBER_MOBILE: SEES,
}
# A method that an address does not offer is refused before anything is asked about rights.
ASKED_FOR_ALL = ("outsider", ANONYMOUS)
ADMIN_WITHOUT_SIGNING_IN = {"admin:login"}


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """All of it, on 15 June 2026."""
    with clock.moved(TODAY):
        world = make_whole_world()
        yield world


@cache
def named_patterns() -> dict[str, URLPattern]:
    """Every named address of the resolver with its name space."""
    return dict(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, space: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif pattern.name:
            yield f"{space}{pattern.name}", pattern


def client_of(world: World, role: str) -> Client:
    """A browser in which ``role`` is signed in."""
    client = Client()
    if role != ANONYMOUS:
        client.force_login(getattr(world.college, role), BACKEND)
    return client


def ask(client: Client, address: Address, world: World, method: str) -> HttpResponseBase:
    """One request; whatever it writes is undone."""
    url = reverse(address.name, args=address.args(world))
    if address.query:
        url = f"{url}?{address.query}"
    data = address.data(world) if method == "post" else {}
    with transaction.atomic():
        response = getattr(client, method)(url, data)
        transaction.set_rollback(True)
    return response


def text_of(response: HttpResponseBase) -> str:
    """What the browser gets, also of a file."""
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    return bytes(content).decode(errors="replace")


def gives_a_reason(response: HttpResponseBase) -> bool:
    """Whether a refusal says in Chinese why, on a page or as JSON."""
    if response.headers["Content-Type"].startswith("application/json"):
        return bool(WORDS.search(response.json()["message"]))  # type: ignore[attr-defined]
    found = REASON.search(text_of(response))
    return found is not None and bool(WORDS.search(found[1]))


def faults_of(role: str, address: Address, world: World, client: Client, method: str, offers: Offers) -> Iterator[str]:
    """What is wrong with the answer to ``role``; what the page offers is kept in ``offers``."""
    where = f"{method} {address.name} {address.args(world)} {address.query}".rstrip()
    expected = address.expected(role, method)
    response = ask(client, address, world, method)
    if response.status_code != expected:
        yield f"{where}: {response.status_code}, expected {expected}"
        return
    offers.note(where, response.request["PATH_INFO"] + (f"?{address.query}" if address.query else ""), response)
    if expected == 403 and not gives_a_reason(response):
        yield f"{where}: refused without a reason"
    if role == ANONYMOUS and expected == 302 and address.get != 302 and not is_login(response):
        yield f"{where}: leads to {response.headers['Location']} instead of the login page"
    text = text_of(response)
    yield from (
        f"{where}: shows {secret}" for secret, readers in SECRETS.items() if secret in text and role not in readers
    )
    if role == "outsider" and response.status_code == 200 and "ZB101" in text:
        yield f"{where}: names ZB101"


def is_login(response: HttpResponseBase) -> bool:
    """Whether it sends to the login page, and after signing out there too."""
    return response.headers["Location"].partition("?")[0] == "/login/"


def test_every_address_is_in_the_table() -> None:
    listed = {address.name for address in ADDRESSES}
    named = {name for name in named_patterns() if not name.startswith("admin:")}
    assert named - listed == set(), "say in tests/access/table.py who may open these"
    assert listed - named == set(), "no longer addresses"


def test_who_may_open_and_send_what(world: World, subtests: pytest.Subtests, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("ERROR", "django.request")
    for role in (*ROLES, ANONYMOUS):
        faults = []
        offers = Offers()
        client = client_of(world, role)
        for address in ADDRESSES:
            for method in ("get", "post"):
                if address.expected(role, method) == NOT_OFFERED and role not in ASKED_FOR_ALL:
                    continue
                faults += faults_of(role, address, world, client, method, offers)
                if address.name == "orgs:logout":
                    client = client_of(world, role)
        with subtests.test(role):
            assert not faults, "\n".join(faults)
        with subtests.test(f"{role} follows links"):
            broken = offers.broken(client)
            assert not broken, "\n".join(broken)


def _some_args(pattern: URLPattern) -> dict[str, object]:
    return {name: {"app_label": "auth", "object_id": "1", "content_type_id": "1"}[name] for name in _groups(pattern)}


def _groups(pattern: URLPattern) -> list[str]:
    return list(pattern.pattern.regex.groupindex)


def test_the_administration_is_for_technical_administrators_only(world: World) -> None:
    names = {name: pattern for name, pattern in named_patterns().items() if name.startswith("admin:")}
    assert set(names) > ADMIN_WITHOUT_SIGNING_IN
    opened = []
    for role in ("committee_secretary", "office", ANONYMOUS):
        client = client_of(world, role)
        for name, pattern in names.items():
            response = client.get(reverse(name, kwargs=_some_args(pattern)))
            if name not in ADMIN_WITHOUT_SIGNING_IN and response.status_code != 302:
                opened.append(f"{role}: {name}: {response.status_code}")
    assert opened == []
