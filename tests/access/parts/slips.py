"""Slips."""

from __future__ import annotations

import datetime
from typing import Any

from common import clock
from tasks.models import Slip, Task
from tasks.nightly import issue_slips, refresh_lights
from tasks.services import TaskSpec, open_tasks
from tests.access.address import NOT_OFFERED, SECRETARY, SEES, Address
from tests.access.world import World

NIGHT = datetime.date(2026, 6, 15)


def build(world: World) -> dict[str, Any]:
    """A yellow slip to the secretary of ZB101, on a directive's Task."""
    spec = TaskSpec(
        natural_key="directive:slip",
        source="directive",
        kind="directive",
        title="消防排查",
        organisation_id=world.branch.pk,
        window_start=datetime.date(2026, 5, 1),
        due_on=datetime.date(2026, 6, 25),
        profile="supervision",
    )
    open_tasks(specs=[spec])
    with clock.moved(NIGHT):
        refresh_lights(NIGHT)
        issue_slips(NIGHT)
    return {"slip": Slip.objects.get(task=Task.objects.get(natural_key="directive:slip"))}


ADDRESSES = [
    Address("tasks:slip_list", post=302),
    Address("tasks:slip_detail", lambda w: [w.more["slip"].pk], may=SEES, sees=SEES),
    Address("tasks:slip_answer", lambda w: [w.more["slip"].pk], SECRETARY, SEES, NOT_OFFERED, 400),
]
