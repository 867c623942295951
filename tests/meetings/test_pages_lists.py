"""The list of records: exact rows for every filter, order and search; nobody's records but those one may see."""

from __future__ import annotations

import datetime
import re

import pytest
from django.test import Client

from meetings.models import Gathering, Section
from meetings.services import return_section
from meetings.views.section_table import SectionTable
from orgs.models import User
from tests.factories import SmallCollege, make_officer
from tests.meetings.making import AFTERNOON, confirm, plan, queries

URL = "/meetings/"
DAY = datetime.timedelta(days=1)


def rows(page: str) -> str:
    """The list itself."""
    (found,) = re.findall(r"<tbody.*?</tbody>", page, re.S)
    return found


@pytest.fixture
def records(college: SmallCollege) -> SmallCollege:
    """Of ZB101: a confirmed meeting, a planned theme day a month before, drafts with and without a request, a record
    that was returned; of ZB102 a lecture."""
    branch, sibling, _other = college.branches
    secretary = college.branch_secretary
    confirm(secretary, plan(secretary, branch, "members_meeting", title="党员大会"), branch)
    plan(secretary, branch, "theme_day", starts_at=AFTERNOON - 30 * DAY, title="植树")
    for title, hour, ready in (("草稿一", 8, None), ("草稿二", 16, AFTERNOON)):
        at = (AFTERNOON - 2 * DAY).replace(hour=hour)
        drafted = plan(secretary, branch, "committee_meeting", starts_at=at, title=title)
        drafted.sections.update(state=Section.State.DRAFT, ready_at=ready)
    returned = confirm(secretary, plan(secretary, branch, "theme_day", starts_at=AFTERNOON - DAY, title="参观"), branch)
    return_section(actor=college.office, section=returned, reason="没有照片")
    neighbour = make_officer(sibling, name="邻支部书记")
    plan(neighbour, sibling, "lecture", starts_at=AFTERNOON - 3 * DAY, title="专题党课")
    return college


def titles(user: User, **params: str) -> list[str]:
    table = SectionTable(Section.objects.visible_to(user), user=user, params=params, path=URL)
    return [section.gathering.title for section in table.page.object_list]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["党员大会", "参观", "草稿二", "草稿一", "专题党课", "植树"]),
        ({"state": "confirmed"}, ["党员大会"]),
        ({"state": "planned"}, ["专题党课", "植树"]),
        ({"state": "draft"}, ["草稿一"]),
        ({"state": "ready"}, ["草稿二"]),
        ({"state": "returned"}, ["参观"]),
        ({"kind": "theme_day"}, ["参观", "植树"]),
        ({"unit": "ZB102"}, ["专题党课"]),
        ({"unit": "ZZ1", "kind": "lecture"}, ["专题党课"]),
        ({"held_from": "2026-06-11"}, ["党员大会", "参观"]),
        ({"held_to": "2026-06-01"}, ["植树"]),
        ({"q": " 植树 "}, ["植树"]),
        ({"q": "ztdk"}, ["专题党课"]),
        ({"q": "zb102"}, ["专题党课"]),
        ({"sort": "held", "q": "canguan"}, ["参观"]),
    ],
)
def test_filters_and_search(records: SmallCollege, params: dict[str, str], expected: list[str]) -> None:
    found = titles(records.general_secretary, **params)
    assert sorted(found) == sorted(expected)
    if "sort" not in params:
        days = [expected.index(title) for title in found if not title.startswith("草稿")]
        assert days == sorted(days)


def test_nobody_sees_more_than_their_own(records: SmallCollege) -> None:
    assert (
        titles(records.outsider) == titles(records.outsider, q="植树") == titles(records.outsider, unit="ZB101") == []
    )
    assert set(titles(records.branch_secretary)) == {"党员大会", "参观", "草稿二", "草稿一", "植树"}
    assert set(titles(records.member)) == {"党员大会"}  # what one took part in, once it is confirmed


def test_the_place_of_a_talk_is_not_in_lists(college: SmallCollege) -> None:
    talk = plan(college.branch_secretary, college.branches[0], "heart_talk", title="谈心谈话")
    Gathering.objects.filter(pk=talk.pk).update(place="书记办公室")
    user = college.branch_secretary
    table = SectionTable(Section.objects.visible_to(user), user=user, params={}, path=URL)
    assert [line[-1] for line in table.lines()] == [""]


def test_a_branch_is_named_once_and_several_in_every_row(client: Client, college: SmallCollege) -> None:
    branch, sibling, _other = college.branches
    neighbour = make_officer(sibling, name="邻支部书记")
    plan(college.branch_secretary, branch, "theme_day", "lecture")
    client.force_login(college.branch_secretary)
    page = client.get(URL).content.decode()
    assert branch.name not in rows(page)
    assert page.partition('class="page-body"')[0].count(branch.name) == 1
    plan(neighbour, sibling, "theme_day")
    client.force_login(college.general_secretary)
    page = client.get(URL).content.decode()
    assert (rows(page).count(branch.name), rows(page).count(sibling.name)) == (2, 1)
    assert branch.name not in page.partition('class="page-body"')[0]


def test_the_list_costs_the_same_queries_for_one_row_and_for_three(client: Client, college: SmallCollege) -> None:
    client.force_login(college.branch_secretary)
    plan(college.branch_secretary, college.branches[0], "theme_day")
    one = queries(client, URL)
    for code in ("lecture", "members_meeting"):
        plan(college.branch_secretary, college.branches[0], code)
    assert queries(client, URL) == one <= 10
