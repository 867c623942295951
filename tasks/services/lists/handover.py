"""Who answers for a list: holdings, and what passes on when the secretary changes."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from common.periods import ONE_DAY
from common.sentences import written as _
from orgs.models import Appointment, Office, Person
from tasks import transitions
from tasks.models import OPEN_STATES, ListHolding, ResponsibilityList, Task, TaskEvent, Verb
from tasks.services.changes import Before, event_of

if TYPE_CHECKING:
    from collections.abc import Iterable


def keep_holdings(responsibility_list: ResponsibilityList, holders: Sequence[Any], today: datetime.date) -> int:
    """Let every organisation's holding name the secretary in force on ``today``; returns how many were handed over.

    ``holders``: organisations of ``holders_of(role, today)``. A new secretary takes over what is open: the record
    lists it, and each Task gets a REASSIGNED event. What waits to be checked stays with who submitted it. A vacant
    office ends the holding; the next secretary receives from the last. At most seven queries.
    """
    last = _last_holdings(responsibility_list)
    changed = [holder for holder in holders if _is_changed(holder, last.get(holder.pk))]
    left = _ends_of([last[holder.pk] for holder in changed if holder.pk in last])
    open_tasks = _open_tasks(responsibility_list, [holder.pk for holder in changed if holder.secretary_id])
    closed, opened, events = [], [], []
    for holder in changed:
        before = last.get(holder.pk)
        since = _since(responsibility_list, holder, before, today)
        if before is not None and before.until is None:
            gone = left.get((before.organisation_id, before.person_id), today)
            before.until = max(before.since, since - ONE_DAY if holder.secretary_id else min(gone, today))
            closed.append(before)
        if holder.secretary_id is None:
            continue
        tasks = open_tasks[holder.pk] if before is not None else []
        opened.append(_holding(responsibility_list, holder, before, since, tasks))
        events += _events(before, holder, tasks)
    ListHolding.objects.bulk_update(closed, ["until"])
    ListHolding.objects.bulk_create(opened)
    TaskEvent.objects.bulk_create(events)
    return sum(1 for holding in opened if holding.received_from_id is not None)


def _last_holdings(responsibility_list: ResponsibilityList) -> dict[int, ListHolding]:
    """Organisation id → its latest holding of that year's list, whatever the version. One query."""
    rows = ListHolding.objects.filter(year=responsibility_list.year, role=responsibility_list.role)
    return {row.organisation_id: row for row in rows.select_related("person").order_by("since", "pk")}


def _is_changed(holder: Any, last: ListHolding | None) -> bool:
    current = last.person_id if last is not None and last.until is None else None
    return current != holder.secretary_id


def _ends_of(holdings: Sequence[ListHolding]) -> dict[tuple[int, int], datetime.date]:
    """(organisation, person) → the last day as its secretary. One query, none when nothing changed."""
    rows = Appointment.objects.filter(
        organisation__in=[row.organisation_id for row in holdings],
        person__in=[row.person_id for row in holdings],
        office=Office.SECRETARY,
        ended_on__isnull=False,
    )
    ordered = rows.order_by("ended_on").values_list("organisation_id", "person_id", "ended_on")
    return {(organisation, person): day for organisation, person, day in ordered if day} if holdings else {}


def _since(
    responsibility_list: ResponsibilityList, holder: Any, before: ListHolding | None, today: datetime.date
) -> datetime.date:
    """From when the new holder answers: since in office, not before the list, nor before the one who handed over."""
    earliest = [holder.secretary_since or today]
    if before is None:
        earliest.append(responsibility_list.published_on or today)
    else:
        earliest.append(before.until + ONE_DAY if before.until is not None else before.since)
    return max(earliest)


def _open_tasks(responsibility_list: ResponsibilityList, organisations: Iterable[int]) -> dict[int, list[Task]]:
    """Organisation id → the open Tasks of the list that its secretary owes. One query."""
    rows = Task.objects.filter(
        item_tasks__item__list__year=responsibility_list.year,
        item_tasks__item__list__role=responsibility_list.role,
        organisation__in=list(organisations),
        office=Office.SECRETARY,
        state__in=OPEN_STATES,
    )
    found: dict[int, list[Task]] = defaultdict(list)
    for task in rows.distinct().order_by("due_on", "pk"):
        found[task.organisation_id].append(task)
    return found


def _holding(
    responsibility_list: ResponsibilityList,
    holder: Any,
    before: ListHolding | None,
    since: datetime.date,
    tasks: Sequence[Task],
) -> ListHolding:
    same = before is not None and before.person_id == holder.secretary_id  # back after a vacancy
    return ListHolding(
        year=responsibility_list.year,
        role=responsibility_list.role,
        organisation_id=holder.pk,
        person_id=holder.secretary_id,
        since=since,
        received_from_id=before.person_id if before is not None and not same else None,
        open_items=[task.pk for task in tasks],
    )


def _events(before: ListHolding | None, holder: Any, tasks: Sequence[Task]) -> list[TaskEvent]:
    if before is None or before.person_id == holder.secretary_id:
        return []
    giver: Person = before.person
    cause = _("责任清单交接：由%(old)s交%(new)s") % {"old": giver.name, "new": holder.secretary_name}
    legal = transitions.TABLE[transitions.REASSIGN]
    return [
        event_of(task, Verb.REASSIGNED, before=Before.of(task), actor=None, cause=cause)
        for task in tasks
        if task.state in legal
    ]
