"""What people do with directives in the demo: who they are, and their steps in one call each."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from common import clock
from orgs.models import Appointment, College, Department, Office, Organisation, Person, User
from tasks.models import DIRECTIVE, Directive, DirectiveType, State, Task, UnitSet
from tasks.services import accept_task, acknowledge_task, submit_task
from tasks.services.directive_settings import load_directive_types
from tasks.services.directive_units import Picks
from tasks.services.directives import DirectiveText, draft_directive, submit_directive
from tasks.services.issuing import approve_directive
from tasks.services.review import report_progress

Scene = Callable[[], Any]

OFFICE, HEADQUARTERS = "BM01", "DW"  # who drafts for the committee, and the committee
# What a report says by how far the work is: from so many per cent on.
NOTES = (
    (0, ("已明确分工和时间表，正在做前期准备。", "实施方案已定稿，正在摸底。")),
    (15, ("按计划推进，前期准备已完成，下一步集中落实。", "第一阶段已完成，材料已归档。")),
    (50, ("进度过半，个别环节需要协调场地和时间。", "多数内容已落实，正在补齐薄弱环节。")),
    (80, ("主体工作基本完成，正在查漏补缺。", "主要内容已完成，正在汇总台账。")),
)
READY = 95  # per cent, before it is submitted
DONE_NOTE = "已按完成标准办结，台账、照片和总结已归档备查。"


def note_for(share: int, dice: Random) -> str:
    """Words that fit how far the work is, in per cent."""
    return dice.choice([words for start, words in NOTES if share >= start][-1])


def bind(function: Callable[..., Any], *facts: Any, **more: Any) -> Scene:
    """A step to be done later."""
    return lambda: function(*facts, **more)


def day_in_2026(when: str) -> datetime.date:
    """A day of the demo's year: ``06-15``."""
    month, day = when.split("-")
    return datetime.date(2026, int(month), int(day))


def organisation(code: str) -> Organisation:
    """By code."""
    return Organisation.objects.get(code=code)


def department(code: str) -> Department:
    """By code."""
    return Department.objects.select_related("organisation").get(code=code)


def holder(**where: Any) -> User:
    """The account of whoever holds an office today. Raises ``LookupError``."""
    row = Appointment.objects.in_force().filter(**where).order_by("pk").first()
    if row is None:
        raise LookupError(f"the demo needs somebody in office: {where}")
    return User.objects.select_related("person__organisation").get(person=row.person_id)


def secretary(code: str) -> User:
    """The secretary of an organisation."""
    return holder(organisation__code=code, office=Office.SECRETARY)


def leader(name: str) -> Person:
    """A leader of the college, who holds an office."""
    return Person.objects.filter(name=name, appointments__isnull=False).order_by("pk").distinct()[0]


def drafter() -> User:
    """Who drafts for the committee."""
    return holder(department__code=OFFICE, office=Office.HEAD)


def owner(task: Task) -> User | None:
    """Who carries it out: the secretary or the head of the department."""
    if task.department_id is not None:
        return holder(department_id=task.department_id, office__in=(Office.HEAD, Office.PRINCIPAL))
    rows = Appointment.objects.in_force().filter(organisation_id=task.organisation_id, office=Office.SECRETARY)
    row = rows.first()
    return User.objects.select_related("person__organisation").get(person=row.person_id) if row else None


def dean(code: str) -> User:
    """The dean of a general branch's college."""
    dean = College.objects.get(organisation__code=code).dean_id
    return User.objects.select_related("person__organisation").get(person=dean)


def task_of(number: str, code: str) -> Task:
    """What a unit owes for a directive."""
    rows = Task.objects.select_related("organisation", "department")
    return rows.get(natural_key=f"{DIRECTIVE}:{number}:{code}")


# --- what people do -----------------------------------------------------------------------------------------------------


def draft(
    title: str,
    *,
    lead: Picks,
    due: str,
    standard: str,
    text: str = "",
    support: Picks | None = None,
    kind: str = "ordinary",
    sender: str = HEADQUARTERS,
    actor: User | None = None,
    **more: Any,
) -> Directive:
    """Drafted and submitted on the day, due in 2026."""
    load_directive_types()
    facts = {
        "source": Directive.Source.MEETING.value,
        "source_note": "党委会",
        "rhythm": "fortnightly",
        "starts_on": clock.today(),
        **more,
    }
    wording = DirectiveText(
        title=title,
        text=text,
        standard=standard,
        type=DirectiveType.objects.get(code=kind),
        due_on=day_in_2026(due),
        **facts,
    )
    actor = actor or drafter()
    directive = draft_directive(
        organisation=organisation(sender), text=wording, lead=lead, support=support or Picks(), actor=actor
    )
    return submit_directive(directive=directive, actor=actor)


def issue_now(title: str, **facts: Any) -> Directive:
    """Drafted, and approved on the same day by the committee's secretary."""
    directive = draft(title, **facts)
    return approve_directive(directive=directive, actor=secretary(HEADQUARTERS))


def members_of(*names: str) -> Picks:
    """Sets as they are ticked."""
    load_directive_types()
    return Picks(sets=list(UnitSet.objects.filter(name__in=names)))


def chosen(*codes: str) -> Picks:
    """Organisations as they are ticked."""
    return Picks(organisations=list(Organisation.objects.filter(code__in=codes)))


def number_of(title: str) -> str:
    """The number of a directive."""
    return Directive.objects.get(title=title).number


def sign_for(title: str, but: Iterable[str] = ()) -> None:
    """Every unit of a directive signs for it, but some."""
    waiting = Task.objects.filter(directive_unit__directive__title=title, state=State.PENDING)
    for task in waiting.select_related("organisation", "department").order_by("pk"):
        actor = owner(task)
        if actor is not None and task.organisation.code not in but:
            acknowledge_task(task=task, actor=actor)


def report_on(task: Task, note: str, progress: int | None = None, **more: str) -> None:
    """Report progress as who carries it out."""
    actor = owner(task)
    if actor is not None:
        report_progress(task=task, actor=actor, note=note, progress=progress, **more)


def submit_all(title: str, *codes: str, note: str = DONE_NOTE) -> None:
    """Submit what units owe."""
    for code in codes:
        task = task_of(number_of(title), code)
        actor = owner(task)
        if actor is not None:
            report_progress(task=task, actor=actor, note=NOTES[-1][1][0], progress=READY)
            submit_task(task=task, actor=actor, note=note)


def accept_all(title: str, *codes: str, by: str = HEADQUARTERS) -> None:
    """Accept what units submitted."""
    for code in codes:
        accept_task(task=task_of(number_of(title), code), actor=secretary(by))
