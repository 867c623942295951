"""Breakthrough projects and task forces: those of ZZ1, led by its secretary with that of ZB101."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from orgs.models import Person
from tasks.project_plans import IndicatorPlan, MilestonePlan
from tasks.services.project_files import attach_to_project
from tasks.services.projects import ProjectDraft, approve_project, draft_project, submit_project
from tasks.services.task_forces import ForcePlan, create_task_force
from tests.access.address import ABOVE, NOBODY, NOT_OFFERED, OFFICE, SECRETARY, Address
from tests.access.world import PNG, TODAY, World

GENERAL = frozenset({"general_secretary"})
SEES_PROJECT = ABOVE | SECRETARY  # the secretary of ZB101 co-leads it
LEADS = GENERAL | SECRETARY


def _person(user: Any) -> Person:
    person: Person = user.person
    return person


def build(world: World) -> dict[str, Any]:
    """A running project with a file, a draft, and a task force."""
    college = world.college
    force = create_task_force(
        plan=ForcePlan(
            organisation=college.general_branches[0],
            name="减负专班",
            leader=_person(college.general_secretary),
            secretariat_organisation=college.general_branches[0],
            opened_on=TODAY,
            closing_condition="项目验收",
        ),
        actor=college.general_secretary,
    )
    project = _draft(world, "一次办成")
    submit_project(project=project, actor=college.general_secretary)
    approve_project(project=project, actor=college.committee_secretary)
    upload = SimpleUploadedFile("协议.png", PNG)
    kept = attach_to_project(project=project, actor=college.branch_secretary, upload=upload)
    return {"project": project, "draft": _draft(world, "第二件"), "force": force, "project_file": kept}


def _draft(world: World, title: str) -> Any:
    college = world.college
    draft = ProjectDraft(
        organisation=college.general_branches[0],
        title=title,
        leader=_person(college.general_secretary),
        co_leaders=[_person(college.branch_secretary)],
        problem="师生办事跑多个部门",
        root_causes=["数据不共享"],
        target="30项一次办成",
        starts_on=TODAY,
        ends_on=datetime.date(2026, 12, 15),
        milestones=[
            MilestonePlan("摸底", datetime.date(2026, 7, 10), 40),
            MilestonePlan("推开", datetime.date(2026, 11, 30), 60),
        ],
        indicators=[IndicatorPlan("办结率", Decimal("0.55"), Decimal("0.95"), "比率")],
        second_reason="试点" if title == "第二件" else "",
    )
    return draft_project(draft=draft, actor=college.general_secretary)


def _running(world: World) -> list[Any]:
    return [world.more["project"].code]


def _drafted(world: World) -> list[Any]:
    return [world.more["draft"].code]


def _force(world: World) -> list[Any]:
    return [world.more["force"].code]


def _file(world: World) -> list[Any]:
    return [world.more["project"].code, world.more["project_file"].pk]


ADDRESSES = [
    Address("tasks:project_list", post=302),  # nothing chosen: back to the list
    Address("tasks:project_new", may=ABOVE, post=400),
    Address("tasks:project_detail", _running, may=SEES_PROJECT, sees=SEES_PROJECT),
    Address("tasks:project_detail", _drafted, may=SEES_PROJECT, sees=SEES_PROJECT),
    Address("tasks:project_edit", _drafted, may=SEES_PROJECT, sees=SEES_PROJECT, post=400),
    Address("tasks:project_plan", _running, may=OFFICE, sees=SEES_PROJECT, post=400),
    Address("tasks:project_file", _file, may=SEES_PROJECT, sees=SEES_PROJECT),
    Address("tasks:project_file_remove", _file, SECRETARY, SEES_PROJECT, NOT_OFFERED, 302),
    *(
        Address("tasks:project_act", args, may=may, sees=SEES_PROJECT, get=NOT_OFFERED, post=code)
        for args, may, code in (
            (lambda w: [*_drafted(w), "submit"], SEES_PROJECT, 302),
            (lambda w: [*_drafted(w), "discard"], SEES_PROJECT, 400),
            (lambda w: [*_drafted(w), "approve"], OFFICE, 409),
            (lambda w: [*_drafted(w), "return"], OFFICE, 400),
            (lambda w: [*_running(w), "report"], LEADS, 400),
            (lambda w: [*_running(w), "attach"], SEES_PROJECT, 400),
            (lambda w: [*_running(w), "apply"], LEADS, 400),
            (lambda w: [*_running(w), "accept"], OFFICE, 409),
            (lambda w: [*_running(w), "reject"], OFFICE, 400),
            (lambda w: [*_running(w), "stop"], OFFICE, 400),
        )
    ),
    Address("tasks:project_act", lambda w: [*_running(w), "destroy"], NOBODY, NOBODY, NOT_OFFERED, 404),
    *(
        Address("tasks:milestone_act", args, may=may, sees=SEES_PROJECT, get=NOT_OFFERED, post=code)
        for args, may, code in (
            (lambda w: [*_running(w), 1, "submit"], LEADS, 400),
            (lambda w: [*_running(w), 1, "attach"], LEADS, 400),
            (lambda w: [*_running(w), 1, "extend"], LEADS, 400),
            (lambda w: [*_running(w), 1, "accept"], OFFICE, 409),
            (lambda w: [*_running(w), 1, "return"], OFFICE, 400),
            (lambda w: [*_running(w), 1, "waive"], OFFICE, 400),
            (lambda w: [*_running(w), 1, "grant"], OFFICE, 409),
            (lambda w: [*_running(w), 1, "refuse"], OFFICE, 400),
        )
    ),
    Address("tasks:task_force_list", post=302),
    Address("tasks:task_force_new", may=ABOVE, post=400),
    Address("tasks:task_force_detail", _force, may=ABOVE, sees=ABOVE),
    Address("tasks:task_force_edit", _force, may=ABOVE, sees=ABOVE, post=400),
    Address("tasks:task_force_close", _force, may=ABOVE, sees=ABOVE, get=NOT_OFFERED, post=400),
]
