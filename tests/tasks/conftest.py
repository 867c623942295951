"""What the tests of this room share."""

import datetime
from collections.abc import Iterator

import pytest

from common import clock
from tests.tasks.world import World, make_world

TODAY = datetime.date(2026, 6, 15)


@pytest.fixture
def today() -> Iterator[datetime.date]:
    """It is 2026-06-15, 09:00."""
    with clock.moved(TODAY):
        yield TODAY


@pytest.fixture
def world(db: None, today: datetime.date) -> World:
    """The small committee, on 2026-06-15."""
    return make_world()
