"""What every page costs: at most ten queries, session and account included, for whoever opens most of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.access.address import Address
from tests.access.table import ADDRESSES
from tests.access.test_matrix import client_of, text_of, world  # noqa: F401 - the fixture
from tests.access.world import World

MOST = 10
NOT_COUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


def pages_of(role: str, world: World) -> Iterator[Address]:  # noqa: F811
    """Addresses that answer ``role`` with a page, each once."""
    seen = set()
    for address in ADDRESSES:
        key = address.name, str(address.args(world)), address.query
        if address.expected(role, "get") == 200 and key not in seen:
            seen.add(key)
            yield address


def queries_of(client: Client, address: Address, world: World) -> list[str]:  # noqa: F811
    """The statements of one GET; whatever it writes is undone."""
    url = reverse(address.name, args=address.args(world))
    with transaction.atomic():
        with CaptureQueriesContext(connection) as captured:
            response = client.get(f"{url}?{address.query}" if address.query else url)
            assert response.status_code == 200, url
            text_of(response)  # a file is sent while it is read
        transaction.set_rollback(True)
    return [each["sql"] for each in captured.captured_queries if not each["sql"].startswith(NOT_COUNTED)]


@pytest.mark.postgres
@pytest.mark.parametrize("role", ["committee_secretary", "general_secretary", "branch_secretary", "member"])
def test_every_page_takes_ten_queries_at_most(world: World, role: str) -> None:  # noqa: F811
    client = client_of(world, role)
    counts = {
        f"{address.name} {address.args(world)} {address.query}".rstrip(): len(queries_of(client, address, world))
        for address in pages_of(role, world)
    }
    assert len(counts) > 20
    assert {page: count for page, count in counts.items() if count > MOST} == {}
