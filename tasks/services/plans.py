"""Year plans whose items are directives: load the shipped one, and approve what awaits with one decision."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from django.db import transaction

from common import audit, clock
from common.errors import Conflict, DomainError, InvalidInput
from common.periods import month_day
from common.sentences import written as _
from orgs.models import Organisation, Person
from tasks import directive_rights as rights
from tasks import directive_states as states
from tasks.models import Directive, DirectiveType, Plan, PlanCategory
from tasks.services.decision_messages import tell_plan_approvers
from tasks.services.directive_units import Directory, Picks, owes_task, picks_of
from tasks.services.directives import DirectiveText, draft_directive, submit_directive
from tasks.services.issuing import approve_directive

if TYPE_CHECKING:
    from orgs.models import User

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "education_tasks.yaml"


@dataclass
class Approved:
    """What one decision did: how many were issued, and (directive, why not) for the rest."""

    issued: int = 0
    refused: list[tuple[Directive, str]] = field(default_factory=list)


@dataclass(frozen=True)
class ShippedCategory:
    """A category of the shipped plan: its code and name, and the unit that leads it as the file words it."""

    code: str
    name: str
    lead: str


def shipped_categories(path: Path = SHIPPED) -> list[ShippedCategory]:
    """The categories of the shipped plan, in its order."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [ShippedCategory(row["code"], row["name"], row["lead"]) for row in data["categories"]]


@transaction.atomic
def load_education_tasks(
    *, year: int, actor: User, path: Path = SHIPPED, leaders: Mapping[str, Person] | None = None
) -> Plan:
    """Make the year's plan of the ten kinds of education: its categories and one directive a task, all to be approved.

    Safe to repeat: what the plan has already is left alone, whatever became of it. The owner leads, partners support
    (sets unfolded, unknown names kept). ``leaders``: who of the college's leaders answers for a category, by its code;
    none is named for the others. Raises ``NotAllowed`` without the right to assign for the committee,
    ``InvalidInput`` (no organisations; owners that nobody knows, all at once), ``Conflict`` (the type it names is
    missing). Side effects: drafts submitted for approval in the name of ``actor``; one whose date has passed stays a
    draft.
    """
    root = Organisation.objects.filter(depth=1).first()
    if root is None:
        raise InvalidInput(_("请先导入组织。"))
    rights.require_assign(actor, root)
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    kind = DirectiveType.objects.filter(code=data["type"]).first()
    if kind is None:
        raise Conflict(_("没有交办类型“%(code)s”，请组织部先在“交办类型和单位集合”里恢复。") % {"code": data["type"]})
    directory = Directory(root)
    _require_owners(data, directory)
    plan = _plan(data, year, actor)
    waiting: list[Directive] = []
    known = set(Directive.objects.filter(category__plan=plan).values_list("plan_number", flat=True))
    for position, row in enumerate(data["categories"], 1):
        facts = {"name": row["name"], "lead": row["lead"], "position": position}
        category, _made = PlanCategory.objects.get_or_create(plan=plan, code=row["code"], defaults=facts)
        for task in row["tasks"]:
            if task["num"] in known:
                continue
            lead, support = _picks(directory, data, task)
            text = replace(_text(data, task, category, kind), leader=(leaders or {}).get(category.code))
            directive = draft_directive(organisation=root, text=text, lead=lead, support=support, actor=actor)
            if directive.due_on >= clock.today():  # else it stays a draft: its date has to be set anew
                waiting.append(submit_directive(directive=directive, actor=actor, quietly=True))
    if waiting:
        tell_plan_approvers(plan, waiting)
    return plan


def _require_owners(data: dict[str, Any], directory: Directory) -> None:
    owners = [task["owner"] for row in data["categories"] for task in row["tasks"]]
    unknown = [
        name
        for name in dict.fromkeys(owners)
        if not any(owes_task(unit) for unit in directory.named(_real(data, name)))
    ]
    if unknown:
        message = _("名册里没有这些牵头单位：%(names)s。请先登记部门，或把这个名称建成“单位集合”。")
        raise InvalidInput(message % {"names": "、".join(unknown)})


def _real(data: dict[str, Any], name: str) -> str:
    return str(data["aliases"].get(name, name))


def _plan(data: dict[str, Any], year: int, actor: User) -> Plan:
    plan = Plan.objects.filter(code=data["code"], year=year).first()
    if plan is None:
        name = _("%(year)d年%(name)s%(total)d项任务") % {"year": year, "name": data["name"], "total": data["total"]}
        plan = audit.save(Plan(code=data["code"], year=year, name=name), actor=actor, reason=_("载入年度计划"))
    return plan


def _picks(directory: Directory, data: dict[str, Any], task: dict[str, Any]) -> tuple[Picks, Picks]:
    """Who leads and who supports, found by name."""
    owner = directory.named(_real(data, task["owner"]))
    lead, _none = picks_of(owner)
    return lead, Picks(names=[_real(data, name) for name in task["partners"]])


def _text(data: dict[str, Any], task: dict[str, Any], category: PlanCategory, kind: DirectiveType) -> DirectiveText:
    year = category.plan.year
    return DirectiveText(
        title=task["title"],
        standard=f"{task['output']}；{task['metric']}",
        source=Directive.Source.YEAR_PLAN.value,
        source_note=f"{year}年{data['source_note']}" if data["source_note"] else category.plan.name,
        type=kind,
        rhythm=data["rhythm"],
        starts_on=datetime.date(year, 1, 1),
        due_on=month_day(year, task["due"].month, task["due"].day),
        category=category,
        plan_number=task["num"],
        output=task["output"],
        measure=task["metric"],
    )


def approve_plan(*, plan: Plan, actor: User) -> Approved:
    """Approve every directive of ``plan`` that awaits it, with one decision of somebody who wrote none of them.

    Each is a transaction of its own: one that cannot be issued (its date has passed) stays and is named with the
    reason. Raises ``NotAllowed`` when none may be decided by ``actor``, ``Conflict`` when none awaits.
    """
    waiting = list(
        Directive.objects.filter(category__plan=plan, state=states.AWAITING)
        .select_related("organisation")
        .order_by("plan_number")
    )
    if not waiting:
        raise Conflict(_("这份计划没有待审批的事项，请刷新后再看。"))
    if not any(rights.may_decide(actor, directive) for directive in waiting):
        rights.require_decide(actor, waiting[0])
    done = Approved()
    for directive in waiting:
        try:
            approve_directive(directive=directive, actor=actor)
            done.issued += 1
        except DomainError as error:
            done.refused.append((directive, error.message))
    return done
