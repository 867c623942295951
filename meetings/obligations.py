"""Which meetings are owed: from kinds, periods and organisations to Task specs. Reads little, writes nothing.

Rules, beside the cadence of each kind:

* An organisation (a group, a newly elected committee) that came into being within a period owes it when at least
  ``MIN_DAYS_TO_OWE`` days are left before the due date; one that is dissolved before the due date does not.
* The platform's first night opens the periods since ``OBLIGATIONS_SINCE``; without the setting, and for a kind added
  later, the current period only. Nothing is owed for a period that ended before. Nights that were missed are made up
  for from the last opened period on, at most a year.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Max, Min, Q
from django.urls import reverse
from django.utils.http import urlencode

from common import calendars, periods
from common.periods import Period
from common.sentences import written as _
from meetings import options
from meetings.models import Cadence, MeetingKind
from meetings.periods import SOURCE, due_on
from orgs.models import Appointment, College, Group, Office, Organisation
from orgs.models.appointment import COMMITTEE_OFFICES
from tasks.models import Task
from tasks.services import TaskSpec

_MERELY_LEADING = (Office.SECRETARY, Office.DEPUTY)
When = MeetingKind.AppliesWhen


@dataclass(frozen=True)
class Debtor:
    """Who owes: an organisation or one of its groups, and from when to when it exists (``until`` is the first day not)."""

    organisation: Organisation
    since: datetime.date | None
    until: datetime.date | None
    group: Group | None = None


@dataclass
class Facts:
    """What decides who owes; read once a night in a number of queries that does not grow with the organisations."""

    organisations: Sequence[Organisation]
    groups: Mapping[int, list[Group]]
    colleges: frozenset[int]
    last_opened: Mapping[str, datetime.date]
    today: datetime.date
    _committees: dict[datetime.date, dict[int, datetime.date]] = field(default_factory=dict)

    @classmethod
    def read(cls, today: datetime.date, since: datetime.date) -> Facts:
        """Organisations and groups that existed at some time from ``since`` to ``today``."""
        existed = (Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=since)) & (
            Q(founded_on__isnull=True) | Q(founded_on__lte=today)
        )
        groups: dict[int, list[Group]] = defaultdict(list)
        for group in Group.objects.filter(existed).order_by("pk"):
            groups[group.organisation_id].append(group)
        opened = Task.objects.filter(source=SOURCE).values_list("kind").annotate(Max("window_start"))
        return cls(
            organisations=list(Organisation.objects.filter(existed)),
            groups=groups,
            colleges=frozenset(College.objects.values_list("organisation_id", flat=True)),
            last_opened=dict(opened.order_by("kind")),
            today=today,
        )

    def committee_since(self, day: datetime.date) -> dict[int, datetime.date]:
        """Organisation id → since when the committee in office on ``day`` is. One query for each day asked."""
        if day not in self._committees:
            offices = [office for office in COMMITTEE_OFFICES if office not in _MERELY_LEADING]
            rows = Appointment.objects.in_force(day).filter(office__in=offices, organisation__isnull=False)
            self._committees[day] = dict(
                rows.order_by("organisation_id").values_list("organisation_id").annotate(Min("started_on"))
            )
        return self._committees[day]


def earliest(today: datetime.date) -> datetime.date:
    """The first day that may still be made up for: a year back, not before ``OBLIGATIONS_SINCE``."""
    year_back = periods.add_months(today, -12)
    since = options.obligations_since()
    return max(since, year_back) if since else year_back


def due_specs(today: datetime.date) -> Iterator[TaskSpec]:
    """Everything owed by cadence from the last opened periods up to the one of ``today``, kind by kind."""
    kinds = list(MeetingKind.objects.filter(is_active=True).exclude(cadence=Cadence.NONE))
    facts = Facts.read(today, earliest(today))
    terms = calendars.terms() if any(kind.cadence == Cadence.SEMESTER for kind in kinds) else []
    for kind in kinds:
        start = _first_day(kind, facts)
        for period in periods.periods_between(kind.cadence, start, today, terms):
            due = due_on(kind, period)
            for debtor in _debtors(kind, facts, min(period.end, today)):
                share = _share(period, due, debtor)
                if share is not None:
                    yield _spec(kind, period, share, due, debtor)


def _first_day(kind: MeetingKind, facts: Facts) -> datetime.date:
    """From which day on the periods of ``kind`` are opened tonight."""
    last = facts.last_opened.get(kind.code)
    if last is None:
        is_first_night = not facts.last_opened
        return earliest(facts.today) if is_first_night and options.obligations_since() else facts.today
    return min(max(last, earliest(facts.today)), facts.today)


def _debtors(kind: MeetingKind, facts: Facts, day: datetime.date) -> Iterator[Debtor]:
    """Who owes ``kind``, as things stand on ``day``."""
    committees = facts.committee_since(day) if kind.applies_when == When.HAS_COMMITTEE else {}
    for organisation in facts.organisations:
        if organisation.level != kind.level:
            continue
        debtor = Debtor(organisation, organisation.founded_on, organisation.dissolved_on)
        if kind.applies_when == When.HAS_GROUPS:
            for group in facts.groups.get(organisation.pk, ()):
                yield replace(
                    debtor,
                    since=_latest(debtor.since, group.founded_on),
                    until=_soonest(debtor.until, group.dissolved_on),
                    group=group,
                )
        elif kind.applies_when == When.HAS_COMMITTEE:
            if organisation.pk in committees:
                yield replace(debtor, since=_latest(debtor.since, committees[organisation.pk]))
        elif kind.applies_when != When.HAS_COLLEGE or organisation.pk in facts.colleges:
            yield debtor


def _latest(*days: datetime.date | None) -> datetime.date | None:
    return max((day for day in days if day is not None), default=None)


def _soonest(*days: datetime.date | None) -> datetime.date | None:
    return min((day for day in days if day is not None), default=None)


def _share(period: Period, due: datetime.date, debtor: Debtor) -> Period | None:
    """The debtor's part of the period, or ``None`` when it owes nothing for it."""
    share = periods.share_of(period, debtor.since, debtor.until)
    if share is None or due > share.end:
        return None
    if share.start > period.start and (due - share.start).days < options.min_days_to_owe():
        return None
    return share


def _spec(kind: MeetingKind, period: Period, share: Period, due: datetime.date, debtor: Debtor) -> TaskSpec:
    organisation, group = debtor.organisation, debtor.group
    parts = [kind.code, organisation.code, *([f"g{group.pk}"] if group else []), period.code]
    return TaskSpec(
        natural_key=":".join(parts),
        source=SOURCE,
        kind=kind.code,
        title=_title(kind, period, group),
        organisation_id=organisation.pk,
        group_id=group.pk if group else None,
        office=Office.GROUP_LEADER.value if group else Office.SECRETARY.value,
        period_code=period.code,
        window_start=share.start,
        due_on=due,
        requirement={"evidence": kind.code, "part": "held", "count": kind.times},
        act_url=_act_url(kind, period, organisation, group),
    )


def _title(kind: MeetingKind, period: Period, group: Group | None) -> str:
    title = f"{periods.label(period.code)}{kind.name}"
    if kind.times > 1:
        title += _("（{count}次）").format(count=kind.times)
    return f"{title}·{group.name}" if group else title


def _act_url(kind: MeetingKind, period: Period, organisation: Organisation, group: Group | None) -> str:
    query = {"organisation": organisation.code, "kind": kind.code, "period": period.code}
    if group is not None:
        query["group"] = str(group.pk)
    return f"{reverse('meetings:plan')}?{urlencode(query)}"
