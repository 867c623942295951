"""Page-shaped reads of the room ``notices``."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from common import clock
from notices.models import NightlyStep, Notice
from notices.querysets import NoticeQuerySet
from notices.services.truth import still_true

if TYPE_CHECKING:
    from orgs.models import User

PER_PAGE = 30
DELIVERY_DAYS = 30
NIGHTS_SHOWN = 7
COUNTED = "_unread_counted"  # on the account of a request: read along with something else, good for one use


def unread(user: User) -> QuerySet[Notice]:
    """The user's own unread messages."""
    return _unread().visible_to(user)


@cache
def _unread() -> NoticeQuerySet:
    """Everybody's; put together once, since every page asks for one's own."""
    return Notice.objects.in_bell().filter(read_at__isnull=True).order_by()


def unread_count(user: User) -> int:
    """Number of the user's own unread messages; one query, none for an account without a person.

    None either where the page has read ``office_status``, which counts them along.
    """
    if user.person_id is None:
        return 0
    counted: int | None = getattr(user, COUNTED, None)
    setattr(user, COUNTED, None)
    return unread(user).count() if counted is None else counted


@dataclass
class BellItem:
    """One line of the bell; ``holds`` tells whether what it says is still true."""

    notice: Notice
    holds: bool


def bell_page(user: User, number: str | int | None) -> tuple[Page[Notice], list[BellItem]]:
    """A page of the user's own messages, newest first, and its lines. Two queries and one per room that owes messages."""
    paginator = Paginator(Notice.objects.visible_to(user).in_bell().order_by("-id"), PER_PAGE)
    page = paginator.get_page(number)
    rows = list(page.object_list)
    true = still_true(rows)
    return page, [BellItem(notice, notice.pk in true) for notice in rows]


# What wants to be looked at first: failed, then waiting.
URGENCY = Case(
    When(state=Notice.State.FAILED, then=Value(0)),
    When(state__in=[Notice.State.PENDING, Notice.State.CLAIMED], then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def deliveries(user: User) -> QuerySet[Notice]:
    """Messages of the last 30 days, and failed ones of any age, to people of the organisations whose settings the
    user maintains: failed first, then waiting, each newest first.
    """
    return _recent(user).select_related("person__organisation").order_by(URGENCY, "-id")


def delivery_counts(user: User) -> dict[str, int]:
    """Number of messages by state, of those that ``deliveries`` lists. One query."""
    states = Notice.State.values
    return _recent(user).aggregate(**{state: Count("pk", filter=Q(state=state)) for state in states})


def failed_ids(user: User) -> list[int]:
    """Ids of all failed messages that the user may send again. One query."""
    return list(Notice.objects.deliveries_for(user).filter(state=Notice.State.FAILED).values_list("pk", flat=True))


def _recent(user: User) -> QuerySet[Notice]:
    since = clock.today() - datetime.timedelta(days=DELIVERY_DAYS)
    return Notice.objects.deliveries_for(user).filter(Q(day__gte=since) | Q(state=Notice.State.FAILED))


def last_good_night(*, step: str = NightlyStep.WHOLE, before: datetime.date | None = None) -> datetime.date | None:
    """Day of the last night whose ``step`` (default: all of it) ended without an error; ``before`` excludes that day
    and later ones. One query.
    """
    good = NightlyStep.objects.filter(step=step, finished_at__isnull=False, error="")
    if before is not None:
        good = good.filter(day__lt=before)
    return good.order_by("-day").values_list("day", flat=True).first()


# Counts that steps report, in words; one without a word here is shown under its own name.
_COUNTS = {
    "persons": _("收件人"),
    "mails": _("邮件"),
    "sent": _("发出"),
    "dropped": _("不必发"),
    "retried": _("稍后重试"),
    "failed": _("失败"),
    "new": _("新消息"),
    "nobody": _("无人承办"),
    "checked": _("检查"),
    "changed": _("变化"),
    "drift": _("已纠正"),
    "opened": _("开启"),
    "settled": _("已有佐证"),
    "stopped": _("中止"),
    "steps": _("步骤"),
    **{str(value): label for value, label in Notice.Kind.choices},
}


def counts_in_words(counts: dict[str, object]) -> list[tuple[str, object]]:
    """What a step counted as (word, number)."""
    return [(str(_COUNTS.get(name, name)), number) for name, number in counts.items()]


@dataclass
class StepLine:
    """One step of a night as the office sees it."""

    stamp: NightlyStep

    @property
    def counts(self) -> list[tuple[str, object]]:
        """(word, number)."""
        return counts_in_words(self.stamp.counts)


@dataclass
class Night:
    """One night as the office sees it."""

    day: datetime.date
    whole: NightlyStep | None
    steps: list[StepLine]

    @property
    def is_good(self) -> bool:
        """Whether everything ended without an error."""
        return self.whole is not None and self.whole.finished_at is not None and not self.whole.error

    @property
    def is_running(self) -> bool:
        """Whether some process is at it (or died over it)."""
        return self.whole is not None and self.whole.finished_at is None


def recent_nights() -> list[Night]:
    """The last nights with their steps, newest first. One query."""
    days = NightlyStep.objects.filter(step=NightlyStep.WHOLE).order_by("-day").values("day")[:NIGHTS_SHOWN]
    nights: dict[datetime.date, Night] = {}
    for row in NightlyStep.objects.filter(day__in=days).order_by("-day", "id"):
        night = nights.setdefault(row.day, Night(row.day, None, []))
        if row.step == NightlyStep.WHOLE:
            night.whole = row
        else:
            night.steps.append(StepLine(row))
    return list(nights.values())
