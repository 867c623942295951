"""The list of people: exact rows, pinyin, and nothing that is close to the person."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orgs.models import MemberStatus, Office, Person, PersonKind, User
from orgs.services.accounts import create_account
from orgs.services.people import set_excused
from orgs.views.person_list import PersonTable
from tests.factories import SmallCollege, make_admin, make_college, make_officer, make_person

URL = "/people/"


@pytest.fixture
def college(db: None) -> SmallCollege:
    """Three branches; in ZB101 two people to look for, one of them without an account, one a probationary student."""
    college = make_college(members=0)
    branch = college.branches[0]
    ill = make_person(branch, "曾思雅", number="T2001", email="zeng@test.example", mobile="13900001111")
    set_excused(actor=college.branch_secretary, person=ill, excused_reason="长期卧床")
    create_account(actor=make_admin(), person=ill)
    make_person(
        branch, "单小川", number="S2002", kind=PersonKind.STUDENT, status=MemberStatus.PROBATIONARY,
        joined_on=datetime.date(2025, 7, 1),
    )  # fmt: skip
    make_person(college.branches[2], "别支部的人", number="T3001")
    return college


def names(user: User, **params: str) -> set[str]:
    table = PersonTable(Person.objects.visible_to(user), user=user, params=params, path=URL)
    return {person.name for person in table.page.object_list}


def lines(user: User, **params: str) -> dict[str, list[str]]:
    table = PersonTable(Person.objects.visible_to(user), user=user, params=params, path=URL)
    return {line[0]: line for line in table.lines()}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"q": "思雅"}, {"曾思雅"}),
        ({"q": "zsy"}, {"曾思雅"}),
        ({"q": "csy"}, {"曾思雅"}),
        ({"q": "shanxiao"}, {"单小川"}),
        ({"q": "S2002"}, {"单小川"}),
        ({"kind": "student"}, {"单小川"}),
        ({"status": "probationary"}, {"单小川"}),
        ({"joined_from": "2025-01-01"}, {"单小川"}),
        ({"account": "invited"}, {"曾思雅"}),
        ({"office": "0", "unit": "ZB101", "account": "none"}, {"单小川"}),
        ({"unit": "ZB201", "office": "0"}, {"别支部的人"}),
        ({"unit": "ZZ9"}, None),
    ],
)
def test_filters_and_search(college: SmallCollege, params: dict[str, str], expected: set[str] | None) -> None:
    everybody = names(college.office)
    assert names(college.office, **params) == (everybody if expected is None else expected)


def test_nobody_sees_more_than_their_own(college: SmallCollege) -> None:
    assert college.member.person is not None
    assert names(college.member) == {college.member.person.name}
    assert "别支部的人" not in names(college.branch_secretary) | names(college.general_secretary)
    assert names(college.outsider, q="zsy") == set()
    # Accounts are the office's business: nobody else is told, nor can ask.
    assert len(lines(college.branch_secretary)["曾思雅"]) == len(lines(college.office)["曾思雅"]) - 2
    table = PersonTable(
        Person.objects.visible_to(college.branch_secretary),
        user=college.branch_secretary,
        params={"account": "none"},
        path=URL,
    )
    assert table.problems == ["网址里的“account”不是这里的条件，没有用。"]


def test_offices_are_named_and_nothing_private_is(college: SmallCollege, client: Client) -> None:
    make_officer(college.branches[0], Office.PUBLICITY_COMMISSIONER, person=Person.objects.get(name="曾思雅"))
    line = lines(college.office)["曾思雅"]
    assert line[1:9] == [
        "T2001",
        "ZB101党支部",
        "",
        "ZB101党支部 宣传委员",
        "教工",
        "正式党员",
        "2010-07-01",
        "2011-07-01",
    ]
    assert line[9] == "还没有设密码"
    for user in (college.office, college.branch_secretary):
        client.force_login(user)
        for kind in ("", "?export=csv"):
            response = client.get(f"{URL}{kind}")
            text = (b"".join(response.streaming_content) if kind else response.content).decode()  # type: ignore[attr-defined]
            assert "曾思雅" in text
            assert not [word for word in ("长期卧床", "zeng@test", "13900001111") if word in text]


def test_the_same_queries_for_one_row_and_for_three(college: SmallCollege, client: Client) -> None:
    client.force_login(college.office)

    def count(query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{URL}?{query}").status_code == 200
        return len(captured)

    one = count("q=zsy")
    for number in (1, 2):
        person = make_person(college.branches[number], "曾诗颖")
        make_officer(college.branches[number], Office.MEMBER, person=person)
    assert count("q=zsy") == one <= 10
