"""The night's work, now and here."""

from __future__ import annotations

import datetime
import json
from argparse import ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock
from partybuild.nightly import run_night

FIRST_YEAR, YEARS_AHEAD = 2000, 5
HOUR = datetime.time(20, tzinfo=clock.SHANGHAI)


def _date(text: str) -> datetime.date:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a date like 2026-06-15") from error
    last = clock.today().year + YEARS_AHEAD
    if not FIRST_YEAR <= day.year <= last:
        raise ArgumentTypeError(f"{text} is no plausible day: the year has to be from {FIRST_YEAR} to {last}")
    return day


class Command(BaseCommand):
    """Runs the nightly steps and prints their counts as JSON."""

    help = (
        "Run the nightly work now: rights, obligations, lights, reminders, mails. Safe to repeat. Prints JSON counts "
        "per step. Exit status: 0 done, 1 a step failed (the others ran), 2 another process is at it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Arguments of the command."""
        parser.add_argument(
            "--date",
            type=_date,
            help="The night of this day (YYYY-MM-DD). The demo moves its clock there; a real installation keeps its "
            "clock, goes by the rules of that day, and refuses days to come. Missed nights need no date: the next "
            "night catches up.",
        )

    def handle(self, *args: Any, date: datetime.date | None = None, **options: Any) -> None:
        """Run the night and turn its result into output and an exit status."""
        result = self._run(date or clock.today())
        self.stdout.write(json.dumps(result, ensure_ascii=False, indent=2, default=str))
        if result["skipped"]:
            raise CommandError(f"Nothing done: {result['skipped']}.", returncode=2)
        if result["errors"]:
            raise CommandError(f"Failed: {', '.join(result['errors'])} (see the log).", returncode=1)

    def _run(self, day: datetime.date) -> dict[str, Any]:
        today = clock.today()
        if day == today:
            return run_night(day)
        if settings.DEMO or getattr(settings, "TESTING", False):
            with clock.moved(datetime.datetime.combine(day, HOUR)):
                return run_night(day)
        if day > today:
            raise CommandError(f"{day} has not come yet; only the demo can look ahead.")
        self.stderr.write(f"Lights will stand as of {day} until the night of {today} has run.")
        return run_night(day)
