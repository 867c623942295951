"""Exemptions of one organisation from one indicator: asked with a reason, decided above, never by who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from common import audit, clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.sentences import written as _
from orgs import access
from scoring import inputs
from scoring.models import Scheme, UnitExemption
from scoring.services.waiting import ask_again

if TYPE_CHECKING:
    from orgs.models import Organisation, User

State = UnitExemption.State
# What was approved may be taken back, with a reason.
DECISIONS: dict[str, frozenset[str]] = {
    State.ASKED: frozenset({State.APPROVED, State.REFUSED}),
    State.APPROVED: frozenset({State.REFUSED}),
    State.REFUSED: frozenset(),
}


@transaction.atomic
def ask_exemption(*, actor: User, scheme: Scheme, organisation: Organisation, code: str, reason: str) -> UnitExemption:
    """Ask that an indicator is not counted for the own organisation.

    Raises ``NotAllowed`` without RECORD there, ``InvalidInput`` by field, ``Conflict`` (stage, asked already).
    """
    access.require(actor, access.RECORD, organisation)
    person = inputs.person_of(actor)
    held = inputs.hold(scheme)
    inputs.require_open(held)
    inputs.require_assessed(held, organisation)
    if code not in {one.code for one in inputs.definition_in_force(held).indicators()}:
        raise InvalidInput(errors={"code": _("方案里没有这个指标，请从列表中选择。")})
    reason = inputs.required_text(reason, "reason", _("请写明不适用的理由。"))
    asked = UnitExemption(scheme=held, organisation=organisation, code=code, reason=reason, asked_by=person)
    try:
        with transaction.atomic():
            return audit.save(asked, actor=actor, reason=reason)
    except IntegrityError as error:
        raise Conflict(_("这个指标已经申请过免计，请看列表里的审批结果。")) from error


@transaction.atomic
def decide_exemption(*, actor: User, exemption: UnitExemption, approve: bool, decision: str) -> UnitExemption:
    """Approve or refuse; an approval may later be taken back (refused) with a reason.

    Raises ``NotAllowed`` (CONFIGURE above; the applicant; an office in the unit), ``InvalidInput`` on ``decision`` (a
    refusal says why), ``Conflict`` (stage, decided already). Side effects: sheets are asked for anew.
    """
    access.require(actor, access.CONFIGURE, exemption.scheme.organisation)
    person = inputs.person_of(actor)
    inputs.require_open(inputs.hold(exemption.scheme))
    found = UnitExemption.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=exemption.pk)
    if found.asked_by_id == person.pk:
        raise NotAllowed(_("不能审批自己提出的申请，请由其他负责人审批。"))
    inputs.require_no_office(actor, found.organisation)
    new = State.APPROVED if approve else State.REFUSED
    if new not in DECISIONS[found.state]:
        raise Conflict(_("这份申请已经审批过（%(state)s），请刷新后再看。") % {"state": found.get_state_display()})
    if not approve:
        decision = inputs.required_text(decision, "decision", _("请写明不批准的理由，申请人会看到。"))
    found.state, found.decided_by, found.decided_on = new, person, clock.today()
    found.decision = decision.strip()[:500]
    audit.save(found, actor=actor, reason=found.decision or _("批准免计"))
    ask_again([found.organisation_id])
    return found
