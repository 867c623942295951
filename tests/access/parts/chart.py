"""The wall chart: everybody may open it and sees what they may see."""

from __future__ import annotations

from typing import Any

from tests.access.address import Address
from tests.access.world import World


def build(_world: World) -> dict[str, Any]:
    """Nothing of its own."""
    return {}


ADDRESSES = [
    Address("tasks:wall_chart"),
    Address("tasks:wall_chart", query="scale=week&group=unit&as_of=2026-06-01"),
    Address("tasks:wall_chart", query="scale=x&at=9999-99-99&as_of=garbage&light=pink&unit=%00"),
    Address("tasks:chart_table"),
    Address("tasks:wall"),
]
