"""``manage.py prepare``: bring the database to where the platform can start."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand

from common.calendars import load_calendar
from meetings.services import load_kinds
from tasks.services.directive_settings import load_directive_types


class Command(BaseCommand):
    """Migrate and load what ships as data; in demo mode fill an empty database with the demo college, all of it or nothing (the command sees to that)."""

    help = "Migrate the database and, in demo mode only, load the demo college into an empty one."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        call_command("migrate", interactive=False, verbosity=0)
        load_kinds()
        load_calendar()
        load_directive_types()
        if not settings.DEMO or get_user_model().objects.exists():
            return
        self.stdout.write("  demo college (once) …")
        call_command("seed_demo", stdout=self.stdout, stderr=self.stderr)
