"""Writing people, their memberships, accounts and offices in batches."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

from django.contrib.auth.hashers import make_password

from common import audit, clock
from common.periods import ONE_DAY
from common.sentences import written as _
from orgs.importer import sheets
from orgs.importer.applying import REASON, Writer
from orgs.importer.offices import pair
from orgs.importer.sheets import AppointmentRow, PersonRow
from orgs.importer.stored import Stored
from orgs.models import Appointment, Membership, Person, User

BATCH = 500
T = TypeVar("T")
_COLUMNS = {
    "group": "党小组",
    "joined_on": "入党日期",
    "formal_on": "转正日期",
    "born_on": "出生日期",
    "email": "邮箱",
    "mobile": "手机",
    "excused_reason": "不作硬性要求",
}


def _batches(rows: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def _values(writer: Writer, row: PersonRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "gender": row.gender,
        "kind": row.kind,
        "status": row.status,
        "organisation": writer.organisations[row.organisation],
        "group": writer.groups[row.organisation, row.group] if row.group else None,
        "joined_on": row.joined_on,
        "formal_on": row.formal_on,
        "born_on": row.born_on,
        "email": row.email or None,
        "mobile": row.mobile,
        "excused_reason": row.excused_reason,
    }


def write_people(
    writer: Writer, rows: list[PersonRow], stored: Stored, progress: Callable[[str, int, int], None]
) -> None:
    """Make and change people in batches of 500, with membership and account."""
    _free_addresses(writer, rows, stored)
    done = 0
    for batch in _batches(rows):
        numbers = [row.number for row in batch if row.number in stored.people]
        found = Person.objects.filter(number__in=numbers).select_related("organisation", "group", "user")
        known = {person.number: person for person in found}
        _create(writer, [row for row in batch if row.number not in known])
        _update(writer, [(known[row.number], row) for row in batch if row.number in known], stored)
        done += len(batch)
        progress(_("写入党员"), done, len(rows))


def _free_addresses(writer: Writer, rows: list[PersonRow], stored: Stored) -> None:
    """Take away addresses that somebody else gets, so that two people may exchange theirs.

    The people concerned are written again below, with a history row that has the address they get.
    """
    if "邮箱" not in writer.columns.get(sheets.PEOPLE.name, frozenset()):
        return
    wanted = {row.email.lower(): row.number for row in rows if row.email}
    freed = [
        number for number, person in stored.people.items() if person.email in wanted and wanted[person.email] != number
    ]
    for batch in _batches(freed):
        Person.objects.filter(number__in=batch).update(email=None)


def _create(writer: Writer, rows: list[PersonRow]) -> None:
    new = [Person(number=row.number, **_values(writer, row)) for row in rows]
    people = audit.bulk_create(new, Person, actor=writer.actor, reason=REASON)
    writer.report.of(sheets.PEOPLE.name).created += len(people)
    Membership.objects.bulk_create(
        Membership(
            person=person,
            organisation=person.organisation,
            group=person.group,
            started_on=person.joined_on,
            cause=REASON,
        )
        for person in people
    )
    _make_accounts(writer, people)


def _make_accounts(writer: Writer, people: list[Person]) -> None:
    """Accounts without a usable password; an invitation lets the person set one."""
    now = clock.now()
    User.objects.bulk_create(
        User(
            username=person.number,
            email=person.email or "",
            person=person,
            password=make_password(None),
            date_joined=now,
        )
        for person in people
    )
    writer.touched |= {person.pk for person in people}


def _update(writer: Writer, pairs: list[tuple[Person, PersonRow]], stored: Stored) -> None:
    changed: list[Person] = []
    moved: list[Person] = []
    mailed: list[User] = []
    for person, row in pairs:
        values = writer.given(sheets.PEOPLE.name, _values(writer, row), _COLUMNS)
        if values["organisation"] != person.organisation:
            values.setdefault("group", None)  # a group of the old branch
        if person.email is None:
            person.email = stored.people[person.number].email or None  # freed above
        fields = writer.differences(person, values, f"{person.name}（{person.number}）")
        if {"name", "born_on"} <= set(fields):
            told = _("%(number)s的姓名和出生日期都变了，现在是%(name)s：请核对工号/学号是不是写成了别人的")
            writer.report.warnings.append(told % {"number": person.number, "name": person.name})
        writer.count(sheets.PEOPLE.name, created=False, changed=bool(fields))
        if fields:
            changed.append(person)
        if "organisation" in fields or "group" in fields:
            moved.append(person)
        if "email" in fields and hasattr(person, "user"):
            person.user.email = person.email or ""
            mailed.append(person.user)
    if changed:
        names = list(_values(writer, pairs[0][1]))
        audit.bulk_update(changed, Person, names, actor=writer.actor, reason=REASON)
        User.objects.bulk_update(mailed, ["email"])
        _move(moved)
    _make_accounts(writer, [person for person, _row in pairs if not hasattr(person, "user")])


def _move(people: list[Person]) -> None:
    """Close the old membership yesterday and open the new one today (the file gives no date of the transfer).

    One that began only today is corrected in place: nobody belongs to two branches on one day.
    """
    today = clock.today()
    by_id = {person.pk: person for person in people}
    ended: list[Membership] = []
    corrected: list[Membership] = []
    for row in Membership.objects.filter(person__in=people, ended_on__isnull=True):
        if row.started_on is None or row.started_on < today:
            row.ended_on = today - ONE_DAY
            ended.append(row)
            continue
        person = by_id.pop(row.person_id)
        row.organisation_id, row.group_id, row.cause = cast(int, person.organisation_id), person.group_id, REASON
        corrected.append(row)
    Membership.objects.bulk_update(ended, ["ended_on"], batch_size=BATCH)
    Membership.objects.bulk_update(corrected, ["organisation", "group", "cause"], batch_size=BATCH)
    Membership.objects.bulk_create(
        Membership(person=person, organisation=person.organisation, group=person.group, started_on=today, cause=REASON)
        for person in by_id.values()
    )


def write_appointments(writer: Writer, rows: list[AppointmentRow], stored: Stored) -> None:
    """Make, end and correct offices; endings first, so that a hand-over fits.

    An empty 离任日期 says nothing: it never reopens an office that ended on the platform.
    """
    numbers = sorted({row.number for row in rows})
    people = {
        person.number: person
        for batch in _batches(numbers)
        for person in Person.objects.filter(number__in=batch).order_by()
    }
    pairs = pair(rows, stored.offices)
    held = Appointment.objects.in_bulk([office.pk for _row, office in pairs if office is not None])
    new: list[Appointment] = []
    changed: list[Appointment] = []
    for row, office in pairs:
        if office is None:
            new.append(_appointment(writer, people[row.number], row))
            writer.count(row.sheet, created=True, changed=False)
            continue
        appointment = held[office.pk]
        fields = _correct(writer, appointment, row)
        writer.count(row.sheet, created=False, changed=bool(fields))
        if fields:
            changed.append(appointment)
    audit.bulk_update(changed, Appointment, ["started_on", "ended_on"], actor=writer.actor, reason=REASON)
    audit.bulk_create(new, Appointment, actor=writer.actor, reason=REASON)
    writer.touched |= {row.person_id for row in [*changed, *new]}


def _appointment(writer: Writer, person: Person, row: AppointmentRow) -> Appointment:
    return Appointment(
        person=person,
        organisation=None if row.in_department else writer.organisations[row.place],
        department=writer.departments[row.place] if row.in_department else None,
        group=writer.groups[row.place, row.group] if row.group else None,
        office=row.office,
        started_on=cast(datetime.date, row.started_on),
        ended_on=row.ended_on,
    )


def _correct(writer: Writer, held: Appointment, row: AppointmentRow) -> list[str]:
    values: dict[str, Any] = {"started_on": row.started_on}
    if row.ended_on is not None:
        values["ended_on"] = row.ended_on
    place = (writer.departments if row.in_department else writer.organisations)[row.place]
    name = _("%(number)s任%(place)s%(office)s") % {
        "number": row.number,
        "place": place,
        "office": held.get_office_display(),
    }
    return writer.differences(held, values, name)
