"""What one person's desk shows of meetings, and the kinds as overviews need them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When

from meetings.models import MeetingKind, Section
from orgs import access
from orgs.models import Appointment, Office

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orgs.models import User

AHEAD_DAYS = 31
MOST = 200  # a desk with more than this is not read to the end


@dataclass
class DeskSections:
    """Sections by what the user has to do with them; gathering, kind, organisation and group are loaded."""

    to_confirm: list[Section] = field(default_factory=list)
    returned: list[Section] = field(default_factory=list)
    drafts: list[Section] = field(default_factory=list)
    waiting: list[Section] = field(default_factory=list)
    upcoming: list[Section] = field(default_factory=list)


def desk_sections(user: User, today: datetime.date) -> DeskSections:
    """Sections that wait for ``user``, that the user waits for, and the own branch's next meetings. One query.

    To confirm: marked ready, where the user is secretary (a deputy while the office is vacant). Returned and drafts:
    where the user may record. Upcoming: planned in the own branch within 31 days, other groups' meetings left out.
    """
    desk = DeskSections()
    if user.person_id is None:
        return desk
    confirms = _confirms(user)
    records = access.within(user, access.RECORD, "organisation") | _leads(user)
    open_to_user = Q(state__in=("planned", "draft", "returned")) & (
        Q(ready_by_id=user.person_id, ready_at__isnull=False)
        | (Q(ready_at__isnull=False) & confirms)
        | (Q(state__in=("draft", "returned")) & records)
    )
    sections = (
        Section.objects.filter(open_to_user | _upcoming(user, today))
        .annotate(confirms=_flag(confirms), records=_flag(records))
        .select_related("gathering", "kind", "organisation", "group")
        .order_by("held_on", "pk")[:MOST]
    )
    for section in sections:
        _place(desk, section, user, today)
    return desk


def _place(desk: DeskSections, section: Section, user: User, today: datetime.date) -> None:
    is_ready = section.ready_at is not None
    if is_ready and section.confirms:  # type: ignore[attr-defined]
        desk.to_confirm.append(section)
    elif is_ready and section.ready_by_id == user.person_id:
        desk.waiting.append(section)
    elif section.state == Section.State.RETURNED and section.records and not is_ready:  # type: ignore[attr-defined]
        desk.returned.append(section)
    elif section.state == Section.State.DRAFT and section.records and not is_ready:  # type: ignore[attr-defined]
        desk.drafts.append(section)
    if section.state == Section.State.PLANNED and _is_own(section, user) and section.held_on >= today:
        desk.upcoming.append(section)


def _is_own(section: Section, user: User) -> bool:
    person = user.person
    return person is not None and section.organisation_id == person.organisation_id


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _held_there(user: User | None, office: str) -> QuerySet[Appointment]:
    """Offices in force today in the organisation of the section outside the subquery."""
    held = Appointment.objects.in_force().filter(organisation_id=OuterRef("organisation_id"), office=office)
    return held if user is None else held.filter(person=user.person)


def _confirms(user: User) -> Q:
    """Where ``access.may_confirm`` holds, as a condition."""
    vacant = Q(~Exists(_held_there(None, Office.SECRETARY)), Exists(_held_there(user, Office.DEPUTY)))
    return access.within(user, access.CONFIRM, "organisation") | (
        access.within(user, access.RECORD, "organisation") & vacant
    )


def _leads(user: User) -> Q:
    led = _held_there(user, Office.GROUP_LEADER).filter(group_id=OuterRef("group_id"))
    return Q(Exists(led), group__isnull=False)


def _upcoming(user: User, today: datetime.date) -> Q:
    group_id = user.person.group_id if user.person else None
    ends = today + datetime.timedelta(days=AHEAD_DAYS)
    mine = Q(group__isnull=True)
    if group_id is not None:
        mine |= Q(group_id=group_id)
    planned = Q(state=Section.State.PLANNED, held_on__gte=today, held_on__lte=ends) & ~Q(kind__form="talk")
    return access.own_branch(user, "organisation") & planned & mine


def kinds_of(levels: Iterable[str]) -> list[MeetingKind]:
    """The active kinds of these levels, in the order of the settings. One query."""
    return list(MeetingKind.objects.filter(is_active=True, level__in=list(levels)).order_by("level", "position", "id"))
