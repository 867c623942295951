"""Making the demo: roster, shipped data, life, accounts, and the last night with its mails."""

from __future__ import annotations

import datetime
import gc
from pathlib import Path

from django.db import transaction

from common import clock
from common.calendars import load_calendar
from common.periods import ONE_DAY
from meetings.services import load_kinds
from orgs.importer import import_roster
from orgs.models import Appointment, Department, MemberStatus, Office, Organisation, Person, User
from orgs.services.appointments import appoint
from partybuild.demo.accounts import give_passwords
from partybuild.demo.life import START, Life, Say, at
from partybuild.nightly import run_night
from tasks.services.directive_settings import load_directive_types

ROSTER = Path(__file__).parent / "data" / "roster.xlsx"
ROSTER_DAY = datetime.date(2026, 1, 1)  # the file is of this day; the demo plays what came before as well


def seed(*, until: datetime.date, number: int, say: Say) -> None:
    """Fill an empty database; the same ``number`` and ``until`` give the same college. All of it or nothing.

    Raises ``RuntimeError`` in a database that holds anything, or for a day before the demo begins. Side effects: the
    mark of a demo database, the demo's day, passwords of the demo accounts, the mails of the night before ``until``.
    """
    if Organisation.objects.exists() or Person.objects.exists():
        raise RuntimeError("The database is not empty. The demo goes into an empty one: choose another VAR_DIR.")
    if until <= START:
        raise RuntimeError(f"--until must be after {START}.")
    thresholds = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)  # a long run of short-lived rows: collecting less often saves a tenth of it
    try:
        _live(until=until, number=number, say=say)
    finally:
        gc.set_threshold(*thresholds)
    with clock.moved(at(until - ONE_DAY, 20, 30)):
        run_night(until - ONE_DAY)


def _live(*, until: datetime.date, number: int, say: Say) -> None:
    with transaction.atomic():
        with clock.moved(at(START, 8)):
            load_calendar()
            load_kinds()
            load_directive_types()
            import_demo_roster()
            _predecessors()
        Life(seed=number, until=until, say=say).play()
        clock.set_demo_today(until)
        with clock.moved(at(until, 9)):
            give_passwords()


def import_demo_roster() -> None:
    """The demo's people and organisations. Raises ``RuntimeError`` with every fault of the file."""
    with ROSTER.open("rb") as file:
        report = import_roster(file=file, actor=None, as_of=ROSTER_DAY)
    if not report.ok:
        raise RuntimeError("\n".join(str(error) for error in report.errors))


def _predecessors() -> None:
    """Branches and groups whose present leader began after the demo's first day had another one before."""
    office = Appointment.objects.in_force().filter(department__duty=Department.Duty.ORGANISATION, office=Office.HEAD)
    actor = User.objects.get(person__appointments=office.get())
    alone = (Office.SECRETARY, Office.GROUP_LEADER)
    late = Appointment.objects.filter(office__in=alone, started_on__gt=START, organisation__level="branch")
    for row in late.select_related("organisation", "group").order_by("pk"):
        person = _free_member(row)
        if person is not None:
            appoint(
                actor=actor,
                person=person,
                office=row.office,
                organisation=row.organisation,
                group=row.group,
                started_on=START - 300 * ONE_DAY,
                ended_on=row.started_on - ONE_DAY,
                reason="上一届任职",
            )


def _free_member(row: Appointment) -> Person | None:
    """A formal member of the branch without any office, from the group if it has one; else any formal member."""
    people = Person.objects.filter(
        organisation=row.organisation, status=MemberStatus.FORMAL, formal_on__lt=START
    ).order_by("number")
    free = people.filter(appointments__isnull=True)
    return free.filter(group=row.group).first() or free.first() or people.exclude(pk=row.person_id).first()
