"""What an import did, or would do."""

from __future__ import annotations

from dataclasses import dataclass, field

from common.spreadsheets import RowError


@dataclass
class Counts:
    """Rows of one sheet."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass
class ImportReport:
    """Result of an import; with ``errors`` nothing was written."""

    is_dry_run: bool
    counts: dict[str, Counts] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    founded: list[str] = field(default_factory=list)  # Party groups that the file founds by naming them
    missing: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether the file was accepted."""
        return not self.errors

    def of(self, sheet: str) -> Counts:
        """Counts of a sheet."""
        return self.counts.setdefault(sheet, Counts())
