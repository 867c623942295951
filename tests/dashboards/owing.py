"""What organisations owe and did, through the services, each on its own day."""

from __future__ import annotations

import datetime
from typing import Any

from common import clock
from meetings.models import MeetingKind
from orgs.models import Group, Organisation
from tasks.models import Task
from tasks.services import Offer, TaskSpec, offer_evidence, open_tasks, withdraw_evidence
from tests.dashboards.rows import TODAY, day


def owe(
    organisation: Organisation,
    kind: str,
    start: str,
    due: str,
    *,
    group: Group | None = None,
    opened: str = "",
    **values: Any,
) -> Task:
    """One Task of a kind, opened at the start of its window."""
    begin, end = day(start), day(due)
    key = f"{kind}:{organisation.code}:{group.pk if group else ''}:{start}"
    named = MeetingKind.objects.filter(code=kind).values_list("name", flat=True).first() or kind
    spec = {
        "natural_key": key,
        "source": "cadence",
        "kind": kind,
        "title": f"{begin.year}年{begin.month}月{named}",
        "organisation_id": organisation.pk,
        "group_id": group.pk if group else None,
        "window_start": begin,
        "due_on": end,
        "period_code": start,
        "office": "group_leader" if group else "secretary",
        "requirement": {"evidence": kind},
        "act_url": f"/meetings/new/?task={key}",
    }
    with clock.moved(min(day(opened) if opened else begin, TODAY)):
        open_tasks(specs=[TaskSpec(**{**spec, **values})])
    return Task.objects.get(natural_key=values.get("natural_key", key))


def hold(task: Task, on: str, *, entered: str = "", record: str = "") -> Task:
    """The meeting that the Task asks for was held; ``entered`` is the day of typing."""
    offer = Offer(task.kind, organisation_id=task.organisation_id, group_id=task.group_id, period_code=task.period_code)
    with clock.moved(day(entered or on)):
        closed = offer_evidence(
            record=record or f"section:{task.pk}",
            occurred_on=day(on),
            offers=[offer],
            url=f"/meetings/{task.pk}/",
            label="会议记录",
            actor=None,
        )
    assert closed == [task.pk]
    task.refresh_from_db()
    return task


def send_back(task: Task, on: str, cause: str = "缺签到表") -> Task:
    """The record was returned on that day."""
    with clock.moved(day(on)):
        withdraw_evidence(record=f"section:{task.pk}", cause=cause, actor=None)
    task.refresh_from_db()
    return task


def month(organisation: Organisation, kind: str, number: int, **values: Any) -> Task:
    """The Task of one month of 2026."""
    first = datetime.date(2026, number, 1)
    last = (first + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)
    return owe(organisation, kind, first.isoformat(), last.isoformat(), **values)
