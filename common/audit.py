"""The only way audited models are written: every change leaves one history row with user and reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from common import clock

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

M = TypeVar("M", bound=models.Model)
REASON_LENGTH = 100  # of simple-history's column


def save(obj: M, *, actor: AbstractBaseUser | None, reason: str = "", update_fields: Iterable[str] | None = None) -> M:
    """Save one audited object and leave one history row.

    ``actor`` is the account that acts, ``None`` for commands and nightly steps; ``reason`` is cut to 100 characters.
    """
    obj._history_user = actor  # type: ignore[attr-defined]
    obj._change_reason = reason[:REASON_LENGTH]  # type: ignore[attr-defined]
    obj.save(update_fields=update_fields)
    return obj


def bulk_create(
    objs: Sequence[M], model: type[M], *, actor: AbstractBaseUser | None, reason: str = "", batch_size: int = 500
) -> list[M]:
    """Create many audited objects with a history row each."""
    if not objs:
        return []
    return bulk_create_with_history(list(objs), model, batch_size=batch_size, **_stamp(objs, actor, reason))


def bulk_update(
    objs: Sequence[M],
    model: type[M],
    fields: Sequence[str],
    *,
    actor: AbstractBaseUser | None,
    reason: str = "",
    batch_size: int = 500,
) -> int:
    """Update ``fields`` of many audited objects with a history row each; returns the number of rows."""
    if not objs:
        return 0
    stamp = _stamp(objs, actor, reason)
    return bulk_update_with_history(list(objs), model, list(fields), batch_size=batch_size, **stamp)


def _stamp(objs: Iterable[models.Model], actor: AbstractBaseUser | None, reason: str) -> dict[str, Any]:
    # On each object too: simple-history prefers what an earlier ``save`` left there, another actor and reason.
    for obj in objs:
        obj._history_user = actor  # type: ignore[attr-defined]
        obj._change_reason = reason[:REASON_LENGTH]  # type: ignore[attr-defined]
    return {"default_user": actor, "default_change_reason": reason[:REASON_LENGTH], "default_date": clock.now()}
