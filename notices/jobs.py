"""Celery jobs of the room ``notices``."""

from celery import shared_task

from notices import services


@shared_task(name="notices.send_pending")
def send_pending() -> dict[str, int]:
    """Between the nights: urgent messages, retries, and what a broken night left behind. Safe to run at any time."""
    return services.send_pending(between_nights=True)
