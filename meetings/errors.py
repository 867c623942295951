"""Conflicts of the room that carry what the page shows beside the message."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from common.errors import Conflict

if TYPE_CHECKING:
    from orgs.models import User


class DraftConflict(Conflict):
    """Another device (or person) saved the draft meanwhile; nothing was overwritten.

    ``version`` is the current one (0: the draft is gone), ``data`` what is stored, ``saved_by`` and ``saved_at`` who and
    when.
    """

    def __init__(
        self,
        message: str,
        *,
        version: int = 0,
        saved_by: User | None = None,
        saved_at: datetime.datetime | None = None,
        data: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.version = version
        self.saved_by = saved_by
        self.saved_at = saved_at
        self.data = data or {}
