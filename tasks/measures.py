"""What this room can tell the score: lists, supervision, dual sign-off, year plan, projects, follow-ups."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from common import clock
from common.measures import Answer, Figure, Gives, Measure, Question
from orgs.selectors.measured import branches_of, members_of
from tasks.measuring.events import COLOURS, EVENTS, slips_of, unsigned_of
from tasks.measuring.reading import Owed, owed_of, rate_of, tasks_of
from tasks.models import (
    DIRECTIVE,
    FOLLOW_UP,
    MILESTONE,
    DirectiveUnit,
    ItemTask,
    Milestone,
    ResponsibilityList,
    Task,
    TaskEvent,
)

EDUCATION_PLAN = "ten-kinds"  # code of the shipped plan of the ten kinds of education (tasks/data/education_tasks.yaml)


def list_items_on_time(question: Question, params: Mapping[str, Any]) -> Answer:
    """Tasks that items of the organisation's own published list count, adopted ones too; each once. One query."""
    rows = ItemTask.objects.filter(
        organisation_id__in=[one.pk for one in question.organisations],
        item__list__state=ResponsibilityList.State.PUBLISHED,
        task__due_on__gte=question.start,
        task__due_on__lte=question.end,
    )
    holders = defaultdict(set)
    for place, task in rows.order_by("pk").values_list("organisation_id", "task_id"):
        holders[task].add(place)
    found: dict[int, list[Owed]] = defaultdict(list)
    for row in owed_of(Task.objects.filter(pk__in=rows.order_by().values("task_id")), question):
        for place in holders[row.task_id]:
            found[place].append(row)
    return {one.pk: rate_of(found[one.pk], question) for one in question.organisations}


def slips(question: Question, params: Mapping[str, Any]) -> Answer:
    """Slips by colour (forms.yaml, supervision_order.levels)."""
    return slips_of(question)


def dual_sign_off(question: Question, params: Mapping[str, Any]) -> Answer:
    """Important directives handed in without both signatures, or before them (forms.yaml, dual_sign)."""
    return unsigned_of(question)


def education_milestones(question: Question, params: Mapping[str, Any]) -> Answer:
    """Tasks of the year plan of the ten kinds of education that the unit or one of its departments leads. One query."""
    units = DirectiveUnit.objects.filter(
        task__organisation_id__in=[one.pk for one in question.organisations],
        part=DirectiveUnit.Part.LEAD,
        directive__category__plan__code=EDUCATION_PLAN,
        directive__category__plan__year=question.year,
    )
    wanted = set(units.order_by().values_list("task_id", flat=True))
    return _rates(question, lambda row: row.task_id in wanted)


def project_milestones(question: Question, params: Mapping[str, Any]) -> Answer:
    """Weights of the milestones of the organisation's projects that were accepted on time. One query."""
    rows = Milestone.objects.filter(
        project__organisation_id__in=[one.pk for one in question.organisations],
        task__due_on__gte=question.start,
        task__due_on__lte=question.end,
    )
    weights: dict[int, int] = {}
    places: dict[int, int] = {}
    for task, weight, place in rows.order_by("pk").values_list("task_id", "weight", "project__organisation_id"):
        weights[task], places[task] = weight, place
    found: dict[int, list[Owed]] = defaultdict(list)
    for row in owed_of(Task.objects.filter(pk__in=rows.order_by().values("task_id")), question):
        found[places[row.task_id]].append(row)
    return {one.pk: rate_of(found[one.pk], question, weights=weights) for one in question.organisations}


def follow_ups(question: Question, params: Mapping[str, Any]) -> Answer:
    """Reports that the rhythm of a directive or project called for."""
    return _rates(question, lambda row: row.source == FOLLOW_UP)


def project_tasks(question: Question, params: Mapping[str, Any]) -> Answer:
    """Milestones and directive Tasks of the branches below (of a branch: its own) or led by their members.

    A Task is counted once, also where both hold. Led by: in the person's name; of a project, also as co-leader.
    """
    branch_of = {each.person_id: pk for pk, people in members_of(question).items() for each in people}
    found: dict[int, dict[int, Owed]] = defaultdict(dict)
    for row, led_by in _assigned_to(question):
        found[row.organisation_id][row.task_id] = row
        for person in led_by:
            if person in branch_of:
                found[branch_of[person]][row.task_id] = row
    return {
        one.pk: rate_of([row for each in branches_of(question)[one.pk] for row in found[each.pk].values()], question)
        for one in question.organisations
    }


def _assigned_to(question: Question) -> list[tuple[Owed, set[int]]]:
    """Directive Tasks and milestones of the branches, or in the name of one of their members; with who leads them.

    Three queries.
    """
    branches = [each.pk for found in branches_of(question).values() for each in found]
    people = [each.person_id for found in members_of(question).values() for each in found]
    led = Milestone.objects.filter(task__isnull=False)
    co_led = led.filter(project__co_leaders__in=people).values_list("task_id", "project__co_leaders")
    leaders: dict[int, set[int]] = defaultdict(set)
    for task, person in co_led:
        leaders[task].add(person)
    mine = Q(organisation_id__in=branches, department__isnull=True) | Q(person_id__in=people) | Q(pk__in=list(leaders))
    rows = Task.objects.filter(
        mine, source__in=(DIRECTIVE, MILESTONE), due_on__gte=question.start, due_on__lte=question.end
    ).exclude(profile="support")
    return [
        (row, leaders[row.task_id] | ({row.person_id} if row.person_id is not None else set()))
        for row in owed_of(rows, question)
    ]


def _rates(question: Question, wanted: Any) -> dict[int, Figure]:
    return {
        one.pk: rate_of((row for row in tasks_of(question).get(one.pk, []) if wanted(row)), question)
        for one in question.organisations
    }


def changed_since(moment: datetime.datetime) -> set[int]:
    """Ids of organisations whose Tasks, list items or slips changed since ``moment``; two queries.

    A Task led by a member of a branch also concerns that branch.
    """
    found: set[int | None] = set()
    events = TaskEvent.objects.filter(at__gte=moment).order_by()
    for pair in events.values_list("task__organisation_id", "task__person__organisation_id").distinct():
        found |= set(pair)
    linked = ItemTask.objects.filter(linked_on__gte=moment.astimezone(clock.SHANGHAI).date()).order_by()
    found |= set(linked.values_list("organisation_id", flat=True).distinct())
    return {pk for pk in found if pk is not None}


MEASURES = (
    Measure(
        "tasks.list_items_on_time", "责任清单按期完成", Gives.RATE, list_items_on_time,
        "已发布责任清单条目的事项（含认领的事项）：到期日、完成日期、是否逾期",
    ),
    Measure(
        "tasks.slips", "督办单", Gives.EVENTS, slips, "督办单：灯色、原因、发出日期；同一事项同一原因同一灯色计一次",
        items={colour: colour for colour in COLOURS.values()},
    ),
    Measure(
        "tasks.dual_sign_off", "双签不合规", Gives.EVENTS, dual_sign_off, "重要交办的提交日期和双签日期",
        items={EVENTS: "应双签未双签或先执行后补签"},
    ),
    Measure(
        "tasks.education_milestones", "十大育人任务按期完成", Gives.RATE, education_milestones,
        "年度计划“十大育人”的牵头事项：到期日、完成日期、是否逾期",
    ),
    Measure(
        "tasks.project_milestones", "破难攻坚项目里程碑", Gives.RATE, project_milestones,
        "项目里程碑：权重、到期日、验收通过日期",
    ),
    Measure("tasks.follow_ups", "按周期报进展", Gives.RATE, follow_ups, "交办和项目的定期跟踪事项：到期日、报告日期"),
    Measure(
        "tasks.project_tasks", "支部承担的攻坚任务", Gives.RATE, project_tasks,
        "支部承办或支部党员领办的里程碑和交办事项：到期日、完成日期",
    ),
)  # fmt: skip
