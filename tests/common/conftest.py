"""What the tests of ``common`` share."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from common import clock

# A busy machine is no finding.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def forgotten_demo_day() -> Iterator[None]:
    """The process remembers the demo's day for a few seconds: no test leaves one to the next."""
    clock._demo_cache = None
    yield
    clock._demo_cache = None
