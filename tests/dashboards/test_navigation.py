"""The menu marks where one is: the page itself, or the entry that the page belongs to."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from common import clock
from meetings.services import load_kinds
from tests.factories import SmallCollege, make_college

MARKED = re.compile(
    r'nav-item active"><a class="nav-link" href="[^"]*" aria-current="(\w+)">.*?nav-link-title">([^<]+)<', re.DOTALL
)


@pytest.fixture
def college(db: None) -> SmallCollege:
    with clock.moved(date(2026, 6, 15)):
        load_kinds()
        return make_college()


@pytest.mark.parametrize(
    ("role", "path", "marked"),
    [
        ("office", "/", ("page", "我的工作台")),
        ("office", "/tasks/", ("page", "全部事项")),
        ("office", "/organisations/", ("page", "组织与党员")),
        ("office", "/organisations/ZB101/", ("true", "组织与党员")),
        ("office", "/people/", ("true", "组织与党员")),
        ("office", "/departments/", ("true", "组织与党员")),
        ("office", "/schemes/", ("page", "考核方案")),
        ("general_secretary", "/schemes/", ("true", "考核评分")),
        ("committee_secretary", "/composites/", ("true", "考核评分")),
        ("committee_secretary", "/plans/", ("true", "交办事项")),
        ("committee_secretary", "/slips/", ("true", "交办事项")),
        ("committee_secretary", "/task-forces/", ("true", "攻坚项目")),
        ("committee_secretary", "/branches/ZB101/year/2026/", ("true", "全校看板")),
        ("branch_secretary", "/branches/ZB101/year/2026/", ("page", "本支部年历")),
        ("branch_secretary", "/branches/ZB101/calendar/2026/5/", ("true", "本支部年历")),
        ("branch_secretary", "/branches/ZB101/year/2025/", ("true", "本支部年历")),
    ],
)
def test_one_entry_is_marked(role: str, path: str, marked: tuple[str, str], college: SmallCollege) -> None:
    client = Client()
    client.force_login(getattr(college, role), "orgs.backends.AccountBackend")
    with clock.moved(date(2026, 6, 15)):
        page = client.get(path)
    assert page.status_code == 200
    assert MARKED.findall(page.content.decode()) == [marked]


def test_the_account_belongs_to_no_entry(college: SmallCollege) -> None:
    client = Client()
    client.force_login(college.office, "orgs.backends.AccountBackend")
    assert MARKED.findall(client.get("/account/").content.decode()) == []
