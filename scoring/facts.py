"""What people have entered about the organisations of one calculation, read for all of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from scoring.entries import Claimed, Corrected, Entered, Exempted, Taken
from scoring.formulas import Marks
from scoring.models import BonusClaim, Correction, Mark, PenaltyEntry, UnitExemption, VetoEntry

if TYPE_CHECKING:
    from scoring.models import Scheme


def entered_about(scheme: Scheme, organisation_ids: Iterable[int]) -> dict[int, Entered]:
    """By organisation id; six queries, however many organisations."""
    ids = list(organisation_ids)
    found: dict[int, Entered] = defaultdict(Entered)
    where = {"scheme": scheme, "organisation_id__in": ids}
    for mark in Mark.objects.filter(**where).select_related("reviewer"):
        found[mark.organisation_id].marks[mark.code] = Marks(
            level=mark.level,
            reason=mark.reason,
            reviewer=mark.reviewer.name,
            checked=mark.checked,
            events=mark.events,
        )
    for claim in BonusClaim.objects.filter(**where, state=BonusClaim.State.ACCEPTED).order_by("id"):
        document = f"{claim.issuer}{claim.document_number}"
        found[claim.organisation_id].bonuses.append(Claimed(claim.code, claim.achievement, document))
    for entry in PenaltyEntry.objects.filter(**where, is_withdrawn=False).order_by("id"):
        found[entry.organisation_id].penalties.append(Taken(entry.code, entry.times, entry.reason))
    for veto in VetoEntry.objects.filter(**where, is_withdrawn=False).order_by("id"):
        found[veto.organisation_id].vetoes.append(veto.code)
    approved = UnitExemption.objects.filter(**where, state=UnitExemption.State.APPROVED)
    for exemption in approved.select_related("decided_by"):
        by = exemption.decided_by.name if exemption.decided_by else ""
        given = Exempted(exemption.reason, by, exemption.decided_on or exemption.created_at.date())
        found[exemption.organisation_id].exemptions[exemption.code] = given
    for correction in Correction.objects.filter(**where).order_by("id"):
        found[correction.organisation_id].corrections[correction.code] = Corrected(correction.new, correction.reason)
    return found
