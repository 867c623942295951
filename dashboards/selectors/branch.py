"""One branch: its year as a matrix, its month as a calendar."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from common import calendars
from dashboards.days import Day, month_of, weeks_of
from dashboards.figures import Share, overdue_rows, share
from dashboards.matrix import Kind, Line, year_matrix
from meetings import selectors as meetings
from meetings.selectors.desk import kinds_of
from orgs import access
from orgs.selectors.units import groups_in
from tasks.selectors.board import branch_rows

if TYPE_CHECKING:
    from orgs.models import Organisation, User
    from tasks.selectors import GridRow

OTHER = "other"


@dataclass(frozen=True)
class BranchYear:
    """The year of one organisation as of ``day``. ``link``: where an open square leads (act, task, none)."""

    organisation: Organisation
    year: int
    day: datetime.date
    lines: list[Line]
    overdue: list[GridRow]
    share: Share
    link: str
    sees_reasons: bool


def link_of(user: User, organisation: Organisation) -> str:
    """Where open squares lead: to the form for who records, to the Task for who may see it, else nowhere."""
    if access.may(user, access.RECORD, organisation):
        return "act"
    return "task" if access.may(user, access.VIEW, organisation) else "none"


def branch_year(user: User, organisation: Organisation, year: int, day: datetime.date) -> BranchYear:
    """The matrix of ``organisation`` in ``year`` as of ``day``; three queries.

    A plain member sees what was done and what is open, without reasons, links to act and what single persons owe.
    """
    rows = branch_rows(user, organisation, year=year, as_of=day)
    kinds = [Kind(kind.code, kind.name, kind.cadence, kind.applies_when) for kind in kinds_of([organisation.level])]
    known = {kind.code for kind in kinds}
    rows = [row if row.kind in known else row._replace(kind=OTHER) for row in rows]
    kinds = [kind for kind in kinds if kind.cadence != "none" or any(row.kind == kind.code for row in rows)]
    if any(row.kind == OTHER for row in rows):
        kinds.append(Kind(OTHER, _("其他事项")))
    groups = [(group.pk, group.name) for group in groups_in(organisation, year)]
    link = link_of(user, organisation)
    return BranchYear(
        organisation=organisation,
        year=year,
        day=day,
        lines=year_matrix(rows, kinds, year, day, groups),
        overdue=overdue_rows(rows, day),
        share=share((row for row in rows if row.due_on.year == year), day),
        link=link,
        sees_reasons=link != "none",
    )


@dataclass(frozen=True)
class BranchMonth:
    """The month of one organisation: meetings, due dates, working days."""

    organisation: Organisation
    year: int
    month: int
    weeks: list[list[Day]]
    notice: str
    link: str

    @property
    def days(self) -> list[Day]:
        """Days of the month on which something happens, and today."""
        return [day for week in self.weeks for day in week if day.in_month and (not day.is_empty or day.is_today)]

    @property
    def is_empty(self) -> bool:
        """Whether nothing happens in the whole month."""
        return all(day.is_empty for week in self.weeks for day in week)


def branch_month(user: User, organisation: Organisation, year: int, month: int, today: datetime.date) -> BranchMonth:
    """The calendar of ``organisation``; at most four queries."""
    weeks = weeks_of(year, month)
    first, last = weeks[0][0], weeks[-1][-1]
    due: dict[datetime.date, list[GridRow]] = defaultdict(list)
    for row in branch_rows(user, organisation, year=year):
        if row.is_applicable and not row.is_done:
            due[row.due_on].append(row)
    return BranchMonth(
        organisation=organisation,
        year=year,
        month=month,
        weeks=month_of(
            year,
            month,
            today,
            workdays=calendars.workdays_between(first, last),
            holidays={day: calendars.holiday_name(day) for week in weeks for day in week},
            meetings=meetings.calendar(user=user, organisation=organisation, year=year, month=month),
            due=due,
        ),
        notice=calendars.year_notice(year),
        link=link_of(user, organisation),
    )
