"""Quorum, votes and the cap on excellent grades: the worked examples of the rule package, and properties."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings import rules

ARTICLE = "支部工作条例(试行)2018 第11条"

# reference/rules.yaml, worked_examples: case, voting base, quorum, votes needed to pass
WORKED = [
    ("正式党员15、预备1、无人请假", 15, 8, 8),
    ("正式党员14、预备0", 14, 7, 8),
    ("正式9、预备22（学生第二支部）", 9, 5, 5),
    ("支委3人", 3, 2, None),
    ("支委5人", 5, 3, None),
]


@pytest.mark.parametrize(("case", "base", "needed", "to_pass"), WORKED)
def test_worked_examples(case: str, base: int, needed: int, to_pass: int | None) -> None:
    assert rules.quorum_needed(base, 1, 2) == needed, case
    assert rules.quorum(needed, base, 1, 2).holds
    assert not rules.quorum(needed - 1, base, 1, 2).holds
    if to_pass is not None:
        assert rules.passed(to_pass, base).needed == to_pass
        assert rules.passed(to_pass, base).holds
        assert not rules.passed(to_pass - 1, base).holds


def test_worked_example_of_an_election() -> None:
    assert rules.quorum_needed(24, 4, 5) == 20  # 24×4/5=19.2
    verdicts = [
        rules.resolution(yes=19, present=n, base=24, numerator=1, denominator=2, article=ARTICLE, election=True).holds
        for n in (19, 20)
    ]
    assert verdicts == [False, True]


def test_31_present_do_not_count_when_only_four_of_them_vote() -> None:
    """学生第二支部：到会31人也不代表合规，只数有表决权的。"""
    verdict = rules.quorum(4, 9, 1, 2, ARTICLE)
    assert not verdict.holds
    assert verdict.text == (
        "应到会有表决权9人，至少须到5人（1/2，含本数），实到4人，未达到法定人数（支部工作条例(试行)2018 第11条）"
    )


def test_half_is_a_quorum_but_half_does_not_pass() -> None:
    assert rules.quorum(7, 14, 1, 2).holds
    verdict = rules.passed(7, 14, ARTICLE)
    assert not verdict.holds
    assert verdict.text == "赞成7票，应到会有表决权14人，须超过半数即至少8票，未通过（支部工作条例(试行)2018 第11条）"


def test_a_resolution_without_quorum_is_void_whatever_the_votes() -> None:
    verdict = rules.resolution(yes=6, present=6, base=14, numerator=1, denominator=2, article=ARTICLE, election=False)
    assert not verdict.holds
    assert verdict.text.endswith("决议无效")


def test_a_kind_without_quorum_is_decided_by_the_votes() -> None:
    values = {"present": 5, "base": 5, "numerator": None, "denominator": None, "article": "校内规定", "election": False}
    assert rules.resolution(yes=3, **values).holds
    assert not rules.resolution(yes=2, **values).holds


def test_nobody_is_no_quorum() -> None:
    assert not rules.quorum(0, 0, 1, 2).holds
    with pytest.raises(ValueError, match="present"):
        rules.quorum(3, 2, 1, 2)


shares = st.sampled_from([(1, 2), (2, 3), (4, 5), (1, 1)])
bases = st.integers(min_value=1, max_value=5000)


@given(bases, shares)
def test_the_needed_number_is_the_smallest_that_holds(base: int, share: tuple[int, int]) -> None:
    needed = rules.quorum_needed(base, *share)
    assert rules.quorum(needed, base, *share).holds
    assert not rules.quorum(needed - 1, base, *share).holds
    assert Fraction(needed, base) >= Fraction(*share)


@given(bases, st.data())
def test_more_yes_never_fails_what_less_passed(base: int, data: st.DataObject) -> None:
    yes = data.draw(st.integers(min_value=0, max_value=base - 1))
    assert not (rules.passed(yes, base).holds and not rules.passed(yes + 1, base).holds)
    assert rules.passed(yes, base).holds == (Fraction(yes, base) > Fraction(1, 2))


@given(st.integers(-2, 50), st.integers(-2, 50), st.integers(-2, 50), st.integers(0, 100))
def test_votes_fit(yes: int, no: int, abstain: int, present: int) -> None:
    fits = rules.votes_fit(yes=yes, no=no, abstain=abstain, present=present)
    assert fits == (min(yes, no, abstain) >= 0 and yes + no + abstain <= present)


@given(st.integers(0, 1000))
def test_excellent_is_at_most_a_third(base: int) -> None:
    allowed = rules.excellent_allowed(base, Fraction(1, 3))
    assert allowed * 3 <= base < (allowed + 1) * 3


def test_the_pass_rule_is_the_kinds() -> None:
    two_thirds = rules.PassRule(2, 3)
    assert [rules.passed(yes, 15, "", two_thirds).holds for yes in (10, 11)] == [False, True]
    assert rules.passed(10, 15, ARTICLE, two_thirds).text == (
        "赞成10票，应到会有表决权15人，须超过2/3即至少11票，未通过（支部工作条例(试行)2018 第11条）"
    )
    of_present = rules.PassRule(of_present=True)
    values = {"base": 15, "numerator": 1, "denominator": 2, "article": "", "election": False}
    assert rules.resolution(yes=5, present=8, **values, rule=of_present).holds
    assert not rules.resolution(yes=4, present=8, **values, rule=of_present).holds
    assert not rules.resolution(yes=5, present=8, **values).holds
    assert rules.resolution(yes=5, present=8, **values, rule=of_present).text == (
        "赞成5票，到会有表决权8人，须超过半数即至少5票，通过"
    )
    election = {**values, "election": True}
    assert rules.resolution(yes=8, present=12, **election).holds  # decision 0010: more than half of all by default
    # the kind's own rule is not for elections: neither stricter nor weaker
    assert rules.resolution(yes=8, present=12, **election, rule=two_thirds).holds
    of_present = rules.PassRule(1, 2, of_present=True)
    assert not rules.resolution(yes=7, present=12, **election, rule=of_present).holds


@pytest.mark.parametrize(("top", "bottom"), [(0, 2), (2, 2), (3, 2), (1, 0)])
def test_a_pass_rule_lies_between_nobody_and_everybody(top: int, bottom: int) -> None:
    with pytest.raises(ValueError, match="share"):
        rules.PassRule(top, bottom)


@given(bases, shares.filter(lambda share: share != (1, 1)), st.data())
def test_passing_is_more_than_the_share(base: int, share: tuple[int, int], data: st.DataObject) -> None:
    yes = data.draw(st.integers(min_value=0, max_value=base))
    verdict = rules.passed(yes, base, "", rules.PassRule(*share))
    assert verdict.holds == (Fraction(yes, base) > Fraction(*share)) == (yes >= verdict.needed)
