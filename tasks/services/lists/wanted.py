"""What a published list owes: items × organisations × periods up to a day, as Task specs. Reads little, writes nothing."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q

from common import calendars, periods
from common.periods import Period, Term
from common.sentences import written as _
from orgs.models import Office
from tasks import dues
from tasks.dues import Window
from tasks.holders import applies, holders_of, needed
from tasks.models import LIST_ITEM, Frequency, ListItem, Project, ResponsibilityList
from tasks.services.open import TaskSpec

_NOT_LED = (Project.State.DRAFT, Project.State.REVIEWING, Project.State.STOPPED)


@dataclass(frozen=True)
class Owed:
    """One item that one organisation owes for one period."""

    item: ListItem
    holder: Any  # an organisation of ``holders_of``
    period: Period
    window: Window

    @property
    def place(self) -> tuple[int, int, str]:
        """What the links of an item are counted by."""
        return self.item.pk, self.holder.pk, self.period.code

    @property
    def natural_key(self) -> str:
        """The key of its own Task: it names the item through all versions of the year."""
        of = self.item.list
        return f"{LIST_ITEM}:{of.year}:{of.role}:{self.item.code}:{self.holder.code}:{self.period.code}"


@dataclass
class Facts:
    """What decides who owes what; read once for a list in five queries, whatever its size."""

    responsibility_list: ResponsibilityList
    items: Sequence[ListItem]
    holders: Sequence[Any]
    terms: Sequence[Term]
    project_ends: Mapping[int, datetime.date]  # by person
    today: datetime.date

    @classmethod
    def read(cls, responsibility_list: ResponsibilityList, today: datetime.date) -> Facts:
        """Items, open organisations, terms and projects as of ``today``."""
        items = list(responsibility_list.items.order_by("number"))
        for item in items:
            item.list = responsibility_list
        holders = list(holders_of(responsibility_list.role, today))
        has_terms = any(item.frequency == Frequency.SEMESTER for item in items)
        people = {holder.secretary_id for holder in holders} - {None}
        has_projects = any(item.due_rule.get("rule") == "project" for item in items)
        return cls(
            responsibility_list=responsibility_list,
            items=items,
            holders=holders,
            terms=calendars.terms() if has_terms else [],
            project_ends=_project_ends(responsibility_list.year, people) if has_projects else {},
            today=today,
        )

    def begun(self, item: ListItem) -> list[Period]:
        """The item's periods that have begun and were not over when the list was published."""
        since = self.responsibility_list.published_on or self.today
        found = dues.periods_of_year(item.frequency, self.responsibility_list.year, self.terms)
        return [period for period in found if period.start <= self.today and period.end >= since]

    def window(self, item: ListItem, period: Period, holder: Any) -> Window:
        """When the holder owes the item in the period."""
        project_end = self.project_ends.get(holder.secretary_id)
        return dues.window(item.due_rule, item.frequency, period, project_end=project_end)

    def owed(self) -> Iterator[Owed]:
        """Everything owed so far, item by item."""
        for item in self.items:
            for period in self.begun(item):
                for holder in self.holders:
                    if applies(item, holder) and (window := self._share(item, period, holder)) is not None:
                        yield Owed(item, holder, period, window)

    def _share(self, item: ListItem, period: Period, holder: Any) -> Window | None:
        """The holder's part of the window; ``None`` for what was due before the list was published, and for an
        organisation too young, or not there any more by then.

        As for meetings: who came into being within the period owes it with at least ``MIN_DAYS_TO_OWE`` days left.
        """
        window = self.window(item, period, holder)
        share = periods.share_of(Period("", window.start, window.due), holder.founded_on, holder.dissolved_on)
        published_on = self.responsibility_list.published_on or self.today
        if share is None or share.end < window.due or window.due < published_on:
            return None
        least = getattr(settings, "MIN_DAYS_TO_OWE", 10)
        if share.start > window.start and (window.due - share.start).days < least:
            return None
        return Window(share.start, window.due, window.until)


def _project_ends(year: int, people: Iterable[int]) -> dict[int, datetime.date]:
    """Person → when the project of that year ends which they lead, else the one they help to lead. One query."""
    ids = list(people)
    rows = Project.objects.filter(Q(leader__in=ids) | Q(co_leaders__in=ids), year=year).exclude(state__in=_NOT_LED)
    led: dict[int, datetime.date] = {}
    helped: dict[int, datetime.date] = {}
    for leader, co_leader, ends_on in rows.order_by("-ends_on").values_list("leader_id", "co_leaders__id", "ends_on"):
        led[leader] = ends_on  # the earliest stays: it comes last
        if co_leader is not None:
            helped[co_leader] = ends_on
    return {**helped, **led}


def requirement_of(item: ListItem, holder: Any, window: Window) -> dict[str, Any]:
    """The requirement of the item's own Task; empty when a note is its proof."""
    if not item.requirement:
        return {}
    stated = {name: value for name, value in item.requirement.items() if name != "each"}
    stated["count"] = needed(item, holder)
    if window.until > window.due:
        stated["until"] = window.until.isoformat()
    return stated


def title_of(item: ListItem, period: Period) -> str:
    """What the Task is called: the item and its period."""
    times = _("（%(count)d次）") % {"count": item.times} if item.times > 1 and not item.requirement.get("each") else ""
    return f"{item.title[:150]}{times}（{periods.label(period.code)}）"


def spec_of(owed: Owed) -> TaskSpec:
    """The spec of the item's own Task. It names no person: it follows the office."""
    return TaskSpec(
        natural_key=owed.natural_key,
        source=LIST_ITEM,
        kind=LIST_ITEM,
        title=title_of(owed.item, owed.period),
        organisation_id=owed.holder.pk,
        office=Office.SECRETARY.value,
        period_code=owed.period.code,
        window_start=owed.window.start,
        due_on=owed.window.due,
        requirement=requirement_of(owed.item, owed.holder, owed.window),
    )
