"""Which period a meeting counts for, and when a kind is due in its period."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common import calendars, clock, periods
from common.periods import Period, Term
from common.sentences import written as _
from meetings.models import Cadence, DueRule, MeetingKind
from tasks.models import Task

if TYPE_CHECKING:
    from meetings.models import Section

SOURCE = "cadence"
HOLIDAY_SLACK = datetime.timedelta(days=20)


def terms_for(kind: MeetingKind) -> list[Term]:
    """The academic terms when the kind follows them, else nothing (no query)."""
    return calendars.terms() if kind.cadence == Cadence.SEMESTER else []


def own_period(kind: MeetingKind, day: datetime.date, terms: list[Term] | None = None) -> str:
    """Code of the period of ``kind`` in which ``day`` lies; empty without cadence, or between the terms.

    ``terms``: the academic terms where they have been read already.
    """
    if kind.cadence == Cadence.NONE:
        return ""
    period = periods.period_of(kind.cadence, day, terms_for(kind) if terms is None else terms)
    return period.code if period else ""


def due_on(kind: MeetingKind, period: Period) -> datetime.date:
    """When ``kind`` is due in ``period``.

    The fixed day (R-BR-16: theme day, by default the second Wednesday) of the period's last month, moved to the
    next working day when it is a holiday, but never beyond the period; else the period's end. At most one query.
    """
    if kind.due_rule != DueRule.NTH_WEEKDAY or not kind.due_weekday or not kind.due_nth:
        return period.end
    day = periods.nth_weekday(period.end.year, period.end.month, kind.due_weekday, kind.due_nth)
    workdays = calendars.workdays_between(day, day + HOLIDAY_SLACK)
    return min(min(workdays, default=day), period.end)


@dataclass(frozen=True)
class Countable:
    """What sections may count for: the academic terms, and what is overdue by kind, organisation and group."""

    terms: list[Term]
    overdue: dict[tuple[str, int, int | None], list[tuple[str, datetime.date]]]  # period and due date

    @classmethod
    def of(cls, sections: Sequence[Section]) -> Countable:
        """Read for ``sections`` (kind loaded). One query, a second when a kind follows the terms."""
        kinds = {section.kind.code for section in sections if section.kind.cadence != Cadence.NONE}
        rows = Task.objects.overdue(clock.today()).filter(
            source=SOURCE, kind__in=kinds, organisation__in={section.organisation_id for section in sections}
        )
        overdue: dict[tuple[str, int, int | None], list[tuple[str, datetime.date]]] = defaultdict(list)
        columns = ("kind", "organisation_id", "group_id", "period_code", "due_on")
        for *key, code, due in rows.order_by("due_on").values_list(*columns) if kinds else ():
            overdue[tuple(key)].append((code, due))
        follow_terms = any(section.kind.cadence == Cadence.SEMESTER for section in sections)
        return cls(calendars.terms() if follow_terms else [], overdue)


def countable_periods(
    section: Section, day: datetime.date, countable: Countable | None = None
) -> tuple[str, dict[str, str]]:
    """The period of ``day``, and the overdue ones that the section may make up for (code → words).

    Overdue: an open Task of the same kind, organisation and group whose due date has passed. What the section
    already counts for stays a choice. No query with ``countable``, which serves all sections of a page.
    """
    countable = countable or Countable.of([section])
    own = own_period(section.kind, day, countable.terms)
    today = clock.today()
    choices = {}
    for code, due in countable.overdue.get((section.kind.code, section.organisation_id, section.group_id), ()):
        words = _("{period}（已逾期{days}天）")
        choices[code] = words.format(period=periods.label(code), days=(today - due).days)
    if section.version and section.period_code and section.period_code != own:
        choices.setdefault(section.period_code, periods.label(section.period_code))
    choices.pop(own, None)
    return own, choices
