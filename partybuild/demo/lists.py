"""This year's responsibility lists in the demo: published in January, changed once in May, their notes submitted."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING

from common import clock
from common.periods import ONE_DAY
from meetings.models import MeetingKind, Section
from meetings.nightly import count_earlier_records
from meetings.record import GatheringRecord, GuestRecord
from meetings.services import PlannedSection, plan_gathering
from orgs.models import Appointment, Department, Level, Office, Organisation, Person, User
from orgs.selectors.roll import committee_on, secretary_on
from orgs.services.appointments import hand_over
from tasks.models import LIST_ITEM, ListItem, ResponsibilityList, State, Task
from tasks.nightly import keep_lists
from tasks.people import reviewers_of
from tasks.services import accept_task, return_task, submit_task
from tasks.services.lists import ItemFacts, change_item, load_lists, publish_list, start_version

if TYPE_CHECKING:
    from partybuild.demo.life import Life

Deed = Callable[[], None]

PUBLISHED_ON = datetime.date(2026, 1, 8)
STUDIED_ON = datetime.date(2026, 4, 15)
REVISED_ON = datetime.date(2026, 5, 6)
# The secretary of this branch is away for a time and a committee member stands in: two records of hand-over.
AWAY, AWAY_FROM, BACK_ON = "ZB702", datetime.date(2026, 2, 24), datetime.date(2026, 5, 11)
# Shares of notes never written, written late, and returned once.
NEVER, LATE, RETURNED = 0.05, 0.09, 0.08
# How often somebody from the general branch comes to a branch's meeting, and then gives the lecture.
VISITS, LECTURES = 0.2, 0.6
VISITED = ("theme_day", "lecture", "members_meeting")
NOTES = (
    "已按要求完成，情况已记入工作台账，问题已逐条落实到人。",
    "已完成，形成书面材料并在会上通报，后续事项已列入下月安排。",
    "已完成，覆盖应到范围，个别未到的已单独补上。",
    "已完成，发现的问题已交办并约定了回看时间。",
)
# Organisation, item, and whether it was returned: what waits to be checked or to be mended on the demo's day.
THIS_WEEK_ON = datetime.date(2026, 6, 12)
THIS_WEEK = (
    ("DW", "05", False),
    ("ZZ2", "06", False),
    ("ZZ2", "11", True),
    ("ZZ4", "07", False),
    ("ZZ6", "06", True),
    ("ZB201", "13", False),
    ("ZB203", "14", True),
    ("ZB302", "14", False),
    ("ZB503", "11", False),
)
RETURNS = ("请补充覆盖了哪些人、还差哪些。", "请写明发现的问题和交办情况。")


@dataclass
class ListLife:
    """What has been decided about the notes that lists ask for."""

    seed: int
    last_task: int = 0
    deeds: dict[datetime.date, list[Deed]] = field(default_factory=lambda: defaultdict(list))


def play_lists(life: Life, day: datetime.date) -> None:
    """Whatever is done about the lists on ``day``; the clock stands on it."""
    scene = _SCENES.get(day)
    if scene is not None:
        scene(life)
    for deed in life.lists.deeds.pop(day, []):
        deed()


def play_list_night(life: Life, day: datetime.date) -> None:
    """The lists' steps of a night in which something may begin, and what secretaries make of it."""
    if day < PUBLISHED_ON:
        return
    keep_lists(day)
    count_earlier_records(day)
    opened = Task.objects.filter(pk__gt=life.lists.last_task, source=LIST_ITEM).select_related("organisation")
    for task in opened.order_by("pk"):
        life.lists.last_task = task.pk
        if not task.requirement:
            _intend(life, task, day)


def _intend(life: Life, task: Task, day: datetime.date) -> None:
    """Decide when the note is written."""
    random = Random(f"{life.lists.seed}:{task.natural_key}")
    dice = random.random()
    if dice < NEVER:
        return
    if dice < NEVER + LATE:
        wanted = task.due_on + datetime.timedelta(days=random.randint(1, 20))
    else:
        wanted = task.due_on - datetime.timedelta(days=random.randint(0, 9))
    is_returned = random.random() < RETURNED
    pk, on = task.pk, max(wanted, day + ONE_DAY)
    life.lists.deeds[on].append(lambda: _submit(life, pk, random, is_returned))


def _submit(life: Life, pk: int, random: Random, is_returned: bool) -> None:
    task = Task.objects.select_related("organisation").get(pk=pk)
    actor = life.secretary(task.organisation)
    if actor is None or task.state not in (State.ACTIVE, State.RETURNED):
        return
    submit_task(task=task, actor=actor, note=random.choice(NOTES))
    on = clock.today() + datetime.timedelta(days=random.randint(1, 4))
    life.lists.deeds[on].append(lambda: _decide(life, pk, random, is_returned))


def _decide(life: Life, pk: int, random: Random, is_returned: bool) -> None:
    """The nearest level that may decides; what is returned comes again after some days."""
    task = Task.objects.select_related("organisation").get(pk=pk)
    actor = _decider(life, task)
    if actor is None or task.state != State.SUBMITTED:
        return
    if not is_returned:
        accept_task(task=task, actor=actor)
        return
    return_task(task=task, actor=actor, reason=random.choice(RETURNS))
    on = clock.today() + datetime.timedelta(days=random.randint(4, 9))
    life.lists.deeds[on].append(lambda: _submit(life, pk, random, False))


def _decider(life: Life, task: Task) -> User | None:
    """Somebody of the nearest level that may decide."""
    people = sorted(reviewers_of([task], clock.today())[task.pk])
    return life.account(Person.objects.get(pk=people[0])) if people else None


def _this_week(life: Life) -> None:
    """Some notes are handed in early: they wait to be checked, or come back at once."""
    for code, item, is_returned in THIS_WEEK:
        open_ones = Task.objects.filter(source=LIST_ITEM, organisation__code=code, state=State.ACTIVE)
        task = open_ones.filter(natural_key__contains=f":{item}:", due_on__gte=clock.today()).order_by("due_on").first()
        actor = life.secretary(Organisation.objects.get(code=code))
        if task is None or actor is None:
            continue
        random = Random(f"week:{task.natural_key}")
        submit_task(task=task, actor=actor, note=random.choice(NOTES))
        if is_returned:
            task = Task.objects.select_related("organisation").get(pk=task.pk)
            decider = _decider(life, task)
            if decider is not None:
                return_task(task=task, actor=decider, reason=random.choice(RETURNS))


def visitor_to(section: Section, random: Random) -> Person | None:
    """The general branch's secretary, now and then a guest at a branch's meeting once the lists ask for it."""
    if section.kind.code not in VISITED or section.held_on < PUBLISHED_ON or random.random() >= VISITS:
        return None
    above = Organisation.objects.get_parent(section.organisation)
    if above is None or above.level != Level.GENERAL_BRANCH:
        return None
    return secretary_on(above, section.held_on)


def with_visitor(record: GatheringRecord, sections: list[Section], random: Random) -> GatheringRecord:
    """The record with a guest from the general branch, who may give the lecture; most records stay as they are."""
    visitor = visitor_to(sections[0], random) if len(sections) == 1 else None
    if visitor is None or record.shared is None:
        return record
    row = record.sections[0]
    if visitor.pk not in {mark.person_id for mark in row.attendance}:
        row = replace(row, guests=(*row.guests, GuestRecord(person_id=visitor.pk)))
    shared = record.shared
    if sections[0].kind.form == MeetingKind.Form.LECTURE and random.random() < LECTURES:
        shared = replace(shared, lecturer_id=visitor.pk)
    return replace(record, shared=shared, sections=(row,))


def _office(life: Life) -> User:
    """The head of the organisation department."""
    heads = Appointment.objects.in_force().filter(department__duty=Department.Duty.ORGANISATION, office=Office.HEAD)
    found = life.account(heads.select_related("person").get().person)
    if found is None:
        raise LookupError("the head of the organisation department has no account")
    return found


def _publish(life: Life) -> None:
    """The lists of the year, as shipped."""
    office, year = _office(life), clock.today().year
    load_lists(year=year, actor=office)
    for draft in ResponsibilityList.objects.filter(year=year, state=ResponsibilityList.State.DRAFT).order_by("pk"):
        publish_list(actor=office, responsibility_list=draft, reason="2026年全面从严治党和党建重点任务部署会通过")


def _study(life: Life) -> None:
    """The committee studies Party building before the eighth week: the secretary's first item closes by its record."""
    organisation = Organisation.objects.get(code="DW")
    actor = life.secretary(organisation)
    if actor is None:
        return
    start = datetime.datetime.combine(clock.today(), datetime.time(9), clock.SHANGHAI)
    gathering = plan_gathering(
        actor=actor,
        organisation=organisation,
        title="党委会会议：专题研究全校党建工作",
        starts_at=start,
        ends_at=None,
        place="行政楼 415",
        sections=[PlannedSection(life.kinds["party_committee_meeting"], organisation)],
    )

    def with_topics(record: GatheringRecord) -> GatheringRecord:
        return replace(record, sections=(replace(record.sections[0], topics=("party_building", "first_agenda")),))

    life.confirm(gathering, organisation, Random("study"), change=with_topics)


def _revise(life: Life) -> None:
    """A second version for the branches: the quarter's last days are full, so one item is due five days later."""
    office = _office(life)
    published = ResponsibilityList.objects.get(
        year=clock.today().year, role=Level.BRANCH, state=ResponsibilityList.State.PUBLISHED
    )
    draft = start_version(actor=office, responsibility_list=published)
    item = ListItem.objects.select_related("list").get(list=draft, code="13")
    names = ("title", "frequency", "times", "evidence_words", "awaits_room", "not_applicable", "article")
    facts = ItemFacts(
        due_rule={"rule": "next_month_day", "day": 5},
        measure="全覆盖，困难党员逐人有回访",
        **{name: getattr(item, name) for name in names},
    )
    change_item(actor=office, item=item, facts=facts)
    publish_list(actor=office, responsibility_list=draft, reason="支部反映季末事项集中，联系党员一条顺延到次月5日")


def _stand_in(life: Life) -> None:
    """A committee member takes over while the secretary is seconded elsewhere."""
    held = _secretary_of(AWAY)
    committee = committee_on(Organisation.objects.get(code=AWAY), clock.today())
    others = [person for person in committee if person.pk != held.person_id]
    hand_over(
        actor=_office(life),
        appointment=held,
        successor=others[0],
        on=clock.today(),
        reason="书记挂职锻炼，由支部委员接任书记",
    )


def _come_back(life: Life) -> None:
    """The secretary is back."""
    held = _secretary_of(AWAY)
    before = Appointment.objects.filter(
        organisation=held.organisation, office=Office.SECRETARY, ended_on=AWAY_FROM - ONE_DAY
    ).get()
    hand_over(
        actor=_office(life), appointment=held, successor=before.person, on=clock.today(), reason="挂职期满，回任书记"
    )


def _secretary_of(code: str) -> Appointment:
    return (
        Appointment.objects.in_force()
        .select_related("organisation", "person")
        .get(organisation__code=code, office=Office.SECRETARY)
    )


_SCENES: dict[datetime.date, Callable[[Life], None]] = {
    PUBLISHED_ON: _publish,
    AWAY_FROM: _stand_in,
    STUDIED_ON: _study,
    REVISED_ON: _revise,
    BACK_ON: _come_back,
    THIS_WEEK_ON: _this_week,
}
# Nights beside those of a new month or term in which the lists are kept: after a publication or a change of office.
NIGHTS = frozenset(_SCENES)
