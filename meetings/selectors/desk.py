"""What one person's desk shows of meetings, and the kinds as overviews need them."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q, QuerySet

from meetings.models import Attendance, MeetingKind, Section
from meetings.querysets import READ_BY_ROLL
from orgs import access
from orgs.held import Held, held_by

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orgs.models import Person, User

AHEAD = datetime.timedelta(days=31)
MOST = 200  # a desk with more than this is not read to the end
State = Section.State


class DeskSection(NamedTuple):
    """One line of a desk: a section with the names of what it belongs to."""

    pk: int
    gathering_id: int
    title: str
    starts_at: datetime.datetime
    place: str
    held_on: datetime.date
    kind: str
    form: str
    state: str
    organisation_id: int
    organisation: str
    path: str
    group_id: int | None
    group: str | None
    ready_at: datetime.datetime | None
    ready_by_id: int | None
    return_reason: str
    expected: str
    is_open: bool = True  # whether the user may open it; a line of the own branch's next meetings need not


_COLUMNS = (
    "pk", "gathering_id", "gathering__title", "gathering__starts_at", "gathering__place", "held_on", "kind__name",
    "kind__form", "state", "organisation_id", "organisation__name", "organisation__path", "group_id", "group__name",
    "ready_at", "ready_by_id", "return_reason", "kind__expected",
)  # fmt: skip


@dataclass
class DeskSections:
    """Sections by what the user has to do with them."""

    to_confirm: list[DeskSection] = field(default_factory=list)
    returned: list[DeskSection] = field(default_factory=list)
    drafts: list[DeskSection] = field(default_factory=list)
    waiting: list[DeskSection] = field(default_factory=list)
    upcoming: list[DeskSection] = field(default_factory=list)


def desk_sections(user: User, today: datetime.date, held: Held | None = None) -> DeskSections:
    """Sections that wait for ``user``, that the user waits for, and the own branch's next meetings.

    To confirm: marked ready, where the user is secretary (a deputy while the office is vacant). Returned and drafts:
    where the user may record. Upcoming: planned in the own branch within 31 days, other groups' meetings left out, and
    a committee's for who does not sit on it.
    One query; without ``held`` (the user's offices of today) one more.
    """
    desk = DeskSections()
    if user.person_id is None:
        return desk
    role = _Role.of(user, held or held_by(user, today))
    for row in _lines().filter(_open_to(user, role) | _upcoming(user, today))[:MOST]:
        _place(desk, DeskSection(*row), user, role, today)
    return desk


@cache
def _lines() -> QuerySet[Section, tuple[Any, ...]]:
    """Sections with what a desk shows of them; put together once, since nothing of it depends on the user."""
    return Section.objects.order_by("held_on", "pk").values_list(*_COLUMNS)


@dataclass(frozen=True)
class _Role:
    """Where the user confirms and records: paths by right, organisations and groups by office."""

    confirms: frozenset[str]
    records: frozenset[str]
    deputises: frozenset[int]
    leads: frozenset[tuple[int, int]]
    oversees: tuple[str, ...]

    @classmethod
    def of(cls, user: User, held: Held) -> _Role:
        """What ``access.may_confirm`` and ``meetings.rights.require_record`` would answer, for all places at once."""
        return cls(
            confirms=frozenset(access.paths(user, access.CONFIRM)),
            records=frozenset(access.paths(user, access.RECORD)),
            deputises=frozenset(pk for pk, place in held.places.items() if place.deputises),
            leads=frozenset((pk, group) for pk, place in held.places.items() for group in place.my_groups),
            oversees=access.paths(user, access.VIEW),
        )

    def confirms_it(self, section: DeskSection) -> bool:
        """Whether the user is the one who confirms it."""
        is_deputy = section.organisation_id in self.deputises and section.path in self.records
        return is_deputy or section.path in self.confirms

    def reads_it(self, section: DeskSection) -> bool:
        """Whether the user may open what is only planned."""
        return section.path.startswith(self.oversees) or (section.organisation_id, section.group_id) in self.leads

    def records_it(self, section: DeskSection) -> bool:
        """Whether the user may go on writing it."""
        return section.path in self.records or (section.organisation_id, section.group_id) in self.leads


def _open_to(user: User, role: _Role) -> Q:
    """Records not confirmed yet, of places where the user writes or confirms; those the user marked ready, anywhere."""
    found = Q(ready_by_id=user.person_id)
    if paths := role.records | role.confirms:
        found |= Q(organisation__path__in=paths)
    if role.leads:
        found |= Q(group_id__in=[group for _organisation, group in role.leads])
    begun = Q(state__in=(State.DRAFT, State.RETURNED)) | Q(state=State.PLANNED, ready_at__isnull=False)
    return found & begun


def _place(desk: DeskSections, section: DeskSection, user: User, role: _Role, today: datetime.date) -> None:
    if section.ready_at is not None:
        if role.confirms_it(section):
            desk.to_confirm.append(section)
        elif section.ready_by_id == user.person_id:
            desk.waiting.append(section)
    elif section.state == State.RETURNED and role.records_it(section):
        desk.returned.append(section)
    elif section.state == State.DRAFT and role.records_it(section):
        desk.drafts.append(section)
    is_open = role.reads_it(section)
    if _is_next(section, user, today) and (is_open or section.expected in READ_BY_ROLL):
        desk.upcoming.append(section._replace(is_open=is_open))


def _is_next(section: DeskSection, user: User, today: datetime.date) -> bool:
    """Whether it is one of the own branch's next meetings: no talk, and none of another group."""
    person = user.person
    return (
        person is not None
        and section.organisation_id == person.organisation_id
        and section.group_id in (None, person.group_id)
        and section.state == State.PLANNED
        and section.form != MeetingKind.Form.TALK
        and today <= section.held_on <= today + AHEAD
    )


def _upcoming(user: User, today: datetime.date) -> Q:
    """The rows of which ``_is_next`` leaves out talks and other groups' meetings."""
    planned = Q(state=State.PLANNED, held_on__range=(today, today + AHEAD))
    return access.own_branch(user, "organisation") & planned


@dataclass(frozen=True)
class YearSoFar:
    """One's own meetings and study hours of a year in figures, as ``own_record`` counts them."""

    year: int
    expected: int = 0
    present: int = 0
    leave: int = 0
    absent: int = 0
    hours: Decimal = Decimal(0)


def year_so_far(person: Person, year: int) -> YearSoFar:
    """The figures of ``own_record`` without its rows. One query."""
    days = (datetime.date(year, 1, 1), datetime.date(year, 12, 31))
    found = list(_counted().filter(person=person, section__held_on__range=days))
    marks = Counter(mark for mark, is_excused, _hours in found if not is_excused)
    Mark = Attendance.Mark
    return YearSoFar(
        year=year,
        expected=sum(marks.values()),
        present=marks[Mark.PRESENT],
        leave=marks[Mark.LEAVE],
        absent=marks[Mark.ABSENT],
        hours=sum((hours for mark, _is_excused, hours in found if mark == Mark.PRESENT), Decimal(0)),
    )


@cache
def _counted() -> QuerySet[Attendance, tuple[Any, ...]]:
    """Attendance as a year counts it; put together once, since nothing of it depends on the person."""
    confirmed = Attendance.objects.filter(section__state=State.CONFIRMED)
    counted = confirmed.exclude(section__kind__form=MeetingKind.Form.TALK).order_by()
    return counted.values_list("mark", "is_excused", "section__study_hours")


def kinds_of(levels: Iterable[str]) -> list[MeetingKind]:
    """The active kinds of these levels, in the order of the settings. One query."""
    return list(MeetingKind.objects.filter(is_active=True, level__in=list(levels)).order_by("level", "position", "id"))
