"""Keeping a published list: adopt what rooms owe anyway, open the rest, follow projects. Safe to repeat.

In this order, so that one thing is owed once (DESIGN.md §1): an item that adopts links the Tasks that a room has opened
for the same organisation, requirement and period. Only the night, after the rooms have opened theirs, opens a Task of
its own for such an item where no room did; when a room does so later, that one is given up for the room's.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef

from common import periods
from common.sentences import written as _
from tasks.models import LIST_ITEM, OPEN_STATES, ItemTask, ListItem, ResponsibilityList, Task
from tasks.services.lists.changing import NewTerms, alter_tasks, withdraw_own
from tasks.services.lists.handover import keep_holdings
from tasks.services.lists.wanted import Facts, Owed, spec_of
from tasks.services.open import CHUNK, open_tasks

if TYPE_CHECKING:
    from orgs.models import User

Place = tuple[int, int, str]  # item, organisation, period


@transaction.atomic
def keep_list(
    *, responsibility_list: ResponsibilityList, today: datetime.date, is_night: bool, actor: User | None = None
) -> Counter[str]:
    """Bring what a published list owes up to ``today``; never for periods that were over when it was published.

    ``is_night``: the rooms have opened what they owe, so an item that found nothing to adopt opens its own Task.
    Returns counts: ``adopted``, ``opened``, ``redated`` (a project's end moved), ``replaced`` (own Tasks given up for
    a room's), ``stopped`` (of dissolved organisations), ``handed_over``. Some twenty statements, and four for every
    500 Tasks opened. Side effects: Tasks with their events, links, holdings.
    """
    facts = Facts.read(responsibility_list, today)
    counts: Counter[str] = Counter()
    counts["adopted"] = _adopt(facts)
    counts["replaced"] = _give_up_own(facts, actor)
    counts["opened"] = _open(facts, is_night, actor)
    counts["redated"] = _follow_projects(facts, actor)
    counts["stopped"] = _stop_dissolved(responsibility_list, today, actor)
    counts["handed_over"] = keep_holdings(responsibility_list, facts.holders, today)
    return counts


def _adopt(facts: Facts) -> int:
    """Link the Tasks of rooms that the adopting items stand for. Two queries, and one for every 500 links."""
    wanted = {(item.pk, period.code): item for item in facts.items if item.adopts for period in facts.begun(item)}
    if not wanted:
        return 0
    of_list = ItemTask.objects.filter(task=OuterRef("pk"), item__list=facts.responsibility_list)
    rows = (
        Task.objects.filter(
            organisation__in=[holder.pk for holder in facts.holders],
            period_code__in={code for _item, code in wanted},
            requirement__evidence__in={item.requirement["evidence"] for item in wanted.values()},
            person__isnull=True,
        )
        .exclude(source=LIST_ITEM)
        .filter(~Exists(of_list))
        .order_by("pk")
        .values_list("pk", "organisation_id", "period_code", "requirement")
    )
    links = [
        ItemTask(
            item=item,
            task_id=pk,
            organisation_id=organisation_id,
            period_code=code,
            is_adopted=True,
            linked_on=facts.today,
        )
        for pk, organisation_id, code, requirement in rows
        for (_item, period_code), item in wanted.items()
        if period_code == code and is_same_proof(item, requirement)
    ]
    ItemTask.objects.bulk_create(links, batch_size=CHUNK, ignore_conflicts=True)
    return len(links)


def is_same_proof(item: ListItem, requirement: dict[str, object]) -> bool:
    """Whether a Task with ``requirement`` asks for the record that ``item`` asks for."""
    own = item.requirement
    return (own["evidence"], own.get("part", "held")) == (requirement["evidence"], requirement.get("part", "held"))


def _give_up_own(facts: Facts, actor: User | None) -> int:
    """Withdraw own open Tasks of places for which a room's Task is adopted by now. At most six queries."""
    adopting = [item for item in facts.items if item.adopts]
    if not adopting:
        return 0
    rooms = ItemTask.objects.filter(
        item=OuterRef("item"),
        organisation=OuterRef("organisation"),
        period_code=OuterRef("period_code"),
        is_adopted=True,
    )
    own = ItemTask.objects.filter(Exists(rooms), item__in=adopting, is_adopted=False, task__state__in=OPEN_STATES)
    links = list(own.select_related("task"))
    cause = _("同一事项已由会议安排开启，清单认领那一件，不重复办理。")
    withdrawn = withdraw_own([link.task for link in links], cause=cause, actor=actor)
    ItemTask.objects.filter(pk__in=[link.pk for link in links]).delete()
    return len(withdrawn)


def _open(facts: Facts, is_night: bool, actor: User | None) -> int:
    """Open own Tasks where nothing is linked, and link them. Two queries, and six for every 500."""
    linked = _linked(facts.items)
    missing = [owed for owed in facts.owed() if owed.place not in linked and (is_night or not owed.item.adopts)]
    opened = open_tasks(specs=[spec_of(owed) for owed in missing], actor=actor, cause=_("按责任清单开启"))
    for start in range(0, len(missing), CHUNK):
        _link(missing[start : start + CHUNK], facts.today)
    return opened


def _linked(items: Sequence[ListItem]) -> set[Place]:
    rows = ItemTask.objects.filter(item__in=items).order_by()
    return set(rows.values_list("item_id", "organisation_id", "period_code"))


def _link(rows: Sequence[Owed], today: datetime.date) -> None:
    keys = [owed.natural_key for owed in rows]
    ids = dict(Task.objects.filter(natural_key__in=keys).values_list("natural_key", "pk"))
    ItemTask.objects.bulk_create(
        (
            ItemTask(
                item=owed.item,
                task_id=ids[owed.natural_key],
                organisation_id=owed.holder.pk,
                period_code=owed.period.code,
                linked_on=today,
            )
            for owed in rows
        ),
        ignore_conflicts=True,
    )


def _follow_projects(facts: Facts, actor: User | None) -> int:
    """Give the open Tasks of items due with a project the end that the project has by now. At most four queries."""
    items = {item.pk: item for item in facts.items if item.due_rule.get("rule") == "project"}
    if not items:
        return 0
    holders = {holder.pk: holder for holder in facts.holders}
    links = ItemTask.objects.filter(
        item__in=items, is_adopted=False, task__state__in=OPEN_STATES, task__due_on__gte=facts.today
    )
    moved: list[tuple[Task, NewTerms]] = []
    for link in links.select_related("task"):
        holder = holders.get(link.organisation_id)
        if holder is None:
            continue
        period = periods.from_code(link.period_code, facts.terms)
        due = facts.window(items[link.item_id], period, holder).due
        if due != link.task.due_on and due >= max(facts.today, link.task.window_start):
            moved.append((link.task, NewTerms(due_on=due)))
    return alter_tasks(moved, cause=_("按领办项目的结束日期调整"), actor=actor)


def _stop_dissolved(responsibility_list: ResponsibilityList, today: datetime.date, actor: User | None) -> int:
    """Stop what dissolved organisations still owe by the list. One query, and four when there is something."""
    rows = Task.objects.open().filter(
        organisation__dissolved_on__lte=today,
        organisation__level=responsibility_list.role,
        source=LIST_ITEM,
        item_tasks__item__list=responsibility_list,
    )
    return len(withdraw_own(list(rows.distinct()), cause=_("组织已撤销"), actor=actor))


def current_lists(today: datetime.date) -> Iterable[ResponsibilityList]:
    """The published lists whose periods may still begin or change hands: this year's, and last year's until March.

    A semester of a year's list ends in January or February of the next.
    """
    years = [today.year, today.year - 1] if today.month < 3 else [today.year]
    found = ResponsibilityList.objects.filter(state=ResponsibilityList.State.PUBLISHED, year__in=years)
    return found.order_by("year", "pk")
