"""A running project: progress with readings of its indicators, acceptance, the end."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from common import clock
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from tasks import project_rights as rights
from tasks import project_states as states
from tasks import transitions
from tasks.models import FOLLOW_UP, OPEN_STATES, Extension, Indicator, IndicatorReading, Project, Task
from tasks.project_plans import number_fault
from tasks.services.changes import require_text
from tasks.services.evidence import Offer, offer_evidence
from tasks.services.open import withdraw_tasks
from tasks.services.project_checks import WORDS
from tasks.services.project_log import locked, move_project, require_state
from tasks.services.review import report_progress

if TYPE_CHECKING:
    from orgs.models import User

EVIDENCE, PART = "breakthrough_project", "led"
RESULT_LENGTH = 2000


@transaction.atomic
def report_on_project(
    *,
    project: Project,
    actor: User,
    note: str,
    progress: int | None = None,
    difficulty: str = "",
    help_needed: str = "",
    readings: Mapping[int, Decimal] | None = None,
) -> Task:
    """Report on the running milestone (``progress``: its per cent) and, if there are any, read its indicators.

    Args: ``readings`` indicator id → value today. Raises ``NotAllowed``; ``InvalidInput`` (no words, a bad value at
    ``reading_<id>``); ``Conflict`` (not running, every milestone submitted or done). Side effects: those of
    ``report_progress`` on the first milestone that can be reported on, readings and current values.
    """
    project = locked(project)
    rights.require_act(actor, project)
    require_state(project, states.REPORT)
    task = running_task(project)
    if task is None:
        raise Conflict(_("里程碑都已提交或办结，不用再报进展；全部办结后请申请验收。"))
    report_progress(
        task=task, actor=actor, note=note, progress=progress, difficulty=difficulty, help_needed=help_needed
    )
    read_indicators(project=project, actor=actor, readings=readings or {})
    return task


def running_task(project: Project) -> Task | None:
    """The Task of the first milestone, by number, that can be reported on. One query."""
    states_ = tuple(transitions.TABLE[transitions.REPORT])
    tasks = Task.objects.filter(milestone__project=project, state__in=states_).select_related("organisation")
    return tasks.order_by("milestone__number").first()


def read_indicators(*, project: Project, actor: User, readings: Mapping[int, Decimal], note: str = "") -> None:
    """Write today's values of some indicators. The caller has asked for the right; in its transaction.

    Raises ``InvalidInput`` at ``reading_<id>``. Side effects: readings; ``current`` and ``read_on`` of the indicators.
    """
    indicators = {indicator.pk: indicator for indicator in project.indicators.all()}
    if readings.keys() - indicators.keys():
        raise InvalidInput(_("这个指标不属于这个项目，请刷新页面后再填。"))
    errors = {}
    for pk, value in readings.items():
        code = number_fault(value, indicators[pk].unit)
        if code is not None:
            errors[f"reading_{pk}"] = str(WORDS[code]) % {}
    if errors:
        raise InvalidInput(errors=errors)
    changed = [indicators[pk] for pk in readings]
    IndicatorReading.objects.bulk_create(
        IndicatorReading(indicator=indicator, value=readings[indicator.pk], read_by=actor, note=note)
        for indicator in changed
    )
    for indicator in changed:
        indicator.current, indicator.read_on = readings[indicator.pk], clock.today()
    Indicator.objects.bulk_update(changed, ["current", "read_on"])


@transaction.atomic
def apply_for_acceptance(*, project: Project, actor: User, result: str, readings: Mapping[int, Decimal]) -> Project:
    """Ask for acceptance with the result in words and a final value of every indicator.

    Raises ``NotAllowed``; ``InvalidInput`` (no result, a value missing); ``Conflict`` (a milestone is neither accepted
    nor waived). Side effects: readings, an ``apply`` event.
    """
    project = locked(project)
    rights.require_act(actor, project)
    require_state(project, states.APPLY)
    waiting = project.milestones.filter(task__state__in=OPEN_STATES).order_by("number").first()
    if waiting is not None:
        words = _("里程碑%(number)d“%(title)s”还没有办结；全部办结（或经上一级免办）后才能申请验收。")
        raise Conflict(words % {"number": waiting.number, "title": waiting.title})
    words = result.strip()
    if not words or len(words) > RESULT_LENGTH:
        message = _("请写明成效：做成了什么、怎么看得出来（最多%(count)d字）。") % {"count": RESULT_LENGTH}
        raise InvalidInput(errors={"result": message})
    missing = [pk for pk in project.indicators.values_list("pk", flat=True) if pk not in readings]
    if missing:
        raise InvalidInput(errors={f"reading_{pk}": _("验收时每个指标都要有最终值。") for pk in missing})
    read_indicators(project=project, actor=actor, readings=readings, note=_("验收"))
    return move_project(
        project, verb=states.APPLY, actor=actor, cause=words, result=words, applied_by=actor, return_cause=""
    )


@transaction.atomic
def accept_project(*, project: Project, actor: User, note: str = "") -> Project:
    """Accept and close it (销号): items of responsibility lists that ask for a project led to its end close by it.

    Raises ``NotAllowed`` (four eyes: never who leads it or asked for acceptance), ``Conflict`` (nothing to accept, or
    accepted meanwhile). Side effects: an ``accept`` event; the project is offered as proof for leader and co-leaders
    on the day on which acceptance was asked for: waiting to be checked makes nothing late.
    """
    project = locked(project)
    rights.require_decide(actor, project)
    move_project(project, verb=states.ACCEPT, actor=actor, cause=note.strip(), closed_on=clock.today())
    people = [project.leader_id, *sorted(rights.co_leader_ids(project))]
    offers = [
        Offer(kind=EVIDENCE, part=PART, organisation_id=project.organisation_id, person_id=person, period_code=period)
        for person in people
        for period in ("", str(project.year))
    ]
    offer_evidence(
        record=f"project:{project.code}",
        occurred_on=_applied_on(project),
        offers=offers,
        url=reverse("tasks:project_detail", args=[project.code]),
        label=_("攻坚项目销号：%(title)s") % {"title": project.title},
        actor=actor,
    )
    return project


def _applied_on(project: Project) -> datetime.date:
    days = project.events.filter(verb=states.APPLY).order_by("-id").values_list("day", flat=True)
    return days.first() or clock.today()


@transaction.atomic
def reject_project(*, project: Project, actor: User, reason: str) -> Project:
    """Send it back from acceptance, with the reason; the leader applies again.

    Raises ``NotAllowed`` (four eyes), ``InvalidInput`` (no reason), ``Conflict``. Side effects: a ``reject`` event.
    """
    project = locked(project)
    rights.require_decide(actor, project)
    require_state(project, states.REJECT)
    words = require_text(reason, "reason", _("请写明退回原因，让领办人知道还差什么。"))
    return move_project(project, verb=states.REJECT, actor=actor, cause=words, return_cause=words, applied_by=None)


@transaction.atomic
def stop_project(*, project: Project, actor: User, reason: str) -> Project:
    """Stop it, with the reason and ``actor`` as approver: what is still open of it is not owed any more.

    Raises ``NotAllowed`` (four eyes), ``InvalidInput`` (no reason), ``Conflict`` (over already, a draft). Side
    effects: a ``stop`` event; open milestones and follow-ups are stopped, requests for more time fall away.
    """
    project = locked(project)
    rights.require_decide(actor, project)
    require_state(project, states.STOP)
    words = require_text(reason, "reason", _("请写明中止的理由。"))
    move_project(project, verb=states.STOP, actor=actor, cause=words, closed_on=clock.today())
    of_project = Q(milestone__project=project) | Q(source=FOLLOW_UP, parent__milestone__project=project)
    keys = Task.objects.filter(of_project, state__in=OPEN_STATES).values_list("natural_key", flat=True)
    withdraw_tasks(natural_keys=list(keys), cause=words, actor=actor)
    Extension.objects.filter(task__milestone__project=project, state=Extension.State.ASKED).update(
        state=Extension.State.WITHDRAWN, decided_on=clock.today(), decision=words
    )
    return project
