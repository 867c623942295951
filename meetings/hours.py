"""Study hours of a branch's members as proof: whether enough of them have theirs (党员教育管理工作条例2019, art. 20)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import Sum
from django.urls import reverse

from common.sentences import written as _
from meetings import options
from meetings.models import Attendance, Section
from orgs.models import Organisation, Person
from tasks.models import Task, TaskEvidence
from tasks.services import Offer, offer_evidence, withdraw_evidence

EVIDENCE = "study_hours"


@dataclass(frozen=True)
class Standing:
    """How many of a branch's members have their hours; who is excused does not count (R-EDU-23)."""

    reached: int
    members: int

    @property
    def is_enough(self) -> bool:
        """Whether the share that the list asks for is reached; a branch without members reaches nothing."""
        return self.members > 0 and Fraction(self.reached, self.members) >= options.study_hours_share()


def offer_study_hours(today: datetime.date) -> dict[str, int]:
    """Offer the hours of every branch that a Task asks for as proof, and take back what no longer holds.

    ``offered``: branches whose members have enough; ``withdrawn``: those that had and have not any more (a record was
    returned, somebody joined). A fixed number of queries, and those of offering for each branch that changed.
    """
    counts = {"offered": 0, "withdrawn": 0}
    for year in _years(today):
        wanted = Task.objects.filter(requirement__evidence=EVIDENCE, window_start__year=year)
        branches = list(Organisation.objects.filter(pk__in=wanted.values("organisation")).order_by("path"))
        if not branches:
            continue
        standings = standings_of(branches, year)
        known = set(TaskEvidence.objects.filter(record__startswith=f"{EVIDENCE}:").values_list("record", flat=True))
        for branch in branches:
            record = f"{EVIDENCE}:{branch.pk}:{year}"
            if standings[branch.pk].is_enough and record not in known:
                counts["offered"] += _offer(branch, record, year, standings[branch.pk], today)
            elif not standings[branch.pk].is_enough and record in known:
                withdraw_evidence(record=record, cause=_words(standings[branch.pk]), actor=None)
                counts["withdrawn"] += 1
    return counts


def _years(today: datetime.date) -> Iterable[int]:
    """This year, and in January the last one: records of December are confirmed in January."""
    return (today.year - 1, today.year) if today.month == 1 else (today.year,)


def standings_of(branches: Iterable[Organisation], year: int) -> dict[int, Standing]:
    """Branch id → how many of its present members have their hours of ``year``. Two queries."""
    people = Person.objects.filter(organisation__in=list(branches), excused_reason="")
    rows = (
        Attendance.objects.filter(
            person__in=people,
            mark=Attendance.Mark.PRESENT,
            section__state=Section.State.CONFIRMED,
            section__held_on__year=year,
        )
        .order_by()
        .values_list("person_id")
        .annotate(Sum("section__study_hours"))
    )
    hours: dict[int, Decimal] = dict(rows)
    reached: dict[int, int] = defaultdict(int)
    members: dict[int, int] = defaultdict(int)
    for person_id, branch_id in people.order_by().values_list("pk", "organisation_id"):
        members[branch_id] += 1
        reached[branch_id] += hours.get(person_id, Decimal(0)) >= options.study_hours_needed()
    return {branch.pk: Standing(reached[branch.pk], members[branch.pk]) for branch in branches}


def _offer(branch: Organisation, record: str, year: int, standing: Standing, today: datetime.date) -> bool:
    """Whether it counts for something now. What was reached in the year counts for it on its last day at the latest."""
    found = offer_evidence(
        record=record,
        occurred_on=min(today, datetime.date(year, 12, 31)),
        offers=[Offer(kind=EVIDENCE, organisation_id=branch.pk)],
        url=reverse("meetings:record_book", args=[branch.code, year]),
        label=_words(standing),
        actor=None,
    )
    return bool(found)


def _words(standing: Standing) -> str:
    return _("%(members)d名党员中%(reached)d名已满%(hours)s学时") % {
        "members": standing.members,
        "reached": standing.reached,
        "hours": options.study_hours_needed(),
    }
