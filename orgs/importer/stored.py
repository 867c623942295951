"""What the database holds that a file is checked against; a fixed number of queries."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import F, Q

from common import clock
from orgs.models import Appointment, Department, Group, Organisation, Person, User

# (number of the person, code of the place, whether it is a department, office, name of the group)
OfficeKey = tuple[str, str, bool, str, str]


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """A person on record: code of the present branch (empty: none), Party status, e-mail in lower case."""

    name: str
    branch: str
    status: str
    email: str


@dataclass(frozen=True, slots=True)
class StoredOffice:
    """An office on record, whether still held or not."""

    pk: int
    key: OfficeKey
    started_on: datetime.date
    ended_on: datetime.date | None


@dataclass(frozen=True)
class Stored:
    """State to check against. ``levels`` and ``parents`` are by code; ``departments`` leads to the organisation.

    ``closed`` holds codes of dissolved organisations and (code, name) of dissolved groups; ``taken`` are user names
    of accounts that do not belong to the person of that number.
    """

    levels: dict[str, str]
    parents: dict[str, str]
    people: dict[str, StoredPerson]
    departments: dict[str, str]
    groups: set[tuple[str, str]]
    closed: set[str | tuple[str, str]]
    offices: list[StoredOffice]
    taken: set[str]


def read_stored() -> Stored:
    """Read the state to check against. Six queries, whatever the size."""
    today = clock.today()
    nodes = list(Organisation.objects.values_list("path", "code", "level", "dissolved_on"))
    codes = {path: code for path, code, _level, _gone in nodes}
    step = Organisation.steplen
    groups = list(Group.objects.order_by().values_list("organisation__code", "name", "dissolved_on"))
    closed: set[str | tuple[str, str]] = {code for _path, code, _level, gone in nodes if gone and gone <= today}
    closed |= {(code, name) for code, name, gone in groups if gone and gone <= today}
    others = Q(person__isnull=True) | ~Q(username=F("person__number"))
    return Stored(
        levels={code: level for _path, code, level, _gone in nodes},
        parents={code: codes.get(path[:-step], "") for path, code, _level, _gone in nodes},
        people=_people(),
        departments=dict(Department.objects.values_list("code", "organisation__code")),
        groups={(code, name) for code, name, _gone in groups},
        closed=closed,
        offices=_offices(),
        taken=set(User.objects.filter(others).values_list("username", flat=True)),
    )


def _people() -> dict[str, StoredPerson]:
    rows = Person.objects.order_by().values_list("number", "name", "organisation__code", "status", "email")
    return {
        number: StoredPerson(name, branch or "", status, (email or "").lower())
        for number, name, branch, status, email in rows.iterator(chunk_size=2000)
    }


def _offices() -> list[StoredOffice]:
    rows = Appointment.objects.order_by("pk").values_list(
        "pk",
        "person__number",
        "organisation__code",
        "department__code",
        "office",
        "group__name",
        "started_on",
        "ended_on",
    )
    return [
        StoredOffice(pk, (number, place or department, place is None, office, group or ""), start, end)
        for pk, number, place, department, office, group, start, end in rows.iterator(chunk_size=2000)
    ]
