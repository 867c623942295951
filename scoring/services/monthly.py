"""Once a month, each secretary is told where points are being lost (reference, ``process`` step 2)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable

from django.urls import reverse

from common.sentences import written as _
from notices.models import Notice
from notices.services import Message, owe
from orgs.models import Appointment, Office
from scoring import definitions
from scoring.models import Scheme, SchemeVersion, Sheet, SheetLine, Stage
from scoring.templatetags.scores import points

SUBJECT = "sheet:"
SHOWN = 3


def tell_monthly(*, today: datetime.date) -> int:
    """Owe each secretary of a rated organisation one message a month, in the first night of it that runs.

    Returns how many were owed. Side effects: outbox rows. Four queries and one a scheme.
    """
    first = today.replace(day=1)
    if Notice.objects.filter(subject__startswith=SUBJECT, day__gte=first, day__lte=today).exists():
        return 0
    told = 0
    for scheme in Scheme.objects.filter(stage=Stage.RUNNING, year=today.year).select_related("organisation"):
        told += owe(messages=list(_messages(scheme, today)))
    return told


def _messages(scheme: Scheme, today: datetime.date) -> Iterable[Message]:
    version = SchemeVersion.objects.get(scheme=scheme, state=SchemeVersion.State.PUBLISHED)
    indicators = {one.code: one for one in definitions.read(version.body).indicators()}
    sheets = list(Sheet.objects.filter(scheme=scheme, is_rated=True, so_far__isnull=False))
    lost: dict[int, list[tuple[str, str]]] = defaultdict(list)
    lines = SheetLine.objects.filter(sheet__in=sheets, score__isnull=False)
    losing = [
        (line.sheet_id, (indicators[line.code].points - line.score) * line.factor, line.code)
        for line in lines
        if line.score is not None and line.score < indicators[line.code].points
    ]
    for sheet_id, loss, code in sorted(losing, key=lambda row: (-row[1], row[2])):
        lost[sheet_id].append((f"{code} {indicators[code].name}", points(-loss)))
    secretaries = Appointment.objects.in_force(today).filter(
        office=Office.SECRETARY, organisation_id__in=[sheet.organisation_id for sheet in sheets]
    )
    people = dict(secretaries.values_list("organisation_id", "person_id"))
    for sheet in sheets:
        if sheet.organisation_id in people:
            yield Message(
                person_id=people[sheet.organisation_id],
                kind=Notice.Kind.INFO,
                subject=f"{SUBJECT}{sheet.pk}",
                day=today,
                title=_("%(name)s：按今天的记录%(points)s分") % {"name": scheme.name, "points": points(sheet.so_far)},
                detail=_words(lost[sheet.pk]),
                url=reverse("scoring:sheet_detail", args=[sheet.pk]),
            )


def _words(lost: list[tuple[str, str]]) -> str:
    if not lost:
        return _("目前没有失分。")
    shown = "；".join(f"{name} {loss}" for name, loss in lost[:SHOWN])
    return (_("差在：%s") % shown)[:300]
