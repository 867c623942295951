"""How much Tasks asked of branches, month by month: for the platform's measure of its own burden."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db.models import Count
from django.db.models.functions import ExtractMonth

from orgs import access
from orgs.models import Level
from tasks.models import TaskEvent, Verb

if TYPE_CHECKING:
    from orgs.models import Organisation, User

# What a person types something for; signing for a directive is a tap.
_TYPED = (Verb.REPORTED, Verb.SUBMITTED, Verb.EXTENSION_ASKED, Verb.ANSWERED)


def acts_by_month(user: User, top: Organisation, year: int) -> dict[int, Counter[str]]:
    """Month → reports, submissions, requests and answers that people of branches typed. One query.

    Of the branches at and below ``top`` that ``user`` sees by a grant, by the day of the act.
    """
    events = TaskEvent.objects.filter(
        access.within(user, access.VIEW, "task__organisation"), access.subtree(top.path, "task__organisation"),
        verb__in=_TYPED, actor__isnull=False, day__year=year, task__organisation__level=Level.BRANCH,
    )  # fmt: skip
    found: dict[int, Counter[str]] = {month: Counter() for month in range(1, 13)}
    for month, verb, number in events.order_by().values_list(ExtractMonth("day"), "verb").annotate(Count("pk")):
        found[month][verb] += number
    return found
