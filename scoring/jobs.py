"""Celery jobs of the room ``scoring``."""

from celery import shared_task

from scoring.services.queue import note_changes, work_off


@shared_task(name="scoring.follow_changes")
def follow_changes() -> dict[str, int]:
    """Every minute: notice what changed, and calculate what has been quiet long enough. Safe to run at any time."""
    noticed = note_changes()
    return {"noticed": noticed, **work_off()}
