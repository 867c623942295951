"""Roster import: an Excel file into organisations, people, offices, colleges and departments; all or nothing."""

from orgs.importer.report import ImportReport
from orgs.importer.run import import_roster

__all__ = ["ImportReport", "import_roster"]
