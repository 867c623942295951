"""What one square of a page says about the things owed behind it. Pure: no Django, no queries, no words.

The words are the templates' business (``templatetags/cells.py``), so that they can be translated.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasks.selectors import GridRow

SEVERITY = {"grey": 0, "green": 1, "yellow": 2, "orange": 3, "red": 4}
# Statuses of a cell, one word each; the templates say them.
NONE, DONE, LATE, WAIVED, STOPPED = "none", "done", "late", "waived", "stopped"
OVERDUE, DUE, AHEAD, SUBMITTED, RETURNED = "overdue", "due", "ahead", "submitted", "returned"


def severity(row: GridRow) -> int:
    """How bad the row's light is, 0 to 4."""
    return SEVERITY[row.light]


def was_returned(row: GridRow) -> bool:
    """Whether the row is open again because a record or a report was returned."""
    return row.state == RETURNED or (bool(row.return_cause) and row.is_open and row.state != SUBMITTED)


def is_overdue(row: GridRow, today: datetime.date) -> bool:
    """Whether somebody still has to act and the due date has passed; what was handed in is not chased."""
    return row.due_on < today and row.is_open and row.state != SUBMITTED


def days_over(row: GridRow, today: datetime.date) -> int:
    """Days since the due date (negative before it)."""
    return (today - row.due_on).days


@dataclass(frozen=True, slots=True)
class Cell:
    """One square: the worst of what is owed there.

    ``when`` is the day of completion, or the due date while open; ``days`` the days over (``overdue``) or left.
    """

    status: str = NONE
    light: str = "grey"
    cause: str = ""
    when: datetime.date | None = None
    days: int = 0
    done: int = 0
    total: int = 0
    overdue: int = 0
    task_id: int | None = None
    url: str = ""


EMPTY = Cell()


_order = attrgetter("due_on", "task_id")


def worst(rows: Iterable[GridRow]) -> GridRow | None:
    """Of the open rows the one with the worst light, the longest owed first; ``None`` when nothing is open."""
    return worst_owed([row for row in rows if row.is_open])


def worst_owed(owed: Sequence[GridRow]) -> GridRow | None:
    """``worst`` of rows that are known to be open."""
    if not owed:
        return None
    highest = max([SEVERITY[row.light] for row in owed])
    return min((row for row in owed if SEVERITY[row.light] == highest), key=_order)


def combine(rows: Sequence[GridRow], today: datetime.date) -> Cell:
    """The cell of some rows: the worst open one speaks, else the last that was done, else what was dropped."""
    counting = [row for row in rows if row.is_applicable]
    if not counting:
        return _dropped(rows[-1]) if rows else EMPTY
    owed = [row for row in counting if row.is_open]
    row = worst_owed(owed)
    if row is None:
        return _closed(counting)
    return Cell(
        status=_status(row, today),
        light=row.light,
        cause=row.light_cause,
        when=row.due_on,
        days=abs(days_over(row, today)),
        done=len(counting) - len(owed),
        total=len(counting),
        overdue=sum([is_overdue(each, today) for each in owed]),
        task_id=row.task_id,
        url=row.act_url,
    )


def _dropped(row: GridRow) -> Cell:
    return Cell(status=row.state, cause=row.light_cause, when=row.closed_on, task_id=row.task_id)


def _closed(rows: Sequence[GridRow]) -> Cell:
    last = max(rows, key=lambda row: (row.closed_on or row.due_on, row.task_id))
    return Cell(
        status=LATE if any(row.is_late for row in rows) else DONE,
        light="green",
        cause=last.light_cause,
        when=last.closed_on,
        done=len(rows),
        total=len(rows),
        task_id=last.task_id,
        url=last.evidence_url,
    )


def _status(row: GridRow, today: datetime.date) -> str:
    if row.state == SUBMITTED:
        return SUBMITTED
    if is_overdue(row, today):
        return OVERDUE
    if was_returned(row):
        return RETURNED
    return DUE if severity(row) >= SEVERITY["yellow"] else AHEAD
