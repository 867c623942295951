"""What measures of every room share: the branches of the asked organisations, and who belonged to them."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import NamedTuple

from django.db.models import Q

from common.measures import Question
from orgs import access
from orgs.models import Level, Membership, Organisation


class Belonging(NamedTuple):
    """A member of a branch on the day of the question."""

    person_id: int
    branch_id: int
    number: str
    name: str
    status: str
    kind: str
    joined_on: datetime.date | None
    formal_on: datetime.date | None
    excused_reason: str


def branches_of(question: Question) -> dict[int, list[Organisation]]:
    """The branches below each asked organisation that existed at some time of the year; of a branch, itself. One query."""
    return question.once("orgs.branches", lambda: _branches(question))


def _branches(question: Question) -> dict[int, list[Organisation]]:
    above = [one for one in question.organisations if one.level != Level.BRANCH]
    found = {one.pk: [one] for one in question.organisations if one.level == Level.BRANCH}
    found |= {one.pk: [] for one in above}
    if above:
        by_path = {one.path: one.pk for one in above}
        first, last = min(by_path), access.path_end(max(by_path))
        rows = Organisation.objects.filter(
            Q(founded_on__isnull=True) | Q(founded_on__lte=question.as_of),
            Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=question.start),
            level=Level.BRANCH, path__gte=first, path__lt=last,
        )  # fmt: skip
        step = Organisation.steplen
        for branch in rows.order_by("path"):
            for end in range(step, len(branch.path), step):
                if branch.path[:end] in by_path:
                    found[by_path[branch.path[:end]]].append(branch)
    return found


def concerned(question: Question) -> dict[int, Organisation]:
    """Every asked organisation and every branch below one, by id: whose records are read."""
    found = {one.pk: one for one in question.organisations}
    for branches in branches_of(question).values():
        found |= {branch.pk: branch for branch in branches}
    return found


def members_of(question: Question) -> dict[int, list[Belonging]]:
    """Who belonged to each branch on the day of the question, by branch id. One query."""
    return question.once("orgs.members", lambda: _members(question))


def _members(question: Question) -> dict[int, list[Belonging]]:
    day = question.as_of
    rows = Membership.objects.filter(
        Q(started_on__isnull=True) | Q(started_on__lte=day),
        Q(ended_on__isnull=True) | Q(ended_on__gte=day),
        organisation_id__in=list(concerned(question)),
    ).values_list(
        "person_id", "organisation_id", "person__number", "person__name", "person__status", "person__kind",
        "person__joined_on", "person__formal_on", "person__excused_reason",
    )  # fmt: skip
    found: dict[int, list[Belonging]] = defaultdict(list)
    seen: set[tuple[int, int]] = set()
    for row in rows.order_by("person__number", "pk"):
        belonging = Belonging(*row)
        if (belonging.person_id, belonging.branch_id) not in seen:
            seen.add((belonging.person_id, belonging.branch_id))
            found[belonging.branch_id].append(belonging)
    return found
