"""Decisions of the demo's organisations: never before a thing is opened, nearly always in time where all is in order."""

import datetime
from collections import Counter

from hypothesis import assume, given
from hypothesis import strategies as st

from partybuild.demo.habits import HABITS, Intent, intent_for

D = datetime.date
ONE_DAY = datetime.timedelta(days=1)
KEYS = st.text("abcZB0123456789:-", min_size=1, max_size=30)
BRANCHES = st.sampled_from(["ZB101", "ZB203", *HABITS])
OPENED = st.dates(D(2025, 1, 1), D(2026, 6, 15))


def decide(key: str, seed: int, branch: str, opened: D, room: int, beyond: int = 0) -> tuple[Intent, D]:
    """The intent, and the due date it was decided for."""
    due = opened + ONE_DAY * room
    intent = intent_for(key=key, seed=seed, branch=branch, opened=opened, due=due, period_end=due + ONE_DAY * beyond)
    return intent, due


@given(KEYS, st.integers(0, 9), BRANCHES, OPENED, st.integers(0, 200), st.integers(0, 40))
def test_nothing_is_held_before_it_is_opened_or_typed_in_before_it_is_held(
    key: str, seed: int, branch: str, opened: D, room: int, beyond: int
) -> None:
    intent, due = decide(key, seed, branch, opened, room, beyond)
    assert intent.hour in (9, 14, 15, 16)
    assert (intent.held_on is None) == (intent.typed_on is None)
    if intent.held_on is None or intent.typed_on is None:
        assert not intent.makes_up
        return
    assert opened <= intent.held_on <= intent.typed_on
    assert intent.held_on <= due + ONE_DAY * 12
    assert intent.typed_on <= intent.held_on + ONE_DAY * 10
    assert intent.makes_up == (intent.held_on > due + ONE_DAY * beyond)


@given(KEYS, st.integers(0, 9), st.sampled_from(["ZB101", "ZB203"]), OPENED, st.integers(0, 200))
def test_an_orderly_branch_meets_between_opening_and_due_date_on_a_weekday(
    key: str, seed: int, branch: str, opened: D, room: int
) -> None:
    intent, due = decide(key, seed, branch, opened, room)
    assume(intent.held_on is not None and intent.held_on <= due)
    assert intent.held_on is not None
    assert opened <= intent.held_on <= due
    assert intent.held_on.isoweekday() <= 5 or intent.held_on == opened
    assert not intent.makes_up


@given(KEYS, st.integers(0, 9), BRANCHES, OPENED, st.integers(0, 200))
def test_the_same_question_has_the_same_answer(key: str, seed: int, branch: str, opened: D, room: int) -> None:
    assert decide(key, seed, branch, opened, room) == decide(key, seed, branch, opened, room)


def shares(branch: str, seed: int = 1) -> dict[str, float]:
    """Of 4,000 decisions, the shares met in time, late, and never."""
    found: Counter[str] = Counter()
    for number in range(4000):
        intent, due = decide(f"committee_meeting:{branch}:{number}", seed, branch, D(2026, 6, 1), 29)
        found["never" if intent.held_on is None else "late" if intent.held_on > due else "in time"] += 1
    return {name: count / 4000 for name, count in found.items()}


def test_branches_are_as_orderly_as_their_habits_say() -> None:
    orderly = shares("ZB101")
    assert orderly["in time"] > 0.95
    assert orderly["late"] < 0.045
    assert orderly["never"] < 0.012
    for branch, (late, never) in HABITS.items():
        found = shares(branch)
        assert abs(found["late"] - late) < 0.03
        assert abs(found["never"] - never) < 0.02


def test_another_seed_decides_otherwise() -> None:
    first, second = (
        [decide(f"lecture:ZB101:{number}", seed, "ZB101", D(2026, 4, 1), 90)[0] for number in range(50)]
        for seed in (1, 2)
    )
    assert first != second
