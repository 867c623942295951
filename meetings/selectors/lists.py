"""Lists: calendar, record book, one's own record."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from common.partial import partial
from common.periods import month_end
from meetings.models import Attendance, Expected, Gathering, MeetingKind, Section
from meetings.selectors.detail import Rights, SectionDetail, section_details, with_people, with_vacancy

if TYPE_CHECKING:
    from orgs.models import Organisation, Person, User


def calendar(*, user: User, organisation: Organisation, year: int, month: int) -> dict[datetime.date, list[Section]]:
    """Sections of one organisation in a month by day (cancelled ones left out). One query beside the rights.

    Lines that the user may not open have ``is_open`` false; where the user is not expected they say the kind only.
    """
    first = datetime.date(year, month, 1)
    rows = Section.objects.in_calendar_of(user).filter(
        organisation=organisation, held_on__range=(first, month_end(first))
    )
    rows = rows.exclude(state=Section.State.CANCELLED).select_related("kind", "group", "gathering")
    days: dict[datetime.date, list[Section]] = defaultdict(list)
    for section in rows.order_by("gathering__starts_at", "pk"):
        if not section.is_open:  # type: ignore[attr-defined]
            _close(user, section)
        days[section.held_on].append(section)
    return dict(days)


def _close(user: User, section: Section) -> None:
    """Leave what, when and where; the title only of meetings to which the user is expected."""
    group = user.person.group_id if user.person is not None else None
    expected = section.kind.expected
    is_mine = expected == Expected.MEMBERS or (expected == Expected.GROUP and section.group_id == group)
    known = section.gathering
    section.gathering = partial(
        Gathering,
        known.pk,
        title=known.title if is_mine else section.kind.name,
        starts_at=known.starts_at,
        ends_at=known.ends_at,
        place=known.place,
    )


@dataclass(frozen=True)
class RecordBook:
    """A year's confirmed records of one organisation, in order of date, with what each page prints."""

    organisation: Organisation
    year: int
    entries: list[SectionDetail]
    counts: list[tuple[MeetingKind, int]]


def record_book(*, user: User, organisation: Organisation, year: int) -> RecordBook:
    """The year's record book; a fixed number of queries. Talks only appear as dates and persons."""
    rows = (
        Section.objects.whole_to(user)
        .confirmed()
        .filter(organisation=organisation, held_on__range=(datetime.date(year, 1, 1), datetime.date(year, 12, 31)))
    )
    whole = with_vacancy(with_people(rows)).select_related("gathering__lecturer")
    sections = list(whole.order_by("held_on", "pk"))
    kinds = {section.kind_id: section.kind for section in sections}
    numbers = Counter(section.kind_id for section in sections)
    ordered = sorted(kinds.values(), key=lambda kind: (kind.position, kind.pk))
    return RecordBook(
        organisation=organisation,
        year=year,
        entries=section_details(Rights.of(user, sections), sections),
        counts=[(kind, numbers[kind.pk]) for kind in ordered],
    )


@dataclass(frozen=True)
class OwnRecord:
    """One's own attendance and study hours of a year; ``rate`` is ``None`` for excused people or without meetings."""

    year: int
    rows: list[Attendance]
    expected: int
    present: int
    leave: int
    absent: int
    rate: float | None
    hours: Decimal


def own_record(*, person: Person, year: int) -> OwnRecord:
    """Attendance and hours of one person in one year, from confirmed sections. One query.

    Hours count once for each section attended. Meetings for which the person was excused (R-EDU-23) count neither
    for nor against the rate. Talks appear in the rows and in no figure.
    """
    rows = list(
        Attendance.objects.filter(
            person=person,
            section__state=Section.State.CONFIRMED,
            section__held_on__range=(datetime.date(year, 1, 1), datetime.date(year, 12, 31)),
        )
        .select_related("section__kind", "section__gathering", "section__organisation")
        .order_by("-section__held_on", "-pk")
    )
    counted = [row for row in rows if row.section.kind.form != MeetingKind.Form.TALK]
    marks = Counter(row.mark for row in counted if not row.is_excused)
    expected = sum(marks.values())
    present = marks[Attendance.Mark.PRESENT]
    attended = (row.section.study_hours for row in counted if row.mark == Attendance.Mark.PRESENT)
    return OwnRecord(
        year=year,
        rows=rows,
        expected=expected,
        present=present,
        leave=marks[Attendance.Mark.LEAVE],
        absent=marks[Attendance.Mark.ABSENT],
        rate=present / expected if expected else None,
        hours=sum(attended, Decimal(0)),
    )
