"""Breakthrough projects from the draft to the start: draft, edit, submit, return, approve."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from common import audit, clock
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from orgs.models import Person
from tasks import project_rights as rights
from tasks import project_states as states
from tasks import rhythms
from tasks.models import MILESTONE, Indicator, Milestone, Profile, Project, Task
from tasks.project_plans import IndicatorPlan, MilestonePlan, windows
from tasks.services.changes import require_text
from tasks.services.open import TaskSpec, open_tasks
from tasks.services.project_checks import check_draft, second_project_of
from tasks.services.project_log import locked, move_project, note_event, require_state

if TYPE_CHECKING:
    from orgs.models import Organisation, User
    from tasks.models import TaskForce

TITLE_LENGTH = 200
_CODE = re.compile(r"[A-Za-z0-9-]{1,30}")


@dataclass(frozen=True)
class ProjectDraft:
    """Everything that is typed about a project. The level follows from the organisation, the year from the start."""

    organisation: Organisation
    title: str
    leader: Person
    problem: str
    root_causes: Sequence[str]
    target: str
    starts_on: datetime.date
    ends_on: datetime.date
    milestones: Sequence[MilestonePlan]
    indicators: Sequence[IndicatorPlan]
    co_leaders: Sequence[Person] = ()
    leader_post: str = ""
    task_force: TaskForce | None = None
    rhythm: str = rhythms.MONTHLY
    second_reason: str = ""


@transaction.atomic
def draft_project(*, draft: ProjectDraft, actor: User, code: str = "") -> Project:
    """Draft a project with its indicators and milestones. ``code`` empty: the next of the year, e.g. PN2607.

    Raises ``NotAllowed``; ``InvalidInput`` with every fault at its place (``milestones.1.due_on``: second row), also
    when the leader has a project that year and no ``second_reason`` is given. Side effects: a ``create`` event.
    """
    rights.require_draft(actor, draft.organisation)
    checked = check_draft(draft)
    project = Project(code=_code(code, draft.starts_on.year), drafted_by=actor, **_columns(draft, checked))
    try:
        with transaction.atomic():
            audit.save(project, actor=actor, reason=_("起草"))
    except IntegrityError as error:
        raise Conflict(_("项目编号%(code)s刚刚被占用，请再保存一次。") % {"code": project.code}) from error
    _write_rows(project, draft)
    note_event(project, verb=states.CREATE, before="", actor=actor)
    return project


@transaction.atomic
def edit_project(*, project: Project, draft: ProjectDraft, actor: User) -> Project:
    """Replace everything about a draft; the organisation stays. Raises as ``draft_project``, ``Conflict`` (no draft).

    Side effects: an ``edit`` event; indicators and milestones are written anew.
    """
    project = locked(project)
    rights.require_edit(actor, project)
    require_state(project, states.EDIT)
    if draft.organisation.pk != project.organisation_id:
        raise InvalidInput(errors={"organisation": _("领办组织不能改；请撤销这份草拟，另起草一份。")})
    checked = check_draft(draft, project=project)
    move_project(project, verb=states.EDIT, actor=actor, **_columns(draft, checked))
    _write_rows(project, draft)
    return project


def _columns(draft: ProjectDraft, checked: dict[str, str]) -> dict[str, Any]:
    return {
        "organisation": draft.organisation,
        "level": draft.organisation.level,
        "year": draft.starts_on.year,
        "leader": draft.leader,
        "task_force": draft.task_force,
        "root_causes": [cause.strip() for cause in draft.root_causes if cause.strip()],
        "starts_on": draft.starts_on,
        "ends_on": draft.ends_on,
        "rhythm": draft.rhythm,
        **checked,
    }


def _write_rows(project: Project, draft: ProjectDraft) -> None:
    """The co-leaders, indicators and milestones of a project that has not begun."""
    project.co_leaders.set([person for person in draft.co_leaders if person.pk != draft.leader.pk])
    project.milestones.all().delete()
    project.indicators.all().delete()
    Milestone.objects.bulk_create(
        Milestone(project=project, number=number, title=row.title.strip(), due_on=row.due_on, weight=row.weight)
        for number, row in enumerate(draft.milestones, 1)
    )
    Indicator.objects.bulk_create(
        Indicator(
            project=project,
            position=position,
            name=row.name.strip(),
            unit=row.unit.strip(),
            base=row.base,
            target=row.target,
        )
        for position, row in enumerate(draft.indicators, 1)
    )


def _code(wanted: str, year: int) -> str:
    """The code given, or the next of the year. Two at once: the unique code keeps one."""
    if wanted:
        if not _CODE.fullmatch(wanted):
            raise InvalidInput(errors={"code": _("编号只用字母、数字和短横，最多30个。")})
        return wanted
    prefix = f"PN{year % 100:02d}"
    used = Project.objects.filter(code__startswith=prefix).values_list("code", flat=True)
    numbers = [int(code[len(prefix) :]) for code in used if code[len(prefix) :].isdecimal()]
    return f"{prefix}{max(numbers, default=0) + 1:02d}"


@transaction.atomic
def submit_project(*, project: Project, actor: User) -> Project:
    """Submit a draft for review. Raises ``NotAllowed``, ``Conflict`` (no draft). Side effects: a ``submit`` event."""
    project = locked(project)
    rights.require_edit(actor, project)
    return move_project(project, verb=states.SUBMIT, actor=actor, return_cause="")


@transaction.atomic
def discard_project(*, project: Project, actor: User, reason: str) -> Project:
    """Give up a draft, with the reason. Raises ``NotAllowed``, ``InvalidInput``, ``Conflict`` (no draft)."""
    project = locked(project)
    rights.require_edit(actor, project)
    require_state(project, states.DISCARD)
    words = require_text(reason, "reason", _("请写明撤销草拟的原因。"))
    return move_project(project, verb=states.DISCARD, actor=actor, cause=words, closed_on=clock.today())


@transaction.atomic
def return_project(*, project: Project, actor: User, reason: str) -> Project:
    """Return it to draft, with the reason.

    Raises ``NotAllowed`` (four eyes), ``InvalidInput`` (no reason), ``Conflict`` (not in review). Side effects: a
    ``return`` event, the reason on the project.
    """
    project = locked(project)
    rights.require_decide(actor, project)
    require_state(project, states.RETURN)
    words = require_text(reason, "reason", _("请写明退回原因，让起草人知道要改什么。"))
    return move_project(project, verb=states.RETURN, actor=actor, cause=words, return_cause=words)


@transaction.atomic
def approve_project(*, project: Project, actor: User, note: str = "") -> Project:
    """Approve it: it runs, and each milestone is owed by its leader from now on.

    Raises ``NotAllowed`` (four eyes: the level above, at the root a second officer; never who drafted or leads it),
    ``Conflict`` (not in review, a milestone is due already, a second project of the leader without a reason). Side
    effects: one Task per milestone (``milestone:<code>:<number>``), an ``approve`` event.
    """
    project = locked(project)
    # Two projects of one leader approved at once: the second sees the first.
    Person.objects.select_for_update(of=("self",)).order_by().filter(pk=project.leader_id).first()
    is_second = _require_approvable(project, actor)
    cause = note.strip()
    if is_second:
        cause = _("批准同年第二个项目（%(reason)s）。") % {"reason": project.second_reason} + cause
    move_project(project, verb=states.APPROVE, actor=actor, cause=cause, approved_by=actor)
    open_milestones(project, list(project.milestones.order_by("number")), actor=actor)
    return project


def foresee_approval(*, project: Project, actor: User) -> str:
    """What approving ``project`` would do, in words. Raises as ``approve_project``; writes nothing."""
    is_second = _require_approvable(project, actor)
    words = _("开始推进，%(count)d个里程碑成为%(name)s的待办。")
    words %= {"count": project.milestones.count(), "name": project.leader.name}
    second = _("这是其当年第二个项目，理由：%(reason)s。") % {"reason": project.second_reason}
    return words + second if is_second else words


def _require_approvable(project: Project, actor: User) -> bool:
    """Raise unless ``actor`` may approve ``project`` as it stands; whether it is the leader's second of the year."""
    rights.require_decide(actor, project)
    require_state(project, states.APPROVE)
    second = second_project_of(project.leader, project.year, but=project)
    if second is not None and not project.second_reason:
        raise Conflict(_("%(name)s当年已领办“%(title)s”，这个项目没有写第二个的理由，请退回补写。") % second)
    _require_ahead(list(project.milestones.order_by("number")))
    return second is not None


def _require_ahead(milestones: Sequence[Milestone]) -> None:
    """What is due already cannot be begun: nobody starts with a red light."""
    past = next((milestone for milestone in milestones if milestone.due_on < clock.today()), None)
    if past is not None:
        message = _("里程碑%(number)d“%(title)s”的期限%(day)s已经过了，请退回修改后再审核。")
        raise Conflict(message % {"number": past.number, "title": past.title, "day": past.due_on})


def open_milestones(project: Project, milestones: Sequence[Milestone], *, actor: User) -> None:
    """Open the Tasks of those milestones that have none; ``milestones`` are all of the project, in order.

    No right is asked: who calls has asked. Side effects: Tasks with OPENED events, linked to their milestones.
    """
    dues = [milestone.due_on for milestone in milestones]
    spans = dict(zip((milestone.pk for milestone in milestones), windows(project.starts_on, dues), strict=True))
    fresh = [milestone for milestone in milestones if milestone.task_id is None]
    requirement = milestone_requirement(project)
    open_tasks(
        specs=[
            TaskSpec(
                natural_key=milestone_key(project, milestone.number),
                source=MILESTONE,
                kind=MILESTONE,
                title=milestone_title(project, milestone),
                organisation_id=project.organisation_id,
                person_id=project.leader_id,
                window_start=spans[milestone.pk][0],
                due_on=spans[milestone.pk][1],
                profile=Profile.SUPERVISION.value,
                requirement=requirement,
                act_url=reverse("tasks:project_detail", args=[project.code]),
            )
            for milestone in fresh
        ],
        actor=actor,
        cause=_("项目“%(title)s”") % {"title": project.title},
    )
    keys = [milestone_key(project, milestone.number) for milestone in fresh]
    opened = {task.natural_key: task for task in Task.objects.filter(natural_key__in=keys)}
    for milestone, key in zip(fresh, keys, strict=True):
        milestone.task = opened[key]
    Milestone.objects.bulk_update(fresh, ["task"])


def milestone_key(project: Project, number: int) -> str:
    """The natural key of a milestone's Task."""
    return f"{MILESTONE}:{project.code}:{number}"


def milestone_title(project: Project, milestone: Milestone) -> str:
    """What the Task of a milestone is called on desks and in mails."""
    words = _("%(milestone)s（%(project)s）") % {"milestone": milestone.title, "project": project.title}
    return words if len(words) <= TITLE_LENGTH else milestone.title


def milestone_requirement(project: Project) -> dict[str, Any]:
    """What the Task of a milestone asks for: reports in the project's rhythm; ``with``: who leads it together."""
    return {"rhythm_days": rhythms.rhythm_days(project.rhythm), "with": sorted(rights.co_leader_ids(project))}
