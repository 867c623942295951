"""Addresses of the larger parts, each with the objects that it names.

A module has ``ADDRESSES`` and ``build(world) -> dict``: what it makes is found by its addresses in ``world.more``.
"""

from tests.access.parts import (
    analysis,
    ballots,
    chart,
    directives,
    face,
    lists,
    projects,
    scoring_process,
    scoring_schemes,
    scoring_sheets,
    slips,
    tables,
    tour,
)
from tests.access.world import World, make_world
from tests.replaying import replayed

PARTS = [
    analysis,
    ballots,
    chart,
    directives,
    face,
    lists,
    projects,
    scoring_process,
    scoring_schemes,
    scoring_sheets,
    slips,
    tables,
    tour,
]


def build_parts(world: World) -> None:
    """Make what the addresses of the parts name."""
    for part in PARTS:
        world.more.update(part.build(world))


@replayed
def make_whole_world() -> World:
    """``make_world`` and what the parts make."""
    world = make_world()
    build_parts(world)
    return world
