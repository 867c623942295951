"""Creates the shipped types of assigning and sets of units that are missing."""

from typing import Any

from django.core.management.base import BaseCommand

from tasks.services.directive_settings import load_directive_types


class Command(BaseCommand):
    """``manage.py load_directive_types``: safe to run again; never changes what the committee office edited."""

    help = "Create the shipped types of assigning and sets of units that are missing; existing ones stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        """Create and report."""
        self.stdout.write(f"{load_directive_types()} types and sets created")
