"""The tour of a first sign-in: everybody's own."""

from __future__ import annotations

from typing import Any

from tests.access.address import NOT_OFFERED, Address
from tests.access.world import World


def build(_world: World) -> dict[str, Any]:
    """Nothing of its own."""
    return {}


ADDRESSES = [
    Address("orgs:tour_done", get=NOT_OFFERED, post=302),
    Address("orgs:tour_again", get=NOT_OFFERED, post=302),
]
