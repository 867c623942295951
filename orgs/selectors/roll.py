"""Who belonged where, held which office and had a vote on a given day."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from orgs.models import Appointment, Group, Membership, MemberStatus, Office, Organisation, Person, VotingExclusion
from orgs.models.appointment import COMMITTEE_OFFICES
from orgs.ordinals import ordinal
from orgs.querysets import PersonQuerySet

_MERELY_LEADING = (Office.SECRETARY, Office.DEPUTY)


@dataclass(frozen=True)
class Member:
    """A member of a branch on a day: the Party groups of the intervals that hold it, and whether they have a vote."""

    person: Person
    group_ids: frozenset[int]
    has_vote: bool


def roster_on(organisation: Organisation, day: datetime.date) -> list[Member]:
    """Members of a branch on ``day``, as ``members_on``, with what a roll asks about them. One query.

    No vote: probationary members and members under observation (基层组织选举工作条例 2020, art. 5). The grounds of
    R-VOTE-3 take a member out only with the approval above and the members' meeting.
    """
    rows = (
        Membership.objects.filter(
            Q(started_on__isnull=True) | Q(started_on__lte=day),
            Q(ended_on__isnull=True) | Q(ended_on__gte=day),
            organisation=organisation,
        )
        .annotate(is_excluded=Exists(_excluded(day).filter(person_id=OuterRef("person_id"))))
        .select_related("person")
        .order_by("person__number", "pk")
    )
    intervals: dict[int, list[Membership]] = {}
    for row in rows:
        intervals.setdefault(row.person_id, []).append(row)
    return [_member(found, day) for found in intervals.values()]


def _member(intervals: list[Membership], day: datetime.date) -> Member:
    row = intervals[0]
    groups = frozenset(each.group_id for each in intervals if each.group_id is not None)
    return Member(row.person, groups, _is_formal(row.person, day) and not row.is_excluded)  # type: ignore[attr-defined]


def _is_formal(person: Person, day: datetime.date) -> bool:
    if person.formal_on is None:
        return person.status == MemberStatus.FORMAL
    return person.formal_on <= day


def _excluded(day: datetime.date) -> QuerySet[VotingExclusion]:
    """Exclusions from the voting base that hold on ``day``."""
    approved = ~Q(ground__in=VotingExclusion.NEEDS_APPROVAL) | (
        ~Q(superior_approval="") & Q(meeting_on__isnull=False, meeting_on__lte=day)
    )
    return VotingExclusion.objects.filter(
        approved, Q(ended_on__isnull=True) | Q(ended_on__gte=day), started_on__lte=day
    )


def _belonging(day: datetime.date) -> Q:
    return Q(memberships__started_on__isnull=True) | Q(memberships__started_on__lte=day)


def members_on(organisation: Organisation, day: datetime.date) -> list[Person]:
    """Members of a branch on ``day``, by membership intervals, in the order of their numbers. One query."""
    return list(_members(Q(memberships__organisation=organisation), day))


def group_members_on(group: Group, day: datetime.date) -> list[Person]:
    """Members of a Party group on ``day``. One query."""
    return list(_members(Q(memberships__group=group), day))


def _members(where: Q, day: datetime.date) -> PersonQuerySet:
    not_over = Q(memberships__ended_on__isnull=True) | Q(memberships__ended_on__gte=day)
    return Person.objects.filter(where & _belonging(day) & not_over).distinct().order_by("number")


def committee_on(organisation: Organisation, day: datetime.date) -> list[Person]:
    """Distinct holders of committee offices in force on ``day``, the secretary first. One query."""
    rows = (
        Appointment.objects.in_force(day)
        .filter(organisation=organisation, office__in=COMMITTEE_OFFICES)
        .select_related("person")
        .order_by("id")
    )
    rank = {office.value: number for number, office in enumerate(COMMITTEE_OFFICES)}
    ordered = sorted(rows, key=lambda row: rank[row.office])
    return list({row.person_id: row.person for row in ordered}.values())


def secretary_on(organisation: Organisation, day: datetime.date) -> Person | None:
    """The secretary in office on ``day``, if any. One query."""
    row = (
        Appointment.objects.in_force(day)
        .filter(organisation=organisation, office=Office.SECRETARY)
        .select_related("person")
        .first()
    )
    return row.person if row else None


def has_committee(organisation: Organisation, day: datetime.date) -> bool:
    """Whether a committee exists on ``day``: somebody in office besides secretary and deputy. One query."""
    offices = [office for office in COMMITTEE_OFFICES if office not in _MERELY_LEADING]
    return Appointment.objects.in_force(day).filter(organisation=organisation, office__in=offices).exists()


def open_groups(organisation: Organisation, day: datetime.date) -> list[Group]:
    """Party groups that exist on ``day``, in the order of their numbers. One query."""
    founded = Q(founded_on__isnull=True) | Q(founded_on__lte=day)
    rows = organisation.groups.filter(founded, Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=day))
    return sorted(rows, key=lambda group: (ordinal(group.name), group.pk))


def voters_on(organisation: Organisation, day: datetime.date) -> set[int]:
    """Ids of the formal members of a branch who count in the voting base on ``day`` (``roster_on``). One query."""
    return {member.person.pk for member in roster_on(organisation, day) if member.has_vote}
