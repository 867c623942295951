"""How long a self-statement may be. Pure: no Django.

Words only, no material twice: at most 3,000 characters, at least a quarter of them on what is lacking (reference,
scoring_schemes.yaml, ``process`` step 3). Blanks and line breaks are not counted.
"""

from __future__ import annotations

from dataclasses import dataclass

MOST = 3000
SHARE = 4  # what is lacking takes at least one part in four
DRAFT_MOST = 20_000  # what a draft may hold: shortening is done on the page, not by losing text


def length(text: str) -> int:
    """Characters of ``text`` without blanks and line breaks."""
    return sum(not character.isspace() for character in text)


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long both parts are."""

    achieved: int
    lacking: int

    @property
    def total(self) -> int:
        """Both together."""
        return self.achieved + self.lacking

    @property
    def wanted(self) -> int:
        """How many characters the part on what is lacking needs at least."""
        return -(-self.total // SHARE)


def lengths(achieved: str, lacking: str) -> Lengths:
    """Count both parts."""
    return Lengths(length(achieved), length(lacking))


def faults(achieved: str, lacking: str) -> dict[str, str]:
    """What hinders the submission: field → ``empty``, ``too_long`` (both together) or ``too_little``."""
    found: dict[str, str] = {}
    counted = lengths(achieved, lacking)
    if not counted.achieved:
        found["achieved"] = "empty"
    elif counted.total > MOST:
        found["achieved"] = "too_long"
    if not counted.lacking:
        found["lacking"] = "empty"
    elif counted.lacking * SHARE < counted.total:
        found["lacking"] = "too_little"
    return found
