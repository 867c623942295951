"""Responsibility lists: drafts, publication, versions, what they owe and who answers for them."""

from tasks.services.lists.drafts import (
    ItemFacts,
    add_item,
    change_item,
    create_draft,
    delete_draft,
    load_lists,
    remove_item,
    rename_draft,
)
from tasks.services.lists.keeping import keep_list
from tasks.services.lists.publishing import publish_list, start_version

__all__ = [
    "ItemFacts",
    "add_item",
    "change_item",
    "create_draft",
    "delete_draft",
    "keep_list",
    "load_lists",
    "publish_list",
    "remove_item",
    "rename_draft",
    "start_version",
]
