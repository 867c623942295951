"""One person's page."""

from __future__ import annotations

from dataclasses import dataclass

from common import clock
from orgs import access
from orgs.models import Appointment, Membership, Person, User, VotingExclusion
from orgs.selectors.history import Change, person_history


@dataclass(frozen=True)
class PersonPage:
    """Everything on the page of one person; private parts are empty for those who may not see them."""

    person: Person
    account: User | None
    offices: list[Appointment]
    past_offices: list[Appointment]
    memberships: list[Membership]
    exclusions: list[VotingExclusion]
    history: list[Change]
    may_manage: bool
    may_manage_account: bool
    sees_private: bool
    sees_health: bool  # why no hard requirement applies: oneself and the branch's committee only


def person_page(user: User, person: Person) -> PersonPage:
    """Read the page of a visible person in a fixed number of queries."""
    branch = person.organisation
    manages = branch is not None and access.may(user, access.MANAGE_PEOPLE, branch)
    private = person.pk == user.person_id or (branch is not None and access.may(user, access.VIEW_PRIVATE, branch))
    offices = list(person.appointments.select_related("organisation", "department", "group").order_by("-started_on"))
    today = clock.today()
    return PersonPage(
        person=person,
        account=getattr(person, "user", None),
        offices=[row for row in offices if row.in_force(today)],
        past_offices=[row for row in offices if not row.in_force(today)],
        memberships=list(person.memberships.select_related("organisation", "group").order_by("-id")),
        exclusions=list(person.voting_exclusions.all()) if private or manages else [],
        history=person_history(person, sees_private=private) if manages else [],
        may_manage=manages,
        may_manage_account=branch is not None and access.may(user, access.MANAGE_ORGANISATIONS, branch),
        sees_private=private or manages,
        sees_health=private,
    )
