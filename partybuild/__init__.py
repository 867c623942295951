"""The house: settings, addresses, workers and what ties the rooms together. No business rule lives here."""

from partybuild.celery import app as celery_app

__all__ = ["celery_app"]
