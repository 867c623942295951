"""The demo's plan of 31 tasks: loaded, approved with one decision, signed for, reported on and partly done."""

from __future__ import annotations

import datetime
from random import Random

from partybuild.demo.assigning import (
    DONE_NOTE,
    HEADQUARTERS,
    READY,
    Scene,
    bind,
    drafter,
    leader,
    note_for,
    owner,
    report_on,
    secretary,
)
from tasks.models import DirectiveUnit, Plan, Profile, State, Task
from tasks.services import accept_task, acknowledge_task, submit_task
from tasks.services.directive_settings import load_directive_types
from tasks.services.plans import approve_plan, load_education_tasks

PLAN_LOADED, PLAN_APPROVED, PLAN_SIGNED = (datetime.date(2026, 1, day) for day in (12, 14, 15))
# Tasks of the plan that were due before the demo's day: number → submitted on, accepted on.
PLAN_DONE = {29: ("04-27", "04-29"), 31: ("05-13", "05-15"), 18: ("05-29", "06-01")}
PLAN_WAITING = {28: "06-11"}
SILENT = {24}  # never reports: overdue since the end of May
QUIET = {2, 14}  # have not reported since January
# Who of the college's leaders answers for which category (by code).
LEADERS = {
    "周明岚": ("FW", "ZZH"),
    "沈若川": ("KC", "SJ", "WH", "WL"),
    "程望川": ("KY", "GL"),
    "顾衡": ("XL", "ZZ"),
}


# --- the year's plan ----------------------------------------------------------------------------------------------------


def plan_scenes() -> list[tuple[str, Scene]]:
    """What happens to the plan on which day."""

    def load() -> None:
        load_directive_types()
        leaders = {code: leader(name) for name, codes in LEADERS.items() for code in codes}
        load_education_tasks(year=2026, actor=drafter(), leaders=leaders)

    def approve() -> None:
        approve_plan(plan=Plan.objects.get(code="ten-kinds", year=2026), actor=secretary(HEADQUARTERS))

    scenes: list[tuple[str, Scene]] = [
        (f"{PLAN_LOADED:%m-%d}", load),
        (f"{PLAN_APPROVED:%m-%d}", approve),
        (f"{PLAN_SIGNED:%m-%d}", _sign_for_plan),
        ("03-24", _report_quarter),
    ]
    for number, (submitted, accepted) in PLAN_DONE.items():
        scenes += [(submitted, bind(_submit_of_plan, number)), (accepted, bind(_accept_of_plan, number))]
    return scenes + [(when, bind(_submit_of_plan, number)) for number, when in PLAN_WAITING.items()]


def _sign_for_plan() -> None:
    """Departments and branches sign on the next day; one department forgets what it only supports."""
    waiting = Task.objects.filter(directive_unit__directive__category__isnull=False, state=State.PENDING)
    for task in waiting.select_related("organisation", "department").order_by("pk"):
        actor = owner(task)
        forgets = task.profile == Profile.SUPPORT and task.department is not None and task.department.code == "BM13"
        if actor is not None and not forgets:
            acknowledge_task(task=task, actor=actor)


def share_gone(task: Task, day: datetime.date, dice: Random) -> int:
    """How far a work is when it keeps pace with its window, give or take: per cent in steps of five."""
    gone = (day - task.window_start).days / max((task.due_on - task.window_start).days, 1)
    return min(READY, max(task.progress, 5 * round(20 * gone + dice.uniform(-2, 2))))


def _report_quarter() -> None:
    """Who leads tells how far it is at the end of the quarter, but some."""
    rows = Task.objects.filter(directive_unit__directive__category__isnull=False, state=State.ACTIVE)
    rows = rows.filter(directive_unit__part=DirectiveUnit.Part.LEAD)
    rows = rows.exclude(directive_unit__directive__plan_number__in=SILENT | QUIET)
    for task in rows.select_related("organisation", "department").order_by("pk"):
        dice = Random(task.natural_key)
        share = share_gone(task, datetime.date(2026, 3, 24), dice)
        report_on(task, note_for(share, dice), share)


def _lead_of_plan(number: int) -> Task:
    rows = Task.objects.select_related("organisation", "department")
    return rows.get(directive_unit__directive__plan_number=number, directive_unit__part=DirectiveUnit.Part.LEAD)


def _submit_of_plan(number: int) -> None:
    task = _lead_of_plan(number)
    actor = owner(task)
    if actor is not None:
        report_on(task, "主体工作已完成，正在整理台账。", READY)
        submit_task(task=task, actor=actor, note=DONE_NOTE)


def _accept_of_plan(number: int) -> None:
    accept_task(task=_lead_of_plan(number), actor=secretary(HEADQUARTERS))
