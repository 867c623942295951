"""The night's work: the rooms' steps in order, each restartable and stamped; one failing never stops the mails."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.module_loading import import_string

from common import clock
from notices import claims
from notices.models import NightlyStep
from notices.selectors import last_good_night

__all__ = ["STEPS", "last_good_night", "night_is_done", "run_night"]

logger = logging.getLogger(__name__)

# In this order: rights first, then what is owed, its colours, what to say about it, and last the saying.
STEPS: list[tuple[str, str]] = [
    ("grants", "orgs.nightly.refresh_drift"),
    ("open_tasks", "meetings.nightly.open_due_tasks"),
    ("lists", "tasks.nightly.keep_lists"),
    ("list_records", "meetings.nightly.count_earlier_records"),
    ("study_hours", "meetings.nightly.offer_study_hours"),
    ("directives", "tasks.nightly.settle_directives"),
    ("follow_ups", "tasks.nightly.open_follow_ups"),
    ("lights", "tasks.nightly.refresh_lights"),
    ("slips", "tasks.nightly.issue_slips"),
    ("ballots", "ballots.nightly.close_due"),
    ("scores", "scoring.nightly.recalculate_all"),
    (NightlyStep.REMINDERS, "tasks.nightly.write_reminders"),
    (NightlyStep.MAIL, "notices.nightly.send_mail"),
]
# How long a step of a process that cannot be asked (another machine) may take before its night is taken over.
LEASE = datetime.timedelta(hours=1)


@dataclass
class Night:
    """What one run did; ``as_dict`` is what the command prints."""

    day: datetime.date
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    skipped: str = ""

    def as_dict(self) -> dict[str, Any]:
        """JSON-able: day, ok, counts by step, errors by step, and why it was skipped (empty when it was not)."""
        return {
            "day": self.day.isoformat(),
            "ok": not self.errors and not self.skipped,
            "steps": self.steps,
            "errors": self.errors,
            "skipped": self.skipped,
        }


def run_night(day: datetime.date, *, send: bool = True) -> dict[str, Any]:
    """Do the night's work of ``day``; returns ``{"day", "ok", "steps": {step: counts}, "errors", "skipped"}``.

    Every step is safe to repeat, so a night may run twice, late, or again after a crash; nights that were missed are
    caught up, because reminders are written since the last day they were written. A step that fails is logged with
    its traceback and stamped with a short error, and the next one runs. While another process is at the same night
    nothing is done and ``skipped`` says so; the night of a process that is gone is taken over. ``send=False`` leaves
    the mails unsent. Must not run inside a transaction. Side effects: those of the steps, rows of ``NightlyStep``.
    """
    night = Night(day)
    token = claims.new_token()
    if not _claim(day, token):
        night.skipped = "another process is running this night"
        return night.as_dict()
    try:
        _run_steps(night, token, send)
    except BaseException:  # stopped by hand, or the database went away: the next run need not wait for the lease
        NightlyStep.objects.filter(claim=token).update(claim="", claimed_at=None)
        raise
    return night.as_dict()


def night_is_done(day: datetime.date) -> bool:
    """Whether the night of ``day`` ended without an error. One query."""
    rows = NightlyStep.objects.filter(day=day, step=NightlyStep.WHOLE, finished_at__isnull=False, error="")
    return rows.exists()


def _run_steps(night: Night, token: str, send: bool) -> None:
    for step, dotted_path in STEPS:
        if step == NightlyStep.MAIL and not send:
            continue
        if not _still_ours(night.day, token):
            night.skipped = "another process took this night over"
            return
        _run_step(night, step, dotted_path)
    _finish(night, token)


def _run_step(night: Night, step: str, dotted_path: str) -> None:
    started = clock.now()
    stamp: dict[str, Any] = {"started_at": started, "finished_at": None, "counts": {}, "error": ""}
    row, _created = NightlyStep.objects.update_or_create(day=night.day, step=step, defaults=stamp)
    try:
        row.counts = night.steps[step] = _call(step, dotted_path, night.day)
    except Exception as error:
        # Whatever a room does wrong, the mails about the rest still have to go out.
        logger.exception("Nightly step %s of %s failed", step, night.day)
        night.steps.pop(step, None)
        row.error = night.errors[step] = f"{type(error).__name__}: {error}"[:500]
    row.finished_at = clock.now()
    row.save(update_fields=["counts", "error", "finished_at"])


def _call(step: str, dotted_path: str, day: datetime.date) -> dict[str, Any]:
    function: Callable[..., dict[str, Any]] = import_string(dotted_path)
    if step == NightlyStep.REMINDERS:
        since = last_good_night(step=NightlyStep.REMINDERS, before=day)
        return dict(function(today=day, since=since or day - datetime.timedelta(days=1)))
    return dict(function(day))


def _claim(day: datetime.date, token: str) -> bool:
    """Take the night by compare-and-swap: nobody has it, or whoever had it is gone or out of time."""
    now = clock.now()
    fresh: dict[str, Any] = {
        "started_at": now,
        "finished_at": None,
        "counts": {},
        "error": "",
        "claim": token,
        "claimed_at": now,
    }
    row, created = NightlyStep.objects.get_or_create(day=day, step=NightlyStep.WHOLE, defaults=fresh)
    if created:
        return True
    free = Q(claim="") | Q(claimed_at__lte=now - LEASE)
    if row.claim and claims.owner_is_gone(row.claim):
        free |= Q(claim=row.claim)
    return NightlyStep.objects.filter(free, pk=row.pk).update(**fresh) == 1


def _still_ours(day: datetime.date, token: str) -> bool:
    """Renew the lease before a step; false when another process has taken the night over."""
    row = NightlyStep.objects.filter(day=day, step=NightlyStep.WHOLE, claim=token)
    return row.update(claimed_at=clock.now()) == 1


def _finish(night: Night, token: str) -> None:
    NightlyStep.objects.filter(day=night.day, step=NightlyStep.WHOLE, claim=token).update(
        finished_at=clock.now(),
        claim="",
        claimed_at=None,
        counts={"steps": len(night.steps), "failed": len(night.errors)},
        error=", ".join(sorted(night.errors)),
    )
