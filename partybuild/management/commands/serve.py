"""``manage.py serve``: web, worker and beat under one supervisor, until Ctrl-C."""

import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from partybuild.supervisor import Supervisor

# Without its banners, and without its word on root: a container of its own account is what compose starts.
CELERY = [sys.executable, "-W", "ignore:You're running the worker", "-m", "celery", "--quiet", "-A", "partybuild"]
COMMANDS = {
    "web": [sys.executable, "-m", "gunicorn", "-c", "python:partybuild.webserver"],
    "worker": [*CELERY, "worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"],
    "beat": [*CELERY, "beat", "--loglevel", "WARNING", "--pidfile="],
}


def answers() -> bool:
    """Whether somebody listens on our port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", settings.PORT)) == 0


class Command(BaseCommand):
    """Run everything that a machine of its own needs."""

    help = "Start web, worker and beat together and keep them running; Ctrl-C ends all of them."

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse a taken port, then run."""
        if answers():
            raise CommandError(f"Port {settings.PORT} is taken. Choose another: PORT={settings.PORT + 1} make run")
        Supervisor(COMMANDS, self.stderr.write).run(ready=answers, on_ready=self.announce)

    def announce(self) -> None:
        """Say where the platform is and, in demo mode, who may sign in."""
        self.stdout.write(self.style.SUCCESS(f"\nPartybuild is running at {settings.SITE_URL}  (Ctrl-C ends it)"))
        if settings.DEMO:
            try:
                call_command("demo_accounts", stdout=self.stdout)
            except CommandError as reason:  # a database filled by hand
                self.stdout.write(str(reason))
        self.stdout.flush()
