"""Tasks of many years: what each kind's cadence asks of every organisation, and what meetings agreed.

No chance is involved: the same day gives the same Tasks. The current year is in full swing (done, late, overdue,
returned, to be checked, ahead); the years before are history, nearly all of it done. Every person has one open Task
of their own that the night has to remind of, so a night writes a mail to everybody: the busiest there can be.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import count, cycle, islice

from bench.college import BRANCHES, MadeUp
from common import calendars, clock, periods
from common.periods import Period, Term
from meetings.models import Cadence, DueRule, MeetingKind
from orgs.models import Group, Office, Organisation, Person, User
from tasks.lighting import Lighting
from tasks.models import AGREED_ITEM, OPEN_STATES, State, Task, TaskEvent, Verb

ROWS = 50  # open Tasks on the measured secretary's desk
OWN_ITEMS = 44  # of these, agreed in meetings; the rest the cadence gives
# Days left of a person's own Task: each of them calls for a reminder tonight (REMIND_DAYS_LEFT, REMIND_DAYS_OVERDUE).
REMINDED = (7, 2, 1, 0, -1, -3, -7, -14)
BATCH = 1000
ONE_DAY = datetime.timedelta(days=1)


class Duties:
    """Makes Tasks for one college and keeps count."""

    def __init__(self, made: MadeUp, measured: Organisation, secretary: User) -> None:
        self.made = made
        self.measured = measured  # the branch whose secretary's desk is measured
        self.secretary = secretary
        self.today = clock.today()
        self.kinds = list(MeetingKind.objects.filter(is_active=True).exclude(cadence=Cadence.NONE))
        self.terms = calendars.terms()
        self.lighting = Lighting(self.today - ONE_DAY)  # as last night left them
        self.numbers = count(1)

    def this_year(self, total: int) -> None:
        """Write ``total`` Tasks due in the current year (a person's own: about today)."""
        year = self.today.year
        tasks = [*self._by_cadence(year), *map(self._own_item, count(), self.made.everybody)]
        tasks += [self._agreed(self.measured, self._about_today(number)) for number in range(OWN_ITEMS)]
        others = cycle(each for each in self.made.organisations if each != self.measured)
        tasks += [
            self._agreed(each, _spread(year, number)) for number, each in enumerate(islice(others, total - len(tasks)))
        ]
        for number, task in enumerate(tasks):
            if task.person_id is None:
                self._settle(task, number)
        self._set_desk(tasks)
        self._write(tasks)

    def years_before(self, total: int) -> None:
        """Write ``total`` Tasks more, of as many years as there would be of such: nearly all of them done."""
        written = 0
        for year in count(self.today.year - 1, -1):
            tasks = list(self._by_cadence(year))
            for number, person in enumerate(self.made.everybody):
                tasks.append(self._agreed(self.made.branches[number % BRANCHES], _spread(year, number), person))
            tasks = tasks[: total - written]
            for number, task in enumerate(tasks):
                self._close(task, number)
            self._write(tasks)
            written += len(tasks)
            if written == total:
                return

    def _by_cadence(self, year: int) -> Iterator[Task]:
        first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
        for kind in self.kinds:
            for period in self._periods(kind, first, last):
                for organisation in self.made.organisations:
                    if organisation.level != kind.level:
                        continue
                    if kind.applies_when == MeetingKind.AppliesWhen.HAS_GROUPS:
                        for group in self.made.groups[organisation.pk]:
                            yield self._held(kind, period, organisation, group)
                    else:
                        yield self._held(kind, period, organisation)

    def _periods(self, kind: MeetingKind, first: datetime.date, last: datetime.date) -> list[Period]:
        terms: list[Term] = self.terms if kind.cadence == Cadence.SEMESTER else []
        found = periods.periods_between(kind.cadence, first, last, terms)
        if kind.cadence == Cadence.SEMESTER and not found:  # a year of which no terms were entered
            found = periods.periods_between(Cadence.HALF_YEARLY, first, last)
        return [period for period in found if period.start >= first]

    def _held(self, kind: MeetingKind, period: Period, organisation: Organisation, group: Group | None = None) -> Task:
        due_on = period.end
        if kind.due_rule == DueRule.NTH_WEEKDAY and kind.due_weekday and kind.due_nth:
            due_on = periods.nth_weekday(period.end.year, period.end.month, kind.due_weekday, kind.due_nth)
        parts = [kind.code, organisation.code, *([f"g{group.pk}"] if group else []), period.code]
        return Task(
            natural_key=":".join(parts),
            source="cadence",
            kind=kind.code,
            title=f"{periods.label(period.code)}{kind.name}{f'·{group.name}' if group else ''}",
            organisation=organisation,
            group=group,
            office=Office.GROUP_LEADER if group else Office.SECRETARY,
            period_code=period.code,
            window_start=period.start,
            due_on=due_on,
            original_due_on=due_on,
            requirement={"evidence": kind.code, "part": "held", "count": kind.times},
            act_url=f"/meetings/new/?organisation={organisation.code}&kind={kind.code}&period={period.code}",
        )

    def _agreed(self, organisation: Organisation, due_on: datetime.date, person: Person | None = None) -> Task:
        number = next(self.numbers)
        return Task(
            natural_key=f"bench:{number}",
            source=AGREED_ITEM,
            kind="agreed_item",
            title=f"落实第{number}次会议议定事项",
            organisation=organisation,
            person=person,
            window_start=due_on - datetime.timedelta(days=30),
            due_on=due_on,
            original_due_on=due_on,
        )

    def _own_item(self, number: int, person: Person) -> Task:
        due_on = self.today + datetime.timedelta(days=REMINDED[number % len(REMINDED)])
        organisation = next(each for each in self.made.branches if each.pk == person.organisation_id)
        return self._agreed(organisation, due_on, person)

    def _about_today(self, number: int) -> datetime.date:
        """From two weeks ago to six weeks ahead, within the year."""
        day = self.today + datetime.timedelta(days=number % 57 - 14)
        return min(max(day, datetime.date(self.today.year, 1, 1)), datetime.date(self.today.year, 12, 31))

    def _settle(self, task: Task, number: int) -> None:
        """What became of a Task of this year."""
        place = number * 37 % 100
        if task.due_on < self.today:
            if place < 88:
                self._close(task, number)
            elif place < 90:
                task.state, task.last_report_on = State.SUBMITTED, task.due_on
            elif place < 91:
                task.state, task.return_cause = State.RETURNED, "记录不完整，请补充讨论情况"
        elif task.window_start <= self.today and place < 25:
            self._done(task, self.today - datetime.timedelta(days=min(place, (self.today - task.window_start).days)))

    def _close(self, task: Task, number: int) -> None:
        place = number * 53 % 100
        if place < 2:
            task.state, task.closed_on = State.WAIVED, task.due_on
        else:
            days = place % 9 + 1 if place < 10 else -(place % 12)
            self._done(task, min(max(task.due_on + datetime.timedelta(days=days), task.window_start), self.today))

    def _done(self, task: Task, day: datetime.date) -> None:
        task.state, task.closed_on, task.is_late = State.DONE, day, day > task.due_on
        task.evidence_url, task.evidence_label = "/meetings/1/", f"{day:%Y-%m-%d} 会议记录"

    def _set_desk(self, tasks: list[Task]) -> None:
        """Leave exactly ``ROWS`` things to act on to the measured secretary, those due last."""
        mine = [task for task in tasks if self._is_mine(task)]
        mine.sort(key=lambda task: (task.person_id is not None, task.due_on), reverse=True)
        for task in mine[:ROWS]:
            task.state, task.closed_on, task.is_late, task.return_cause = State.ACTIVE, None, False, ""
            task.evidence_url = task.evidence_label = ""
        for number, task in enumerate(mine[ROWS:]):
            self._close(task, number)

    def _is_mine(self, task: Task) -> bool:
        if task.person_id is not None:
            return task.person_id == self.secretary.person_id
        return task.organisation_id == self.measured.pk and task.office == Office.SECRETARY

    def _write(self, tasks: list[Task]) -> None:
        """Rows and their log, in bulk: the rooms' services would take minutes for the same rows."""
        for task in tasks:
            task.light, task.light_cause = self.lighting.of(task)
            task.created_at = datetime.datetime.combine(task.window_start, datetime.time(20), clock.SHANGHAI)
        Task.objects.bulk_create(tasks, batch_size=BATCH)
        TaskEvent.objects.bulk_create([event for task in tasks for event in self._events(task)], batch_size=BATCH)

    def _events(self, task: Task) -> Iterator[TaskEvent]:
        opened = TaskEvent(task=task, verb=Verb.OPENED, to_state=State.ACTIVE, to_light="green", day=task.window_start)
        opened.at = task.created_at
        yield opened
        if task.state == State.ACTIVE:
            return
        verbs = {State.DONE: Verb.DONE, State.WAIVED: Verb.WAIVED, State.SUBMITTED: Verb.SUBMITTED}
        day = task.closed_on or min(task.due_on, self.today)
        yield TaskEvent(
            task=task,
            verb=verbs.get(State(task.state), Verb.RETURNED),
            from_state=State.ACTIVE,
            to_state=task.state,
            from_light="green",
            to_light=task.light if task.state in OPEN_STATES else "green",
            cause=task.return_cause,
            day=day,
            at=datetime.datetime.combine(day, datetime.time(17), clock.SHANGHAI),
        )


def _spread(year: int, number: int) -> datetime.date:
    """Days all over a year."""
    return datetime.date(year, 1, 1) + datetime.timedelta(days=number * 71 % 365)
