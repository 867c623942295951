"""Sections, kinds, groups and offices of a year, read once for every measure and every organisation of a question."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse

from common import calendars, clock, periods
from common.measures import Question
from common.periods import Period
from meetings.models import Cadence, MeetingKind, Section, SectionVersion
from orgs.models import Appointment, Group
from orgs.selectors.measured import concerned
from tasks.measuring.reading import known_until

_COUNTING = (Section.State.CONFIRMED, Section.State.RETURNED)


class Held(NamedTuple):
    """One section that was confirmed, or returned since."""

    section_id: int
    gathering_id: int
    title: str
    lecturer_id: int | None
    kind: str
    kind_name: str
    level: str
    form: str
    organisation_id: int
    unit: str
    group_id: int | None
    group: str | None
    held_on: datetime.date
    period_code: str
    state: str
    topics: list[str]
    chair_id: int | None
    delegation_note: str
    is_late_entry: bool
    is_quorate: bool | None
    rule_text: str
    return_reason: str
    first_confirmed: datetime.datetime | None

    @property
    def is_valid(self) -> bool:
        """Whether it was validly held: confirmed, and with its quorum where there is one (R-BR-11)."""
        return self.state == Section.State.CONFIRMED and self.is_quorate is not False

    @property
    def url(self) -> str:
        """The record."""
        return reverse("meetings:gathering_detail", args=[self.gathering_id])

    @property
    def label(self) -> str:
        """Kind and subject; of a group which one."""
        return f"{self.kind_name}（{self.group}）：{self.title}" if self.group else f"{self.kind_name}：{self.title}"

    @property
    def why_not(self) -> str:
        """Why it is not valid, in words; empty when it is."""
        if self.state == Section.State.RETURNED:
            return f"已退回：{self.return_reason}"
        return f"未达到法定人数：{self.rule_text}" if self.is_quorate is False else ""


_COLUMNS = (
    "pk", "gathering_id", "gathering__title", "gathering__lecturer_id", "kind__code", "kind__name", "kind__level",
    "kind__form", "organisation_id", "organisation__name", "group_id", "group__name", "held_on", "period_code", "state",
    "topics", "chair_id", "delegation_note", "is_late_entry", "is_quorate", "rule_text", "return_reason",
)  # fmt: skip


def read_sections(where: Q, question: Question) -> list[Held]:
    """Sections held in the year up to the day of the question and confirmed by then, in order. One query.

    Talks are left out: they are counted by persons (``heart_talks``). Of a year that is over, what was confirmed
    later counts too.
    """
    return _read(where & Q(held_on__gte=question.start, held_on__lte=question.as_of), question)


def _read(where: Q, question: Question) -> list[Held]:
    first = SectionVersion.objects.filter(section=OuterRef("pk")).order_by("number").values("saved_at")[:1]
    rows = (
        Section.objects.filter(where, state__in=_COUNTING)
        .exclude(kind__form=MeetingKind.Form.TALK)
        .annotate(first_confirmed=Subquery(first))
        .order_by("held_on", "pk")
    )
    last = known_until(question)
    found = (Held._make(row) for row in rows.values_list(*_COLUMNS, "first_confirmed"))
    return [row for row in found if _day(row.first_confirmed) <= last]


def _day(moment: datetime.datetime | None) -> datetime.date:
    return moment.astimezone(clock.SHANGHAI).date() if moment else datetime.date.min


def sections_of(question: Question) -> dict[int, list[Held]]:
    """The sections of every organisation concerned, by organisation id. One query for all measures."""

    def read() -> dict[int, list[Held]]:
        found: dict[int, list[Held]] = defaultdict(list)
        for row in read_sections(Q(organisation_id__in=list(concerned(question))), question):
            found[row.organisation_id].append(row)
        return found

    return question.once("meetings.sections", read)


def made_up_of(question: Question) -> dict[int, list[Held]]:
    """Sections held after the year for one of its periods, by organisation id; none before the year is over.

    They count for their own period like what is made up for within the year, as their Tasks do. One query for all
    measures, and none during the year.
    """

    def read() -> dict[int, list[Held]]:
        found: dict[int, list[Held]] = defaultdict(list)
        if known_until(question) <= question.end:
            return found
        places = Q(organisation_id__in=list(concerned(question)))
        for row in _read(places & Q(held_on__gt=question.end, period_code__startswith=str(question.year)), question):
            if counts_for(row) <= question.end:
                found[row.organisation_id].append(row)
        return found

    return question.once("meetings.made_up", read)


def counting_of(question: Question, organisation_id: int) -> list[Held]:
    """What an organisation held in the year and, once it is over, afterwards for it."""
    return [*sections_of(question).get(organisation_id, ()), *made_up_of(question).get(organisation_id, ())]


def kinds_of(question: Question) -> dict[str, MeetingKind]:
    """All kinds of meetings by code. One query for all measures."""
    return question.once("meetings.kinds", lambda: {kind.code: kind for kind in MeetingKind.objects.all()})


def groups_of(question: Question) -> dict[int, list[Group]]:
    """Party groups that existed at some time of the year, by branch id. One query for all measures."""

    def read() -> dict[int, list[Group]]:
        rows = Group.objects.filter(
            Q(founded_on__isnull=True) | Q(founded_on__lte=question.as_of),
            Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=question.start),
            organisation_id__in=list(concerned(question)),
        )
        found: dict[int, list[Group]] = defaultdict(list)
        for group in rows.order_by("pk"):
            found[group.organisation_id].append(group)
        return found

    return question.once("meetings.groups", read)


class InOffice(NamedTuple):
    """Who held which office from when to when."""

    organisation_id: int
    group_id: int | None
    office: str
    person_id: int
    started_on: datetime.date
    ended_on: datetime.date | None

    def on(self, day: datetime.date) -> bool:
        """Whether it was held on ``day``; both ends count."""
        return self.started_on <= day and (self.ended_on is None or self.ended_on >= day)


def offices_of(question: Question) -> dict[int, list[InOffice]]:
    """Offices held at some time of the year, by organisation id. One query for all measures."""

    def read() -> dict[int, list[InOffice]]:
        rows = Appointment.objects.filter(
            Q(ended_on__isnull=True) | Q(ended_on__gte=question.start),
            organisation_id__in=list(concerned(question)),
            started_on__lte=question.as_of,
        )
        found: dict[int, list[InOffice]] = defaultdict(list)
        columns = ("organisation_id", "group_id", "office", "person_id", "started_on", "ended_on")
        for row in rows.order_by("pk").values_list(*columns):
            found[row[0]].append(InOffice._make(row))
        return found

    return question.once("meetings.offices", read)


def ended_periods(kind: MeetingKind, question: Question) -> tuple[list[Period], int]:
    """The periods of the year that ended by the day of the question, and how many the whole year has."""
    if kind.cadence == Cadence.NONE:
        return [], 0
    terms = question.once("meetings.terms", calendars.terms) if kind.cadence == Cadence.SEMESTER else ()
    inside: Sequence[Period] = [
        period
        for period in periods.periods_between(kind.cadence, question.start, question.end, terms)
        if question.start <= period.end <= question.end
    ]
    return [period for period in inside if period.end <= question.as_of], len(inside)


def counts_for(row: Held) -> datetime.date:
    """The day a section counts for: that of its own period, or the last day of the period it makes up for."""
    try:
        period = periods.from_code(row.period_code)
    except ValueError:  # no cadence, or a term: it counts for the day it was held
        return row.held_on
    return row.held_on if period.contains(row.held_on) else period.end


def branch_sections(question: Question, ids: Sequence[int]) -> Iterator[Held]:
    """The sections of these organisations, organisation by organisation."""
    for pk in ids:
        yield from sections_of(question).get(pk, ())
