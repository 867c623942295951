"""Who has to act on a Task and who may decide it: people by offices in force, one query for a batch of Tasks."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from orgs.models import Appointment, Department, Office, Organisation
from tasks.models import AGREED_ITEM, MILESTONE, Task

# Offices that hold the right to review below their organisation, first who is asked first (orgs.access).
_REVIEW_TIERS = ((Office.SECRETARY,), (Office.DEPUTY, Office.DISCIPLINE_SECRETARY))


@dataclass
class Officers:
    """Holders of offices in force on one day, by the path of their organisation."""

    by_office: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    by_group: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    anywhere: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    office_of_committee: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    by_department: dict[int, dict[str, set[int]]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    def heads(self, department_id: int) -> set[int]:
        """Who answers for a department: its head (the principal), or its staff while there is none."""
        offices = self.by_department.get(department_id, {})
        heads = offices.get(Office.HEAD, set()) | offices.get(Office.PRINCIPAL, set())
        return heads or offices.get(Office.STAFF, set())

    def in_department(self, department_id: int) -> set[int]:
        """Everybody with an office in a department."""
        return set().union(*self.by_department.get(department_id, {}).values())

    def acting_secretary(self, path: str) -> set[int]:
        """The secretary, or the deputies while the office is vacant."""
        return self.by_office.get((path, Office.SECRETARY)) or self.by_office.get((path, Office.DEPUTY)) or set()


def ancestor_paths(path: str) -> list[str]:
    """Paths of the organisations above ``path``, nearest first."""
    step = Organisation.steplen
    return [path[:length] for length in range(len(path) - step, 0, -step)]


def officers_of(paths: Iterable[str], day: datetime.date) -> Officers:
    """Officers in force on ``day`` of the organisations ``paths`` and of all above them. One query."""
    wanted = set(paths)
    wanted |= {above for path in wanted for above in ancestor_paths(path)}
    rows = (
        Appointment.objects.in_force(day)
        .filter(Q(organisation__path__in=wanted) | Q(department__organisation__path__in=wanted))
        .values_list(
            "organisation__path",
            "department__organisation__path",
            "department_id",
            "department__duty",
            "office",
            "group_id",
            "person_id",
            "person__name",
        )
    )
    found = Officers()
    for path, of_department, department_id, duty, office, group_id, person_id, name in rows:
        found.names[person_id] = name
        if path is None:
            found.by_department.setdefault(department_id, defaultdict(set))[office].add(person_id)
            if duty == Department.Duty.ORGANISATION:
                found.office_of_committee[of_department].add(person_id)
            continue
        found.anywhere[path].add(person_id)
        if office == Office.GROUP_LEADER:
            found.by_group[group_id].add(person_id)
        else:
            found.by_office[path, office].add(person_id)
    return found


def owners(task: Task, officers: Officers) -> set[int]:
    """Persons who have to act: the named one, else the holders of the office, else who stands in for them."""
    if task.person_id is not None:
        return {task.person_id}
    path = task.organisation.path
    if task.department_id is not None:
        return officers.heads(task.department_id) or set(officers.office_of_committee.get(path, set()))
    if task.office == Office.GROUP_LEADER and task.group_id is not None:
        holders = officers.by_group.get(task.group_id)
    else:
        holders = officers.by_office.get((path, task.office))
    return set(holders or officers.acting_secretary(path))


def leaders_of_milestone(task: Task) -> set[int | None]:
    """Person ids of who leads the project of a milestone; they carry it out and never check it. No query.

    ``requirement["with"]`` are the co-leaders, written there when the project starts or changes.
    """
    return {task.person_id, *task.requirement.get("with", ())} if task.source == MILESTONE else set()


def reviewers(task: Task, officers: Officers) -> set[int]:
    """Persons who may decide what was submitted, of the nearest level that has one (DESIGN.md §5, four eyes).

    What a meeting agreed is checked by the own secretary unless that is the one who submitted it; everything else
    by the level above, by nobody who holds an office in the unit or leads the project; at the root, and for a
    department, by a second officer of the committee.
    """
    path = task.organisation.path
    applicant = {task.submitted_by_id} | leaders_of_milestone(task)
    if task.source == AGREED_ITEM:
        own = officers.acting_secretary(path) - applicant
        if own:
            return own
    above = ancestor_paths(path)
    excluded = applicant | officers.anywhere.get(path, set()) if above else set(applicant)
    if task.department_id is not None:
        excluded |= officers.in_department(task.department_id)
    return deciders_at(above or [path], officers, but=excluded)


def deciders_at(places: Iterable[str], officers: Officers, *, but: Collection[int | None]) -> set[int]:
    """Persons with the right to review, of the first of ``places`` (paths) that has one besides those in ``but``.

    The secretary is asked before the deputies, and they before the committee's office.
    """
    for place in places:
        tiers = [
            set().union(*(officers.by_office.get((place, office), set()) for office in tier)) for tier in _REVIEW_TIERS
        ]
        for tier in [*tiers, officers.office_of_committee.get(place, set())]:
            if found := tier - set(but):
                return found
    return set()


def reviewers_of(tasks: Sequence[Task], day: datetime.date) -> dict[int, set[int]]:
    """Task id → persons who may decide it. One query; the Tasks come with their organisation."""
    officers = officers_of({task.organisation.path for task in tasks}, day)
    return {task.pk: reviewers(task, officers) for task in tasks}
