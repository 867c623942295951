"""The room's nightly step: opens the Tasks of the period, settles what was held before, stops what nobody owes."""

from __future__ import annotations

import datetime
from collections import defaultdict

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from meetings.models import Section
from meetings.obligations import due_specs, earliest
from meetings.periods import SOURCE
from meetings.services import proof
from tasks.models import Task, TaskEvidence
from tasks.services import Offer, TaskSpec, open_tasks, withdraw_tasks


def open_due_tasks(today: datetime.date) -> dict[str, int]:
    """Open the Tasks owed by cadence up to ``today``, at most once each; safe to run again, late, or twice at once.

    ``opened``: new Tasks. ``settled``: records of those periods confirmed before the Task was there, which now count.
    ``stopped``: open Tasks of organisations and groups that were dissolved. The number of queries grows with the
    Tasks of the current periods in batches of 500, never with a query per organisation.
    """
    specs = list(due_specs(today))
    with transaction.atomic():
        opened = open_tasks(specs=specs, cause=_("按周期开启"))
        settled = _settle(specs, today) if opened else 0
    return {"opened": opened, "settled": settled, "stopped": _stop_dissolved(today)}


def _settle(specs: list[TaskSpec], today: datetime.date) -> int:
    """Offer again the confirmed records of these periods that prove nothing yet. Few: a night's worth at most."""
    wanted = {(spec.kind, spec.organisation_id, spec.group_id, spec.period_code) for spec in specs}
    used = TaskEvidence.objects.filter(record=OuterRef("record"))
    rows = (
        Section.objects.confirmed()
        .filter(
            Q(is_quorate__isnull=True) | Q(is_quorate=True),
            kind__code__in={spec.kind for spec in specs},
            period_code__in={spec.period_code for spec in specs},
            held_on__gte=earliest(today) - datetime.timedelta(days=366),
        )
        .annotate(record=Concat(Value("section:"), Cast("pk", CharField()), output_field=CharField()))
        .filter(~Exists(used))
        .select_related("kind", "gathering")
    )
    settled = 0
    for section in rows:
        if (section.kind.code, section.organisation_id, section.group_id, section.period_code) not in wanted:
            continue
        version = section.versions.select_related("saved_by").order_by("-number").first()
        if version is not None:
            offers = [Offer(**offer) for offer in version.data["offers"]]
            proof.offer(section, offers, actor=version.saved_by)
            settled += 1
    return settled


def _stop_dissolved(today: datetime.date) -> int:
    """Stop what dissolved organisations and groups still owe, with the day of dissolution as cause."""
    rows = Task.objects.open().filter(
        Q(organisation__dissolved_on__lte=today) | Q(group__dissolved_on__lte=today), source=SOURCE
    )
    keys: dict[str, list[str]] = defaultdict(list)
    for key, of_organisation, of_group in rows.values_list(
        "natural_key", "organisation__dissolved_on", "group__dissolved_on"
    ):
        if of_organisation is not None and of_organisation <= today:
            keys[_("组织已于{day}撤销").format(day=of_organisation.isoformat())].append(key)
        else:
            keys[_("党小组已于{day}撤销").format(day=of_group.isoformat())].append(key)
    return sum(len(withdraw_tasks(natural_keys=found, cause=cause, actor=None)) for cause, found in keys.items())
