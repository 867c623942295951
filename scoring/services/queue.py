"""Sheets follow the records: changes are noticed, gathered for a moment, and worked off one organisation at a time."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from common import clock
from notices import claims
from orgs.models import Organisation
from scoring import definitions, registry
from scoring.models import Recalculation, Scheme, SchemeVersion, Stage, Watermark
from scoring.services.placing import award_places
from scoring.services.recalculating import recalculate
from scoring.services.waiting import ask_again

# A transaction that was still open when changes were read last comes into view with an earlier time.
OVERLAP = datetime.timedelta(minutes=5)
LEASE = datetime.timedelta(minutes=10)
MOST = 200  # organisations a run; the next tick goes on


@transaction.atomic
def note_changes() -> int:
    """Ask for new sheets of every organisation whose records changed since the last time, and of those above them.

    Returns how many were asked for. Side effects: ``Recalculation`` rows, the watermark. Safe to run at any time: what
    was seen twice is calculated to the same figures.
    """
    now = clock.now()
    mark, is_new = Watermark.objects.select_for_update().get_or_create(defaults={"read_until": now})
    if is_new:
        return 0  # the night calculates everything that was there before
    changed = registry.changed_since(mark.read_until - OVERLAP)
    Watermark.objects.filter(pk=mark.pk).update(read_until=now)
    return ask_again(with_those_above(changed)) if changed else 0


def with_those_above(organisation_ids: Iterable[int]) -> set[int]:
    """The organisations and all above them: a general branch's figures are its branches'. Two queries."""
    paths = Organisation.objects.filter(pk__in=list(organisation_ids)).values_list("path", flat=True)
    step = Organisation.steplen
    wanted = {path[:end] for path in paths for end in range(step, len(path) + 1, step)}
    return set(Organisation.objects.filter(path__in=wanted).values_list("pk", flat=True))


def work_off(*, most: int = MOST) -> dict[str, int]:
    """Calculate the organisations that have been quiet for ``SCORE_DEBOUNCE_SECONDS``, one after the other.

    Each is claimed by compare-and-swap, so several workers share the work; the claim of one that died ends after ten
    minutes. Returns counts. Side effects: sheets; rows of ``Recalculation`` go, unless something changed meanwhile.
    """
    counts: Counter[str] = Counter(organisations=0, sheets=0)
    touched: set[int] = set()
    for waiting in _due()[:most]:
        token = claims.new_token()
        if not _claim(waiting, token):
            continue
        for scheme in _schemes_of(waiting.organisation):
            found = recalculate(scheme=scheme, organisation_ids=[waiting.organisation_id], place=False)
            counts["sheets"] += found["sheets"]
            touched.add(scheme.pk)
        mine = Recalculation.objects.filter(pk=waiting.pk, claim=token)
        if not mine.filter(asked_at=waiting.asked_at).delete()[0]:
            mine.update(claim="", claimed_at=None)  # asked again meanwhile: once more
        counts["organisations"] += 1
    for scheme in Scheme.objects.filter(pk__in=touched):
        place(scheme)
    return dict(counts)


def place(scheme: Scheme) -> None:
    """Award the bands of a scheme whose figures do not stand yet."""
    version = SchemeVersion.objects.filter(scheme=scheme, state=SchemeVersion.State.PUBLISHED).first()
    if version is not None and not scheme.is_frozen:
        award_places(scheme=scheme, definition=definitions.read(version.body))


def _due() -> list[Recalculation]:
    now = clock.now()
    quiet = now - datetime.timedelta(seconds=settings.SCORE_DEBOUNCE_SECONDS)
    free = Q(claim="") | Q(claimed_at__lt=now - LEASE)
    return list(
        Recalculation.objects.filter(free, asked_at__lte=quiet).select_related("organisation").order_by("asked_at")
    )


def _claim(waiting: Recalculation, token: str) -> bool:
    rows = Recalculation.objects.filter(pk=waiting.pk, claim=waiting.claim)
    return rows.update(claim=token, claimed_at=clock.now()) == 1


def _schemes_of(organisation: Organisation) -> list[Scheme]:
    step = Organisation.steplen
    above = [organisation.path[:end] for end in range(step, len(organisation.path) + 1, step)]
    found = Scheme.objects.filter(organisation__path__in=above, applies_to=organisation.level).exclude(
        stage=Stage.DRAFT
    )
    return list(found.select_related("organisation"))
