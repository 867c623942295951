"""Departments and colleges as their pages show them, and whose page a reader may open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common import clock
from orgs import access
from orgs.models import Appointment, College, Department, Person
from orgs.models.appointment import DEPARTMENT_OFFICES
from orgs.selectors.history import Change, college_history, department_history

if TYPE_CHECKING:
    from orgs.models import User


def linked_people(user: User, ids: Iterable[int | None]) -> set[int]:
    """Of these people those whose page ``user`` may open: an office is often held away from home. One query."""
    wanted = {pk for pk in ids if pk is not None}
    return set(Person.objects.visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True))


@dataclass(frozen=True)
class DepartmentRow:
    """One department with who holds office there today."""

    department: Department
    offices: list[Appointment]


@dataclass(frozen=True)
class DepartmentsPage:
    """All departments that a user sees."""

    rows: list[DepartmentRow]
    linked: set[int]
    may_import: bool  # whether the reader is the one to enter them


def departments_page(user: User) -> DepartmentsPage:
    """The departments that ``user`` sees, with their officers. Three queries beside the grants."""
    found = Department.objects.visible_to(user).select_related("organisation").prefetch_related("appointments__person")
    rows = [DepartmentRow(one, _held(one.appointments.all())) for one in found]
    linked = linked_people(user, (row.person_id for one in rows for row in one.offices))
    return DepartmentsPage(rows, linked, access.has_anywhere(user, access.MANAGE_ORGANISATIONS))


def _held(rows: Iterable[Appointment]) -> list[Appointment]:
    """Those in force today, the head first."""
    rank = {str(office): number for number, office in enumerate(DEPARTMENT_OFFICES)}
    today = clock.today()
    return sorted((row for row in rows if row.in_force(today)), key=lambda row: (rank.get(row.office, 0), row.pk))


@dataclass(frozen=True)
class DepartmentPage:
    """Everything on the page of one department."""

    department: Department
    offices: list[Appointment]
    past_offices: list[Appointment]
    linked: set[int]
    history: list[Change]
    may_manage: bool


def department_page(user: User, department: Department) -> DepartmentPage:
    """Read the page of a visible department: four queries beside the grants."""
    rows = list(department.appointments.select_related("person").order_by("-started_on", "id"))
    held = _held(rows)
    return DepartmentPage(
        department=department,
        offices=held,
        past_offices=[row for row in rows if row not in held],
        linked=linked_people(user, (row.person_id for row in held)),
        history=department_history(department),
        may_manage=access.may(user, access.MANAGE_ORGANISATIONS, department.organisation),
    )


@dataclass(frozen=True)
class CollegesPage:
    """All colleges that a user sees."""

    colleges: list[College]
    linked: set[int]
    may_import: bool  # whether the reader is the one to enter them


def colleges_page(user: User) -> CollegesPage:
    """The colleges that ``user`` sees, with general branch and dean. Two queries beside the grants."""
    rows = list(College.objects.visible_to(user).select_related("organisation", "dean"))
    linked = linked_people(user, (row.dean_id for row in rows))
    return CollegesPage(rows, linked, access.has_anywhere(user, access.MANAGE_ORGANISATIONS))


@dataclass(frozen=True)
class CollegePage:
    """Everything on the page of one college."""

    college: College
    linked: set[int]
    history: list[Change]
    may_manage: bool


def college_page(user: User, college: College) -> CollegePage:
    """Read the page of a visible college: two queries beside the grants."""
    return CollegePage(
        college=college,
        linked=linked_people(user, [college.dean_id]),
        history=college_history(college),
        may_manage=access.may(user, access.MANAGE_ORGANISATIONS, college.organisation),
    )
