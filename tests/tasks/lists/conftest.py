"""What the tests of the lists share."""

from collections.abc import Iterator

import pytest

from common import clock
from tests.factories import SmallCollege, make_college
from tests.tasks.lists.making import TODAY, make_terms


@pytest.fixture
def college(db: None) -> Iterator[SmallCollege]:
    """DW → ZZ1 (ZB101, ZB102), ZZ2 (ZB201) on 2026-06-15, with the terms of the year."""
    with clock.moved(TODAY):
        made = make_college()
        make_terms()
        yield made
