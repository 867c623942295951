"""Is what a message says still true? The rooms that owe messages answer for their own subjects."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from notices.models import Notice

Check = Callable[[list[Notice]], set[int]]
_checks: dict[str, Check] = {}


def register_check(prefix: str, check: Check) -> None:
    """Let ``check`` answer for the subjects ``prefix:…``: it gets messages and returns the ids still true.

    One query, whatever the number of messages. Called once, in ``apps.ready`` of the room that owes them.
    """
    _checks[prefix] = check


def still_true(notices: Iterable[Notice]) -> set[int]:
    """Ids of the messages that still hold; one query per room concerned. Subjects without a check always hold."""
    by_prefix: dict[str, list[Notice]] = {}
    for notice in notices:
        by_prefix.setdefault(notice.subject.partition(":")[0], []).append(notice)
    true: set[int] = set()
    for prefix, group in by_prefix.items():
        check = _checks.get(prefix)
        true |= check(group) if check else {notice.pk for notice in group}
    return true
