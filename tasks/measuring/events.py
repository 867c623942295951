"""Figures that are events: slips by colour, and important matters without their two signatures."""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal

from django.urls import reverse

from common import clock
from common.measures import ONE, Figure, Question, Row
from common.sentences import written as _
from orgs.models import Organisation
from tasks.measuring.reading import Owed, known_until, tasks_of
from tasks.models import DIRECTIVE, FOLLOW_UP, MILESTONE, DirectiveUnit, DualSignature, Light, Slip, State

EVENTS = "events"
COLOURS = {Light.YELLOW.value: "黄灯", Light.ORANGE.value: "橙灯", Light.RED.value: "红灯"}
_SUPERVISED = (DIRECTIVE, MILESTONE, FOLLOW_UP)


def slips_of(question: Question) -> dict[int, Figure]:
    """Slips issued in the year on the organisation's own Tasks, by colour. One query.

    However many people a slip went or climbed to, it is one event for its Task, colour and cause.
    """
    rows = Slip.objects.filter(
        task__organisation_id__in=[one.pk for one in question.organisations],
        task__source__in=_SUPERVISED,
        issued_on__gte=question.start,
        issued_on__lte=question.as_of,
        level__in=tuple(COLOURS),
    ).order_by("issued_on", "pk")
    first: dict[tuple[int, str, str], Slip] = {}
    for slip in rows.select_related("task__organisation"):
        first.setdefault((slip.task_id, slip.level, slip.cause_key), slip)
    counts: dict[int, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(COLOURS.values(), Decimal(0)))
    lines: dict[int, list[Row]] = defaultdict(list)
    for slip in first.values():
        place, colour = slip.task.organisation_id, COLOURS[slip.level]
        counts[place][colour] += 1
        lines[place].append(
            Row(
                label=f"{slip.number} {slip.task.title}",
                url=reverse("tasks:slip_detail", args=[slip.pk]),
                day=slip.issued_on,
                unit=slip.task.organisation.name,
                counts=False,
                why=f"{colour}：{slip.cause}",
                amount=colour,
            )
        )
    return {one.pk: Figure(values=counts[one.pk], rows=tuple(lines[one.pk])) for one in question.organisations}


def unsigned_of(question: Question) -> dict[int, Figure]:
    """Important directives that a unit handed in without both signatures, or before them. Two queries, and the Tasks.

    Only lead units sign (``tasks.signers.unit_to_sign``). A unit that can have no administrative head (a general
    branch without a college, a branch) is not counted; its row says so.
    """
    owed = {
        row.task_id: row
        for one in question.organisations
        for row in tasks_of(question).get(one.pk, [])
        if row.source == DIRECTIVE and row.state in (State.SUBMITTED, State.DONE)
    }
    units = DirectiveUnit.objects.filter(
        organisation_id__in=[one.pk for one in question.organisations],
        part=DirectiveUnit.Part.LEAD,
        parent__isnull=True,
        directive__is_important=True,
        task__due_on__gte=question.start,
        task__due_on__lte=question.end,
    ).select_related("directive", "organisation__college")
    found = [unit for unit in units.order_by("directive__due_on", "pk") if unit.task_id in owed]
    signed = _signed(question)
    lines: dict[int, list[Row]] = defaultdict(list)
    for unit in found:
        task = owed[unit.task_id]  # type: ignore[index]
        lines[task.organisation_id].append(_signing_row(unit, task, signed.get(unit.pk)))
    return {
        one.pk: Figure(
            values={EVENTS: Decimal(sum(not row.counts for row in lines[one.pk]))}, rows=tuple(lines[one.pk])
        )
        for one in question.organisations
    }


def _signed(question: Question) -> dict[int, datetime.date]:
    """Directive unit → the day on which the second of the two signed what was handed in; the first such day."""
    rows = DualSignature.objects.filter(
        unit__organisation_id__in=[one.pk for one in question.organisations],
        unit__task__due_on__gte=question.start,
        unit__task__due_on__lte=question.end,
        state=DualSignature.State.BOTH,
    )
    found: dict[int, datetime.date] = {}
    for pk, secretary, head in rows.values_list("unit_id", "secretary_at", "head_at"):
        if secretary is None or head is None:
            continue
        day = max(secretary, head).astimezone(clock.SHANGHAI).date()
        if day <= known_until(question):
            found[pk] = min(found.get(pk, day), day)
    return found


def _has_head(organisation: Organisation | None) -> bool:
    """Whether there can be an administrative head (``tasks.signers.structural_gap``)."""
    return organisation is not None and (organisation.depth == 1 or getattr(organisation, "college", None) is not None)


def _signing_row(unit: DirectiveUnit, task: Owed, signed: datetime.date | None) -> Row:
    handed_in = task.closed_on or task.reported_on
    why, good = "", True
    if not _has_head(unit.organisation):
        why = _("没有对应的二级学院，没有行政负责人可以双签，不计入")
    elif signed is None:
        why, good = _("应双签而没有双签就提交办结"), False
    elif handed_in is not None and signed > handed_in:
        why, good = _("先执行后补签：%(done)s提交，%(signed)s才双签") % {"done": handed_in, "signed": signed}, False
    else:
        why = _("%(day)s双签") % {"day": signed}
    may_mend = not good and signed is None and task.state == State.SUBMITTED
    return Row(
        label=unit.directive.title,
        url=reverse("tasks:task_detail", args=[task.task_id]),
        day=handed_in or task.due_on,
        unit=task.unit,
        counts=good,
        why=why,
        if_done={EVENTS: -ONE} if may_mend else {},
    )
