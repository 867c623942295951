"""Visibility of messages: one's own; the committee office sees deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from orgs import access

if TYPE_CHECKING:
    from orgs.models import User


class NoticeQuerySet(models.QuerySet):
    """Messages."""

    def visible_to(self, user: User) -> Self:
        """One's own messages."""
        return self.filter(Q(person_id=user.person_id, person_id__isnull=False))

    def deliveries_for(self, user: User) -> Self:
        """Messages to people of the organisations where ``user`` maintains the settings (delivery page)."""
        return self.filter(access.within(user, access.CONFIGURE, "person__organisation"))

    def in_bell(self) -> Self:
        """What the bell shows: not what stopped being true before it was sent, and no invitation to an account.

        A message that only the mail left out (no address, mails switched off) carries a reason and stays.
        """
        return self.exclude(state="dropped", last_error="").exclude(kind="invitation")
