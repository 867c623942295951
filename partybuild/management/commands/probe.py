"""``manage.py probe web|worker|beat``: is this part of the platform, on this machine, well? For container health checks."""

import http.client
import socket
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from partybuild.celery import app

BEAT_SILENCE = 15 * 60  # seconds; beat writes its schedule down after each five-minute task


class Command(BaseCommand):
    """Exit with 0 when well, with 1 and a reason when not."""

    help = "Ask one part of the platform on this machine whether it is well."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which part."""
        parser.add_argument("part", choices=["web", "worker", "beat"])

    def handle(self, *args: Any, part: str, **options: Any) -> None:
        """Ask it."""
        {"web": self.web, "worker": self.worker, "beat": self.beat}[part]()
        self.stdout.write("well")

    def web(self) -> None:
        """The web server answers and finds its database complete."""
        connection = http.client.HTTPConnection("127.0.0.1", settings.PORT, timeout=10)
        try:
            connection.request("GET", "/readyz", headers={"Host": urlsplit(settings.SITE_URL).netloc})
            answer = connection.getresponse()
            text = answer.read(200).decode(errors="replace").strip()
        except OSError as problem:
            raise CommandError(f"web: no answer ({problem})") from problem
        if answer.status != 200:
            raise CommandError(f"web: {answer.status} {text}")

    def worker(self) -> None:
        """The worker of this machine answers through the queue."""
        name = f"celery@{socket.gethostname()}"
        if not app.control.inspect(destination=[name], timeout=10).ping():
            raise CommandError(f"worker: {name} does not answer")

    def beat(self) -> None:
        """Beat has written its schedule lately."""
        schedule = Path(settings.CELERY_BEAT_SCHEDULE_FILENAME)
        written = [path.stat().st_mtime for path in schedule.parent.glob(f"{schedule.name}*")]
        if not written or time.time() - max(written) > BEAT_SILENCE:
            raise CommandError("beat: silent for more than 15 minutes")
