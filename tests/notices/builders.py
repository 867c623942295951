"""People to write to, and messages, for the tests of the outbox."""

from __future__ import annotations

import datetime
from typing import Any

from notices.models import Notice
from notices.services import Message
from orgs.models import Organisation, Person, User
from tests import factories

DAY = datetime.date(2026, 6, 15)
EVENING = datetime.datetime(2026, 6, 15, 20, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))


def make_person(
    organisation: Organisation | None, number: str = "P001", *, account: bool = True, **extra: Any
) -> Person:
    """A member with an address and (unless told otherwise) an account."""
    person = factories.make_person(
        organisation, number=number, **{"email": f"{number.lower()}@example.edu.cn", **extra}
    )
    if account:
        factories.make_user(person)
    return person


def make_people(organisation: Organisation, count: int) -> list[Person]:
    """Many members with accounts, in a few statements."""
    people = Person.objects.bulk_create(
        Person(
            number=f"M{n:04d}",
            name=f"党员{n:04d}",
            email=f"m{n:04d}@example.edu.cn",
            kind="staff",
            status="formal",
            organisation=organisation,
        )
        for n in range(count)
    )
    User.objects.bulk_create(User(username=person.number, email=person.email or "", person=person) for person in people)
    return people


def message(person: Person, number: int = 1, **extra: Any) -> Message:
    """A reminder about task ``number``."""
    fields: dict[str, Any] = {
        "kind": Notice.Kind.OVERDUE,
        "subject": f"task:{number}",
        "day": DAY,
        "title": f"事项{number}",
        "url": f"/tasks/{number}/",
        **extra,
    }
    return Message(person_id=person.pk, **fields)


def states(*people: Person) -> list[tuple[str, str]]:
    """(subject, state) of the messages, in the order they were owed; of ``people`` only, when given."""
    rows = Notice.objects.filter(person__in=people) if people else Notice.objects.all()
    return list(rows.order_by("pk").values_list("subject", "state"))
