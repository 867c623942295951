"""Visibility and filters of meetings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from orgs import access

if TYPE_CHECKING:
    from orgs.models import Organisation, User

CALENDAR_STATES = ("planned", "confirmed")


def _sections_of(user: User, prefix: str) -> Q:
    """Condition on sections (``prefix`` names the relation to them, with ``__``, or is empty).

    By grant: all. As a plain member: what the own branch has planned or confirmed, talks only when one took part.
    As a group leader: also the drafts of the own group.
    """
    seen = access.within(user, access.VIEW, f"{prefix}organisation")
    person = user.person if user.is_authenticated and user.person_id else None
    if person is None:
        return seen
    own = access.own_branch(user, f"{prefix}organisation") & Q(**{f"{prefix}state__in": CALENDAR_STATES})
    took_part = Q(**{f"{prefix}attendance__person_id": person.pk})
    seen |= own & (~Q(**{f"{prefix}kind__form": "talk"}) | took_part)
    groups = access.led_group_ids(user) if access.has_anywhere(user, access.RECORD_GROUP) else set()
    return seen | Q(**{f"{prefix}group_id__in": groups}) if groups else seen


class SectionQuerySet(models.QuerySet):
    """Sections."""

    def visible_to(self, user: User) -> Self:
        """Sections that ``user`` may see."""
        return self.filter(pk__in=self.model._base_manager.filter(_sections_of(user, "")).values("pk"))

    def under(self, organisation: Organisation) -> Self:
        """Sections of ``organisation`` and everything below it."""
        return self.filter(access.subtree(organisation.path, "organisation"))

    def confirmed(self) -> Self:
        """Sections that count."""
        return self.filter(state="confirmed")


class GatheringQuerySet(models.QuerySet):
    """Gatherings."""

    def visible_to(self, user: User) -> Self:
        """Gatherings of which ``user`` may see at least one section, or that the own organisation called."""
        sections: Any = self.model._meta.get_field("sections").related_model
        seen = sections._base_manager.filter(_sections_of(user, "")).values("gathering_id")
        return self.filter(Q(pk__in=seen) | access.within(user, access.VIEW, "organisation"))


class AttachmentQuerySet(models.QuerySet):
    """Attachments."""

    def visible_to(self, user: User) -> Self:
        """Attachments of gatherings that ``user`` may see."""
        gatherings: Any = self.model._meta.get_field("gathering").related_model
        return self.filter(gathering__in=gatherings.objects.visible_to(user).values("pk"))
