"""The composite of the colleges as its pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from orgs.models import College
from scoring.definition_parts import Component
from scoring.models import BusinessScore, Composite, CompositeLine, Sheet, Stage
from scoring.totals import composite as composite_of

if TYPE_CHECKING:
    from orgs.models import User

FULL_MARK = Decimal(100)
PARTY, BUSINESS = "PARTY", "BUSINESS"


@dataclass(frozen=True)
class CompositeRow:
    """One college: both parts on a scale of 100, what each contributes, and the total; or what is missing."""

    college: College
    sheet_id: int | None
    party: Decimal | None
    business: Decimal | None
    total: Decimal | None
    missing: str = ""
    party_part: Decimal | None = None
    business_part: Decimal | None = None
    note: str = ""


def _components(composite: Composite) -> tuple[Component, Component]:
    return (
        Component(PARTY, _("党建"), composite.party_weight, FULL_MARK, "scheme"),
        Component(BUSINESS, _("事业发展"), composite.business_weight, FULL_MARK, "import_xlsx"),
    )


def composites_of(user: User) -> list[Composite]:
    """All composites that ``user`` may see, the newest first."""
    return list(Composite.objects.visible_to(user).select_related("organisation", "scheme"))


def composite_rows(composite: Composite) -> list[CompositeRow]:
    """One row a college, in the order of their codes; published ones as they were written. Three queries at most."""
    colleges = list(College.objects.under(composite.organisation).order_by("code"))
    sheets = {
        one.organisation_id: one
        for one in Sheet.objects.filter(
            scheme=composite.scheme_id, organisation_id__in=[one.organisation_id for one in colleges]
        ).only("organisation_id", "total", "missing")
    }
    if composite.state == Composite.State.PUBLISHED:
        written = CompositeLine.objects.filter(composite=composite).select_related("college").order_by("college__code")
        return [
            _row(composite, line.college, sheets.get(line.college.organisation_id), line.party, line.business)
            for line in written
        ]
    business = {one.college_id: one for one in BusinessScore.objects.filter(composite=composite)}
    return [_preview(composite, one, sheets.get(one.organisation_id), business.get(one.pk)) for one in colleges]


def is_complete(composite: Composite, rows: list[CompositeRow]) -> bool:
    """Whether nothing keeps the composite from being published: final Party figures and both parts of every college."""
    return composite.scheme.stage == Stage.FINAL and bool(rows) and all(row.total is not None for row in rows)


def _preview(
    composite: Composite, college: College, sheet: Sheet | None, business: BusinessScore | None
) -> CompositeRow:
    party = sheet.total if sheet is not None else None
    score = None if business is None else business.score * FULL_MARK / business.full_mark
    return _row(composite, college, sheet, party, score, business.note if business is not None else "")


def _row(
    composite: Composite, college: College, sheet: Sheet | None, party: Decimal | None, business: Decimal | None,
    note: str = "",
) -> CompositeRow:  # fmt: skip
    found = composite_of({PARTY: party, BUSINESS: business}, _components(composite))
    gaps = []
    if party is None:
        gaps.append(_("缺党建得分") if sheet is None else _("党建评分表有%d项缺数据") % sheet.missing)
    if business is None:
        gaps.append(_("缺事业发展得分"))
    return CompositeRow(
        college=college,
        sheet_id=None if sheet is None else sheet.pk,
        party=party,
        business=business,
        total=found.total,
        missing="，".join(gaps),
        party_part=None if party is None else party * composite.party_weight,
        business_part=None if business is None else business * composite.business_weight,
        note=note,
    )
