"""What the tests of this room share."""

import datetime
from collections.abc import Iterator

import pytest

from common import clock
from tests.factories import SmallCollege, make_college

TODAY = datetime.date(2026, 6, 15)


@pytest.fixture
def today() -> Iterator[datetime.date]:
    """It is 2026-06-15, 09:00."""
    with clock.moved(TODAY):
        yield TODAY


@pytest.fixture
def college(db: None, today: datetime.date) -> SmallCollege:
    """The small college, on 2026-06-15."""
    return make_college()
