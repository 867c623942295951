"""A small college on 15 June 2026 with the shipped kinds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from common import clock
from meetings.services import load_kinds
from tests.factories import SmallCollege, make_college
from tests.meetings.making import TODAY


@pytest.fixture
def college(db: None) -> Iterator[SmallCollege]:
    """ZB101 has eleven formal members, a committee of three and one Party group of eight."""
    with clock.moved(TODAY):
        found = make_college()
        load_kinds()
        yield found
