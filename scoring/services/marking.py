"""Marks of reviewers: a level, items or counted events, always with a reason and a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy

from common import audit, clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.sentences import written as _
from scoring import inputs
from scoring.marking_rules import Finding, faults_of, is_marked_by_people, state_of
from scoring.models import Mark, ReviewerSeat, Scheme
from scoring.services.waiting import ask_again

if TYPE_CHECKING:
    from orgs.models import Organisation, Person, User
    from scoring.definitions import Indicator

_FAULTS = {
    "no_level": gettext_lazy("请选择一个档次。"),
    "not_all_checked": gettext_lazy("请逐条核对：每一条都选“做到”或“没做到”。"),
    "not_looked": gettext_lazy("请填写查实的次数；查过而没有的，勾选“已查，没有”。"),
    "unknown_event": gettext_lazy("方案已有变化，请刷新页面后重填。"),
    "odd_times": gettext_lazy("次数应为1到999的整数，没有的留空。"),
}


@transaction.atomic
def give_mark(
    *,
    actor: User,
    scheme: Scheme,
    organisation: Organisation,
    code: str,
    finding: Finding,
    reason: str,
    seen: str = "",
    again: bool = False,
) -> Mark:
    """Write what a reviewer found about one indicator of one organisation.

    ``seen``: ``state_of`` the mark as the reviewer saw it, empty for none; so two reviewers do not overwrite each other.
    ``again``: an objection returned it, so a published result does not refuse it (``objections.mark_again`` asks that).
    The same finding sent twice changes nothing. Raises ``NotAllowed`` (no seat, or an office in the unit),
    ``InvalidInput`` by field (level, checked, events, reason), ``Conflict`` (stage, or marked by somebody meanwhile).
    Side effects: the organisation's sheets are asked for anew.
    """
    person = inputs.person_of(actor)
    held = inputs.hold(scheme)
    indicator = _indicator(held, code)
    _require_seat(held, code, person)
    if not again:
        inputs.require_open(held)
    inputs.require_assessed(held, organisation)
    inputs.require_no_office(actor, organisation)
    values = _values(indicator, finding, reason)
    mark = Mark.objects.filter(scheme=held, organisation=organisation, code=code).first()
    if mark is not None and all(getattr(mark, name) == value for name, value in values.items()):
        return mark
    if state_of(mark) != seen:
        raise Conflict(_("这一项刚由%(name)s评过，请核对后再保存。") % {"name": mark.reviewer.name if mark else ""})
    mark = mark or Mark(scheme=held, organisation=organisation, code=code)
    for name, value in values.items():
        setattr(mark, name, value)
    mark.reviewer, mark.marked_on = person, clock.today()
    audit.save(mark, actor=actor, reason=_("评分：%(reason)s") % {"reason": mark.reason})
    ask_again([organisation.pk])
    return mark


def _indicator(scheme: Scheme, code: str) -> Indicator:
    try:
        indicator = inputs.definition_in_force(scheme).indicator(code)
    except KeyError:
        raise Conflict(_("现行方案里没有这个指标，请返回评分列表。")) from None
    if not is_marked_by_people(indicator):
        raise Conflict(_("这个指标不由人评分（自动取数或本年度免计），请返回评分列表。"))
    return indicator


def _require_seat(scheme: Scheme, code: str, person: Person) -> None:
    if not ReviewerSeat.objects.filter(scheme=scheme, code=code, person=person).exists():
        raise NotAllowed(_("您不是这个指标的评分人。评分人由组织部确定。"))


def _values(indicator: Indicator, finding: Finding, reason: str) -> dict[str, object]:
    errors = {name: str(_FAULTS[fault]) for name, fault in faults_of(indicator, finding).items()}
    try:
        reason = inputs.required_text(reason, "reason", _("请写明理由，被考核单位会看到。"))
    except InvalidInput as error:
        errors = errors | error.errors
    if errors:
        raise InvalidInput(errors=errors)
    return {
        "level": finding.level if indicator.kind == "rubric" else "",
        "checked": dict(finding.checked) if indicator.kind == "checklist" else {},
        "events": dict(finding.events or {}) if indicator.kind == "deduct" else None,
        "reason": reason,
    }
