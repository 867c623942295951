"""Celery jobs of the house."""

from typing import Any

from celery import shared_task

from common import clock
from partybuild.nightly import night_is_done, run_night


@shared_task(name="partybuild.nightly")
def nightly() -> dict[str, Any]:
    """Tonight's work, unless it is done: a message delivered twice, or a second beat, does nothing."""
    today = clock.today()
    if night_is_done(today):
        return {"day": today.isoformat(), "ok": True, "steps": {}, "errors": {}, "skipped": "already done"}
    return run_night(today)
