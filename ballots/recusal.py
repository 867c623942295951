"""Which of the judged units a voter judges; no Django.

A unit is one's own if one is a member or holds an office in it or in anything below it (survey_ballot_rules: recusal).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

OTHERS, OWN, ALL = "others", "own", "all"  # as ``Scope``


def is_own(unit_path: str, own_paths: Iterable[str]) -> bool:
    """Whether the unit at ``unit_path`` of the tree is, or stands above, one of ``own_paths``."""
    return any(path.startswith(unit_path) for path in own_paths)


def is_offered(scope: str, unit_path: str, own_paths: Collection[str]) -> bool:
    """Whether a voter of a group with ``scope`` is asked about the unit at ``unit_path``."""
    if scope == ALL:
        return True
    return is_own(unit_path, own_paths) == (scope == OWN)
