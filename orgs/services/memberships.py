"""The intervals of belonging that stand behind ``Person.organisation`` and ``Person.group``."""

from __future__ import annotations

import datetime

from common.errors import InvalidInput
from common.periods import ONE_DAY
from common.sentences import written as _
from orgs import plausible
from orgs.models import Group, Membership, Organisation, Person


def check_not_ahead(day: datetime.date, field: str) -> None:
    """Raise ``InvalidInput`` on ``field`` for a day to come, since the roll of today would be wrong until then, and
    for one before the Party (``orgs.plausible``).
    """
    plausible.require(**{field: plausible.happened_fault(day)})


def close_membership(person: Person, last_day: datetime.date) -> None:
    """End the open membership on ``last_day``; nothing without one. Raises ``InvalidInput`` before its start."""
    row = Membership.objects.filter(person=person, ended_on__isnull=True).first()
    if row is None:
        return
    if row.started_on and last_day < row.started_on:
        raise InvalidInput(errors={"on": _("日期不能早于转入本支部的日期 %s。") % row.started_on})
    row.ended_on = last_day
    row.save(update_fields=["ended_on"])


def open_membership(
    person: Person, organisation: Organisation, group: Group | None, started_on: datetime.date, cause: str
) -> None:
    """Begin a membership on ``started_on``. Raises ``InvalidInput`` when an earlier one reaches beyond that day."""
    last = Membership.objects.filter(person=person, ended_on__gte=started_on).order_by("-ended_on").first()
    if last is not None:
        raise InvalidInput(errors={"on": _("日期要晚于上一段组织关系的结束日期 %s。") % last.ended_on})
    Membership.objects.create(
        person=person, organisation=organisation, group=group, started_on=started_on, cause=cause[:200]
    )


def move_membership(
    person: Person, organisation: Organisation, group: Group | None, on: datetime.date, cause: str
) -> None:
    """Go on elsewhere from ``on``: the old membership ends on the day before.

    One that began on that very day is corrected in place, since nobody belongs to two branches on one day.
    """
    row = Membership.objects.filter(person=person, ended_on__isnull=True, started_on=on).first()
    if row is None:
        close_membership(person, on - ONE_DAY)
        open_membership(person, organisation, group, on, cause)
        return
    row.organisation, row.group, row.cause = organisation, group, cause[:200]
    row.save(update_fields=["organisation", "group", "cause"])
