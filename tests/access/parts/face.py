"""The look of the pages, and the page of all components."""

from __future__ import annotations

from typing import Any

from tests.access.address import NOT_OFFERED, Address
from tests.access.world import World


def build(_world: World) -> dict[str, Any]:
    """Nothing of its own."""
    return {}


def _dark(_world: World) -> dict[str, str]:
    return {"theme": "dark", "next": "/login/", "csrfmiddlewaretoken": "token"}


ADDRESSES = [
    Address("orgs:look", get=NOT_OFFERED, post=302, data=_dark, anonymous=(405, 302)),
    Address("orgs:look", get=NOT_OFFERED, post=400, anonymous=(405, 400)),
    # in a demo, and the suite runs as one, for everybody; test_design_page.py has the rest
    Address("design"),
    Address("design", query="type=large"),
    Address("design_form"),
    # for everybody: nothing on them is anybody's
    Address("manifest", anonymous=(200, 405)),
    Address("worker", anonymous=(200, 405)),
    Address("offline", anonymous=(200, 405)),
]
