"""Responsibility lists: read by whoever oversees an organisation, kept by the committee office."""

from __future__ import annotations

from typing import Any

from tasks.models import ListItem
from tasks.services.lists import ItemFacts, add_item, create_draft, publish_list, start_version
from tests.access.address import ABOVE, HOLDS_VIEW, NOT_OFFERED, OFFICE, SEES, Address
from tests.access.world import World

ITEM = ItemFacts(title="核对党员名册", frequency="quarterly", due_rule={"rule": "period_end"})


def build(world: World) -> dict[str, Any]:
    """A published list of branches with a draft of its next version, and one of general branches without."""
    office = world.college.office
    made: dict[str, Any] = {}
    for role in ("branch", "general_branch"):
        draft = create_draft(actor=office, year=2026, role=role, source="empty")
        add_item(actor=office, responsibility_list=draft, facts=ITEM)
        made[f"list_{role}"] = publish_list(actor=office, responsibility_list=draft, reason="年初部署")
    made["list_draft"] = start_version(actor=office, responsibility_list=made["list_branch"])
    made["list_item"] = ListItem.objects.get(list=made["list_draft"])
    made["frozen_item"] = ListItem.objects.get(list=made["list_branch"])
    return made


def _of(name: str) -> Any:
    return lambda world: [world.more[name].pk]


def _holder(world: World) -> list[Any]:
    return [world.branch.code, 2026]


def _above(world: World) -> list[Any]:
    return [world.college.general_branches[0].code, 2026]


def _renamed(_world: World) -> dict[str, str]:
    return {"title": "新名称", "signed_with": ""}


def _reason(_world: World) -> dict[str, str]:
    return {"reason": "年中调整"}


PUBLISHED, FROZEN, DRAFT = _of("list_general_branch"), _of("frozen_item"), _of("list_draft")

ADDRESSES = [
    Address("tasks:list_index", may=HOLDS_VIEW),
    Address("tasks:list_index", may=HOLDS_VIEW, query="year=9999"),
    Address("tasks:list_mine"),
    Address("tasks:list_holder", _holder, may=SEES, sees=SEES),
    Address("tasks:list_holder", _above, may=ABOVE, sees=ABOVE),
    Address("tasks:list_detail", PUBLISHED, may=HOLDS_VIEW, sees=HOLDS_VIEW),
    Address("tasks:list_detail", DRAFT, may=OFFICE, sees=OFFICE, get=302),
    Address("tasks:list_changes", PUBLISHED, may=HOLDS_VIEW, sees=HOLDS_VIEW),
    Address("tasks:list_changes", DRAFT, may=OFFICE, sees=OFFICE),
    Address("tasks:list_new", may=OFFICE, post=400),
    Address("tasks:list_edit", DRAFT, may=OFFICE, sees=OFFICE, post=302, data=_renamed),
    Address("tasks:list_edit", PUBLISHED, may=OFFICE, sees=HOLDS_VIEW, get=302, post=409, data=_renamed),
    Address("tasks:list_item_new", DRAFT, may=OFFICE, sees=OFFICE, post=400),
    Address("tasks:list_item_edit", _of("list_item"), may=OFFICE, sees=OFFICE, post=400),
    Address("tasks:list_item_edit", FROZEN, may=OFFICE, sees=HOLDS_VIEW, post=400),
    Address("tasks:list_item_remove", _of("list_item"), OFFICE, OFFICE, NOT_OFFERED, 302),
    Address("tasks:list_item_remove", FROZEN, OFFICE, HOLDS_VIEW, NOT_OFFERED, 409),
    Address("tasks:list_publish", DRAFT, may=OFFICE, sees=OFFICE, post=302, data=_reason),
    Address("tasks:list_publish", PUBLISHED, may=OFFICE, sees=HOLDS_VIEW, post=409, data=_reason),
    Address("tasks:list_version", PUBLISHED, OFFICE, HOLDS_VIEW, NOT_OFFERED, 302),
    Address("tasks:list_version", DRAFT, OFFICE, OFFICE, NOT_OFFERED, 409),
    Address("tasks:list_delete", DRAFT, OFFICE, OFFICE, NOT_OFFERED, 302),
    Address("tasks:list_delete", PUBLISHED, OFFICE, HOLDS_VIEW, NOT_OFFERED, 409),
]
