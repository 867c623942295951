"""The room's step of the nightly run; it may run twice, late or again after a crash."""

from __future__ import annotations

import datetime
from collections import Counter

from common import clock
from scoring.models import Recalculation, Scheme, Stage
from scoring.services.monthly import tell_monthly
from scoring.services.placing import refresh_median
from scoring.services.recalculating import recalculate


def recalculate_all(today: datetime.date) -> dict[str, int]:
    """Calculate the sheets of every scheme between its publication and its final figures, and what they compare with.

    A final scheme is only looked at when its records change (``scoring.services.queue``). Returns counts.
    """
    started = clock.now()
    counts: Counter[str] = Counter(schemes=0, sheets=0, changed=0, differences=0)
    for scheme in Scheme.objects.exclude(stage__in=(Stage.DRAFT, Stage.FINAL)).select_related("organisation"):
        counts["schemes"] += 1
        counts.update(recalculate(scheme=scheme, as_of=today))
        refresh_median(scheme=scheme)
    counts["told"] = tell_monthly(today=today)
    Recalculation.objects.filter(asked_at__lte=started, claim="").delete()
    return dict(counts)
