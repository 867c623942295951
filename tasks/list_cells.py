"""One square of a list's matrix: what an organisation owes by one item. Pure: no Django, no queries, no words."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tasks import transitions
from tasks.lights import SEVERITY

NONE, NOT_APPLICABLE, DONE, LATE = "none", "not_applicable", "done", "late"
OVERDUE, DUE, AHEAD = "overdue", "due", "ahead"


class ListRow(NamedTuple):
    """One Task that an item counts; light and cause as of the day shown."""

    item_id: int
    organisation_id: int
    period_code: str
    is_adopted: bool
    task_id: int
    title: str
    state: str
    profile: str
    window_start: datetime.date
    due_on: datetime.date
    closed_on: datetime.date | None
    is_late: bool
    light: str
    light_cause: str
    return_cause: str
    evidence_url: str
    evidence_label: str
    act_url: str
    source: str
    group_name: str | None
    needed: int
    proofs: int

    @property
    def is_open(self) -> bool:
        """Whether something is still owed."""
        return self.state in transitions.OPEN

    @property
    def counts(self) -> bool:
        """Whether it counts at all: what was waived or stopped does not."""
        return self.state not in (transitions.WAIVED, transitions.STOPPED)


@dataclass(frozen=True)
class ListCell:
    """``status`` is one of the words above or a state of a Task; ``days`` are days over, or left."""

    status: str = NONE
    light: str = "grey"
    cause: str = ""
    when: datetime.date | None = None
    days: int = 0
    done: int = 0
    total: int = 0
    overdue: int = 0
    task_id: int | None = None


EMPTY = ListCell()
UNFIT = ListCell(status=NOT_APPLICABLE)


def is_overdue(row: ListRow, today: datetime.date) -> bool:
    """Whether somebody still has to act and the due date has passed."""
    return row.is_open and row.state != transitions.SUBMITTED and row.due_on < today


def cell_of(rows: Sequence[ListRow], today: datetime.date, *, fits: bool = True) -> ListCell:
    """The square of an item: the worst open Task speaks, else the last that was done, else what was dropped."""
    counting = [row for row in rows if row.counts]
    if not counting:
        return (
            ListCell(status=rows[-1].state, cause=rows[-1].light_cause, task_id=_only(rows))
            if rows
            else (EMPTY if fits else UNFIT)
        )
    open_rows = [row for row in counting if row.is_open]
    done = [row for row in counting if not row.is_open]
    if not open_rows:
        last = max(done, key=lambda row: (row.closed_on or row.due_on, row.task_id))
        return ListCell(
            status=LATE if any(row.is_late for row in done) else DONE,
            light="green",
            cause=last.light_cause,
            when=last.closed_on,
            done=len(done),
            total=len(done),
            task_id=_only(rows),
        )
    worst = min(open_rows, key=lambda row: (-SEVERITY[row.light], row.due_on, row.task_id))
    return ListCell(
        status=_status(worst, today),
        light=worst.light,
        cause=worst.light_cause,
        when=worst.due_on,
        days=abs((worst.due_on - today).days),
        done=len(done),
        total=len(counting),
        overdue=sum(is_overdue(row, today) for row in counting),
        task_id=_only(rows),
    )


def _only(rows: Sequence[ListRow]) -> int | None:
    """The Task that the square leads to when it is the only one."""
    return rows[0].task_id if len(rows) == 1 else None


def _status(row: ListRow, today: datetime.date) -> str:
    if row.state in (transitions.SUBMITTED, transitions.RETURNED):
        return row.state
    if is_overdue(row, today):
        return OVERDUE
    return DUE if SEVERITY[row.light] >= SEVERITY["yellow"] else AHEAD
