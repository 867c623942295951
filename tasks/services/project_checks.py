"""What may be wrong with a draft, as words at the places of the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy

from common.errors import InvalidInput
from common.sentences import writing
from common.sentences import written as _
from orgs import access
from orgs.models import Appointment, Person
from tasks import project_states as states
from tasks import rhythms
from tasks.models import Project
from tasks.project_plans import Fault, faults
from tasks.project_rights import LEVELS

if TYPE_CHECKING:
    from orgs.models import Organisation
    from tasks.services.projects import ProjectDraft

WORDS = {
    "ends_before_start": gettext_lazy("结束日期要在开始日期%(day)s之后。"),
    "milestone_count": gettext_lazy("里程碑要有1到%(most)d个。"),
    "no_title": gettext_lazy("请写里程碑的内容。"),
    "weight": gettext_lazy("权重是1到100的整数。"),
    "due_before_start": gettext_lazy("期限早于项目的开始日期%(day)s。"),
    "due_after_end": gettext_lazy("期限晚于项目的结束日期%(day)s。"),
    "not_in_order": gettext_lazy("里程碑按期限先后排列，这一个要晚于前面的%(day)s。"),
    "weights": gettext_lazy("各里程碑的权重合计要正好是100，现在是%(sum)d。"),
    "indicator_count": gettext_lazy("指标要有1到%(most)d个：有基数和目标值，才看得出变化。"),
    "no_name": gettext_lazy("请写指标名称。"),
    "same_name": gettext_lazy("这个指标名称重复了。"),
    "not_a_number": gettext_lazy("请填数字。"),
    "too_large": gettext_lazy("数字太大，请换个单位（如万元）。"),
    "too_fine": gettext_lazy("最多四位小数。"),
    "rate": gettext_lazy("单位是“比率”时请填百分数或小数，例如46%%或0.46。"),
    "target_is_base": gettext_lazy("目标值和基数相同，看不出要改变什么。"),
}
_TEXTS = {
    "title": (gettext_lazy("请写项目名称。"), 200),
    "problem": (gettext_lazy("请写要破解的难题。"), 2000),
    "target": (gettext_lazy("请写目标。"), 500),
}
_OPTIONAL = {"leader_post": 50, "second_reason": 300}
_MOST_CAUSES, _CAUSE_LENGTH = 10, 100


def words_of(fault: Fault) -> str:
    """A fault of a plan in words."""
    return str(WORDS[fault.code]) % fault.facts


def check_draft(draft: ProjectDraft, *, project: Project | None = None) -> dict[str, str]:
    """The texts of ``draft`` as they will be stored, or ``InvalidInput`` with everything that is wrong, by place.

    Places: the names of ``ProjectDraft``; ``milestones.0.due_on`` for a row; ``milestones`` for all of them.
    ``project``: the one that is edited. At most four queries.
    """
    texts, errors = _texts(draft)
    errors |= _causes(draft)
    if draft.organisation.level not in LEVELS:
        errors["organisation"] = _("项目由党委或党总支领办。")
    elif not belongs(draft.leader, draft.organisation):
        message = _("%(name)s不在%(unit)s：领办人要是本组织及下属组织的党员，或在其中任职。")
        errors["leader"] = message % {"name": draft.leader.name, "unit": draft.organisation.name}
    if draft.rhythm not in rhythms.DAYS:
        errors["rhythm"] = _("请选择跟踪周期。")
    force = draft.task_force
    if force is not None and not draft.organisation.path.startswith(force.organisation.path):
        errors["task_force"] = _("这个专班不在本组织或上级组织。")
    elif force is not None and force.closed_on is not None:
        errors["task_force"] = _("这个专班已经撤销，请选别的专班。")
    plan = faults(
        starts_on=draft.starts_on, ends_on=draft.ends_on, milestones=draft.milestones, indicators=draft.indicators
    )
    errors |= {fault.where: words_of(fault) for fault in plan}
    if not texts.get("second_reason"):
        second = second_project_of(draft.leader, draft.starts_on.year, but=project)
        if second is not None:
            words = _("%(name)s当年已领办“%(title)s”。一人一年领办一个；确需第二个的，请写明理由，由审核人批准。")
            errors["second_reason"] = words % second
    if errors:
        raise InvalidInput(errors=errors)
    return texts


def _texts(draft: ProjectDraft) -> tuple[dict[str, str], dict[str, str]]:
    found = {name: str(getattr(draft, name)).strip() for name in (*_TEXTS, *_OPTIONAL)}
    errors = {name: str(missing) for name, (missing, _length) in _TEXTS.items() if not found[name]}
    lengths = {name: length for name, (_missing, length) in _TEXTS.items()} | _OPTIONAL
    for name, length in lengths.items():
        if len(found[name]) > length:
            errors[name] = _("最多%(count)d字，现在是%(now)d字。") % {"count": length, "now": len(found[name])}
    if not found["leader_post"]:
        found["leader_post"] = post_of(draft.leader, draft.organisation)
    return found, errors


def _causes(draft: ProjectDraft) -> dict[str, str]:
    causes = [cause.strip() for cause in draft.root_causes if cause.strip()]
    if not 1 <= len(causes) <= _MOST_CAUSES or any(len(cause) > _CAUSE_LENGTH for cause in causes):
        facts = {"most": _MOST_CAUSES, "length": _CAUSE_LENGTH}
        return {"root_causes": _("请写1到%(most)d条根源，一行一条，每条最多%(length)d字。") % facts}
    return {}


def belongs(person: Person, organisation: Organisation) -> bool:
    """Whether a person is a member at or below the organisation, or holds an office there or in its departments."""
    if person.organisation is not None and person.organisation.path.startswith(organisation.path):
        return True
    there = access.subtree(organisation.path, "organisation") | Q(department__organisation=organisation)
    return Appointment.objects.in_force().filter(there, person=person).exists()


@writing()
def post_of(person: Person, organisation: Organisation) -> str:
    """The office that a person holds in the organisation, as it is said: 党总支书记; empty without one. One query."""
    offices = Appointment.objects.in_force().filter(person=person, organisation=organisation).order_by("id")
    held = offices.first()
    return f"{organisation.get_level_display()}{held.get_office_display()}" if held else ""


def second_project_of(leader: Person, year: int, *, but: Project | None) -> dict[str, str] | None:
    """The other project that ``leader`` leads in ``year``, as facts for a message; stopped ones do not count."""
    others = Project.objects.filter(leader=leader, year=year, state__in=states.COUNTED)
    if but is not None and but.pk is not None:
        others = others.exclude(pk=but.pk)
        if but.state == states.REVIEWING:  # what is still a draft somewhere does not hold up an approval
            others = others.exclude(state=states.DRAFT)
    title = others.order_by("pk").values_list("title", flat=True).first()
    return {"name": leader.name, "title": title} if title is not None else None
