"""Two drafts of the same record: which fields differ, in words."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meetings.errors import DraftConflict
from meetings.forms.labels import FieldWords
from meetings.forms.values import Values, flat, tidy

if TYPE_CHECKING:
    from meetings.selectors import FormState

MAX_SHOWN = 30
_SILENT = ("starts_at", "ends_at", "version", "auto", "id")


@dataclass(frozen=True)
class Difference:
    """One field with both texts."""

    label: str
    mine: str
    theirs: str


@dataclass(frozen=True)
class ConflictView:
    """Who saved the other draft and when, and what differs."""

    message: str
    version: int
    who: str
    at: datetime.datetime | None
    differences: list[Difference]
    more: int = 0


def describe_conflict(error: DraftConflict, mine: Values, state: FormState) -> ConflictView:
    """The conflict panel's content: what differs in the fields that this form has.

    Leave reasons and the like are shown, since both may type there. The draft holds what the whole organisation
    types; who records a led group's section alone reads nothing of the rest (docs/decisions/0017).
    """
    ours, theirs = flat(_on_form(mine, state)), flat(_on_form(tidy(error.data), state)) if error.data else {}
    words = FieldWords(state)
    found = []
    for path in [*ours, *(path for path in theirs if path not in ours)]:
        one, other = ours.get(path, ""), theirs.get(path, "")
        if one != other and path.rsplit(".", 1)[-1] not in _SILENT:
            found.append(Difference(words.label(path), words.value(path, one), words.value(path, other)))
    who = error.saved_by.display_name if error.saved_by else ""
    shown = found[:MAX_SHOWN] if error.version else []
    return ConflictView(
        error.message, error.version, who, error.saved_at, shown, len(found) - len(shown) if shown else 0
    )


def _on_form(values: Values, state: FormState) -> Values:
    """Of ``values`` those that the form of ``state`` lets one type."""
    own = {str(part.section.pk) for part in state.sections}
    sections = {key: section for key, section in values["sections"].items() if key in own}
    return {**values, "sections": sections, "shared": values["shared"] if state.is_caller else {}}
