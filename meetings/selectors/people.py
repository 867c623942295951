"""People that may be named in a record besides the roll: guests and lecturers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from orgs import access
from orgs.models import Appointment, Organisation, Person

if TYPE_CHECKING:
    from orgs.models import User

SEARCH_LIMIT = 20


def nameable(*, user: User) -> QuerySet[Person]:
    """People whom ``user`` may name: those they may see, and who holds an office above one of their organisations.

    Names and offices of the levels above are known to every branch; nothing else of these people is shown.
    """
    steps = {
        path[:end] for path in _own_paths(user) for end in range(Organisation.steplen, len(path), Organisation.steplen)
    }
    officers = Appointment.objects.in_force().filter(organisation__path__in=steps).values("person_id")
    seen = Person.objects.visible_to(user).values("pk")
    return Person.objects.filter(Q(pk__in=seen) | Q(pk__in=officers))


def _own_paths(user: User) -> set[str]:
    return {path for right in (access.RECORD, access.RECORD_GROUP) for path in access.paths(user, right) if path}


def people_search(*, user: User, text: str) -> list[Person]:
    """At most ``SEARCH_LIMIT`` nameable people whose name contains or whose number begins with ``text``. One query."""
    text = text.strip()
    if not text:
        return []
    found = nameable(user=user).filter(Q(name__icontains=text) | Q(number__istartswith=text))
    return list(found.select_related("organisation").order_by("name", "number")[:SEARCH_LIMIT])


def people_named(*, user: User, ids: Iterable[int], numbers: Iterable[str]) -> list[Person]:
    """People of a record: by id whoever they are (they are stored already), by number those nameable. One query or none."""
    ids, numbers = list(ids), list(numbers)
    if not ids and not numbers:
        return []
    return list(
        Person.objects.filter(Q(pk__in=ids) | Q(pk__in=nameable(user=user).filter(number__in=numbers).values("pk")))
    )
