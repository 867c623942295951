"""The short tour of a first sign-in: shown once, and again when one asks for it."""

from django.db import transaction

from common import clock
from orgs.models import User


@transaction.atomic
def finish_tour(*, actor: User) -> None:
    """Note on one's own account that the tour was seen or skipped; a second time changes nothing."""
    now = clock.now()
    if User.objects.filter(pk=actor.pk, tour_seen_at__isnull=True).update(tour_seen_at=now):
        actor.tour_seen_at = now


@transaction.atomic
def restart_tour(*, actor: User) -> None:
    """Let the desk show the tour to this account once more."""
    User.objects.filter(pk=actor.pk).update(tour_seen_at=None)
    actor.tour_seen_at = None
