"""Makes drafts of the shipped responsibility lists for a year that has none."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from common import clock
from tasks.services.lists import load_lists


class Command(BaseCommand):
    """``manage.py load_lists [--year 2026]``: safe to run again; a list that exists stays as it is."""

    help = "Make drafts of the shipped responsibility lists for roles that have none in the year."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The year."""
        parser.add_argument("--year", type=int, default=None, help="default: this year")

    def handle(self, *args: Any, year: int | None = None, **options: Any) -> None:
        """Make them and report."""
        self.stdout.write(f"{load_lists(year=year or clock.today().year)} drafts made")
