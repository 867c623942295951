"""One import from file to report."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import IO

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction

from common.errors import Conflict
from common.sentences import written as _
from common.spreadsheets import Book, UnreadableFile
from orgs import access
from orgs.importer.applying import Writer
from orgs.importer.checking import check_roster
from orgs.importer.people import write_appointments, write_people
from orgs.importer.reading import not_read, read_roster
from orgs.importer.report import ImportReport
from orgs.importer.rights import check_rights, managed
from orgs.importer.sheets import Roster
from orgs.importer.stored import Stored, read_stored
from orgs.models import Person, User
from orgs.selectors.composition import composition_warnings

Progress = Callable[[str, int, int], None]


def _quiet(_stage: str, _done: int, _total: int) -> None:
    return None


def import_roster(
    *,
    file: IO[bytes],
    actor: User | None,
    dry_run: bool = False,
    progress: Progress = _quiet,
    as_of: datetime.date | None = None,
) -> ImportReport:
    """Import a roster (.xlsx): everything or nothing; running it twice changes nothing.

    ``actor`` is ``None`` only for the command line. ``progress(stage, rows done, rows in all)`` is called now and
    then; 0 in all: not known yet. ``as_of`` (default today): nothing in the file has happened later. Every bad row is one ``RowError`` in ``report.errors``, all in one pass; with
    errors, or on a dry run, nothing is written. A blank cell empties the field, a column that is missing leaves it;
    a blank 离任日期 never reopens an office. People missing from the file are listed, never deleted. Accounts are made
    without a usable password. A second import at the same time waits for the first.

    Raises ``NotAllowed``, and ``Conflict`` when somebody changed the same rows meanwhile. Side effects: history rows
    with the reason 花名册导入, memberships, grants of the people whose offices changed.
    """
    report = ImportReport(is_dry_run=dry_run)
    if actor is not None:
        access.require_anywhere(actor, access.MANAGE_ORGANISATIONS)
    try:
        with Book(file) as book:
            roster = read_roster(book, report.errors, progress, as_of)
            report.warnings += not_read(book)
    except UnreadableFile as error:
        report.errors.append(error.error)
        return report
    try:
        with transaction.atomic():
            _check_and_write(roster, actor, report, progress)
            transaction.set_rollback(dry_run or not report.ok)
    except IntegrityError as clash:
        raise Conflict(_("导入期间有人修改了同样的内容，没有写入任何数据，请再导入一次。")) from clash
    order = {name: place for place, name in enumerate(("组织", "二级学院", "党员", "任职", "部门", "部门任职"))}
    report.errors.sort(key=lambda error: (order.get(error.sheet, -1), error.row, error.column))
    return report


def _check_and_write(roster: Roster, actor: User | None, report: ImportReport, progress: Progress) -> None:
    # Two imports at once wait for each other; this row exists in every database. "No key" since rows that refer to
    # it (permissions) may still be written meanwhile.
    ContentType.objects.select_for_update(no_key=True).get(app_label="orgs", model="organisation")
    stored = read_stored()
    check_roster(roster, stored, report.errors)
    check_rights(roster, stored, actor, report.errors)
    if not report.ok:
        return
    report.missing = _missing(roster, stored, set(managed(actor).values_list("code", flat=True)))
    _write(roster, stored, actor, report, progress)
    report.warnings += composition_warnings(managed(actor).open_on())


def _write(roster: Roster, stored: Stored, actor: User | None, report: ImportReport, progress: Progress) -> None:
    writer = Writer(actor, report, roster.columns)
    writer.write_organisations(roster.organisations)
    writer.write_groups(roster)
    writer.write_departments(roster)
    write_people(writer, roster.people, stored, progress)
    writer.write_colleges(roster)
    write_appointments(writer, roster.appointments, stored)
    holders = Person.objects.filter(pk__in=writer.touched, appointments__isnull=False).order_by("pk").distinct()
    people = list(holders)
    for done, person in enumerate(people, start=1):
        access.refresh_grants(person)
        if done % 100 == 0 or done == len(people):
            progress(_("更新权限"), done, len(people))


def _missing(roster: Roster, stored: Stored, branches: set[str]) -> list[str]:
    """People on record in ``branches`` (codes) who are not in the file, by branch and number."""
    present = {row.number for row in roster.people}
    absent = [
        (person.branch, number, person.name)
        for number, person in stored.people.items()
        if person.branch in branches and number not in present
    ]
    return [f"{name}（{number}，{branch}）" for branch, number, name in sorted(absent)]
