"""What the tests of this room share."""

import datetime
from collections.abc import Iterator

import pytest

from common import clock
from tests.ballots.world import TODAY, World, make_world


@pytest.fixture
def today() -> Iterator[datetime.date]:
    """It is 2026-12-07, 09:00."""
    with clock.moved(TODAY):
        yield TODAY


@pytest.fixture
def world(db: None, today: datetime.date) -> World:
    """The small college with eight voters."""
    return make_world()
