"""The room's nightly step: opens the Tasks of the period, settles what was held before, stops what nobody owes."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from common import clock
from common.sentences import written as _
from meetings import hours
from meetings.models import Section
from meetings.obligations import due_specs, earliest
from meetings.periods import SOURCE
from meetings.services import proof
from tasks.models import Task, TaskEvent, TaskEvidence, Verb
from tasks.services import Offer, TaskSpec, open_tasks, withdraw_tasks

LOOK_BACK = datetime.timedelta(days=7)


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
    # What it proves beside its own period (that somebody took part) does not settle that period.
    used = TaskEvidence.objects.filter(record=OuterRef("record"), task__source=SOURCE)
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


def count_earlier_records(today: datetime.date) -> dict[str, int]:
    """Let records confirmed before a Task of another source was opened (or its terms changed) count for it too.

    Looks at the Tasks of the last ``LOOK_BACK`` days, so that a night that was missed is made up for. Offering a
    record again counts once. ``counted``: records that proved something. Three queries when nothing was opened;
    else two for every record in question and those of offering it.
    """
    fresh = _freshly_owed()
    if not fresh:
        return {"counted": 0}
    firsts: dict[tuple[str, str], datetime.date] = {}
    for requirement, start in fresh:
        proof_of = (requirement["evidence"], requirement.get("part", "held"))
        firsts[proof_of] = min(firsts.get(proof_of, start), start)
    return {"counted": sum(_offer_earlier(section, firsts) for section in _earlier(firsts, today))}


def offer_study_hours(today: datetime.date) -> dict[str, int]:
    """Let the study hours of branches close what asks for them (``meetings.hours``)."""
    return hours.offer_study_hours(today)


def _freshly_owed() -> list[tuple[dict[str, Any], datetime.date]]:
    """Requirement and first day of open Tasks that others than meetings asked for lately. One query."""
    since = clock.now() - LOOK_BACK
    lately = TaskEvent.objects.filter(task=OuterRef("pk"), at__gte=since, verb__in=(Verb.OPENED, Verb.CHANGED))
    tasks = Task.objects.open().filter(Exists(lately), requirement__has_key="evidence").exclude(source=SOURCE)
    return list(tasks.order_by("pk").values_list("requirement", "window_start"))


def _earlier(firsts: dict[tuple[str, str], datetime.date], today: datetime.date) -> Iterable[Section]:
    """Confirmed records that may be such a proof, oldest first. One query."""
    wanted = Q(pk__in=[])
    for (evidence, _part), start in firsts.items():
        kind = evidence.partition(":")[0]
        of_kind = Q() if kind in (proof.BRANCH_LIFE, proof.ANY_MEETING) else Q(kind__code=kind)
        wanted |= of_kind & Q(held_on__gte=start)
    sections = Section.objects.confirmed().filter(wanted, held_on__lte=today).exclude(is_quorate=False)
    return sections.select_related("kind", "gathering").order_by("held_on", "pk")


def _offer_earlier(section: Section, firsts: dict[tuple[str, str], datetime.date]) -> bool:
    """Offer what a record was offered as before, as far as it is asked for now; whether it counts for something."""
    version = section.versions.select_related("saved_by").order_by("-number").first()
    if version is None:
        return False
    offers = [Offer(**offer) for offer in version.data["offers"]]
    asked = [offer for offer in offers if firsts.get((offer.kind, offer.part), datetime.date.max) <= section.held_on]
    return bool(asked) and bool(proof.offer(section, asked, actor=version.saved_by))


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
