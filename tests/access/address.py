"""One address and who gets in: the words of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.access.world import World
from tests.factories import ROLES

ANONYMOUS = "anonymous"
SIGNED_IN = frozenset(ROLES)
OFFICE = frozenset({"committee_secretary", "office"})
ABOVE = OFFICE | {"general_secretary"}
OFFICERS = frozenset({"branch_secretary", "commissioner"})  # of ZB101
SEES = ABOVE | OFFICERS  # ZB101 by a grant
BELONGS = SEES | {"group_leader", "member"}  # and by membership
SECRETARY = frozenset({"branch_secretary"})
LEADER = frozenset({"group_leader"})
HOLDS_VIEW = SEES | {"outsider"}
NOBODY: frozenset[str] = frozenset()
NOT_OFFERED = 405

Maker = Callable[[World], list[Any]]


def nothing(_world: World) -> list[Any]:
    return []


def no_data(_world: World) -> dict[str, Any]:
    """A form sent without filling it in: a browser sends its token all the same."""
    return {"csrfmiddlewaretoken": "token"}


@dataclass(frozen=True)
class Address:
    """One address: for those in ``may`` the codes ``get`` and ``post``; in ``sees`` only: 403; else 404.

    ``NOT_OFFERED`` is the answer to everybody signed in. ``anonymous``: what somebody not signed in gets.
    """

    name: str
    args: Maker = nothing
    may: frozenset[str] = SIGNED_IN
    sees: frozenset[str] = SIGNED_IN
    get: int = 200
    post: int = NOT_OFFERED
    query: str = ""
    data: Callable[[World], Mapping[str, Any]] = field(default=no_data)
    anonymous: tuple[int, int] = (302, 302)

    def expected(self, role: str, method: str) -> int:
        """The code that ``role`` gets."""
        code = self.get if method == "get" else self.post
        if role == ANONYMOUS:
            return self.anonymous[method == "post"]
        if code == NOT_OFFERED or role in self.may:
            return code
        return 403 if role in self.sees else 404
