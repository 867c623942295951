"""Lists made and published through the services, and what they owe as plain data."""

from __future__ import annotations

import datetime
from typing import Any

from common import clock
from common.models import AcademicTerm
from orgs.models import Organisation, User
from tasks.models import ItemTask, ListItem, ResponsibilityList, Task
from tasks.nightly import keep_lists
from tasks.services import TaskSpec, open_tasks
from tasks.services.lists import ItemFacts, add_item, create_draft, publish_list

TODAY = datetime.date(2026, 6, 15)
MEETING = {"evidence": "members_meeting", "part": "held"}


def day(text: str) -> datetime.date:
    """``06-15`` of 2026, or a whole date."""
    return datetime.date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def make_terms() -> None:
    """The academic terms of 2026."""
    for code, start, end in (
        ("2025-2026-1", "2025-09-08", "2026-01-18"),
        ("2025-2026-2", "2026-03-02", "2026-07-12"),
        ("2026-2027-1", "2026-09-07", "2027-01-17"),
    ):
        AcademicTerm.objects.create(code=code, start=day(start), end=day(end))


def facts(title: str = "向党员讲形势", **values: Any) -> ItemFacts:
    """A quarterly item with a note as its proof unless told otherwise."""
    return ItemFacts(**{"title": title, "frequency": "quarterly", "due_rule": {"rule": "period_end"}, **values})


def make_draft(actor: User, *items: ItemFacts, role: str = "branch", year: int = 2026) -> ResponsibilityList:
    """A draft with these items."""
    found = create_draft(actor=actor, year=year, role=role, source="empty")
    for each in items:
        add_item(actor=actor, responsibility_list=found, facts=each)
    return found


def publish(
    actor: User, *items: ItemFacts, role: str = "branch", on: datetime.date = TODAY, year: int = 2026
) -> ResponsibilityList:
    """A published list with these items."""
    with clock.moved(on):
        draft = make_draft(actor, *items, role=role, year=year)
        return publish_list(actor=actor, responsibility_list=draft, reason="年初部署")


def night(on: datetime.date = TODAY) -> dict[str, int]:
    """The step of that night."""
    with clock.moved(on):
        return keep_lists(on)


def item_of(found: ResponsibilityList, number: int = 1) -> ListItem:
    """The item with this number."""
    return ListItem.objects.select_related("list").get(list=found, number=number)


def room_task(organisation: Organisation, code: str = "2026-Q2", due: str = "06-30", **values: Any) -> Task:
    """A Task that a room owes anyway; a members' meeting of the second quarter unless told otherwise."""
    spec: dict[str, Any] = {
        "natural_key": f"members_meeting:{organisation.code}:{code}:{values.get('group_id', '')}",
        "source": "cadence",
        "kind": "members_meeting",
        "title": f"{code}支部党员大会",
        "organisation_id": organisation.pk,
        "window_start": day("04-01"),
        "due_on": day(due),
        "period_code": code,
        "requirement": {"evidence": "members_meeting"},
        **values,
    }
    open_tasks(specs=[TaskSpec(**spec)])
    return Task.objects.get(natural_key=spec["natural_key"])


def owed(role: str = "branch") -> list[tuple[str, str, str, str]]:
    """Code, period, due day and state of the own Tasks of the lists."""
    rows = Task.objects.filter(source="list_item", natural_key__startswith=f"list_item:2026:{role}:")
    return [
        (task.organisation.code, task.period_code, task.due_on.isoformat(), task.state)
        for task in rows.select_related("organisation").order_by("organisation__path", "due_on", "pk")
    ]


def links(found: ResponsibilityList) -> list[tuple[str, str, str, bool]]:
    """Organisation, period, source of the Task, and whether it is adopted."""
    rows = ItemTask.objects.filter(item__list=found).order_by("organisation__path", "item__number", "period_code", "pk")
    return list(rows.values_list("organisation__code", "period_code", "task__source", "is_adopted"))
