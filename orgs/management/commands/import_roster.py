"""``manage.py import_roster FILE.xlsx [--dry-run]``."""

import sys
import warnings
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orgs.importer import ImportReport, import_roster


class Command(BaseCommand):
    """Imports a roster; prints what it did, or every bad row on a line of its own."""

    help = "Import a roster (.xlsx): all or nothing. Exit status 1 when a row is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and whether only to try."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Check everything, write nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the import with a progress line on a terminal."""
        # What openpyxl leaves out of a workbook (drop-down lists, odd dates) is told below where it matters.
        warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
        try:
            stream = options["file"].open("rb")
        except OSError as error:
            raise CommandError(f"打不开文件 {options['file']}：请核对路径。") from error
        with stream as file:
            report = import_roster(file=file, actor=None, dry_run=options["dry_run"], progress=self.progress)
        if sys.stderr.isatty():
            self.stderr.write("")
        for fault in report.errors:
            self.stderr.write(str(fault))
        if not report.ok:
            raise CommandError(f"共 {len(report.errors)} 处错误，没有写入任何数据。")
        self.tell(report)

    def progress(self, stage: str, done: int, total: int) -> None:
        """One line that is written over, on a terminal only; a bar once it is known how much there is."""
        if not sys.stderr.isatty():
            return
        bar = f"[{'█' * (30 * done // total):<30}] {done}/{total}" if total else f"{done} 行"
        self.stderr.write(f"\r\033[K  {stage} {bar}", ending="")
        self.stderr.flush()

    def tell(self, report: ImportReport) -> None:
        """Counts, changes, people missing from the file, warnings."""
        if report.is_dry_run:
            self.stdout.write("试运行：没有写入。")
        for sheet, counts in report.counts.items():
            self.stdout.write(f"{sheet}：新增 {counts.created}，更新 {counts.updated}，不变 {counts.unchanged}")
        for title, lines in (
            ("变动", report.changes),
            ("新设的党小组", report.founded),
            ("文件里没有的党员（未删除）", report.missing),
            ("提醒", report.warnings),
        ):
            if lines:
                self.stdout.write(f"{title}（{len(lines)}）：")
                self.stdout.writelines(f"  {line}\n" for line in lines)
