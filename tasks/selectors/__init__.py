"""Reads of the room, page-shaped, each with a fixed number of queries."""

from tasks.selectors.desk import Owed, owed, to_review, waiting_for
from tasks.selectors.detail import Detail, detail, timeline
from tasks.selectors.grid import GridRow, grid, overdue_list
from tasks.selectors.totals import MonthTotal, compliance

__all__ = [
    "Detail",
    "GridRow",
    "MonthTotal",
    "Owed",
    "compliance",
    "detail",
    "grid",
    "overdue_list",
    "owed",
    "timeline",
    "to_review",
    "waiting_for",
]
