"""Publishing a version, and what a new version moves: only what is not yet due."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction

from common import audit, clock, periods
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from tasks import list_rules
from tasks.holders import applies
from tasks.models import ItemTask, ListItem, ResponsibilityList, Task
from tasks.services.lists.access import lock, require_configure, require_state
from tasks.services.lists.changing import NewTerms, alter_tasks, withdraw_own
from tasks.services.lists.drafts import copy_items
from tasks.services.lists.keeping import is_same_proof, keep_list
from tasks.services.lists.wanted import Facts, requirement_of, title_of
from tasks.services.open import CHUNK

if TYPE_CHECKING:
    from orgs.models import User

State = ResponsibilityList.State
REASON_LENGTH = 300


@transaction.atomic
def start_version(*, actor: User, responsibility_list: ResponsibilityList) -> ResponsibilityList:
    """Begin a new version: a draft with the items of the published one, under the same codes.

    Raises ``NotAllowed`` without CONFIGURE on the root; ``Conflict`` (not published, a draft is being written).
    """
    require_configure(actor)
    found = lock(responsibility_list)
    require_state(found, list_rules.REVISE)
    versions = ResponsibilityList.objects.filter(year=found.year, role=found.role)
    if versions.filter(state=State.DRAFT).exists():
        raise Conflict(_("新版的草稿已经在起草，请直接修改草稿。"))
    made = ResponsibilityList(
        year=found.year,
        role=found.role,
        version=max(versions.values_list("version", flat=True)) + 1,
        title=found.title,
        signed_with=found.signed_with,
        previous=found,
    )
    audit.save(made, actor=actor, reason=_("起草新版"))
    items = found.items.order_by("number")
    copy_items([{name: getattr(item, name) for name in list_rules.COPIED} for item in items], made, actor)
    return made


@transaction.atomic
def publish_list(*, actor: User, responsibility_list: ResponsibilityList, reason: str) -> ResponsibilityList:
    """Publish a draft: it is frozen, and everybody who holds the office owes its items from the current periods on.

    A new version replaces the published one and moves only what is due after today (``docs/decisions``): Tasks of
    removed items are stopped, those of changed items get the new terms, unchanged ones go on. Items that adopt a
    room's Task wait for the night where no room has opened one yet.

    Raises ``NotAllowed`` without CONFIGURE on the root; ``InvalidInput`` (no reason, no items, a year that is over);
    ``Conflict`` when it is no draft any more. Side effects: Tasks with events, links, holdings.
    """
    require_configure(actor)
    words = _reason(reason)
    found = lock(responsibility_list)
    require_state(found, list_rules.PUBLISH)
    today = clock.today()
    if found.year < today.year:
        raise InvalidInput(_("这一年度已经结束，不能再发布清单。"))
    if not found.items.exists():
        raise InvalidInput(_("清单还没有条目，请先增加条目。"))
    previous = ResponsibilityList.objects.filter(year=found.year, role=found.role, state=State.PUBLISHED).first()
    if previous is not None:
        # What the old version owes by now is owed, also when a night was missed.
        keep_list(responsibility_list=previous, today=today, is_night=False)
        previous.state = State.REPLACED
        audit.save(previous, actor=actor, reason=_("被第%(number)d版替换") % {"number": found.version})
    _claim(found)
    found.state, found.published_on, found.published_by, found.change_reason = State.PUBLISHED, today, actor, words
    audit.save(found, actor=actor, reason=words)
    if previous is not None:
        _move(previous, found, today, actor, words)
    keep_list(responsibility_list=found, today=today, is_night=False, actor=actor)
    return found


def _reason(reason: str) -> str:
    words = reason.strip()
    if not words:
        message = _("请写明发布的依据或修改的原因，所有责任人都会看到。")
        raise InvalidInput(message, errors={"reason": message})
    if len(words) > REASON_LENGTH:
        message = _("最多%(count)d字，现在是%(now)d字。") % {"count": REASON_LENGTH, "now": len(words)}
        raise InvalidInput(message, errors={"reason": message})
    return words


def _claim(draft: ResponsibilityList) -> None:
    """Two publish at once: one row changes once."""
    if ResponsibilityList.objects.filter(pk=draft.pk, state=State.DRAFT).update(state=State.PUBLISHED) != 1:
        raise Conflict(_("这份清单刚刚由别人发布，请刷新页面。"))


@dataclass
class _Moves:
    """What becomes of the links of the version before."""

    kept: list[ItemTask] = field(default_factory=list)
    removed: list[Task] = field(default_factory=list)
    changed: list[Task] = field(default_factory=list)  # of an item that is owed in another way now
    altered: list[tuple[Task, NewTerms]] = field(default_factory=list)


def _move(
    previous: ResponsibilityList, current: ResponsibilityList, today: datetime.date, actor: User, reason: str
) -> None:
    """Carry the Tasks of the version before over to the new one. A fixed number of queries, and one for 500 links."""
    facts = Facts.read(current, today)
    rows = ItemTask.objects.filter(item__list=previous).select_related("item", "task").order_by("pk")
    moves = _sort(list(rows), facts)
    names = {"number": current.version, "reason": reason}
    withdraw_own(moves.removed, cause=_("责任清单第%(number)d版删去此条：%(reason)s") % names, actor=actor)
    cause = _("责任清单第%(number)d版修改此条：%(reason)s") % names
    withdraw_own(moves.changed, cause=cause, actor=actor)
    ItemTask.objects.bulk_create(moves.kept, batch_size=CHUNK)
    alter_tasks(moves.altered, cause=cause, actor=actor)


def _sort(links: Sequence[ItemTask], facts: Facts) -> _Moves:
    by_code = {item.code: item for item in facts.items}
    holders = {holder.pk: holder for holder in facts.holders}
    moves = _Moves()
    for link in links:
        item, task = by_code.get(link.item.code), link.task
        is_movable = task.is_open and task.due_on > facts.today
        if item is None:
            if is_movable and not link.is_adopted:
                moves.removed.append(task)
            continue
        fields = set(list_rules.changed_fields(link.item, item)) & set(list_rules.OWED)
        if not fields or not is_movable:
            moves.kept.append(_carried(link, item))
        elif link.is_adopted:
            if item.adopts and "frequency" not in fields and is_same_proof(item, task.requirement):
                moves.kept.append(_carried(link, item))
        elif (
            "frequency" in fields
            or link.organisation_id not in holders
            or not applies(item, holders[link.organisation_id])
        ):
            moves.changed.append(task)
        else:
            moves.kept.append(_carried(link, item))
            moves.altered.append((task, _terms(link, item, holders[link.organisation_id], facts)))
    return moves


def _carried(link: ItemTask, item: ListItem) -> ItemTask:
    return ItemTask(
        item=item,
        task_id=link.task_id,
        organisation_id=link.organisation_id,
        period_code=link.period_code,
        is_adopted=link.is_adopted,
        linked_on=link.linked_on,
    )


def _terms(link: ItemTask, item: ListItem, holder: object, facts: Facts) -> NewTerms:
    """The terms of the new version for the period of a Task; a date that has passed holds from the next period on."""
    period = periods.from_code(link.period_code, facts.terms)
    window = facts.window(item, period, holder)
    due_on = window.due if window.due >= max(facts.today, link.task.window_start) else None
    return NewTerms(due_on=due_on, title=title_of(item, period), requirement=requirement_of(item, holder, window))
