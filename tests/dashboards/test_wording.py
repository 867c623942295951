"""What pages say on a phone, before the first night, and where the school has figures of its own."""

from __future__ import annotations

import copy
import re

import pytest

from tests.dashboards.owing import month, owe
from tests.dashboards.reading import text
from tests.factories import SmallCollege

YEAR = "/branches/ZB101/year/2026/"


def phone(response) -> str:
    """The part of a general branch's page that only a phone shows."""
    found = re.findall(r'<div class="d-md-none">(.*?)</div>\s*<div class="card-footer', response.content.decode(), re.S)
    assert len(found) == 1
    return found[0]


def test_the_legend_reads_the_schools_figures(college: SmallCollege, enter, settings) -> None:
    month(college.branches[0], "committee_meeting", 6)
    assert "临近（7天内）" in text(enter(college.branch_secretary, YEAR))
    profiles = copy.deepcopy(settings.LIGHT_PROFILES)
    profiles["cadence"]["yellow"]["days_left_max"] = 10
    profiles["cadence"]["orange"]["days_left_max"] = 3
    settings.LIGHT_PROFILES = profiles
    page = text(enter(college.branch_secretary, YEAR))
    assert "临近（10天内）" in page
    assert "紧迫（3天内）" in page
    assert "7天内" not in page
    assert "紧迫（3天内）" in text(enter(college.general_secretary, "/general-branches/ZZ1/"))


@pytest.mark.parametrize(
    ("year", "words"),
    [
        (2026, "应办事项还没有开出：每晚 20:00 自动开出，第二天就能看到。"),
        (2027, "这一年的应办事项到时候每晚自动开出，现在还没有。"),
        (2020, "这一年没有记在平台上的应办事项。"),
    ],
)
def test_a_year_in_which_nothing_stands_says_why(college: SmallCollege, enter, year: int, words: str) -> None:
    """Before the first night there is no row of blanks and no claim that nothing is owed."""
    page = enter(college.branch_secretary, f"/branches/ZB101/year/{year}/")
    assert words in text(page)
    assert "支部党员大会" in text(page)
    assert "本年度没有应办" not in text(page)
    assert 'class="matrix ' not in page.content.decode()


def test_once_something_is_owed_the_empty_lines_say_so_each(college: SmallCollege, enter) -> None:
    month(college.branches[0], "committee_meeting", 6)
    body = enter(college.branch_secretary, YEAR).content.decode()
    assert 'class="matrix-note"><span>本年度没有应办</span></td>' in body
    assert "还没有开出" not in body


def test_a_cell_of_several_months_is_marked_so_that_its_words_stay_in_sight(college: SmallCollege, enter) -> None:
    branch = college.branches[0]
    month(branch, "committee_meeting", 5)
    assert "matrix-wide" not in enter(college.branch_secretary, YEAR).content.decode()
    owe(branch, "organisational_life_meeting", "01-01", "12-31")
    assert '<td class="matrix-wide" colspan="12">' in enter(college.branch_secretary, YEAR).content.decode()


def test_a_general_branchs_page_does_not_repeat_itself_on_a_phone(college: SmallCollege, enter) -> None:
    month(college.branches[0], "committee_meeting", 6)
    page = enter(college.general_secretary, "/general-branches/ZZ1/")
    lines = phone(page)
    assert "ZZ1党总支" not in lines
    assert "打开总支看板" not in lines
    assert "本级" in lines
    assert "ZB101党支部" in lines
    assert "ZB102党支部" in lines
    assert 'href="/general-branches/ZZ1/"' not in page.content.decode().split("<main")[1]


def test_the_committees_page_still_opens_each_general_branch(college: SmallCollege, enter) -> None:
    month(college.branches[0], "committee_meeting", 6)
    for url in ("/dashboard/", "/dashboard/?under=ZZ1"):
        lines = phone(enter(college.committee_secretary, url.partition("?")[0], **_query(url)))
        assert "ZZ1党总支" in lines
        assert 'href="/general-branches/ZZ1/"' in lines


def _query(url: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in url.partition("?")[2].split("&") if pair)
