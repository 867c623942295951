"""Rows for the pure tests: everything has a default, a test names what it is about."""

from __future__ import annotations

import datetime
from itertools import count
from typing import Any

from tasks.selectors import GridRow

TODAY = datetime.date(2026, 6, 15)
_ids = count(1)


def day(text: str) -> datetime.date:
    """``"06-15"`` is in 2026; a full date stands for itself."""
    return datetime.date.fromisoformat(text if len(text) == 10 else f"2026-{text}")


def row(start: str, due: str, **values: Any) -> GridRow:
    """A row of branch 1 from ``start`` to ``due``; open and green unless told otherwise."""
    defaults: dict[str, Any] = {
        "task_id": next(_ids),
        "organisation_id": 1,
        "group_id": None,
        "source": "cadence",
        "kind": "committee_meeting",
        "title": "支部委员会会议",
        "state": "active",
        "light": "green",
        "light_cause": "",
        "closed_on": None,
        "is_late": False,
        "period_code": "",
        "act_url": "",
        "evidence_url": "",
        "profile": "cadence",
        "return_cause": "",
    }
    return GridRow(window_start=day(start), due_on=day(due), **{**defaults, **values})


def done(start: str, due: str, on: str, **values: Any) -> GridRow:
    """A row that was done ``on`` that day."""
    closed = day(on)
    return row(start, due, state="done", closed_on=closed, is_late=closed > day(due), **values)


def overdue(start: str, due: str, **values: Any) -> GridRow:
    """An open row with the red light and its reason."""
    days = (TODAY - day(due)).days
    return row(start, due, light="red", light_cause=f"逾期{days}天", **values)
