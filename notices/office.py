"""What the office sees at a glance: did the last night go well, and did every mail go out."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Count, Subquery

from notices.models import NightlyStep, Notice
from notices.selectors import COUNTED, unread
from orgs.models import User


@dataclass(frozen=True)
class OfficeStatus:
    """``failed``: messages that could not be sent; ``last_night`` and ``last_good``: days of nightly runs."""

    failed: int
    last_night: datetime.date | None
    last_good: datetime.date | None

    @property
    def is_good(self) -> bool:
        """Whether the last night ended without an error."""
        return self.last_night is not None and self.last_night == self.last_good


def office_status(user: User) -> OfficeStatus:
    """State of the mails and of the nightly work, for who maintains the settings. One query.

    Side effect: counts the user's unread messages along, so that the frame of the page need not ask again.
    """
    nights = NightlyStep.objects.filter(step=NightlyStep.WHOLE).order_by("-day").values("day")
    failed = Notice.objects.deliveries_for(user).filter(state=Notice.State.FAILED).order_by()
    mine = unread(user)
    # The account is only the one row that the questions hang on.
    row = (
        User.objects.filter(pk=user.pk)
        .values_list(
            Subquery(failed.values("state").annotate(number=Count("pk")).values("number")),
            Subquery(mine.values("person_id").annotate(number=Count("pk")).values("number")),
            Subquery(nights[:1]),
            Subquery(nights.filter(finished_at__isnull=False, error="")[:1]),
        )
        .get()
    )
    setattr(user, COUNTED, row[1] or 0)
    return OfficeStatus(row[0] or 0, row[2], row[3])
