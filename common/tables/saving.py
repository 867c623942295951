"""Saved filters: one's own, by name, for one list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import InvalidInput
from common.models import SavedFilter

if TYPE_CHECKING:
    from common.tables.table import Table

MOST = 20  # of one person for one list
NAME_LENGTH = 30


@transaction.atomic
def save_filter(*, table: Table[Any], actor: Any, name: str) -> SavedFilter:
    """Keep what ``table`` is filtered, searched and sorted by under ``name``; the same name again is replaced.

    Raises ``InvalidInput``: no name or a long one, nothing to keep, 20 of them already.
    """
    words = " ".join(name.replace("\x00", "").split())
    if not words or len(words) > NAME_LENGTH:
        raise InvalidInput(_("请给筛选起个名称，最多%(most)d个字。") % {"most": NAME_LENGTH})
    query = table.query()
    if not query:
        raise InvalidInput(_("现在没有任何条件。请先筛选或排序，再保存。"))
    own = SavedFilter.objects.select_for_update().filter(user=actor, page=table.key)
    names = {saved.name for saved in own}
    if words not in names and len(names) >= MOST:
        raise InvalidInput(_("一个列表最多存%(most)d个筛选。请先删去不用的。") % {"most": MOST})
    return SavedFilter.objects.update_or_create(user=actor, page=table.key, name=words, defaults={"query": query})[0]


def delete_filter(*, table: Table[Any], actor: Any, pk: int) -> str:
    """Remove one of the person's own; its name, empty when it was not there (any more)."""
    saved = SavedFilter.objects.filter(user=actor, page=table.key, pk=pk).first()
    if saved is None:
        return ""
    saved.delete()
    return saved.name
