"""Arithmetic of meetings: quorum, resolutions, appraisal. Pure: imports nothing but the standard library.

The sentences become part of the record, so they are Chinese whatever language the secretary reads the pages in.

Sources: 支部工作条例(试行)2018 art. 11 and 12 (R-BR-11, R-BR-12), 基层组织选举工作条例2020 art. 18, number not verified
(R-VOTE-2), R-APPRAISE-1. Thresholds are compared as whole numbers; nothing is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

HALF = Fraction(1, 2)
ELECTION_QUORUM = Fraction(4, 5)
ELECTION_ARTICLE = "基层组织选举工作条例2020 第18条（条号未核实）"


@dataclass(frozen=True)
class Verdict:
    """A yes or no with the figure it needed and the sentence that explains it, naming the article."""

    holds: bool
    needed: int
    text: str


@dataclass(frozen=True)
class PassRule:
    """More than ``numerator/denominator`` must be in favour: of those who should attend with a vote, or of those present."""

    numerator: int = 1
    denominator: int = 2
    of_present: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.numerator < self.denominator:
            raise ValueError("the share must lie between 0 and 1")


MORE_THAN_HALF = PassRule()  # R-BR-11


def _source(article: str) -> str:
    return f"（{article}）" if article else ""


def quorum_needed(base: int, numerator: int, denominator: int) -> int:
    """The smallest number present that makes a quorum of ``numerator/denominator`` of ``base`` (rounded up)."""
    if base < 0 or numerator < 0 or denominator <= 0:
        raise ValueError("base and numerator must not be negative, denominator must be positive")
    return -(-base * numerator // denominator)


def quorum(present: int, base: int, numerator: int, denominator: int, article: str = "") -> Verdict:
    """Whether ``present`` people with a vote are enough of the ``base`` who should attend with a vote.

    ``present * denominator >= base * numerator``: "半数以上" includes the half itself. A base of nobody has no quorum.
    Raises ``ValueError`` when more are present than should attend, or on negative figures.
    """
    if not 0 <= present <= base:
        raise ValueError("present must lie between 0 and base")
    needed = quorum_needed(base, numerator, denominator)
    holds = base > 0 and present * denominator >= base * numerator
    result = "达到法定人数" if holds else "未达到法定人数"
    share = f"{numerator}/{denominator}，含本数"
    text = f"应到会有表决权{base}人，至少须到{needed}人（{share}），实到{present}人，{result}"
    return Verdict(holds, needed, text + _source(article))


def passed(yes: int, base: int, article: str = "", rule: PassRule = MORE_THAN_HALF) -> Verdict:
    """Whether ``yes`` is more than the rule's share of ``base``, whom the rule counts: by default those who should attend.

    ``yes * denominator > base * numerator``: the share itself does not pass. Raises ``ValueError`` on impossible figures.
    """
    if not 0 <= yes <= base:
        raise ValueError("yes must lie between 0 and base")
    needed = base * rule.numerator // rule.denominator + 1
    holds = yes * rule.denominator > base * rule.numerator
    share = "半数" if rule.numerator * 2 == rule.denominator else f"{rule.numerator}/{rule.denominator}"
    whom = f"到会有表决权{base}人" if rule.of_present else f"应到会有表决权{base}人"
    result = "通过" if holds else "未通过"
    text = f"赞成{yes}票，{whom}，须超过{share}即至少{needed}票，{result}"
    return Verdict(holds, needed, text + _source(article))


def resolution(
    *,
    yes: int,
    present: int,
    base: int,
    numerator: int | None,
    denominator: int | None,
    article: str,
    election: bool,
    rule: PassRule = MORE_THAN_HALF,
) -> Verdict:
    """Result of one resolution: its quorum first, then the votes.

    An election has the quorum of R-VOTE-2 (four fifths) instead of the kind's own; a kind without a quorum
    (``numerator`` empty) is decided by the votes alone. ``rule``: the kind's pass rule; elections keep more than half of
    those who should attend with a vote, whatever the kind's (docs/decisions/0010).
    """
    rule = MORE_THAN_HALF if election else rule
    votes = passed(yes, present if rule.of_present else base, article, rule)
    if election:
        numerator, denominator = ELECTION_QUORUM.numerator, ELECTION_QUORUM.denominator
        enough = quorum(present, base, numerator, denominator, ELECTION_ARTICLE)
    elif numerator and denominator:
        enough = quorum(present, base, numerator, denominator, article)
    else:
        return votes
    if not enough.holds:
        return Verdict(False, votes.needed, f"{enough.text}，决议无效")
    return Verdict(votes.holds, votes.needed, f"{enough.text}；{votes.text}" if election else votes.text)


def votes_fit(*, yes: int, no: int, abstain: int, present: int) -> bool:
    """Whether the votes can be right: none negative, together not more than the voters present."""
    return min(yes, no, abstain) >= 0 and yes + no + abstain <= present


def excellent_allowed(base: int, ratio: Fraction) -> int:
    """How many of ``base`` may be graded excellent (R-APPRAISE-1: at most a third by default), rounded down."""
    return base * ratio.numerator // ratio.denominator
