"""Meetings held and owed, for the tests of measures: through the services, on the days they happened."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.measures import Figure, Question, by_code
from meetings.measures import MEASURES
from meetings.models import Attendance, Gathering, Section
from meetings.obligations import due_specs
from orgs.models import Group, Organisation, User
from tasks.models import Task, TaskEvent
from tasks.services import open_tasks
from tests.meetings.making import TODAY, confirm, kind, plan

KNOWN = by_code(MEASURES)


def day(text: str) -> datetime.date:
    """``03-10`` of 2026."""
    return datetime.date.fromisoformat(f"2026-{text}")


def ask(code: str, *organisations: Organisation, as_of: datetime.date = TODAY, **params: Any) -> list[Figure]:
    """The figures of these organisations, asked together."""
    fresh = [Organisation.objects.select_related("college").get(pk=one.pk) for one in organisations]
    answer = KNOWN[f"meetings.{code}"].ask(Question(fresh, as_of.year, as_of), params)
    return [answer[one.pk] for one in organisations]


def rate(figure: Figure) -> tuple[int, int]:
    """Numerator and denominator."""
    return int(figure.values["numerator"]), int(figure.values["denominator"])


def owe(on: datetime.date = TODAY) -> None:
    """Open what is owed by cadence up to ``on`` (``OBLIGATIONS_SINCE`` says from when)."""
    with clock.moved(on):
        open_tasks(specs=list(due_specs(on)))


def hold(
    actor: User, organisation: Organisation, code: str, on: str, *, group: Group | None = None, **values: Any
) -> Section:
    """Planned and confirmed on the day after ``on``, unless ``confirmed`` names another day."""
    held = day(on)
    confirmed = values.pop("confirmed", held + datetime.timedelta(days=1))
    starts_at = datetime.datetime.combine(held, datetime.time(14, 30), clock.SHANGHAI)
    with clock.moved(confirmed):
        gathering = plan(actor, organisation, code, starts_at=starts_at, group=group, title=f"{on}会议")
        return confirm(actor, gathering, organisation, **values)


def stored(organisation: Organisation, code: str, on: str, **values: Any) -> Section:
    """A confirmed section as a row, where the road to it does not matter."""
    starts_at = datetime.datetime.combine(day(on), datetime.time(14, 30), clock.SHANGHAI)
    shared = {name: values.pop(name) for name in ("lecturer",) if name in values}
    gathering = Gathering.objects.create(
        organisation=organisation, title=f"{on}会议", starts_at=starts_at, created_by=User.objects.order_by("pk")[0],
        **shared,
    )  # fmt: skip
    return Section.objects.create(
        gathering=gathering, kind=kind(code), organisation=organisation, held_on=day(on),
        **{"state": Section.State.CONFIRMED, "confirmed_at": starts_at, **values},
    )  # fmt: skip


def present(section: Section, *people: int, **values: Any) -> None:
    """These were there."""
    for pk in people:
        Attendance.objects.create(section=section, person_id=pk, **{"mark": "present", **values})


def waive(organisation: Organisation, code: str, period: str, cause: str = "寒假") -> None:
    """The Task of that period is waived."""
    task = Task.objects.get(organisation=organisation, kind=code, period_code=period)
    Task.objects.filter(pk=task.pk).update(state="waived", closed_on=task.window_start)
    TaskEvent.objects.create(task=task, verb="waived", to_state="waived", to_light="green", cause=cause)


def queries(*organisations: Organisation) -> int:
    """How many queries all measures together take."""
    fresh = [Organisation.objects.select_related("college").get(pk=one.pk) for one in organisations]
    wanted = {"kind": "theme_day", "required": 12, "hours": 32}
    with CaptureQueriesContext(connection) as caught:
        question = Question(fresh, 2026, TODAY)
        for measure in MEASURES:
            measure.ask(question, wanted)
    return len(caught)
