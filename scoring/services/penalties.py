"""Penalties: registered with reason and document, withdrawn with reason, never deleted."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from common import audit, clock
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from orgs import access
from scoring import inputs
from scoring.marking_rules import MOST_TIMES
from scoring.models import PenaltyEntry, Scheme
from scoring.services.waiting import ask_again

if TYPE_CHECKING:
    from orgs.models import Organisation, User


@transaction.atomic
def register_penalty(
    *,
    actor: User,
    scheme: Scheme,
    organisation: Organisation,
    code: str,
    happened_on: datetime.date,
    reason: str,
    times: int = 1,
) -> PenaltyEntry:
    """Register what costs the organisation points; ``reason`` names the document.

    Raises ``NotAllowed`` (CONFIGURE on the scheme's organisation; an office in the unit), ``InvalidInput`` by field,
    ``Conflict`` (stage, or the same entry is there already). Side effects: sheets are asked for anew.
    """
    access.require(actor, access.CONFIGURE, scheme.organisation)
    person = inputs.person_of(actor)
    held = inputs.hold(scheme)
    inputs.require_open(held)
    inputs.require_assessed(held, organisation)
    inputs.require_no_office(actor, organisation)
    _check(held, code, happened_on, times)
    reason = inputs.required_text(reason, "reason", _("请写明事由和依据的文件。"))
    same = {"scheme": held, "organisation": organisation, "code": code, "happened_on": happened_on, "reason": reason}
    if PenaltyEntry.objects.filter(**same, is_withdrawn=False).exists():
        raise Conflict(_("同一天同一事由的这项扣分已经登记过，请看列表。"))
    entry = PenaltyEntry(**same, times=times, registered_by=person)
    audit.save(entry, actor=actor, reason=reason)
    ask_again([organisation.pk])
    return entry


@transaction.atomic
def withdraw_penalty(*, actor: User, entry: PenaltyEntry, reason: str) -> PenaltyEntry:
    """Take a penalty back. Raises ``NotAllowed``, ``InvalidInput`` on ``reason``, ``Conflict`` (stage, withdrawn)."""
    access.require(actor, access.CONFIGURE, entry.scheme.organisation)
    inputs.person_of(actor)
    inputs.require_open(inputs.hold(entry.scheme))
    inputs.require_no_office(actor, entry.organisation)
    reason = inputs.required_text(reason, "reason", _("请写明撤销原因。"))
    found = PenaltyEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if found.is_withdrawn:
        raise Conflict(_("这项扣分已经撤销，不用再办。"))
    found.is_withdrawn, found.withdrawn_reason = True, reason
    audit.save(found, actor=actor, reason=reason)
    ask_again([found.organisation_id])
    return found


def _check(scheme: Scheme, code: str, happened_on: datetime.date, times: int) -> None:
    if code not in {item.code for item in inputs.definition_in_force(scheme).penalty.items}:
        raise InvalidInput(errors={"code": _("方案里没有这个扣分项，请从列表中选择。")})
    if happened_on.year != scheme.year:
        raise InvalidInput(errors={"happened_on": _("发生日期应在%(year)d年内。") % {"year": scheme.year}})
    if happened_on > clock.today():
        raise InvalidInput(errors={"happened_on": _("发生日期不能在今天以后。")})
    if not 1 <= times <= MOST_TIMES:
        raise InvalidInput(errors={"times": _("次数应在1到%(most)d之间。") % {"most": MOST_TIMES}})
