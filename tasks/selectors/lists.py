"""Responsibility lists as pages show them: of a year, all holders by all items, one holder's own, drafts and versions."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from common import clock
from orgs import access
from orgs.models import Appointment, Office
from tasks import list_rules
from tasks.holders import applies, holders_of
from tasks.lighting import Lighting
from tasks.list_cells import ListCell, ListRow, cell_of, is_overdue
from tasks.models import OPEN_STATES, ItemTask, ListHolding, ListItem, ResponsibilityList, State, Task

if TYPE_CHECKING:
    from orgs.models import Organisation, User
    from tasks.list_rules import Change

Published = ResponsibilityList.State.PUBLISHED
Draft = ResponsibilityList.State.DRAFT
FOLD_FROM = 3  # from so many on, what is settled is folded away on a holder's page
ROLES = ("committee", "general_branch", "branch")
_COLUMNS = (
    "item_id",
    "organisation_id",
    "period_code",
    "is_adopted",
    "task_id",
    "task__title",
    "task__state",
    "task__profile",
    "task__window_start",
    "task__due_on",
    "task__closed_on",
    "task__is_late",
    "task__light",
    "task__light_cause",
    "task__return_cause",
    "task__evidence_url",
    "task__evidence_label",
    "task__act_url",
    "task__source",
    "task__group__name",
)


def visible_lists(user: User) -> QuerySet[ResponsibilityList]:
    """Lists that ``user`` may read: published ones by whoever oversees an organisation, drafts by the office."""
    if not access.has_anywhere(user, access.VIEW):
        return ResponsibilityList.objects.none()
    rows = ResponsibilityList.objects.all()
    return rows if access.has_anywhere(user, access.CONFIGURE) else rows.exclude(state=Draft)


@dataclass
class RoleYear:
    """One role in the list of a year: what is in force, the draft, and what is owed by it within one's sight."""

    role: str
    published: ResponsibilityList | None = None
    draft: ResponsibilityList | None = None
    open: int = 0
    overdue: int = 0
    done: int = 0


def year_lists(user: User, year: int, today: datetime.date) -> list[RoleYear]:
    """The lists of a year, role by role. Two queries."""
    found = {role: RoleYear(role) for role in ROLES}
    lists = visible_lists(user).filter(year=year, state__in=(Published, Draft))
    for row in lists.select_related("published_by__person", "previous").annotate(item_count=Count("items")):
        place = found[row.role]
        if row.state == Draft:
            place.draft = row
        else:
            place.published = row
    acting = Q(task__state__in=OPEN_STATES) & ~Q(task__state=State.SUBMITTED)
    rows = ItemTask.objects.visible_to(user).filter(item__list__year=year, item__list__state=Published)
    counted = (
        rows.order_by()
        .values("item__list__role")
        .annotate(
            open=Count("task", filter=Q(task__state__in=OPEN_STATES), distinct=True),
            overdue=Count("task", filter=acting & Q(task__due_on__lt=today), distinct=True),
            done=Count("task", filter=Q(task__state=State.DONE), distinct=True),
        )
    )
    for row in counted:
        place = found[row["item__list__role"]]
        place.open, place.overdue, place.done = row["open"], row["overdue"], row["done"]
    return list(found.values())


@dataclass
class HolderLine:
    """One organisation's row of the matrix."""

    holder: Any  # an organisation of ``holders_of``
    cells: list[ListCell] = field(default_factory=list)
    overdue: int = 0
    done: int = 0
    total: int = 0


@dataclass
class Matrix:
    """All holders by all items, as far as the user may see the organisations."""

    items: list[ListItem]
    lines: list[HolderLine]


def matrix(user: User, responsibility_list: ResponsibilityList, today: datetime.date) -> Matrix:
    """The matrix of one version. Three queries."""
    items = list(responsibility_list.items.order_by("number"))
    holders = holders_of(responsibility_list.role, today).filter(access.within(user, access.VIEW, ""))
    by_place: dict[tuple[int, int], list[ListRow]] = defaultdict(list)
    for row in _rows(ItemTask.objects.visible_to(user).filter(item__list=responsibility_list), today):
        by_place[row.organisation_id, row.item_id].append(row)
    lines = []
    for holder in holders:
        found = {item.pk: by_place.get((holder.pk, item.pk), []) for item in items}
        counting = [row for rows in found.values() for row in rows if row.counts]
        lines.append(
            HolderLine(
                holder=holder,
                cells=[cell_of(found[item.pk], today, fits=applies(item, holder)) for item in items],
                overdue=sum(is_overdue(row, today) for row in counting),
                done=sum(not row.is_open for row in counting),
                total=len(counting),
            )
        )
    return Matrix(items, lines)


def _rows(links: QuerySet[ItemTask], today: datetime.date) -> list[ListRow]:
    """The Tasks of some links by due date, with the lights of ``today``. One query."""
    lighting = Lighting(today)
    needed = Coalesce(Cast(KeyTextTransform("count", "task__requirement"), IntegerField()), 1)
    by_place = Q(task__requirement__distinct="organisation")
    places = Count("task__evidence__organisation", distinct=True)
    proofs = Case(When(by_place, then=places), default=Count("task__evidence", distinct=True))
    ordered = links.annotate(needed=needed, proofs=proofs).order_by("task__due_on", "task_id")
    found = []
    for row in map(ListRow._make, ordered.values_list(*_COLUMNS, "needed", "proofs")):
        light, cause = lighting.shown(row)
        found.append(row._replace(light=light, light_cause=cause))
    return found


@dataclass
class HolderItem:
    """One item on a holder's own list."""

    item: ListItem
    fits: bool
    rows: list[ListRow] = field(default_factory=list)
    cell: ListCell = field(default_factory=ListCell)

    @property
    def settled(self) -> list[ListRow]:
        """What asks for nothing any more, when it is enough to fold away."""
        rows = [row for row in self.rows if not row.is_open]
        return rows if len(rows) >= FOLD_FROM else []

    @property
    def shown(self) -> list[ListRow]:
        """What stands open on the page."""
        return [row for row in self.rows if row.is_open] if self.settled else self.rows

    @property
    def settled_late(self) -> int:
        """How many of the folded ones were late."""
        return sum(row.is_late for row in self.settled if row.counts)

    @property
    def settled_done(self) -> int:
        """How many of the folded ones were done; the others were waived or stopped."""
        return sum(row.counts for row in self.settled)


@dataclass
class HolderList:
    """What one organisation's secretary answers for in a year; ``left``: open Tasks of items struck since."""

    holder: Any
    year: int
    responsibility_list: ResponsibilityList | None
    items: list[HolderItem]
    left: list[Task]
    holdings: list[ListHolding]
    overdue: int = 0
    done: int = 0
    total: int = 0


def holder_list(organisation: Organisation, year: int, today: datetime.date) -> HolderList:
    """The list of one organisation's secretary. Five queries; the caller has asked whether it may be seen."""
    holder = holders_of(organisation.level, today).filter(pk=organisation.pk).first() or organisation
    versions = ResponsibilityList.objects.filter(year=year, role=organisation.level)
    # What is published has items, so they bring their list along.
    published = ListItem.objects.filter(list__in=versions, list__state=Published).order_by("number")
    items = list(published.select_related("list__published_by__person"))
    responsibility_list = items[0].list if items else None
    links = ItemTask.objects.filter(item__list__in=versions, organisation=organisation)
    rows = _rows(links.filter(item__list=responsibility_list), today)
    by_item: dict[int, list[ListRow]] = defaultdict(list)
    for row in rows:
        by_item[row.item_id].append(row)
    fits = {item.pk: not hasattr(holder, "has_groups") or applies(item, holder) for item in items}
    counting = [row for row in rows if row.counts]
    return HolderList(
        holder=holder,
        year=year,
        responsibility_list=responsibility_list,
        items=[
            HolderItem(item, fits[item.pk], by_item[item.pk], cell_of(by_item[item.pk], today, fits=fits[item.pk]))
            for item in items
        ],
        left=_left(links, {row.task_id for row in rows}),
        holdings=_holdings(organisation, year),
        overdue=sum(is_overdue(row, today) for row in counting),
        done=sum(not row.is_open for row in counting),
        total=len(counting),
    )


def _left(links: QuerySet[ItemTask], known: Iterable[int]) -> list[Task]:
    """Open Tasks of the list itself whose item is not in the version in force. One query."""
    rows = Task.objects.open().filter(pk__in=links.filter(is_adopted=False).values("task")).exclude(pk__in=known)
    return list(rows.order_by("due_on", "pk"))


def _holdings(organisation: Organisation, year: int) -> list[ListHolding]:
    """Who answered from when to when, the latest first, with ``received``: the Tasks that passed on by due date.

    One query, one more where something passed on.
    """
    rows = ListHolding.objects.filter(organisation=organisation, year=year, role=organisation.level)
    found = list(rows.select_related("person", "received_from").order_by("-since", "-pk"))
    keys = {pk for holding in found for pk in holding.open_items}
    tasks = list(Task.objects.filter(pk__in=keys).order_by("due_on", "pk")) if keys else []
    for holding in found:
        holding.received = [task for task in tasks if task.pk in holding.open_items]  # type: ignore[attr-defined]
    return found


def own_lists(user: User) -> list[Organisation]:
    """Organisations whose secretary ``user`` is today. One query."""
    if user.person_id is None:
        return []
    rows = Appointment.objects.in_force().filter(person_id=user.person_id, office=Office.SECRETARY)
    held = rows.filter(organisation__isnull=False).select_related("organisation").order_by("organisation__path")
    return [row.organisation for row in held if row.organisation is not None]


def version_changes(responsibility_list: ResponsibilityList) -> list[Change]:
    """What differs from the version before; everything is new in a first version. At most two queries."""
    before = responsibility_list.previous.items.order_by("number") if responsibility_list.previous else ()
    return list_rules.changes(before, responsibility_list.items.order_by("number"))


def versions_of(responsibility_list: ResponsibilityList) -> Sequence[ResponsibilityList]:
    """Every version that was published for the role and year, the latest first. One query."""
    rows = ResponsibilityList.objects.filter(year=responsibility_list.year, role=responsibility_list.role)
    return list(rows.exclude(state=Draft).select_related("published_by__person").order_by("-version"))


def items_counting(task: Task) -> list[ListItem]:
    """Items of lists in force that count ``task``, with their list. One query."""
    rows = ListItem.objects.filter(item_tasks__task=task, list__state=Published).select_related("list")
    return list(rows.order_by("list__year", "number"))


def shown_year(text: str) -> int:
    """The year asked for, else this one."""
    today = clock.today()
    return int(text) if text.isascii() and text.isdigit() and 2000 <= int(text) <= 2100 else today.year
