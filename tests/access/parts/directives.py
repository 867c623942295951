"""Directives, dual sign-offs, files of Tasks, year plans; addressed to ZB101, drafted by a deputy of the committee."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from orgs.models import College, Office, User
from tasks.models import Directive, DirectiveType, Plan, PlanCategory, Task, UnitSet
from tasks.services import acknowledge_task, attach_to_task
from tasks.services.directive_settings import load_directive_types
from tasks.services.directive_units import Picks
from tasks.services.directives import DirectiveText, draft_directive, submit_directive
from tasks.services.dual_signing import ask_signing
from tasks.services.issuing import approve_directive
from tests.access.address import (
    ABOVE,
    NOBODY,
    NOT_OFFERED,
    OFFICE,
    OFFICERS,
    SECRETARY,
    SEES,
    Address,
)
from tests.access.world import PNG, World
from tests.factories import make_officer

GENERAL = frozenset({"general_secretary"})


def build(world: World) -> dict[str, Any]:
    """A draft, one that awaits, one issued to ZB101 within a plan, one that is to be signed by two at ZZ1."""
    load_directive_types()
    college = world.college
    deputy = make_officer(college.committee, Office.DEPUTY, "起草的副书记", home=college.branches[1])
    plan = Plan.objects.create(code="ten", year=2026, name="十项任务")
    category = PlanCategory.objects.create(plan=plan, code="KC", name="课程育人", position=1)
    to_branch, to_general = Picks(organisations=[world.branch]), Picks(organisations=[college.general_branches[0]])
    draft = _draft(world, deputy, to_branch)
    awaiting = submit_directive(directive=_draft(world, deputy, to_branch, category=category), actor=deputy)
    issued = _issued(world, deputy, to_branch, category=category)
    task = _task(issued)
    other = _issued(world, deputy, to_branch)
    acknowledge_task(task=_task(other), actor=college.branch_secretary)
    upload = SimpleUploadedFile("台账.png", PNG)
    College.objects.filter(organisation=college.general_branches[0]).update(dean=world.colleague)
    important = _issued(world, deputy, to_general, is_important=True)
    acknowledge_task(task=_task(important), actor=college.general_secretary)
    return {
        "directive_draft": draft,
        "directive_awaiting": awaiting,
        "directive_issued": issued,
        "directive_task": task,
        "directive_at_work": _task(other),
        "task_file": attach_to_task(task=task, actor=college.branch_secretary, upload=upload),
        "signature": ask_signing(task=_task(important), actor=college.general_secretary, note="完成"),
    }


def _draft(world: World, deputy: User, lead: Picks, **more: Any) -> Directive:
    facts: dict[str, Any] = {
        "title": "消防安全排查",
        "standard": "隐患清零",
        "source": "meeting",
        "type": DirectiveType.objects.get(code="ordinary"),
        "starts_on": datetime.date(2026, 6, 15),
        "due_on": datetime.date(2026, 7, 15),
        **more,
    }
    return draft_directive(
        organisation=world.college.committee, text=DirectiveText(**facts), lead=lead, support=Picks(), actor=deputy
    )


def _issued(world: World, deputy: User, lead: Picks, **more: Any) -> Directive:
    directive = submit_directive(directive=_draft(world, deputy, lead, **more), actor=deputy)
    return approve_directive(directive=directive, actor=world.college.committee_secretary)


def _task(directive: Directive) -> Task:
    return Task.objects.select_related("organisation").get(directive_unit__directive=directive)


def _type(_world: World) -> list[Any]:
    return [DirectiveType.objects.get(code="ordinary").pk]


def _set(_world: World) -> list[Any]:
    return [UnitSet.objects.get(name="各党支部").pk]


def _on(name: str, *more: Any) -> Any:
    return lambda world: [world.more[name].pk, *more]


def _plan(_world: World) -> list[Any]:
    return ["ten", 2026]


ADDRESSES = [
    Address("tasks:directive_list", post=302),
    Address("tasks:waiting_list"),
    Address("tasks:directive_new", may=ABOVE, post=400),
    Address("tasks:directive_settings", may=OFFICE),
    Address("tasks:directive_type_new", may=OFFICE, post=400),
    Address("tasks:directive_type_edit", _type, may=OFFICE, post=400),
    Address("tasks:unit_set_new", may=OFFICE, post=400),
    Address("tasks:unit_set_edit", _set, may=OFFICE, post=400),
    # --- a draft is the sender's alone; what was issued is seen by who is addressed and above
    Address("tasks:directive_detail", _on("directive_draft"), may=OFFICE, sees=OFFICE),
    Address("tasks:directive_detail", _on("directive_issued"), may=SEES, sees=SEES),
    Address("tasks:directive_edit", _on("directive_draft"), may=OFFICE, sees=OFFICE, post=400),
    Address("tasks:directive_edit", _on("directive_issued"), OFFICE, SEES, 409, 409),
    Address("tasks:directive_attach", _on("directive_draft"), OFFICE, OFFICE, NOT_OFFERED, 302),
    Address("tasks:directive_act", _on("directive_draft", "submit"), OFFICE, OFFICE, NOT_OFFERED, 302),
    Address("tasks:directive_act", _on("directive_draft", "discard"), OFFICE, OFFICE, NOT_OFFERED, 400),
    Address("tasks:directive_act", _on("directive_awaiting", "approve"), OFFICE, OFFICE, NOT_OFFERED, 302),
    Address("tasks:directive_act", _on("directive_awaiting", "return"), OFFICE, OFFICE, NOT_OFFERED, 400),
    Address("tasks:directive_act", _on("directive_issued", "stop"), OFFICE, SEES, NOT_OFFERED, 400),
    # --- the Task of it
    Address("tasks:task_act", _on("directive_task", "acknowledge"), OFFICERS, SEES, NOT_OFFERED, 302),
    Address("tasks:task_act", _on("directive_at_work", "report"), OFFICERS, SEES, NOT_OFFERED, 400),
    Address("tasks:task_act", _on("directive_at_work", "extend"), OFFICERS, SEES, NOT_OFFERED, 400),
    Address("tasks:task_act", _on("directive_at_work", "ask_signing"), OFFICERS, SEES, NOT_OFFERED, 400),
    Address("tasks:task_act", _on("directive_at_work", "pass_on"), NOBODY, SEES, NOT_OFFERED, 403),
    Address("tasks:task_act", _on("directive_at_work", "grant"), ABOVE, SEES, NOT_OFFERED, 409),
    Address("tasks:task_act", _on("directive_at_work", "refuse_extension"), ABOVE, SEES, NOT_OFFERED, 400),
    Address("tasks:task_attach", _on("directive_task"), OFFICERS, SEES, NOT_OFFERED, 302),
    Address("tasks:task_file", _on("task_file"), may=SEES, sees=SEES),
    Address("tasks:task_file_remove", _on("task_file"), SECRETARY, SEES, NOT_OFFERED, 302),
    # --- two sign for ZZ1: its secretary and the dean, who plays no role here
    Address("tasks:signature_detail", _on("signature"), may=ABOVE, sees=ABOVE),
    Address("tasks:signature_sign", _on("signature"), GENERAL, ABOVE, NOT_OFFERED, 302),
    Address("tasks:signature_refuse", _on("signature"), GENERAL, ABOVE, NOT_OFFERED, 400),
    # --- year plans
    Address("tasks:plan_list"),
    Address("tasks:plan_load", may=OFFICE, get=302, post=302),  # the plan of the year is there already
    Address("tasks:plan_detail", _plan, may=SEES, sees=SEES),
    Address("tasks:plan_approve", _plan, OFFICE, SEES, NOT_OFFERED, 302),
]
