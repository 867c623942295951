"""``manage.py seed_demo [--until 2026-06-15] [--seed N]``: the demo college and its life."""

import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from partybuild.demo.college import seed


class Command(BaseCommand):
    """Imports the demo roster and plays life through the services; only in an empty database, only with DEMO=1."""

    help = "Fill an empty database with the demo college (DEMO=1 only)."

    def add_arguments(self, parser: CommandParser) -> None:
        """The day that the demo takes for today, and the seed of its dice."""
        parser.add_argument("--until", type=datetime.date.fromisoformat, default=datetime.date(2026, 6, 15))
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the fence, then play."""
        if not settings.DEMO:
            raise CommandError("Demo data needs DEMO=1; this database is a real one.")
        try:
            seed(until=options["until"], number=options["seed"], say=self.stdout.write)
        except RuntimeError as error:
            raise CommandError(str(error)) from error
