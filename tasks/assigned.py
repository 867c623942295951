"""Visibility of what is assigned and led: directives, projects, task forces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import Exists, OuterRef, Q

from orgs import access
from orgs.querysets import OrganisationScoped

if TYPE_CHECKING:
    from orgs.models import User

# A draft is the issuer's alone, also one that was given up.
_ISSUED = Q(state__in=("issued", "done")) | Q(state="stopped", issued_at__isnull=False)


class DirectiveQuerySet(OrganisationScoped):
    """Directives."""

    def visible_to(self, user: User) -> Self:
        """Directives of organisations that ``user`` oversees, and issued ones addressed to a unit of theirs.

        A department's people see what is addressed to it.
        """
        from orgs.models import Appointment
        from tasks.models import DirectiveUnit

        units = DirectiveUnit.objects.filter(directive=OuterRef("pk"))
        addressed = Q(Exists(units.filter(access.within(user, access.VIEW, "organisation"))))
        if user.person_id is not None:
            departments = Appointment.objects.in_force().filter(person_id=user.person_id, department__isnull=False)
            addressed |= Q(Exists(units.filter(department_id__in=departments.values("department_id"))))
        own = access.within(user, access.VIEW, "organisation")
        return self.filter(own | (_ISSUED & addressed))


class ProjectQuerySet(OrganisationScoped):
    """Projects."""

    def visible_to(self, user: User) -> Self:
        """Projects of organisations that ``user`` oversees, those they lead or help to lead, and their task force's."""
        from tasks.models import Project, TaskForce

        seen = access.within(user, access.VIEW, "organisation")
        if user.person_id is None:
            return self.filter(seen)
        co_led = Project.co_leaders.through.objects.filter(project_id=OuterRef("pk"), person_id=user.person_id)
        forces = TaskForce.objects.joined_by(user).values("pk")
        return self.filter(seen | Q(leader_id=user.person_id) | Q(Exists(co_led)) | Q(task_force_id__in=forces))


class TaskForceQuerySet(OrganisationScoped):
    """Task forces."""

    def joined_by(self, user: User) -> Self:
        """Task forces that ``user`` leads or works in."""
        from tasks.models import TaskForce

        if user.person_id is None:
            return self.none()
        deputies = TaskForce.objects.filter(deputies=user.person_id).values("pk")
        members = TaskForce.objects.filter(members=user.person_id).values("pk")
        return self.filter(Q(leader_id=user.person_id) | Q(pk__in=deputies) | Q(pk__in=members))

    def visible_to(self, user: User) -> Self:
        """Task forces of organisations that ``user`` oversees, and those they belong to."""
        seen = access.within(user, access.VIEW, "organisation")
        return self.filter(seen | Q(pk__in=self.joined_by(user).values("pk")))


class SlipQuerySet(OrganisationScoped):
    """Slips."""

    organisation_field = "task__organisation"

    def visible_to(self, user: User) -> Self:
        """Slips on Tasks of organisations that ``user`` oversees, and those addressed to them."""
        return self.filter(access.within(user, access.VIEW, "task__organisation") | Q(receiver_id=user.person_id))

    def unanswered(self) -> Self:
        """Slips that wait for an answer."""
        return self.filter(answered_on__isnull=True, closed_on__isnull=True)


class SignatureQuerySet(OrganisationScoped):
    """Dual sign-offs."""

    organisation_field = "unit__organisation"

    def visible_to(self, user: User) -> Self:
        """Those of units that ``user`` oversees, and those that they sign."""
        seen = access.within(user, access.VIEW, self.organisation_field)
        if user.person_id is None:
            return self.filter(seen)
        return self.filter(seen | Q(secretary_id=user.person_id) | Q(head_id=user.person_id))
