"""Every test of this room stands on one day, so that terms and offices mean the same each time."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest

from common import clock

TODAY = datetime.date(2026, 6, 15)


@pytest.fixture(autouse=True)
def june() -> Iterator[None]:
    """It is 15 June 2026."""
    with clock.moved(TODAY):
        yield
