"""Visibility and filters of the room ``orgs``; every read of every room starts with ``visible_to``."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from treebeard.mp_tree import MP_NodeManager, MP_NodeQuerySet

from common import clock

if TYPE_CHECKING:
    from orgs.models import Organisation, User


class OrganisationScoped(models.QuerySet):
    """Rows that belong to an organisation, seen by whoever may see that organisation."""

    organisation_field = "organisation"

    @classmethod
    def as_manager(cls, organisation_field: str | None = None) -> Any:
        """A manager; ``organisation_field`` names the path to the organisation when it is not ``organisation``."""
        if organisation_field is None:
            return super().as_manager()
        made: Any = type(cls.__name__, (cls,), {"organisation_field": organisation_field})
        return made.as_manager()

    def visible_to(self, user: User) -> Self:
        """Rows of the organisations that ``user`` may see."""
        from orgs import access

        return self.filter(access.within(user, access.VIEW, self.organisation_field))

    def under(self, organisation: Organisation) -> Self:
        """Rows of ``organisation`` and everything below it."""
        from orgs import access

        return self.filter(access.subtree(organisation.path, self.organisation_field))


class OrganisationQuerySet(MP_NodeQuerySet):
    """Organisations."""

    def visible_to(self, user: User) -> Self:
        """Organisations that ``user`` may see: those under a grant and the own branch."""
        from orgs import access

        return self.filter(access.within(user, access.VIEW, "") | access.own_branch(user, "pk"))

    def overseen_by(self, user: User) -> Self:
        """Organisations that ``user`` sees by a grant; being a member is not enough for an overview or a history."""
        from orgs import access

        return self.filter(access.within(user, access.VIEW, ""))

    def under(self, organisation: Organisation) -> Self:
        """``organisation`` and everything below it."""
        from orgs import access

        return self.filter(access.subtree(organisation.path, ""))

    def open_on(self, day: datetime.date | None = None) -> Self:
        """Organisations that exist on ``day`` (default today)."""
        day = day or clock.today()
        return self.filter(
            Q(founded_on__isnull=True) | Q(founded_on__lte=day), Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=day)
        )


class OrganisationManager(MP_NodeManager.from_queryset(OrganisationQuerySet)):  # type: ignore[misc]
    """Manager of the tree; reads in tree order."""

    def get_queryset(self) -> OrganisationQuerySet:
        """Organisations in tree order, parents first."""
        return OrganisationQuerySet(self.model, using=self._db).order_by("path")


class PersonQuerySet(OrganisationScoped):
    """People."""

    def visible_to(self, user: User) -> Self:
        """People of the organisations that ``user`` may see, and oneself.

        Who has left the college stays visible to whoever manages the organisations they belonged to.
        """
        from orgs import access

        seen = access.within(user, access.VIEW, "organisation") | Q(pk=user.person_id)
        if not access.has_anywhere(user, access.MANAGE_ORGANISATIONS):
            return self.filter(seen)
        memberships: Any = self.model._meta.get_field("memberships").related_model
        managed = access.within(user, access.MANAGE_ORGANISATIONS, "organisation")
        left = memberships._base_manager.filter(managed).values("person_id")
        return self.filter(seen | Q(organisation__isnull=True, pk__in=left))

    def current(self) -> Self:
        """People who belong to a branch today."""
        return self.filter(organisation__isnull=False)


class DepartmentQuerySet(OrganisationScoped):
    """Departments; those with a grant on the organisation see them."""


class AppointmentQuerySet(models.QuerySet):
    """Offices held."""

    def visible_to(self, user: User) -> Self:
        """Offices in organisations or departments that ``user`` may see, and one's own."""
        from orgs import access

        return self.filter(
            access.within(user, access.VIEW, "organisation")
            | access.within(user, access.VIEW, "department__organisation")
            | Q(person_id=user.person_id, person_id__isnull=False)
        )

    def in_force(self, day: datetime.date | None = None) -> Self:
        """Offices held on ``day`` (default today); the first and the last day count."""
        day = day or clock.today()
        return self.filter(Q(started_on__lte=day), Q(ended_on__isnull=True) | Q(ended_on__gte=day))
