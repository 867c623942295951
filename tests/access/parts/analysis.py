"""The analysis page: of the committee, of ZZ1 and of ZB101; for those who oversee them, being a member is not enough."""

from __future__ import annotations

from typing import Any

from tests.access.address import ABOVE, HOLDS_VIEW, OFFICE, SEES, SIGNED_IN, Address
from tests.access.world import World

KEYS = ("heat", "comparison", "trend", "ageing", "projects", "scores", "burden")


def build(_world: World) -> dict[str, Any]:
    """Nothing of its own."""
    return {}


ADDRESSES = [
    Address("dashboards:analysis_top", may=HOLDS_VIEW, sees=SIGNED_IN, get=302),
    Address("dashboards:analysis", lambda _w: ["DW"], may=OFFICE, sees=OFFICE),
    Address("dashboards:analysis", lambda w: [w.college.general_branches[0].code], may=ABOVE, sees=ABOVE),
    Address("dashboards:analysis", lambda w: [w.branch.code], may=SEES, sees=SEES),
    Address("dashboards:analysis", lambda _w: ["DW"], may=OFFICE, sees=OFFICE, query="as_of=%00"),
    *[Address("dashboards:analysis_chart", lambda w, key=key: [w.branch.code, key], may=SEES, sees=SEES) for key in KEYS],
    *[Address("dashboards:analysis_chart", lambda _w, key=key: ["DW", key], may=OFFICE, sees=OFFICE) for key in (*KEYS, "composite")],
    Address("dashboards:analysis_chart", lambda _w: ["DW", "none"], may=OFFICE, sees=OFFICE, get=404),
    Address("dashboards:analysis_chart", lambda w: [w.branch.code, "composite"], may=SEES, sees=SEES, get=404),
    Address("dashboards:analysis_file", lambda w: [w.branch.code, "trend"], may=SEES, sees=SEES),
    Address("dashboards:analysis_file", lambda _w: ["DW", "composite"], may=OFFICE, sees=OFFICE),
]  # fmt: skip
