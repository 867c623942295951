"""Sheets and composites: of ZZ1 and ZB101, in preview; the rows behind the figures are not for everybody."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from orgs.models import Level
from scoring.services.composites import create_composite
from tests.access.address import ABOVE, NOT_OFFERED, OFFICE, SEES, Address
from tests.access.world import World
from tests.scoring.places import body, publish_body, write_sheet


def build(world: World) -> dict[str, Any]:
    """A scheme of each level with a sheet, and the composite of the year."""
    college = world.college
    general = publish_body(college.committee, college.office)
    branches = publish_body(college.committee, college.office, body("BR-2026", Level.BRANCH))
    composite = create_composite(
        scheme=general, actor=college.office, code="C-2026", name="综合绩效", party_weight=Decimal("0.3"),
        business_weight=Decimal("0.7"),
    )  # fmt: skip
    return {
        "scheme": general,
        "branch_scheme": branches,
        "general_sheet": write_sheet(general, college.general_branches[0], "81.50", lines={"1.1": "40", "2.1": "15"}),
        "branch_sheet": write_sheet(branches, world.branch, "77.25", lines={"1.1": "40"}),
        "composite": composite,
    }


ADDRESSES = [
    Address("scoring:sheet_list", post=302),
    Address("scoring:sheet_list", query="scheme=x&unit=%00&sort=-total&page=99999999999&q=zb", post=302),
    Address("scoring:sheet_detail", lambda w: [w.more["general_sheet"].pk], may=ABOVE, sees=ABOVE),
    Address("scoring:sheet_detail", lambda w: [w.more["branch_sheet"].pk], may=SEES, sees=SEES),
    Address("scoring:composite_list"),
    Address("scoring:composite_detail", lambda w: [w.more["composite"].pk], may=OFFICE, sees=OFFICE),
    Address("scoring:composite_import", lambda w: [w.more["composite"].pk], OFFICE, OFFICE, 200, 400),
    Address("scoring:composite_publish", lambda w: [w.more["composite"].pk], OFFICE, OFFICE, NOT_OFFERED, 409),
    Address("scoring:composite_export", lambda w: [w.more["composite"].pk], may=OFFICE, sees=OFFICE),
    Address("scoring:composite_notice", lambda w: [w.more["composite"].pk], may=OFFICE, sees=OFFICE),
]
