"""Addresses of the larger parts, each with the objects that it names.

A module has ``ADDRESSES`` and ``build(world) -> dict``: what it makes is found by its addresses in ``world.more``.
"""

from tests.access.parts import (
    analysis,
    ballots,
    chart,
    directives,
    lists,
    projects,
    scoring_process,
    scoring_schemes,
    scoring_sheets,
    slips,
    tables,
)
from tests.access.world import World

PARTS = [
    analysis,
    ballots,
    chart,
    directives,
    lists,
    projects,
    scoring_process,
    scoring_schemes,
    scoring_sheets,
    slips,
    tables,
]


def build_parts(world: World) -> None:
    """Make what the addresses of the parts name."""
    for part in PARTS:
        world.more.update(part.build(world))
