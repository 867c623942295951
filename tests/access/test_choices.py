"""No select anywhere shows dashes for nothing chosen: it says 请选择, or what leaving it empty means."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from common import clock
from tests.access.parts import make_whole_world
from tests.access.table import ADDRESSES
from tests.access.test_matrix import ask, client_of, text_of
from tests.access.world import TODAY, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Iterator[World]:
    """All of it, on 15 June 2026."""
    with clock.moved(TODAY):
        made = make_whole_world()
        yield made


@pytest.mark.parametrize("role", ["office", "branch_secretary"])
def test_an_empty_choice_is_said_in_chinese(world: World, role: str) -> None:
    client = client_of(world, role)
    dashed, said = [], 0
    for address in ADDRESSES:
        if address.expected(role, "get") == 200:
            page = text_of(ask(client, address, world, "get"))
            said += ">请选择<" in page
            dashed += [f"{address.name} {address.args(world)}"] * ("---" in page)
    assert dashed == []
    assert said > 1
