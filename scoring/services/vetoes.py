"""Vetoes: registered only with the confirmed meeting of the committee that decided so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from common import audit
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from orgs import access
from scoring import inputs
from scoring.models import Scheme, Stage, VetoEntry
from scoring.services.waiting import ask_again

if TYPE_CHECKING:
    from meetings.models import Section
    from orgs.models import Organisation, User


@transaction.atomic
def register_veto(
    *, actor: User, scheme: Scheme, organisation: Organisation, code: str, reason: str, decision: Section
) -> VetoEntry:
    """Register that the committee found a ground for the lowest band; also while it approves the results.

    ``decision``: a confirmed meeting of the scheme's organisation, in the scheme's year or later. Raises ``NotAllowed``
    (CONFIGURE; an office in the unit), ``InvalidInput`` by field, ``Conflict`` (stage, already registered).
    Side effects: sheets are asked for anew.
    """
    access.require(actor, access.CONFIGURE, scheme.organisation)
    person = inputs.person_of(actor)
    held = inputs.hold(scheme)
    inputs.require_open(held, also=(Stage.APPROVAL,))
    inputs.require_assessed(held, organisation)
    inputs.require_no_office(actor, organisation)
    if code not in {item.code for item in inputs.definition_in_force(held).veto.items}:
        raise InvalidInput(errors={"code": _("方案里没有这个否决情形，请从列表中选择。")})
    reason = inputs.required_text(reason, "reason", _("请写明事由。"))
    if not decides(held, decision):
        words = _("认定须有党委会议：请选择%(unit)s在%(year)d年或以后开过、有法定人数要求、记录已核定的会议。")
        raise InvalidInput(errors={"decision": words % {"unit": held.organisation.name, "year": held.year}})
    entry = VetoEntry(
        scheme=held, organisation=organisation, code=code, reason=reason, decision=decision, registered_by=person
    )
    try:
        with transaction.atomic():
            audit.save(entry, actor=actor, reason=reason)
    except IntegrityError as error:
        raise Conflict(_("这个组织的这项否决已经登记过，请看列表。")) from error
    ask_again([organisation.pk])
    return entry


def decides(scheme: Scheme, decision: Section) -> bool:
    """Whether the record is of a meeting that decides (one with a quorum), of the scheme's committee, in time."""
    is_own = decision.organisation_id == scheme.organisation_id and decision.group_id is None
    counts = decision.state == decision.State.CONFIRMED and decision.kind.quorum_numerator is not None
    return is_own and counts and decision.held_on.year >= scheme.year


@transaction.atomic
def withdraw_veto(*, actor: User, entry: VetoEntry, reason: str) -> VetoEntry:
    """Take a veto back. Raises ``NotAllowed``, ``InvalidInput`` on ``reason``, ``Conflict`` (stage, withdrawn)."""
    access.require(actor, access.CONFIGURE, entry.scheme.organisation)
    inputs.person_of(actor)
    inputs.require_open(inputs.hold(entry.scheme), also=(Stage.APPROVAL,))
    inputs.require_no_office(actor, entry.organisation)
    reason = inputs.required_text(reason, "reason", _("请写明撤销原因。"))
    found = VetoEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if found.is_withdrawn:
        raise Conflict(_("这项否决已经撤销，不用再办。"))
    found.is_withdrawn, found.withdrawn_reason = True, reason
    audit.save(found, actor=actor, reason=reason)
    ask_again([found.organisation_id])
    return found
