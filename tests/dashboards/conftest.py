"""A small college on 15 June 2026 with the shipped kinds, and what it owes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from common import clock
from orgs.models import User
from tests.dashboards.rows import TODAY
from tests.factories import SmallCollege, make_college_with_kinds


@pytest.fixture
def college(db: None) -> Iterator[SmallCollege]:
    """DW → ZZ1 (ZB101, ZB102), ZZ2 (ZB201); nothing is owed yet."""
    with clock.moved(TODAY):
        yield make_college_with_kinds()


@pytest.fixture
def enter(client: Client):
    """Sign in as somebody and open an address."""

    def open_as(user: User, url: str, **query: str):
        client.force_login(user, backend="orgs.backends.AccountBackend")
        return client.get(url, query)

    return open_as
