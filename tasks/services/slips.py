"""Slips (督办单): each rise of a supervised light tells the right person, once for each cause, and climbs unanswered.

Levels and addressees: forms.yaml, supervision_order.levels. The order of climbing: who carries it out, the secretary
of the unit, then the secretaries of the levels above, one at a time (``SLIP_CLIMB_WORKDAYS`` working days each).
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from common import clock
from common.calendars import is_workday
from common.errors import Conflict, NotAllowed
from common.sentences import written as _
from notices.models import Notice
from notices.services import Message, owe
from tasks import rights, transitions
from tasks.models import OPEN_STATES, Light, Profile, Slip, State, Task, TaskEvent, Verb
from tasks.people import Officers, ancestor_paths, officers_of, owners
from tasks.services.changes import Before, event_of, require_text
from tasks.services.refresh import WorkdaysUpTo
from tasks.services.review import report_progress

if TYPE_CHECKING:
    from orgs.models import User

CHUNK = 500
NAMES = {
    Light.YELLOW: gettext_lazy("预警通知单"),
    Light.ORANGE: gettext_lazy("督办单"),
    Light.RED: gettext_lazy("问责单"),
}
_PREFIX = {Light.YELLOW: "预警", Light.ORANGE: "督办", Light.RED: "问责"}
# Where on the ladder a level begins, and how many rungs get it at once (red: the unit's secretary and the one above).
_FIRST_RUNG = {Light.YELLOW: 0, Light.ORANGE: 1, Light.RED: 1}
_RUNGS = {Light.YELLOW: 1, Light.ORANGE: 1, Light.RED: 2}
_HIGHER = {Light.YELLOW: (Light.ORANGE, Light.RED), Light.ORANGE: (Light.RED,)}


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: persons, and as what they are addressed."""

    people: frozenset[int]
    addressed_as: str


def issue_slips(*, today: datetime.date) -> dict[str, int]:
    """Issue tonight's slips, let unanswered ones climb, and close those whose cause is gone or that a higher one
    takes over; safe to repeat.

    None on days off: what rose then is told on the next working day, as it is then. What waits to be checked gets
    none. Side effects: ``Slip`` rows, SLIP events, messages. Six queries per 500 Tasks, and two. Returns counts
    ``issued``, ``climbed``, ``closed`` and ``nobody`` (nobody in office to address).
    """
    counts = {"issued": 0, "climbed": 0, "closed": close_settled_slips(today=today), "nobody": 0}
    if not is_workday(today):
        return counts
    last: int | None = 0
    workdays = WorkdaysUpTo(today)
    while last is not None:
        last = _issue_batch(last, today, workdays, counts)
    counts["closed"] += _close_taken_over(today)
    return counts


def _raised(after: int) -> list[Task]:
    """Supervised Tasks with a raised light that wait for their owner, locked: two nights at once issue one slip."""
    raised = Task.objects.filter(
        profile=Profile.SUPERVISION,
        light__in=tuple(NAMES),
        state__in=(State.PENDING, State.ACTIVE, State.RETURNED),
        pk__gt=after,
    )
    related = raised.select_related("organisation", "department").select_for_update(of=("self",))
    return list(related.order_by("pk")[:CHUNK])


@transaction.atomic
def _issue_batch(after: int, today: datetime.date, workdays: WorkdaysUpTo, counts: dict[str, int]) -> int | None:
    """The Tasks with an id above ``after``; returns the last id of a full batch."""
    batch = _raised(after)
    officers = officers_of({task.organisation.path for task in batch}, today)
    known: dict[int, list[Slip]] = defaultdict(list)
    for slip in Slip.objects.filter(task__in=batch):
        known[slip.task_id].append(slip)
    numbers = _Numbers(today)
    slips: list[Slip] = []
    for task in batch:
        level, key = Light(task.light), cause_key(task)
        earlier = [slip for slip in known[task.pk] if slip.level == level and slip.cause_key == key]
        climb = _next_climb(earlier, workdays, today)
        if climb is None:
            continue
        fresh = _slips_of(task, key, climb, officers, numbers)
        counts["nobody"] += not fresh and not earlier
        counts["climbed" if climb else "issued"] += len(fresh)
        slips += fresh
    _write(slips)
    return batch[-1].pk if len(batch) == CHUNK else None


def _slips_of(task: Task, key: str, climb: int, officers: Officers, numbers: _Numbers) -> list[Slip]:
    """One slip for each addressee of the climb."""
    level = Light(task.light)
    return [
        Slip(
            number=numbers.next(level),
            task=task,
            level=level,
            cause=task.light_cause,
            cause_key=key,
            climb=climb,
            issued_on=numbers.today,
            receiver_id=person_id,
            receiver_as=words,
        )
        for person_id, words in _addressees(task, level, climb, officers)
    ]


def cause_key(task: Task) -> str:
    """What names the cause of a raised light: overdue by this date; else silent towards it since the last report."""
    if task.light == Light.RED:
        return f"{task.due_on:%Y-%m-%d}"
    since = f"{task.last_report_on:%Y-%m-%d}" if task.last_report_on else "-"
    return f"{task.due_on:%Y-%m-%d}/{since}"


def _next_climb(earlier: Sequence[Slip], workdays: WorkdaysUpTo, today: datetime.date) -> int | None:
    """Which climb is due tonight: 0 when there is no slip for the cause yet, the next when the delay has passed."""
    if not earlier:
        return 0
    if any(slip.answered_on is not None for slip in earlier):
        return None
    highest = max(slip.climb for slip in earlier)
    since = max(slip.issued_on for slip in earlier if slip.climb == highest)
    return highest + 1 if workdays(since, today) >= settings.SLIP_CLIMB_WORKDAYS else None


def _addressees(task: Task, level: Light, climb: int, officers: Officers) -> list[tuple[int, str]]:
    """(person id, addressed as) for a level at a climb; nobody is told twice for one cause."""
    steps = climbs(task, level, officers)
    if climb >= len(steps):
        return []
    found: dict[int, str] = {}
    for rung in steps[climb]:
        for person in sorted(rung.people):
            found.setdefault(person, rung.addressed_as)
    return list(found.items())


def climbs(task: Task, level: Light, officers: Officers) -> list[list[Rung]]:
    """Who is told first (two rungs at once for red), and who at each climb: only those not told before."""
    rungs = ladder(task, officers)
    first = rungs[_FIRST_RUNG[level] : _FIRST_RUNG[level] + _RUNGS[level]]
    told = {person for rung in first for person in rung.people}
    steps = [first] if told else []
    for rung in rungs[_FIRST_RUNG[level] + _RUNGS[level] :]:
        people = rung.people - told
        if people:
            steps.append([Rung(people, rung.addressed_as)])
            told |= people
    return steps


def ladder(task: Task, officers: Officers) -> list[Rung]:
    """Who is told in turn: who carries it out, the unit's secretary (a department's head), the levels above."""
    path = task.organisation.path
    if task.department_id is not None:
        unit = Rung(frozenset(officers.heads(task.department_id)), _("承办部门负责人"))
        above = [path, *ancestor_paths(path)]
    else:
        unit = Rung(frozenset(officers.acting_secretary(path)), _("承办单位书记"))
        above = ancestor_paths(path)
    rungs = [Rung(frozenset(owners(task, officers)), _("承办人")), unit]
    return rungs + [Rung(frozenset(officers.acting_secretary(place)), _("上一级书记")) for place in above]


class _Numbers:
    """Numbers of slips: level, year and a running number, e.g. 督办〔2026〕012号."""

    def __init__(self, today: datetime.date) -> None:
        self.today, self.year = today, today.year
        self._used: dict[str, int] = {}

    def next(self, level: Light) -> str:
        if level not in self._used:
            self._used[level] = Slip.objects.filter(level=level, issued_on__year=self.year).count()
        self._used[level] += 1
        return f"{_PREFIX[level]}〔{self.year}〕{self._used[level]:03d}号"


def _write(slips: Sequence[Slip]) -> None:
    """Keep the slips, log each cause, and owe its receiver a message."""
    if not slips:
        return
    Slip.objects.bulk_create(slips)
    TaskEvent.objects.bulk_create(
        event_of(
            slip.task,
            Verb.SLIP,
            before=Before.of(slip.task),
            actor=None,
            cause=f"{slip.number}（{slip.receiver_as}）：{slip.cause}",
            day=slip.issued_on,
        )
        for slip in slips
    )
    owe(messages=[_message(slip) for slip in slips])


def _message(slip: Slip) -> Message:
    task = slip.task
    unit = task.department.name if task.department else task.organisation.name
    return Message(
        person_id=slip.receiver_id,
        kind=Notice.Kind.SLIP.value,
        subject=f"slip:{slip.pk}",
        day=slip.issued_on,
        title=_("%(name)s：%(title)s") % {"name": NAMES[Light(slip.level)], "title": task.title},
        detail=_("%(unit)s：%(cause)s") % {"unit": unit, "cause": slip.cause},
        url=reverse("tasks:slip_detail", args=[slip.pk]),
    )


def close_settled_slips(*, today: datetime.date) -> int:
    """Close the slips whose Task is no longer open, waits to be checked, or has a lower light. Two queries."""
    settled = ~Q(task__state__in=OPEN_STATES) | Q(task__state=State.SUBMITTED)
    settled |= Q(task__light__in=(Light.GREY, Light.GREEN))
    settled |= Q(level=Light.RED) & ~Q(task__light=Light.RED)
    settled |= Q(level=Light.ORANGE, task__light=Light.YELLOW)
    ids = Slip.objects.filter(settled, closed_on__isnull=True).values("pk")
    return Slip.objects.filter(pk__in=list(ids.values_list("pk", flat=True))).update(closed_on=today)


def _close_taken_over(today: datetime.date) -> int:
    """Close the open slips of a Task beside which a higher one is open: it asks for the same answer. Two queries."""
    closed = 0
    for level, higher in _HIGHER.items():
        above = Slip.objects.filter(task_id=OuterRef("task_id"), level__in=higher, closed_on__isnull=True)
        lower = Slip.objects.filter(Exists(above), level=level, closed_on__isnull=True)
        closed += lower.update(closed_on=today, closed_cause=_("已由更高一级督办单接续"))
    return closed


@transaction.atomic
def answer_slip(*, slip: Slip, actor: User, answer: str) -> Slip:
    """Answer a slip: the answer is kept on it, ends its climbing, and is the progress report of who carries it out.

    Raises ``NotAllowed`` (only its receiver), ``InvalidInput`` (no words), ``Conflict`` (answered or settled). Side
    effects: ANSWERED event; a REPORTED event and a light that falls back where the receiver may report.
    """
    require_receiver(actor, slip)
    words = require_text(answer, "answer", _("请写明原因和下一步措施。"))
    today = clock.today()
    claimed = Slip.objects.unanswered().filter(pk=slip.pk).update(answer=words, answered_on=today, answered_by=actor)
    slip.refresh_from_db()
    if claimed != 1 and slip.answered_on is None:
        raise Conflict(_("这张单子已经了结，不需要答复。有新进展请到事项页上报。"))
    if claimed != 1:
        raise Conflict(_("这张单子已经答复过了，请刷新查看。"))
    task = Task.objects.select_related("organisation", "department").get(pk=slip.task_id)
    event_of(task, Verb.ANSWERED, before=Before.of(task), actor=actor, cause=f"{slip.number}：{words}").save()
    Task.objects.filter(pk=task.pk).update(answered_on=today)
    task.answered_on = today
    if transitions.next_state(transitions.REPORT, task.state) and rights.may_act(actor, task):
        report_progress(task=task, actor=actor, note=words)
        close_settled_slips(today=today)
    return slip


def require_receiver(actor: User, slip: Slip) -> None:
    """Raise ``NotAllowed`` unless ``actor`` is the receiver of ``slip``."""
    if actor.person_id is None or actor.person_id != slip.receiver_id:
        raise NotAllowed(_("这张单子发给%(name)s，由接收人本人答复。") % {"name": slip.receiver.name})
