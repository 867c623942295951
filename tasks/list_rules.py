"""Responsibility lists: which change is legal in which state, and what differs between two versions. Pure, no Django."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

DRAFT, PUBLISHED, REPLACED = "draft", "published", "replaced"
STATES = (DRAFT, PUBLISHED, REPLACED)
GONE = ""  # what was deleted has no state

EDIT, DELETE, PUBLISH, REVISE = "edit", "delete", "publish", "revise"
# REVISE begins a new version as a draft; PUBLISH of that draft replaces the published one. A frozen version never
# changes again.
TABLE: dict[str, dict[str, str]] = {
    EDIT: {DRAFT: DRAFT},
    DELETE: {DRAFT: GONE},
    PUBLISH: {DRAFT: PUBLISHED},
    REVISE: {PUBLISHED: PUBLISHED},
}
VERBS = tuple(TABLE)

# Of an item: what its Tasks are made of, and what is only read beside them.
OWED = ("title", "frequency", "times", "due_rule", "requirement", "adopts", "not_applicable")
WORDS = ("evidence_words", "awaits_room", "measure", "article")
COPIED = ("code", "number", *OWED, *WORDS)


@dataclass(frozen=True)
class Change:
    """One item that differs between two versions; ``fields`` are empty when it was added or removed."""

    before: Any = None
    after: Any = None
    fields: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"


def changed_fields(before: Any, after: Any) -> tuple[str, ...]:
    """Names of the fields in which two versions of an item differ; the number in the list is not one of them."""
    return tuple(name for name in (*OWED, *WORDS) if getattr(before, name) != getattr(after, name))


def changes(before: Iterable[Any], after: Iterable[Any]) -> list[Change]:
    """What differs between the items of two versions, by their code: changed and added in the new order, then removed."""
    old = {item.code: item for item in before}
    found = []
    for item in after:
        previous = old.pop(item.code, None)
        if previous is None:
            found.append(Change(after=item))
        elif fields := changed_fields(previous, item):
            found.append(Change(previous, item, fields))
    return [*found, *(Change(before=item) for item in old.values())]
