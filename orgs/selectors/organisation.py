"""One organisation's page: people, offices, groups, term, warnings, history."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Q

from common import clock
from orgs import access, rules
from orgs.models import Appointment, Group, Level, Office, Organisation, Person, User
from orgs.ordinals import LAST, ordinal
from orgs.selectors.composition import branch_warnings, general_branch_warnings
from orgs.selectors.offices import linked_people


@dataclass(frozen=True)
class OrganisationPage:
    """Everything on the page of one organisation."""

    organisation: Organisation
    ancestors: list[Organisation]
    linked: set[int]  # ids of those ancestors whose page the user may open
    children: list[Organisation]
    people: list[Person]
    offices: list[Appointment]
    past_offices: list[Appointment]
    linked_people: set[int]  # ids of who holds office here and whose own page the user may open
    groups: list[Group]
    term: rules.TermState
    warnings: list[rules.Warning]
    sees_members: bool
    may_manage_people: bool
    may_manage: bool
    sees_private: bool


def organisation_page(user: User, organisation: Organisation) -> OrganisationPage:
    """Read the page of a visible organisation in a fixed number of queries.

    A plain member sees offices and groups of the own branch, not its roster (DESIGN.md §5: calendar and own record).
    """
    today = clock.today()
    steps = [organisation.path[:end] for end in range(4, len(organisation.path) + 1, 4)]
    near = Organisation.objects.filter(
        Q(path__in=steps) | Q(depth=organisation.depth + 1) & access.subtree(organisation.path, "")
    )
    family = list(near)
    visible = access.paths(user, access.VIEW)
    offices = list(
        Appointment.objects.filter(organisation=organisation)
        .select_related("person", "group")
        .order_by("-started_on", "id")
    )
    sees_members = access.may(user, access.VIEW, organisation)
    people, groups = _members_and_groups(organisation, today) if organisation.level == Level.BRANCH else ([], [])
    held = [row for row in offices if row.in_force(today)]
    sees_private = access.may(user, access.VIEW_PRIVATE, organisation)
    return OrganisationPage(
        organisation=organisation,
        ancestors=[node for node in family if node.depth < organisation.depth],
        linked={node.pk for node in family if access.may(user, access.VIEW, node)},
        children=[
            node for node in family if node.depth > organisation.depth and any(node.path.startswith(p) for p in visible)
        ],
        people=people if sees_members else [],
        offices=sorted(held, key=_rank),
        past_offices=[row for row in offices if not row.in_force(today)] if sees_members else [],
        linked_people=linked_people(user, (row.person_id for row in held)),
        groups=groups,
        term=rules.term_state(today=today, term_end=organisation.term_end),
        warnings=_warnings(organisation, people, held) if sees_members and organisation.is_open else [],
        sees_members=sees_members,
        may_manage_people=access.may(user, access.MANAGE_PEOPLE, organisation),
        may_manage=access.may(user, access.MANAGE_ORGANISATIONS, organisation),
        sees_private=sees_private,
    )


def _warnings(organisation: Organisation, people: list[Person], held: list[Appointment]) -> list[rules.Warning]:
    if organisation.level == Level.BRANCH:
        return branch_warnings(people, held)
    return general_branch_warnings(organisation)


def _members_and_groups(organisation: Organisation, today: datetime.date) -> tuple[list[Person], list[Group]]:
    """What only branches have. Two queries."""
    people = Person.objects.filter(organisation=organisation).select_related("group", "user")
    groups = organisation.groups.filter(Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=today))
    by_group = sorted(people.order_by("number"), key=lambda person: _group_rank(person.group))
    return by_group, sorted(groups, key=_group_rank)


def _rank(row: Appointment) -> tuple[int, int, int]:
    """Secretary first, then deputies, commissioners and group leaders in the order of their groups."""
    return list(Office.values).index(row.office), _group_rank(row.group)[0], row.pk


def _group_rank(group: Group | None) -> tuple[int, int]:
    """Groups in the order of their Chinese numerals; people without one stand last."""
    return (LAST + 1, 0) if group is None else (ordinal(group.name), group.pk)
