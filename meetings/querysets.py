"""Visibility and filters of meetings (docs/decisions/0017-what-members-see.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import BooleanField, Case, Exists, OuterRef, Q, Value, When

from orgs import access

if TYPE_CHECKING:
    from orgs.models import Organisation, User

CALENDAR_STATES = ("planned", "confirmed")
# Who is expected at the meetings that members read when they were on the roll; all other kinds are a committee's.
READ_BY_ROLL = ("members", "group", "chosen")


def _by_grant(user: User) -> Q:
    """Sections of organisations that ``user`` oversees: read whole."""
    return access.within(user, access.VIEW, "organisation")


def _led(user: User) -> set[int]:
    """The Party groups whose sections ``user`` writes as their leader, and so reads whole."""
    return access.led_group_ids(user) if access.has_anywhere(user, access.RECORD_GROUP) else set()


def _whole(user: User) -> Q:
    """Sections read with everything: by a grant, or of a group that ``user`` leads."""
    led = _led(user)
    return _by_grant(user) | Q(group_id__in=led) if led else _by_grant(user)


def _as_member(user: User, sections: Any) -> Q:
    """Confirmed sections of the own branch on whose roll ``user`` was; never a committee's."""
    person_id = user.person_id if user.is_authenticated else None
    if person_id is None:
        return Q(pk__in=[])
    roll = sections._meta.get_field("attendance").related_model._base_manager.filter(person_id=person_id)
    own = access.own_branch(user, "organisation") & Q(state="confirmed", kind__expected__in=READ_BY_ROLL)
    return own & Q(pk__in=roll.values("section_id"))


def _in_calendar(user: User) -> Q:
    """What every member of the branch sees as a line: what it has planned and confirmed, without talks."""
    return access.own_branch(user, "organisation") & Q(state__in=CALENDAR_STATES) & ~Q(kind__form="talk")


class SectionQuerySet(models.QuerySet):
    """Sections."""

    def visible_to(self, user: User) -> Self:
        """Sections whose record ``user`` may read, whole or as a member."""
        return self.filter(_whole(user) | _as_member(user, self.model))

    def whole_to(self, user: User) -> Self:
        """Sections that ``user`` may read with everything: versions, reasons of a return, who was away."""
        return self.filter(_whole(user))

    def in_calendar_of(self, user: User) -> Self:
        """Sections that ``user`` may read, and those known as a line only; ``is_open`` says which."""
        readable = _whole(user) | _as_member(user, self.model)
        is_open = Case(When(readable, then=Value(True)), default=Value(False), output_field=BooleanField())
        return self.filter(readable | _in_calendar(user)).annotate(is_open=is_open)

    def with_committee_beside(self) -> Self:
        """With ``committee_beside``: whether a committee's meeting belongs to the same gathering."""
        return self.annotate(committee_beside=Exists(_committees(self.model, "gathering_id")))

    def under(self, organisation: Organisation) -> Self:
        """Sections of ``organisation`` and everything below it."""
        return self.filter(access.subtree(organisation.path, "organisation"))

    def confirmed(self) -> Self:
        """Sections that count."""
        return self.filter(state="confirmed")


def _committees(sections: Any, gathering: str) -> models.QuerySet[Any]:
    """Committees' sections of the gathering that the outer row names."""
    rows = sections._base_manager.filter(gathering=OuterRef(gathering)).exclude(state="cancelled")
    return rows.exclude(kind__expected__in=READ_BY_ROLL)


class GatheringQuerySet(models.QuerySet):
    """Gatherings."""

    def visible_to(self, user: User) -> Self:
        """Gatherings of which ``user`` may read at least one section, or that the own organisation called."""
        sections: Any = self.model._meta.get_field("sections").related_model
        seen = sections.objects.visible_to(user).order_by().values("gathering_id")
        return self.filter(Q(pk__in=seen) | access.within(user, access.VIEW, "organisation"))


class AttachmentQuerySet(models.QuerySet):
    """Attachments."""

    def visible_to(self, user: User) -> Self:
        """Files of gatherings that ``user`` oversees.

        As a member: those that the own branch added to what one reads, unless a committee met in the same gathering.
        As the leader of a group: those of gatherings in which the branch has that group's sections only.
        """
        gatherings: Any = self.model._meta.get_field("gathering").related_model
        sections: Any = gatherings._meta.get_field("sections").related_model
        overseen = sections._base_manager.filter(_by_grant(user)).values("gathering_id")
        seen = Q(gathering__in=overseen) | access.within(user, access.VIEW, "gathering__organisation")
        same = Q(gathering=OuterRef("gathering"), organisation=OuterRef("organisation"))
        read = sections._base_manager.filter(same, _as_member(user, sections))
        seen |= Q(Exists(read)) & ~Q(Exists(_committees(sections, "gathering_id")))
        led = _led(user)
        if led:
            present = sections._base_manager.filter(same).exclude(state="cancelled")
            others = present.filter(Q(group_id__isnull=True) | ~Q(group_id__in=led))
            seen |= Q(Exists(present.filter(group_id__in=led))) & ~Q(Exists(others))
        return self.filter(seen)
