"""Supervised Tasks for the tests of extensions, follow-ups and slips."""

from __future__ import annotations

from datetime import date
from typing import Any

from orgs.models import Organisation
from tasks.models import Directive, DirectiveType, DirectiveUnit, Milestone, Project, Task
from tests.tasks.world import World, open_one

START = date(2026, 6, 1)
DUE = date(2026, 7, 1)


def supervised(key: str, organisation: Organisation, **more: Any) -> Task:
    """A directive's Task of 30 days from 2026-06-01: yellow from 06-22 (9 left), orange from 06-27 (4 left)."""
    facts: dict[str, Any] = {
        "source": "directive",
        "kind": "directive",
        "title": "安全排查",
        "window_start": START,
        "due_on": DUE,
        "period_code": "",
        "requirement": {"rhythm_days": 31},
        "profile": "supervision",
        "act_url": "",
        **more,
    }
    return open_one(key, organisation, **facts)


def directive_of(world: World, task: Task, **more: Any) -> DirectiveUnit:
    """An issued directive whose lead unit owes ``task``."""
    kind, _made = DirectiveType.objects.get_or_create(
        code="ordinary", defaults={"name": "一般交办", "acknowledge_hours": 72, "first_report_days": 10}
    )
    facts: dict[str, Any] = {
        "number": f"DB2026-{task.pk:03d}",
        "title": "安全排查",
        "source": "meeting",
        "standard": "隐患清零",
        "type": kind,
        "rhythm": "monthly",
        "organisation": world.committee,
        "starts_on": task.window_start,
        "due_on": task.due_on,
        "state": "issued",
        "drafted_by": world.officer,
        **more,
    }
    first_report_by = facts.pop("first_report_by", None)
    part = facts.pop("part", "lead")
    return DirectiveUnit.objects.create(
        directive=Directive.objects.create(**facts),
        organisation=task.organisation,
        name=task.organisation.name,
        task=task,
        part=part,
        first_report_by=first_report_by,
    )


def project_of(world: World, milestones: list[tuple[date, date, int]], **more: Any) -> Project:
    """A running project of the general branch, led by its secretary; each milestone: start, due, weight."""
    facts: dict[str, Any] = {
        "code": "PN2601",
        "title": "一次办成",
        "year": 2026,
        "level": "general_branch",
        "organisation": world.general,
        "leader": world.general_secretary.person,
        "problem": "跑多个部门",
        "target": "30项",
        "starts_on": milestones[0][0],
        "ends_on": milestones[-1][1],
        "state": "active",
        "drafted_by": world.general_secretary,
        **more,
    }
    project = Project.objects.create(**facts)
    for number, (start, due, weight) in enumerate(milestones, 1):
        task = supervised(
            f"milestone:{project.code}:{number}",
            world.general,
            source="milestone",
            kind="milestone",
            title=f"里程碑{number}",
            window_start=start,
            due_on=due,
            person_id=project.leader_id,
        )
        Milestone.objects.create(
            project=project, number=number, title=f"里程碑{number}", due_on=due, weight=weight, task=task
        )
    return project
