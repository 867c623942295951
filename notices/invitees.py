"""Whom an invitation of a whole organisation reaches, and whom it does not and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, Q

from common import clock
from notices.models import Notice
from orgs.models import Person

if TYPE_CHECKING:
    from orgs.models import Organisation

_NO_PASSWORD = Q(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)


@dataclass(frozen=True)
class Invitees:
    """The people of an organisation and of everything below it, by what an invitation of all does with them."""

    invited: list[Person] = field(default_factory=list)  # will be, or were just now
    invited_today: list[Person] = field(default_factory=list)  # or their invitation still waits: no second mail
    failed: list[Person] = field(default_factory=list)  # today; the delivery page sends it again
    without_mail: list[Person] = field(default_factory=list)
    without_account: list[Person] = field(default_factory=list)
    disabled: list[Person] = field(default_factory=list)
    ready: int = 0  # have set a password already

    @property
    def left_out(self) -> Iterator[tuple[str, list[Person]]]:
        """(reason, people) of those who get no mail although they have no password; empty groups are left out."""
        groups = (
            ("without_mail", self.without_mail),
            ("failed", self.failed),
            ("invited_today", self.invited_today),
            ("without_account", self.without_account),
            ("disabled", self.disabled),
        )
        return ((reason, people) for reason, people in groups if people)


def invitees(organisation: Organisation) -> Invitees:
    """Sort everybody of ``organisation`` and below who cannot sign in yet. Three queries, whatever their number."""
    people = Person.objects.current().under(organisation)
    missing = people.filter(_NO_PASSWORD | Q(user__isnull=True) | Q(user__is_active=False))
    asked = _asked_today(organisation)
    found = Invitees(ready=people.filter(~_NO_PASSWORD, user__is_active=True).order_by().aggregate(n=Count("pk"))["n"])
    for person in missing.select_related("user", "organisation").order_by("organisation__path", "number"):
        _group_of(found, person, asked).append(person)
    return found


def _group_of(found: Invitees, person: Person, asked: dict[int, str]) -> list[Person]:
    user = getattr(person, "user", None)
    if user is None:
        return found.without_account
    if not user.is_active:
        return found.disabled
    if person.pk in asked:
        return found.failed if asked[person.pk] == Notice.State.FAILED else found.invited_today
    return found.invited if person.email or user.email else found.without_mail


def _asked_today(organisation: Organisation) -> dict[int, str]:
    """Person id → state of the newest invitation of today, or of one that still waits. A dropped one is no mail."""
    state = Notice.State
    counts = Q(state__in=[state.PENDING, state.CLAIMED]) | Q(state__in=[state.SENT, state.FAILED], day=clock.today())
    people = Person.objects.current().under(organisation).order_by().values("pk")
    rows = Notice.objects.filter(counts, kind=Notice.Kind.INVITATION, person__in=people)
    return dict(rows.order_by("pk").values_list("person_id", "state"))
