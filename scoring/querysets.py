"""Visibility of schemes, sheets and what belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from orgs import access
from orgs.querysets import OrganisationScoped

if TYPE_CHECKING:
    from orgs.models import User

PUBLIC_STAGES = ("published", "final")  # 公示 and after: everybody with an account reads the results


class SchemeQuerySet(OrganisationScoped):
    """Schemes: the rules are everybody's once a version is published, before that the office's."""

    def visible_to(self, user: User) -> Self:
        """Schemes of the committees above ``user``'s organisations that are in force, and all that they configure."""
        managed = access.within(user, access.CONFIGURE, "organisation")
        if user.person_id is None and not access.paths(user, access.VIEW):
            return self.filter(managed)
        return self.filter(managed | ~Q(stage="draft"))

    def managed_by(self, user: User) -> Self:
        """Schemes that ``user`` may edit and lead through the year."""
        return self.filter(access.within(user, access.CONFIGURE, "organisation"))


class OfSheet(OrganisationScoped):
    """What belongs to one organisation under one scheme."""

    def visible_to(self, user: User) -> Self:
        """Of the organisations that ``user`` oversees; being a plain member is not enough before publication."""
        return self.filter(access.within(user, access.VIEW, self.organisation_field))


class SheetQuerySet(OfSheet):
    """Sheets: a preview is for those who oversee the organisation, a published one for everybody."""

    def visible_to(self, user: User) -> Self:
        """Sheets of organisations that ``user`` oversees, and the published ones."""
        seen = access.within(user, access.VIEW, "organisation")
        if user.person_id is None:
            return self.filter(seen)
        return self.filter(seen | Q(scheme__stage__in=PUBLIC_STAGES))

    def shown_fully_to(self, user: User) -> Self:
        """Sheets of which ``user`` may also read the rows behind the figures."""
        return self.filter(access.within(user, access.VIEW, "organisation"))


class CompositeQuerySet(models.QuerySet):
    """Composites of the colleges."""

    def visible_to(self, user: User) -> Self:
        """Composites of committees that ``user`` oversees, and the published ones."""
        seen = access.within(user, access.VIEW, "organisation")
        if user.person_id is None:
            return self.filter(seen)
        return self.filter(seen | Q(state="published"))
