"""What every page costs: at most ten queries, session and account included, and 150 KB until it can be read."""

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
from tests.access.weights import first_view
from tests.access.world import World

MOST = 10
MOST_BYTES = 150_000
NOT_COUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


def pages_of(role: str, world: World) -> Iterator[Address]:  # noqa: F811
    """Addresses that answer ``role`` with a page, each once."""
    seen = set()
    for address in ADDRESSES:
        key = address.name, str(address.args(world)), address.query
        if address.expected(role, "get") == 200 and key not in seen:
            seen.add(key)
            yield address


def cost_of(client: Client, address: Address, world: World) -> tuple[int, int]:  # noqa: F811
    """Statements and bytes of the first view of one GET; whatever it writes is undone."""
    url = reverse(address.name, args=address.args(world))
    with transaction.atomic():
        with CaptureQueriesContext(connection) as captured:
            response = client.get(f"{url}?{address.query}" if address.query else url)
            assert response.status_code == 200, url
            text = text_of(response)  # a file is sent while it is read
        transaction.set_rollback(True)
    counted = [each for each in captured.captured_queries if not each["sql"].startswith(NOT_COUNTED)]
    return len(counted), first_view(text) if response.headers["Content-Type"].startswith("text/html") else 0


@pytest.mark.postgres
@pytest.mark.parametrize("role", ["committee_secretary", "general_secretary", "branch_secretary", "member"])
def test_every_page_takes_ten_queries_and_150_kilobytes_at_most(world: World, role: str) -> None:  # noqa: F811
    client = client_of(world, role)
    costs = {
        f"{address.name} {address.args(world)} {address.query}".rstrip(): cost_of(client, address, world)
        for address in pages_of(role, world)
    }
    assert len(costs) > 20
    assert {page: queries for page, (queries, _bytes) in costs.items() if queries > MOST} == {}
    assert {page: size for page, (_queries, size) in costs.items() if size > MOST_BYTES} == {}
    assert max(size for _queries, size in costs.values()) > MOST_BYTES / 2  # styles and scripts were found
