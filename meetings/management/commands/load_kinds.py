"""Creates the shipped kinds of meetings that are missing."""

from typing import Any

from django.core.management.base import BaseCommand

from meetings.services import load_kinds


class Command(BaseCommand):
    """``manage.py load_kinds``: safe to run again; never changes what the committee office edited."""

    help = "Create the shipped kinds of meetings that are missing; existing ones stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        """Create and report."""
        self.stdout.write(f"{load_kinds()} kinds created")
