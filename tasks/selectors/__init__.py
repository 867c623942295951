"""Reads of the room, page-shaped, each with a fixed number of queries."""

from tasks.selectors.desk import Desk, Owed, desk_of
from tasks.selectors.detail import Detail, detail, timeline
from tasks.selectors.grid import GridRow, grid, overdue_list

__all__ = [
    "Desk",
    "Detail",
    "GridRow",
    "Owed",
    "desk_of",
    "detail",
    "grid",
    "overdue_list",
    "timeline",
]
