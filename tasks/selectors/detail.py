"""The page of one Task: who owes it, who checks it, what proves it, everything that happened."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import access
from tasks import rights
from tasks.lighting import Lighting
from tasks.list_words import closing_words
from tasks.models import FOLLOW_UP, LIST_ITEM, ListItem, Profile, Task, TaskEvent, TaskEvidence
from tasks.people import officers_of, owners, reviewers
from tasks.selectors.lists import items_counting

if TYPE_CHECKING:
    from orgs.models import User

_PARTS = {
    "held": gettext_lazy("召开"),
    "chaired": gettext_lazy("主持"),
    "lectured": gettext_lazy("讲授"),
    "attended": gettext_lazy("参加"),
    "guided": gettext_lazy("列席"),
    "led": gettext_lazy("领办"),
}


@dataclass
class Detail:
    """What the page shows beside the Task's own columns. ``left`` are the days left, negative when overdue."""

    light: str
    light_cause: str
    left: int
    owners: list[str]
    reviewers: list[str]
    requirement: str
    evidence: list[TaskEvidence]
    events: list[TaskEvent]
    verbs: frozenset[str]
    may_act: bool
    acts: bool  # does the paperwork of the Task, open or not
    list_items: list[ListItem] = field(default_factory=list)  # of responsibility lists in force that count it
    sees_list: bool = False


def detail(task: Task, user: User, today: datetime.date) -> Detail:
    """Read the page of ``task`` for ``user``; four queries, five with several proofs, and those of the rights."""
    officers = officers_of([task.organisation.path], today)
    responsible = owners(task, officers)
    is_owner = user.person_id in responsible
    light, cause = Lighting(today).shown(task)
    names = dict(officers.names)
    if task.person is not None:
        names[task.person.pk] = task.person.name
    list_items = items_counting(task)
    acts = is_owner or rights.leads(user, task) or rights.records_for(user, task)
    return Detail(
        light=light,
        light_cause=cause,
        left=(task.due_on - today).days,
        owners=sorted(names[pk] for pk in responsible if pk in names),
        reviewers=sorted(names[pk] for pk in reviewers(task, officers) if pk in names),
        requirement=_item_words(task, list_items[0]) if list_items else requirement_words(task),
        evidence=_evidence(task),
        events=timeline(task),
        verbs=rights.allowed(user, task, is_owner=acts),
        may_act=task.is_open and acts,
        acts=acts,
        list_items=list_items,
        sees_list=access.may(user, access.VIEW, task.organisation),
    )


def timeline(task: Task) -> list[TaskEvent]:
    """Everything that happened to ``task``, oldest first, with who did it. One query."""
    return list(task.events.select_related("actor__person").order_by("id"))


def requirement_words(task: Task) -> str:
    """What has to be there for ``task`` to be done, in words."""
    if task.profile == Profile.SUPPORT:
        return _("协办：签收即可，不用报进展，也不用提交；牵头单位办结后自动办结。")
    if task.source == FOLLOW_UP:
        return _("报一次进展即自动办结。")
    if not rights.is_closed_by_records(task):
        return _("承办人提交完成情况，经核查通过后办结。")
    count = int(task.requirement.get("count", 1))
    part = _PARTS.get(task.requirement.get("part", "held"), "")
    return _("%(part)s%(count)d次；记录核定后自动办结，不需要另外提交。") % {"part": part, "count": count}


def _item_words(task: Task, item: ListItem) -> str:
    """The same for what an item of a responsibility list asks for, with why a note is wanted where it is."""
    if task.source != LIST_ITEM:
        return requirement_words(task)
    if task.requirement.get("evidence") and not rights.is_closed_by_records(task):
        return _("这一期已经结束，不会再有记录：请写明情况提交，由上一级核查。")
    words = closing_words(item)
    count = int(task.requirement.get("count", 1))
    if task.requirement.get("distinct"):
        words += _("共须覆盖%(count)d个支部。") % {"count": count}
    return words


def _evidence(task: Task) -> list[TaskEvidence]:
    """The proofs there are; a single one stands on the Task itself and costs no query."""
    if int(task.requirement.get("count", 1)) > 1:
        return list(task.evidence.all())
    if not task.evidence_url:
        return []
    occurred_on = task.closed_on or task.due_on
    return [TaskEvidence(task=task, occurred_on=occurred_on, url=task.evidence_url, label=task.evidence_label)]
