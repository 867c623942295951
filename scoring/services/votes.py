"""The committee's vote on units that stand in a tie for too few places."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from common import audit, clock
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from orgs import access
from scoring import inputs
from scoring.models import Scheme, Sheet, Stage, TieVote
from scoring.services.placing import award_places, graded_of

if TYPE_CHECKING:
    from orgs.models import User

VOTING_STAGES = (Stage.CHECK, Stage.APPROVAL)
LENGTH = 200


def ties_of(scheme: Scheme) -> list[list[Sheet]]:
    """Groups of sheets that only the committee can order, in tree order; nothing before there is a version in force."""
    version = inputs.version_in_force(scheme)
    if version is None:
        return []
    sheets = list(Sheet.objects.filter(scheme=scheme).select_related("organisation").order_by("organisation__path"))
    graded = graded_of(scheme, inputs.definition_in_force(scheme), sheets)
    groups: dict[frozenset[int | str], list[Sheet]] = {}
    for sheet in sheets:
        found = graded.get(sheet.pk)
        if found is not None and found.to_vote:
            groups.setdefault(frozenset({sheet.pk, *found.to_vote}), []).append(sheet)
    return list(groups.values())


@transaction.atomic
def enter_tie_vote(
    *, actor: User, scheme: Scheme, places: Mapping[int, int], decision: str, decided_on: datetime.date | None
) -> list[TieVote]:
    """Enter the order that the committee gave to one group of tied units.

    Args: ``places`` by organisation id, 1 to their number, each once. Raises ``NotAllowed`` (CONFIGURE; an office in
    one of the units), ``Conflict`` (another stage, or these units are not the ones that are tied now),
    ``InvalidInput`` by field. Side effects: one audited row a unit, an earlier vote in its history; bands awarded anew.
    """
    access.require(actor, access.CONFIGURE, scheme.organisation)
    person = inputs.person_of(actor)
    held = inputs.hold(scheme)
    if held.stage not in VOTING_STAGES:
        raise Conflict(_("票决在四眼复核和党委会审定阶段登记；现在是“%s”阶段。") % held.get_stage_display())
    group = next((one for one in ties_of(held) if {each.organisation_id for each in one} == set(places)), None)
    if group is None:
        raise Conflict(_("这些单位现在没有并列，或者得分已有变动，请刷新后再登记。"))
    for sheet in group:
        inputs.require_no_office(actor, sheet.organisation)
    if sorted(places.values()) != list(range(1, len(group) + 1)):
        raise InvalidInput(errors={"places": _("请给每个单位一个不同的次序，从1到%d。") % len(group)})
    decision, day = _decision(decision, decided_on)
    total = group[0].total or Decimal(0)  # the same of all: they are tied
    there = {one.organisation_id: one for one in TieVote.objects.filter(scheme=held)}
    number = 1 + (TieVote.history.filter(scheme=held).aggregate(last=Max("number"))["last"] or 0)
    votes = []
    for sheet in group:
        unit = sheet.organisation
        vote = there.get(unit.pk) or TieVote(scheme=held, organisation=unit)
        vote.number, vote.total, vote.place, vote.among = number, total, places[unit.pk], len(group)
        vote.decision, vote.decided_on, vote.entered_by = decision, day, person
        votes.append(audit.save(vote, actor=actor, reason=_("登记票决：%s") % decision))
    award_places(scheme=held, definition=inputs.definition_in_force(held))
    return votes


def _decision(decision: str, decided_on: datetime.date | None) -> tuple[str, datetime.date]:
    errors: dict[str, str] = {}
    if not decision.strip() or len(decision) > LENGTH:
        errors["decision"] = _("请写明票决的会议或文号，最多%d字。") % LENGTH
    if decided_on is None or decided_on > clock.today():
        errors["decided_on"] = _("请填写票决日期，不晚于今天。")
    if errors or decided_on is None:
        raise InvalidInput(errors=errors)
    return decision.strip(), decided_on
