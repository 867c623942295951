"""Rules of place, composition and term: the figures of the reference, and properties."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.periods import add_months
from orgs import rules

D = datetime.date
dates = st.dates(D(2000, 1, 1), D(2080, 12, 31))
members = st.integers(0, 120)


def texts(**facts: int | bool) -> list[str]:
    values: dict[str, int | bool] = {"formal": 10, "probationary": 0, "has_committee": True, **facts}
    return [warning.text for warning in rules.composition(**values)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("level", "parent", "may"),
    [
        ("committee", None, True),
        ("committee", "committee", True),
        ("committee", "general_branch", False),
        ("general_branch", None, False),
        ("general_branch", "committee", True),
        ("general_branch", "general_branch", False),
        ("general_branch", "branch", False),
        ("branch", None, False),
        ("branch", "committee", True),
        ("branch", "general_branch", True),
        ("branch", "branch", False),
        ("cell", "committee", False),
    ],
)
def test_which_level_stands_under_which(level: str, parent: str | None, may: bool) -> None:
    assert rules.may_stand_under(level, parent) is may


def test_offices_of_one_level_only() -> None:
    assert rules.office_fits("discipline_secretary", "committee")
    assert not rules.office_fits("discipline_secretary", "branch")
    assert rules.office_fits("group_leader", "branch")
    assert not rules.office_fits("group_leader", "general_branch")
    assert all(rules.office_fits("secretary", level) for level in rules.ALLOWED_PARENTS)


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({}, []),
        ({"formal": 2, "has_committee": False}, ["正式党员2人，不足3人，不宜单独设支部"]),
        ({"formal": 3, "has_committee": False}, []),
        ({"formal": 6, "has_committee": False}, []),
        ({"formal": 7, "has_committee": False}, ["正式党员7人，7人以上应设支部委员会"]),
        ({"formal": 28, "probationary": 22}, []),
        ({"formal": 29, "probationary": 22}, ["党员51人，一般不超过50人"]),
        ({"committee_size": 2}, ["支部委员会2人，一般为3至5人、最多7人"]),
        ({"committee_size": 3}, []),
        ({"committee_size": 7}, []),
        ({"committee_size": 8}, ["支部委员会8人，一般为3至5人、最多7人"]),
        ({"committee_size": 5, "deputies": 2}, ["副书记2人，最多设1名"]),
    ],
)
def test_composition(facts: dict[str, int | bool], found: list[str]) -> None:
    assert texts(**facts) == found


def test_every_warning_names_its_article() -> None:
    found = rules.composition(formal=60, probationary=0, has_committee=False)
    assert [warning.article for warning in found] == [rules.SIZE_ARTICLE, rules.COMMITTEE_ARTICLE]
    assert "第4条" in rules.SIZE_ARTICLE and "第20条" in rules.COMMITTEE_ARTICLE


@given(formal=members, probationary=members, has_committee=st.booleans())
def test_a_committee_never_adds_a_warning(formal: int, probationary: int, has_committee: bool) -> None:
    with_one = texts(formal=formal, probationary=probationary, has_committee=True)
    without = texts(formal=formal, probationary=probationary, has_committee=False)
    assert set(with_one) <= set(without)
    assert (len(without) > len(with_one)) == (formal >= 7)


def test_a_small_general_branch_needs_its_approval() -> None:
    assert [w.text for w in rules.general_branch(members=36, approved=False)] == ["党员36人，不足50人，请补填批准文号"]
    assert rules.general_branch(members=36, approved=True) == []
    assert rules.general_branch(members=50, approved=False) == []


@pytest.mark.parametrize(
    ("today", "light", "text"),
    [
        (D(2026, 6, 4), "green", "2026-12-05 届满"),
        (D(2026, 6, 5), "yellow", "还有6个月届满"),  # the reference's point of reminder
        (D(2026, 6, 6), "yellow", "还有5个月届满"),
        (D(2026, 10, 6), "orange", "还有1个月届满"),
        (D(2026, 11, 6), "orange", "还有29天届满"),
        (D(2026, 12, 5), "orange", "今天届满"),
        (D(2026, 12, 6), "red", "已届满1天，尚未换届"),
    ],
)
def test_how_near_the_end_of_a_term_is(today: datetime.date, light: str, text: str) -> None:
    state = rules.term_state(today=today, term_end=D(2026, 12, 5))
    assert (state.light, state.text) == (light, text)


def test_a_term_that_nobody_wrote_down() -> None:
    assert rules.term_state(today=D(2026, 6, 15), term_end=None).light == "grey"


@given(end=dates, before=st.integers(0, 2000), later=st.integers(0, 2000))
def test_a_term_never_looks_better_with_time(end: datetime.date, before: int, later: int) -> None:
    ranks = ("green", "yellow", "orange", "red")
    day = end - datetime.timedelta(days=before)
    first = rules.term_state(today=day, term_end=end).light
    second = rules.term_state(today=day + datetime.timedelta(days=later), term_end=end).light
    assert ranks.index(first) <= ranks.index(second)
    assert (first == "green") == (day < add_months(end, -6))
    assert first != "red"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("ZB-1_a", True), ("党支1", True), ("１２", False), ("ＺＢ1", False), ("a/b", False), ("", False)],
)
def test_codes_are_what_people_type(text: str, is_one: bool) -> None:
    assert rules.is_code(text) is is_one
