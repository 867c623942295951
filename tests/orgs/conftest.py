"""Every test of this room stands on one day, so that terms and offices mean the same each time."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest

from common import clock
from tests.orgs.places import Place, make_place

TODAY = datetime.date(2026, 6, 15)


@pytest.fixture(autouse=True)
def june() -> Iterator[None]:
    """It is 15 June 2026."""
    with clock.moved(TODAY):
        yield


@pytest.fixture
def place(db: None) -> Place:
    """The college with what the forms are about."""
    return make_place()
