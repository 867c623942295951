"""When people change: named Tasks go to somebody else; Tasks of an office follow the office by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from common.errors import InvalidInput
from common.sentences import written as _
from orgs import access
from tasks import transitions
from tasks.models import Task, TaskEvent, Verb
from tasks.services.changes import Before, event_of, require_text

if TYPE_CHECKING:
    from orgs.models import Organisation, Person, User


@transaction.atomic
def reassign_open_tasks(
    *, organisation: Organisation, from_person: Person, to_person: Person | None, actor: User, reason: str
) -> list[int]:
    """Give the open Tasks that name ``from_person`` in ``organisation`` to ``to_person``, or back to the office.

    What is submitted stays with who submitted it until it is decided. Raises ``NotAllowed`` (needs the right to
    manage people there), ``InvalidInput`` (no reason, the same person). Returns the ids. Side effects: REASSIGNED
    events. Three queries.
    """
    access.require(actor, access.MANAGE_PEOPLE, organisation)
    words = require_text(reason, "reason", _("请写明换承办人的原因。"))
    if to_person is not None and to_person.pk == from_person.pk:
        raise InvalidInput(_("新承办人和原承办人是同一人，请另选一人。"))
    cause = _("由%(old)s换为%(new)s：%(reason)s") % {
        "old": from_person.name,
        "new": to_person.name if to_person else _("本职务在任者"),
        "reason": words,
    }
    states = tuple(transitions.TABLE[transitions.REASSIGN])
    tasks = list(
        Task.objects.filter(organisation=organisation, person=from_person, state__in=states).select_for_update()
    )
    ids = [task.pk for task in tasks]
    Task.objects.filter(pk__in=ids).update(person=to_person)
    TaskEvent.objects.bulk_create(
        event_of(task, Verb.REASSIGNED, before=Before.of(task), actor=actor, cause=cause) for task in tasks
    )
    return ids
