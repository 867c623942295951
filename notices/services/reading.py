"""Read marks in the bell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction

from common import clock
from notices.models import Notice

if TYPE_CHECKING:
    from orgs.models import User


@transaction.atomic
def mark_read(*, actor: User, notice_ids: Iterable[int] | None = None) -> int:
    """Mark the actor's own unread messages as read: those of ``notice_ids``, or all. Returns how many changed.

    Messages of other people are left alone whatever ids are given. One query.
    """
    unread = Notice.objects.visible_to(actor).filter(read_at__isnull=True)
    if notice_ids is not None:
        unread = unread.filter(pk__in=list(notice_ids))
    return unread.update(read_at=clock.now())
