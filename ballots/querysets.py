"""Which ballots somebody may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from ballots import states
from common import clock
from orgs import access

if TYPE_CHECKING:
    from orgs.models import User


class BallotQuerySet(models.QuerySet):
    """Ballots."""

    def visible_to(self, user: User) -> Self:
        """What one runs; what the own organisations hold, once it is no draft; what one may vote in; the counted ones
        about units that one oversees.
        """
        not_draft, counted = ~Q(state=states.DRAFT), Q(state=states.COUNTED)
        runs = access.within(user, access.CONFIGURE, "organisation")
        holds = access.within(user, access.VIEW, "organisation")
        subjects: Any = self.model._meta.get_field("subjects").related_model
        about = subjects._base_manager.filter(access.within(user, access.VIEW, "organisation")).values("ballot_id")
        return self.filter(runs | not_draft & (holds | self._entitled(user)) | counted & Q(pk__in=about))

    def to_vote(self, user: User) -> Self:
        """Those open today in which the user may vote and has not."""
        voted: Any = self.model._meta.get_field("voted").related_model
        given = voted._base_manager.filter(person=user.person_id).values("ballot_id")
        today = clock.today()
        mine = self.filter(self._entitled(user), state=states.OPEN, opens_on__lte=today, closes_on__gte=today)
        return mine.exclude(pk__in=given) if user.person_id else self.none()

    def _entitled(self, user: User) -> Q:
        if user.person_id is None:
            return Q(pk__in=[])
        electors: Any = self.model._meta.get_field("electors").related_model
        return Q(pk__in=electors._base_manager.filter(person=user.person_id).values("ballot_id"))
