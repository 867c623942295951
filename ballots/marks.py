"""What somebody chose, on its way from the form to the counters: it shows itself to nobody, not even to an error report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


class Marks:
    """The grade that a voter gives each judged unit: subject id → place of the grade, ``None`` for 弃权.

    Its ``repr`` says nothing, so no traceback, log line or debugger's list of local names holds the choice.
    """

    __slots__ = ("_chosen",)

    def __init__(self, chosen: Mapping[int, int | None]) -> None:
        self._chosen = dict(chosen)

    def __repr__(self) -> str:
        return "<Marks>"

    def __iter__(self) -> Iterator[int]:
        return iter(self._chosen)

    def place(self, subject_id: int, abstain: int) -> int | None:
        """The place of the counter that this vote adds to, ``abstain`` for 弃权; ``None`` when not asked about it."""
        if subject_id not in self._chosen:
            return None
        chosen = self._chosen[subject_id]
        return abstain if chosen is None else chosen

    def strange(self, grades: int) -> set[int]:
        """Subjects with a grade that does not exist."""
        return {pk for pk, chosen in self._chosen.items() if chosen is not None and not 0 <= chosen < grades}
