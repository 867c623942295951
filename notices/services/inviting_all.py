"""Inviting everybody of an organisation who has no password yet."""

from __future__ import annotations

from django.db import transaction

from common import clock
from notices.invitees import Invitees, invitees
from notices.services.invitations import invitation, one_at_a_time
from notices.services.nudge import send_soon
from notices.services.outbox import owe
from orgs import access
from orgs.models import Organisation, User

CHUNK = 400


@transaction.atomic
def invite_all(*, organisation: Organisation, actor: User) -> Invitees:
    """Owe everybody of ``organisation`` and below who has an account without a password an invitation mail.

    As ``invite``, for many. Who was invited today or whose invitation still waits gets no second mail, so that
    pressing twice, or two people pressing at once, sends nothing twice. Returns who was invited and who was left out
    and why. Raises ``NotAllowed`` without ``access.MANAGE_ORGANISATIONS`` there. Side effects: outbox rows, the
    accounts' ``invited_at``, a nudge to the worker.
    """
    access.require(actor, access.MANAGE_ORGANISATIONS, organisation)
    one_at_a_time([organisation])
    found, now = invitees(organisation), clock.now()
    owe(messages=[invitation(person, now) for person in found.invited])
    ids = [person.pk for person in found.invited]
    for start in range(0, len(ids), CHUNK):
        User.objects.filter(person__in=ids[start : start + CHUNK]).update(invited_at=now)
    if ids:
        send_soon()
    return found
