"""Lists: everybody's own view of them, on the screen and as a file; saved filters and bulk actions are one's own."""

from __future__ import annotations

from typing import Any

from common.tables import bulk, saving
from tasks.models import Task
from tasks.pages.all_tasks import TaskTable
from tests.access.address import OFFICE, SECRETARY, Address
from tests.access.world import World

LISTS = {"tasks:task_list": "q=dyh&light=red", "meetings:section_list": "state=confirmed", "orgs:person_list": "q=dy"}


def build(world: World) -> dict[str, Any]:
    """The branch secretary's preview of a bulk action, and a filter that they saved."""
    secretary = world.college.branch_secretary
    table = TaskTable(Task.objects.visible_to(secretary), user=secretary, params={"state": "open"}, path="/tasks/")
    saving.save_filter(table=table, actor=secretary, name="ZB101的未办结")
    action = TaskTable.actions[0]
    return {"bulk_run": bulk.choose(table=table, action=action, actor=secretary, chosen=None)}


def _forget(_world: World) -> dict[str, str]:
    return {"do": "forget", "saved": "1"}


ADDRESSES = [
    *(Address(name, post=302) for name in LISTS),
    *(Address(name, query=query, post=302) for name, query in LISTS.items()),
    *(Address(name, query=f"export={kind}", post=302) for name in LISTS for kind in ("csv", "xlsx")),
    *(Address(name, query="export=pdf", get=302, post=302) for name in LISTS),
    Address("tasks:task_list", post=302, data=_forget),
    Address("notices:delivery_list", may=OFFICE, post=302),
    Address("notices:delivery_list", may=OFFICE, query="export=csv", post=302),
    Address("common:bulk_run", lambda w: [w.more["bulk_run"].pk], may=SECRETARY, sees=SECRETARY, post=302),
]
