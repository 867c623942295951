"""Grades from totals: floors, quotas, further conditions, ties, veto. Pure: no Django.

Nothing is decided silently: who has the points and gets no place is told why, and a tie that the rules cannot break is
left to the committee's vote. Source: the reference (scoring_schemes.yaml, ``bands``, ``tie_break``, ``veto``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from scoring.definition_checks import CONDITIONS, plain
from scoring.definition_parts import Band

TO_VOTE = "需党委会票决"  # in the words of those who are tied
ROUNDS = {"floor": ROUND_FLOOR, "half_up": ROUND_HALF_UP, "ceil": ROUND_CEILING}
NAMED = 5  # units by name in one sentence; the words of a sheet are short
HUNDRED = Decimal(100)
Key = int | str


@dataclass(frozen=True, slots=True)
class Entry:
    """One organisation in the grading. ``total``: rounded, ``None`` while it has none.

    ``tie_values``: in the order of the scheme's ``tie_break``, higher goes first; ``None`` where a figure is unknown, and
    then that rule decides nothing among those who are tied. ``vote``: number of the committee's vote and the place that
    it gave (1 goes first); it decides behind the rules, and only among those who were in the same vote.
    ``facts``: what conditions ask for, by name: ``K类扣分`` (a number of cases), ``会议合规率`` (0..1).
    """

    key: Key
    total: Decimal | None
    tie_values: tuple[Decimal | None, ...] = ()
    vote: tuple[int, int] | None = None
    vetoed: bool = False
    facts: Mapping[str, Decimal] = field(default_factory=dict)
    name: str = ""

    @property
    def called(self) -> str:
        """Its name in sentences."""
        return self.name or str(self.key)


@dataclass(frozen=True, slots=True)
class Graded:
    """The band of one organisation, and why in words.

    ``limited_by_quota``: it has the points of a better band but there was no place. ``to_vote``: keys of those with whom
    it is tied for a place that only the committee can give.
    """

    band: str
    limited_by_quota: bool
    words: str
    to_vote: tuple[Key, ...] = ()


@dataclass(slots=True)
class _Course:
    """What happened to one entry on its way down the bands."""

    entry: Entry
    total: Decimal
    notes: list[str] = field(default_factory=list)
    limited: bool = False
    to_vote: tuple[Key, ...] = ()


def award_bands(entries: Sequence[Entry], bands: Sequence[Band], *, rated: int | None = None) -> dict[Key, Graded]:
    """The band of every entry by its key; the order of ``entries`` does not matter.

    Args: ``bands``: of a checked scheme, best first; ``rated``: how many units the quotas are parts of, all entries by
    default. An entry without a total gets no band (empty name).
    """
    number = len(entries) if rated is None else rated
    found: dict[Key, Graded] = {
        one.key: Graded("", False, "总分不完整，暂不定等次") for one in entries if one.total is None and not one.vetoed
    }
    found |= {
        one.key: Graded(bands[-1].name, False, f"一票否决，定为{bands[-1].name}") for one in entries if one.vetoed
    }
    waiting = [_Course(one, one.total) for one in entries if one.total is not None and not one.vetoed]
    taken = 0
    for band in bands:
        places = _places(band, number, taken)
        placed = _placed(band, [one for one in waiting if one.total >= band.min], places, number)
        for course in placed:
            found[course.entry.key] = _graded(course, band)
        keys = {course.entry.key for course in placed}
        waiting = [one for one in waiting if one.entry.key not in keys]
        taken += len(placed)
    return found


def quota_of(band: Band, number: int) -> int | None:
    """How many of ``number`` units may have this band (with the better ones where they share a quota); ``None``: any."""
    if band.quota_max_ratio is None:
        return None
    return int((band.quota_max_ratio * number).to_integral_value(ROUNDS[band.quota_round]))


def _places(band: Band, number: int, taken: int) -> int | None:
    quota = quota_of(band, number)
    if quota is None:
        return None
    return max(0, quota - taken) if band.quota_scope else quota


def _placed(band: Band, courses: list[_Course], places: int | None, number: int) -> list[_Course]:
    """Who gets this band; the others are told why not."""
    fit = []
    for course in courses:
        faults = [words for extra in band.extra if (words := _fault(extra, course.entry.facts))]
        if faults:
            course.notes.append(f"达到{band.name}线{plain(band.min)}，但{'；'.join(faults)}")
        else:
            fit.append(course)
    if places is None:
        return fit
    given: list[_Course] = []
    closed = False
    for group in _ranked(fit, 0):
        if not closed and len(given) + len(group) <= places:
            given += group
            continue
        left = 0 if closed else places - len(given)
        closed = True  # the places that a vote will give are not given to those behind
        for course in group:
            _refuse(course, band, group, left, number)
    return given


def _refuse(course: _Course, band: Band, group: list[_Course], left: int, number: int) -> None:
    ratio, quota = band.quota_max_ratio or Decimal(0), quota_of(band, number)
    rule = f"{number}个单位×{plain(ratio * HUNDRED)}%为{quota}个"
    if band.quota_scope:
        rule = f"{band.quota_scope}，{rule}"
    if left:
        others = [one.entry for one in group if one is not course]
        names = _some(sorted(one.called for one in others))
        note = f"达到{band.name}线{plain(band.min)}，与{names}并列，{band.name}名额只剩{left}个（{rule}），{TO_VOTE}"
        course.to_vote = course.to_vote or tuple(sorted((one.key for one in others), key=str))
    else:
        note = f"达到{band.name}线{plain(band.min)}，因名额限制（{rule}）未列入"
    course.notes.append(note)
    course.limited = True


def _some(names: list[str]) -> str:
    shown = "、".join(names[:NAMED])
    return shown if len(names) <= NAMED else f"{shown}等{len(names)}个单位"


def _ranked(courses: list[_Course], position: int) -> list[list[_Course]]:
    """Groups in order: by total, the tie rules, the vote; who stays together cannot be told apart."""
    groups: list[list[_Course]] = []
    for total in sorted({course.total for course in courses}, reverse=True):
        groups += _split([course for course in courses if course.total == total], position)
    return groups


def _split(group: list[_Course], position: int) -> list[list[_Course]]:
    longest = max(len(course.entry.tie_values) for course in group)
    if len(group) == 1:
        return [group]
    if position >= longest:
        return _by_vote(group)
    values = [
        course.entry.tie_values[position] if position < len(course.entry.tie_values) else None for course in group
    ]
    if None in values:
        return _split(group, position + 1)
    groups: list[list[_Course]] = []
    for value in sorted({value for value in values if value is not None}, reverse=True):
        same = [course for course, own in zip(group, values, strict=True) if own == value]
        groups += _split(same, position + 1)
    return groups


def _by_vote(group: list[_Course]) -> list[list[_Course]]:
    """In the order of the vote that all of them were in; places of two votes say nothing about each other."""
    voted = [(*course.entry.vote, course) for course in group if course.entry.vote is not None]
    if len(voted) < len(group) or len({number for number, _place, _course in voted}) > 1:
        return [group]
    for _number, place, course in voted:
        note = f"并列次序经党委会票决为第{place}"
        course.notes += [] if note in course.notes else [note]
    return [[course] for _number, _place, course in sorted(voted, key=lambda one: one[1])]


def _fault(extra: str, facts: Mapping[str, Decimal]) -> str:
    """Why a further condition is not met; empty if it is. A fact that is not known does not meet it."""
    none_of, bound = CONDITIONS
    if found := none_of.fullmatch(extra):
        times = facts.get(f"{found['kind']}类扣分")
        if times is None:
            return f"缺{found['kind']}类扣分情况"
        return f"有{found['kind']}类扣分{plain(times)}次" if times > 0 else ""
    if found := bound.fullmatch(extra):
        name, limit = found["name"], Decimal(found["bound"])
        value = facts.get(name)
        if value is None:
            return f"缺{name}"
        short = value < limit if found["than"] == "不低于" else value > limit
        return f"{name}为{plain(value.quantize(Decimal('0.0001')))}，不符合“{extra}”" if short else ""
    return f"条件“{extra}”无法核对"


def _graded(course: _Course, band: Band) -> Graded:
    total = format(course.total, "f")
    words = f"得分{total}，定为{band.name}"
    if course.notes:
        words = f"得分{total}，{'；'.join(course.notes)}；定为{band.name}"
    return Graded(band.name, course.limited, words, course.to_vote)


def conditions(bands: Iterable[Band]) -> tuple[str, ...]:
    """The names of the facts that further conditions of these bands ask for."""
    found: dict[str, None] = {}
    for band in bands:
        for extra in band.extra:
            if one := CONDITIONS[0].fullmatch(extra):
                found[f"{one['kind']}类扣分"] = None
            elif one := CONDITIONS[1].fullmatch(extra):
                found[one["name"]] = None
    return tuple(found)
