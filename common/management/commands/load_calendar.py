"""Loads the shipped academic terms."""

from typing import Any

from django.core.management.base import BaseCommand

from common.calendars import load_calendar


class Command(BaseCommand):
    """``manage.py load_calendar``."""

    help = "Create the shipped academic terms that are missing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say how many were made."""
        self.stdout.write(f"{load_calendar()} academic terms created")
