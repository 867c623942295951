"""Task forces (专班): set up, change, close."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from common import audit, clock
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from orgs.models import Organisation
from tasks import project_rights as rights
from tasks import project_states as states
from tasks import rhythms
from tasks.models import TaskForce
from tasks.services.changes import optional_text

if TYPE_CHECKING:
    from orgs.models import Department, Person, User

PREFIX = "ZBN"
_CODE = re.compile(r"[A-Za-z0-9-]{1,30}")
_LENGTHS = {"name": 100, "closing_condition": 200}
STATEMENT_LENGTH = 300
MOST_MEMBERS = 200


@dataclass(frozen=True)
class ForcePlan:
    """Everything that is typed about a task force. The secretariat is a department or an organisation, one of them."""

    organisation: Organisation
    name: str
    leader: Person
    opened_on: datetime.date
    closing_condition: str
    deputies: Sequence[Person] = ()
    members: Sequence[Person] = ()
    member_count: int | None = None
    secretariat_department: Department | None = None
    secretariat_organisation: Organisation | None = None
    rhythm: str = rhythms.MONTHLY
    report_day: int = 25


@transaction.atomic
def create_task_force(*, plan: ForcePlan, actor: User, code: str = "") -> TaskForce:
    """Set up a task force. ``code`` empty: the next, e.g. ZBN6.

    Raises ``NotAllowed`` (neither an officer of the organisation nor of the committee office), ``InvalidInput`` with
    every fault at its field. Side effects: a history row.
    """
    rights.require_draft(actor, plan.organisation)
    if plan.organisation.level not in rights.LEVELS:
        raise InvalidInput(errors={"organisation": _("专班由党委或党总支设立，请选择党委或党总支。")})
    _require_new_name(plan)
    force = TaskForce(code=_code(code), organisation=plan.organisation, **_checked(plan))
    try:
        with transaction.atomic():
            audit.save(force, actor=actor, reason=_("设立专班"))
    except IntegrityError as error:
        raise Conflict(_("专班编号%(code)s刚刚被占用，请再保存一次。") % {"code": force.code}) from error
    _set_people(force, plan)
    return force


def _require_new_name(plan: ForcePlan) -> None:
    """Raise ``InvalidInput`` while a running task force of the organisation has the name: a second click makes none.

    Locks the organisation, so that two at once wait for each other.
    """
    Organisation.objects.select_for_update().get(pk=plan.organisation.pk)
    running = TaskForce.objects.filter(organisation=plan.organisation, name=plan.name.strip(), closed_on__isnull=True)
    twin = running.first()
    if twin is not None:
        message = _("已有同名的专班%(code)s在运行；要改，请打开那个专班修改。")
        raise InvalidInput(errors={"name": message % {"code": twin.code}})


@transaction.atomic
def edit_task_force(*, force: TaskForce, plan: ForcePlan, actor: User) -> TaskForce:
    """Change it; the organisation stays. Raises as ``create_task_force``, ``Conflict`` (closed)."""
    force = _locked(force)
    rights.require_run(actor, force)
    _require_open(force)
    if plan.organisation.pk != force.organisation_id:
        raise InvalidInput(errors={"organisation": _("设立组织不能改；请撤销这个专班，另设一个。")})
    values = _checked(plan)
    for name, value in values.items():
        setattr(force, name, value)
    audit.save(force, actor=actor, reason=_("修改专班"), update_fields=list(values))
    _set_people(force, plan)
    return force


@transaction.atomic
def close_task_force(*, force: TaskForce, actor: User, statement: str) -> TaskForce:
    """Close it, saying how its closing condition was met.

    Raises ``NotAllowed``; ``InvalidInput`` (no statement); ``Conflict`` (closed already, a project of it still runs).
    """
    force = _locked(force)
    rights.require_run(actor, force)
    _require_open(force)
    running = force.projects.filter(state__in=states.OPEN).order_by("code").first()
    if running is not None:
        raise Conflict(_("项目“%(title)s”还在用这个专班，请先销号、中止或换专班。") % {"title": running.title})
    words = optional_text(statement, "statement")
    if not words or len(words) > STATEMENT_LENGTH:
        message = _("请对照撤销条件写明完成情况，最多%(count)d字。") % {"count": STATEMENT_LENGTH}
        raise InvalidInput(errors={"statement": message})
    force.closed_on, force.closed_cause = clock.today(), words
    return audit.save(force, actor=actor, reason=words, update_fields=["closed_on", "closed_cause"])


def _locked(force: TaskForce) -> TaskForce:
    return TaskForce.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=force.pk)


def _require_open(force: TaskForce) -> None:
    if force.closed_on is not None:
        raise Conflict(_("这个专班已于%(day)s撤销，不能再改。") % {"day": force.closed_on})


def _code(wanted: str) -> str:
    if wanted:
        if not _CODE.fullmatch(wanted):
            raise InvalidInput(errors={"code": _("编号只用字母、数字和短横，最多30个。")})
        return wanted
    used = TaskForce.objects.filter(code__startswith=PREFIX).values_list("code", flat=True)
    numbers = [int(code[len(PREFIX) :]) for code in used if code[len(PREFIX) :].isdecimal()]
    return f"{PREFIX}{max(numbers, default=0) + 1}"


def _checked(plan: ForcePlan) -> dict[str, Any]:
    """The columns, or ``InvalidInput`` with everything that is wrong."""
    texts = {name: str(getattr(plan, name)).strip() for name in _LENGTHS}
    missing = {"name": _("请写专班名称。"), "closing_condition": _("请写撤销条件：做到什么就撤销。")}
    errors = {name: missing[name] for name, text in texts.items() if not text}
    for name, text in texts.items():
        if len(text) > _LENGTHS[name]:
            errors[name] = _("最多%(count)d字，现在是%(now)d字。") % {"count": _LENGTHS[name], "now": len(text)}
    if (plan.secretariat_department is None) == (plan.secretariat_organisation is None):
        errors["secretariat_department"] = _("办公室设在一个部门，或一个学院（党组织），请选其中一个。")
    if plan.rhythm not in rhythms.DAYS:
        errors["rhythm"] = _("请选择例会周期。")
    if not 1 <= plan.report_day <= 31:
        errors["report_day"] = _("报告日是1到31日；当月没有这一天的，按最后一天。")
    named = {plan.leader.pk, *(person.pk for person in (*plan.deputies, *plan.members))}
    if plan.member_count is not None and not len(named) <= plan.member_count <= MOST_MEMBERS:
        words = _("已写明%(named)d人（含组长、副组长），总人数不能更少，最多%(most)d人。")
        errors["member_count"] = words % {"named": len(named), "most": MOST_MEMBERS}
    if errors:
        raise InvalidInput(errors=errors)
    columns = ("leader", "opened_on", "rhythm", "report_day", "secretariat_department", "secretariat_organisation")
    return {**texts, **{name: getattr(plan, name) for name in columns}, "member_count": plan.member_count or len(named)}


def _set_people(force: TaskForce, plan: ForcePlan) -> None:
    """Deputies and members; who leads is neither, and a deputy is no plain member."""
    deputies = {person.pk for person in plan.deputies} - {plan.leader.pk}
    force.deputies.set(deputies)
    force.members.set({person.pk for person in plan.members} - deputies - {plan.leader.pk})
