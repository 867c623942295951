"""Returning a confirmed record and cancelling what did not take place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy

from common import audit, clock
from common.errors import Conflict
from meetings import messages
from meetings.models import Draft, Section
from meetings.rights import EDITABLE, lock, require_reason, require_record, sections_of
from meetings.services import proof
from notices.services import owe
from orgs import access
from orgs.selectors.roll import secretary_on

if TYPE_CHECKING:
    from orgs.models import User


NOT_RETURNABLE = gettext_lazy("这份记录没有核定或已被退回，请刷新页面。")
NOT_CANCELLABLE = gettext_lazy("这份记录已经核定或取消，不能取消。")


def require_returnable(section: Section) -> None:
    """Raise ``Conflict`` unless the section is confirmed: nobody is asked for a reason in vain."""
    if section.state != Section.State.CONFIRMED:
        raise Conflict(NOT_RETURNABLE)


def require_cancellable(section: Section) -> None:
    """Raise ``Conflict`` unless the section is open."""
    if section.state not in EDITABLE:
        raise Conflict(NOT_CANCELLABLE)


@transaction.atomic
def return_section(*, actor: User, section: Section, reason: str) -> Section:
    """The level above returns a confirmed section with a reason.

    Side effects: its evidence is withdrawn (Tasks open again with the cause), a RETURNED notice to the secretary.
    What the meeting agreed stays owed. Raises: ``NotAllowed`` (four eyes), ``InvalidInput`` on ``reason``,
    ``Conflict`` when it is not confirmed.
    """
    section = _fresh(section)
    access.require_review(actor, section.organisation, section.confirmed_by_id)
    reason = require_reason(reason, length=500)
    _claim(section, (Section.State.CONFIRMED,), Section.State.RETURNED, NOT_RETURNABLE)
    section.return_reason = reason
    audit.save(section, actor=actor, reason=reason)
    proof.withdraw(section, cause=reason, actor=actor)
    secretary = secretary_on(section.organisation, clock.today())
    if secretary is not None:
        owe(messages=[messages.returned(section, secretary)])
    return section


@transaction.atomic
def cancel_section(*, actor: User, section: Section, reason: str) -> Section:
    """Cancel a planned, drafted or returned section with a reason.

    Side effects: Tasks of what it had agreed are stopped; the organisation's draft goes with its last open section.
    Raises: ``NotAllowed``, ``InvalidInput`` on ``reason``, ``Conflict`` when it is confirmed or already cancelled.
    """
    section = _fresh(section)
    require_record(actor, section.organisation, [section.group_id])
    reason = require_reason(reason, length=500)
    _claim(section, EDITABLE, Section.State.CANCELLED, NOT_CANCELLABLE)
    section.cancel_reason = reason
    audit.save(section, actor=actor, reason=reason)
    proof.drop_agreed_items(list(section.agreed_items.all()), actor=actor, reason=reason)
    if not any(row.state in EDITABLE for row in sections_of(section.gathering, section.organisation)):
        Draft.objects.filter(gathering=section.gathering, organisation=section.organisation).delete()
    return section


def _fresh(section: Section) -> Section:
    """The section as it is now, its gathering locked."""
    lock(section.gathering)
    return Section.objects.select_related("kind", "group", "organisation", "gathering").get(pk=section.pk)


def _claim(section: Section, states: tuple[str, ...], target: Section.State, refusal: object) -> None:
    """Move the section to ``target`` if it is still as it was read; else ``Conflict`` with ``refusal``."""
    rows = Section.objects.filter(pk=section.pk, state=section.state, state__in=states)
    if rows.update(state=target) != 1:
        raise Conflict(refusal)
    section.state = target
