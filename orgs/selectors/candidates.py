"""People to choose from, found by name, number or pinyin, and the person that was meant by what was typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db.models import Q

from common.readings import reads_like
from orgs.models import Person

if TYPE_CHECKING:
    from orgs.models import User
    from orgs.querysets import PersonQuerySet

LIMIT = 12
_LETTERS = re.compile(r"[a-z]+")
_NUMBERED = re.compile(r"[（(]\s*([^（()）\s]+)\s*[)）]\s*$")


def candidates(user: User) -> PersonQuerySet:
    """Whom an office above branch level may go to: everybody of the college whom ``user`` may see."""
    return Person.objects.visible_to(user).current()


def written(person: Person) -> str:
    """A person as a search field writes them; names repeat, numbers do not."""
    return f"{person.name}（{person.number}）"


def search(people: PersonQuerySet, text: str) -> list[Person]:
    """At most ``LIMIT`` of ``people`` by part of the name, beginning of the number, or pinyin (initials or in full).

    One query; two when ``text`` consists of letters: the names are then read aloud here.
    """
    text = _clean(text)
    if not text:
        return []
    found = Q(name__icontains=text) | Q(number__istartswith=text)
    letters = re.sub(r"[\s'’·]", "", text).lower()
    if _LETTERS.fullmatch(letters):
        names = people.order_by("name", "number").values_list("pk", "name")
        found |= Q(pk__in=[pk for pk, name in names if reads_like(name, letters)][:LIMIT])
    return list(people.filter(found).select_related("organisation").order_by("name", "number")[:LIMIT])


def meant_by(people: PersonQuerySet, text: str) -> list[Person]:
    """The person of ``people`` whom ``text`` names: by number alone, 姓名（工号）, or a name that only one of them has.

    Several: the name is not enough. None: nobody is called or numbered so. One query.
    """
    text = _clean(text)
    numbered = _NUMBERED.search(text)
    wanted = Q(number__iexact=numbered[1]) if numbered else Q(number__iexact=text) | Q(name=text)
    found = list(people.filter(wanted).select_related("organisation").order_by("number")[: LIMIT + 1])
    return [person for person in found if person.number.lower() == text.lower()] or found


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()  # PostgreSQL refuses such a sign
