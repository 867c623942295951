"""The college as the forms of organisations, offices and people need it, and what a case of them consists of."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.test import Client

from orgs.models import (
    Appointment,
    Group,
    MemberStatus,
    Office,
    Organisation,
    Person,
)
from tests.factories import (
    SmallCollege,
    make_college,
    make_group,
    make_organisation,
    make_person,
)
from tests.replaying import replayed

BACKEND = "orgs.backends.AccountBackend"
SAMPLE = Path(__file__).parents[1] / "data" / "roster.xlsx"


@dataclass
class Place:
    """The college with what the forms are about."""

    college: SmallCollege
    branch: Organisation
    sibling: Organisation
    other: Organisation
    general: Organisation
    empty: Organisation  # a branch without members
    group: Group
    spare: Group  # a Party group without members
    colleague: Person
    newcomer: Person  # probationary

    def office_of(self, office: str) -> Appointment:
        """Who holds it in ZB101."""
        return Appointment.objects.get(organisation=self.branch, office=office)

    def client(self, role: str = "office") -> Client:
        """A browser in which ``role`` is signed in."""
        client = Client()
        client.force_login(getattr(self.college, role), BACKEND)
        return client


@replayed
def make_place() -> Place:
    """Everything the forms are about."""
    college = make_college()
    branch, sibling, other = college.branches
    return Place(
        college=college,
        branch=branch,
        sibling=sibling,
        other=other,
        general=college.general_branches[0],
        empty=make_organisation("ZB103", college.general_branches[0]),
        group=college.group,
        spare=make_group(branch, "第二党小组"),
        colleague=college.members[0],
        newcomer=make_person(
            branch, "预备党员", number="N1", status=MemberStatus.PROBATIONARY, joined_on=datetime.date(2025, 6, 1)
        ),
    )


@dataclass(frozen=True)
class Done:
    """A form sent by ``role`` that is accepted: what the page says then, and what is true."""

    name: str
    args: Callable[[Place], list[Any]]
    data: Callable[[Place], dict[str, Any]]
    says: str
    holds: Callable[[Place], bool]
    role: str = "office"


@dataclass(frozen=True)
class Refused:
    """A form that is refused: messages by field (``__all__``: on top); nothing is written and the input stays."""

    name: str
    args: Callable[[Place], list[Any]]
    data: Callable[[Place], dict[str, Any]]
    errors: dict[str, list[str]]
    role: str = "office"


@dataclass(frozen=True)
class Stopped:
    """Something that cannot be done as things stand: a page with this reason and status."""

    name: str
    args: Callable[[Place], list[Any]]
    data: Callable[[Place], dict[str, Any]]
    status: int
    reason: str
    role: str = "office"


def code(place: Place) -> list[Any]:
    return [place.branch.code]


def colleague(place: Place) -> list[Any]:
    return [place.colleague.number]


def newcomer(place: Place) -> list[Any]:
    return [place.newcomer.number]


def secretary(place: Place) -> list[Any]:
    return [place.office_of(Office.SECRETARY).pk]


def commissioner(place: Place) -> list[Any]:
    return [place.office_of(Office.ORGANISATION_COMMISSIONER).pk]


def leader(place: Place) -> list[Any]:
    return [place.office_of(Office.GROUP_LEADER).pk]


def nothing(_place: Place) -> dict[str, Any]:
    return {}


def reload(row: Any) -> Any:
    """The row as it is stored now."""
    return type(row).objects.get(pk=row.pk)


def newcomer_from_outside(**changes: str) -> dict[str, str]:
    return {
        "number": "X900",
        "name": "外来党员",
        "kind": "staff",
        "status": "formal",
        "joined_on": "2010-07-01",
        "formal_on": "2011-07-01",
        "on": "2026-06-10",
        "reason": "介绍信 12 号",
        **changes,
    }


def founded(**changes: str) -> dict[str, str]:
    return {
        "code": "ZB109",
        "name": "新建党支部",
        "level": "branch",
        "kind": "staff",
        "founded_on": "2026-06-10",
        "reason": "批复 3 号",
        **changes,
    }
