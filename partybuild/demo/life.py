"""A college's life, day by day, through the services and under the moved clock."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

from common import clock
from common.calendars import terms
from common.periods import ONE_DAY, Period, Term, from_code
from meetings.models import Gathering, MeetingKind, Section
from meetings.nightly import open_due_tasks
from meetings.record import GatheringRecord
from meetings.services import PlannedSection, confirm_sections, plan_gathering
from orgs.models import Organisation, Person, User
from orgs.selectors.roll import secretary_on
from partybuild.demo import habits, planted
from partybuild.demo.directives import play_directives
from partybuild.demo.lists import NIGHTS, ListLife, play_list_night, play_lists, with_visitor
from partybuild.demo.projects import play_projects
from partybuild.demo.records import gathering_record
from partybuild.demo.scores import play_scores
from tasks.models import State, Task
from tasks.nightly import issue_slips, open_follow_ups, refresh_lights, settle_directives
from tasks.services import accept_task, submit_task

START = datetime.date(2025, 1, 1)
Say = Callable[[str], None]


def at(day: datetime.date, hour: int, minute: int = 0) -> datetime.datetime:
    """A time of day in Shanghai."""
    return datetime.datetime.combine(day, datetime.time(hour, minute), clock.SHANGHAI)


@dataclass
class Deed:
    """Something a secretary will type in: which Task it answers, when it was held, whether it makes up for it."""

    task_id: int
    held_on: datetime.date
    hour: int
    makes_up: bool


@dataclass
class Life:
    """The state of the play."""

    seed: int
    until: datetime.date
    say: Say
    kinds: dict[str, MeetingKind] = field(default_factory=dict)
    deeds: dict[datetime.date, list[Deed]] = field(default_factory=lambda: defaultdict(list))
    users: dict[int, User] = field(default_factory=dict)
    last_task: int = 0
    terms: list[Term] = field(default_factory=list)
    lists: ListLife = field(init=False)

    def __post_init__(self) -> None:
        self.lists = ListLife(self.seed)

    def play(self) -> None:
        """Every day from ``START`` to ``until``: what was planned for it is typed in by day, the night follows."""
        self.kinds = {kind.code: kind for kind in MeetingKind.objects.all()}
        self.terms = terms()
        starts = {term.start for term in self.terms}
        day = START
        while day <= self.until:
            if day.day == 1:
                self.say(f"  {day:%Y-%m}")
            with clock.moved(at(day, 17)):
                self._by_day(day)
            if day < self.until:  # tonight has not come yet on the last day
                with clock.moved(at(day, 20)):
                    self._by_night(day, opens=day == START or day.day == 1 or day in starts or day.isoweekday() == 1)
            day += ONE_DAY

    def _by_day(self, day: datetime.date) -> None:
        for deed in self.deeds.pop(day, []):
            self._do(deed)
        self._agreed_items(day)
        planted.play(self, day)
        play_projects(day)
        play_directives(day)
        play_lists(self, day)
        play_scores(day)

    def _by_night(self, day: datetime.date, *, opens: bool) -> None:
        if opens:
            open_due_tasks(day)
            self._intend(day)
        if day.day == 1 or day in NIGHTS or day in {term.start for term in self.terms}:
            play_list_night(self, day)
        settle_directives(day)
        open_follow_ups(day)
        refresh_lights(day)
        issue_slips(day)

    def _intend(self, day: datetime.date) -> None:
        """Decide about every newly opened Task when it will be met."""
        rows = (
            Task.objects.filter(pk__gt=self.last_task, source="cadence").select_related("organisation").order_by("pk")
        )
        for task in rows:
            self.last_task = task.pk
            period = self.period(task)
            opened = max(task.window_start, day + ONE_DAY if task.window_start < day else task.window_start)
            intent = habits.intent_for(
                key=task.natural_key,
                seed=self.seed,
                branch=task.organisation.code,
                opened=min(opened, task.due_on),
                due=task.due_on,
                period_end=period.end,
            )
            if task.natural_key in planted.LEFT_OPEN or intent.held_on is None or intent.typed_on is None:
                continue
            typed = max(intent.typed_on, day + ONE_DAY)
            self.deeds[typed].append(Deed(task.pk, intent.held_on, intent.hour, intent.makes_up))

    def _do(self, deed: Deed) -> None:
        task = Task.objects.select_related("organisation", "group").get(pk=deed.task_id)
        if not task.is_open:
            return
        held = deed.held_on
        if deed.makes_up and held <= self.period(task).end:
            deed.makes_up = False
        self.record(task, held, deed.hour, period_code=task.period_code if deed.makes_up else "")

    def record(self, task: Task, held: datetime.date, hour: int, *, period_code: str = "") -> Gathering | None:
        """Plan and confirm the meeting that answers ``task``; ``None`` while nobody holds the secretary's office."""
        organisation, kind = task.organisation, self.kinds[task.kind]
        secretary = self.secretary(organisation)
        if secretary is None or secretary.person is None or secretary_on(organisation, held) is None:
            return None
        if task.group is not None and not task.group.appointments.in_force(held).exists():
            return None  # nobody leads the group, and nobody else may chair (支部工作条例(试行)2018, art. 14)
        random = Random(f"{self.seed}:{task.natural_key}:{held}")
        gathering = plan_gathering(
            actor=secretary,
            organisation=organisation,
            title=self.title(task, random),
            starts_at=at(held, hour),
            ends_at=None,
            place=random.choice(habits.PLACES),
            sections=[PlannedSection(kind, organisation, task.group)],
        )
        self.confirm(gathering, organisation, random, period_code=period_code)
        return gathering

    def confirm(
        self,
        gathering: Gathering,
        organisation: Organisation,
        random: Random,
        *,
        period_code: str = "",
        change: Callable[[GatheringRecord], GatheringRecord] = lambda record: record,
    ) -> None:
        """Confirm the sections of one organisation as its secretary; late ones with a reason."""
        secretary = self.secretary(organisation)
        if secretary is None or secretary.person is None:
            return
        rows = Section.objects.filter(gathering=gathering, organisation=organisation)
        sections = list(rows.select_related("kind", "organisation", "group").order_by("pk"))
        record = gathering_record(gathering, sections, secretary.person, random)
        dice = Random(f"{self.seed}:visit:{organisation.code}:{gathering.title}:{sections[0].held_on}")
        record = with_visitor(record, sections, dice)
        if organisation.pk != gathering.organisation_id:
            record = replace(record, shared=None)
        if period_code:
            record = replace(record, sections=tuple(replace(row, period_code=period_code) for row in record.sections))
        late = (clock.today() - sections[0].held_on).days > 7
        confirm_sections(
            actor=secretary,
            gathering=gathering,
            organisation=organisation,
            record=change(record),
            version=0,
            late_reason="会议当周实训任务集中，现予补录" if late else "",
        )

    def period(self, task: Task) -> Period:
        """The period that a Task counts for."""
        return from_code(task.period_code, self.terms)

    def title(self, task: Task, random: Random) -> str:
        """Theme days and lectures have a theme; other meetings are called what they are."""
        if task.kind in ("theme_day", "lecture"):
            return f"{task.title}：{random.choice(habits.THEMES)}"
        return task.title

    def secretary(self, organisation: Organisation) -> User | None:
        """The account of the secretary in office today."""
        person = secretary_on(organisation, clock.today())
        return self.account(person) if person else None

    def account(self, person: Person) -> User | None:
        """A person's account, loaded once."""
        if person.pk not in self.users:
            found = User.objects.select_related("person__organisation").filter(person=person).first()
            if found is None:
                return None
            self.users[person.pk] = found
        return self.users[person.pk]

    def _agreed_items(self, day: datetime.date) -> None:
        """Owners report what was agreed two days before it is due, most of them; the secretary accepts a day later."""
        near = Task.objects.filter(source="agreed_item", state=State.ACTIVE, due_on=day + 2 * ONE_DAY)
        near = near.exclude(title__in=planted.LEFT_ITEMS)
        for task in near.select_related("person", "organisation"):
            owner = self.account(task.person) if task.person else None
            dice = Random(f"{self.seed}:{task.organisation.code}:{task.title}:{task.due_on}").random()
            if owner is not None and dice < 0.97:
                submit_task(task=task, actor=owner, note="已完成，材料已交支部存档。")
        waiting = Task.objects.filter(source="agreed_item", state=State.SUBMITTED, due_on=day + ONE_DAY)
        for task in waiting.select_related("organisation", "submitted_by"):
            decider = self.secretary(task.organisation)
            if decider is None or task.submitted_by_id == decider.person_id:
                parent = Organisation.objects.get_parent(task.organisation)
                decider = self.secretary(parent) if parent else None
            if decider is not None and decider.person_id != task.submitted_by_id:
                accept_task(task=task, actor=decider)
