"""Choosing a person above branch level: found while one types, and meant by a number, a name or both."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orgs.models import Appointment, Office, Person
from orgs.selectors.candidates import LIMIT, candidates, meant_by, search
from tests.factories import make_officer, make_person
from tests.orgs.places import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def named(place: Place) -> dict[str, Person]:
    """People whose names repeat, and one in the other general branch."""
    return {
        "first": make_person(place.branch, "张思雅", number="20010001"),
        "second": make_person(place.sibling, "张思雅", number="20010002"),
        "third": make_person(place.other, "曾可", number="19990003"),
    }


def found(place: Place, role: str, text: str) -> list[str]:
    """Numbers that the page offers to ``role``."""
    answer = place.client(role).get(reverse("orgs:people_search"), {"q": text}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in page
    return re.findall(r'data-value="[^"]*（([^）]*)）"', page)


@pytest.mark.parametrize("text", ["思雅", "zsy", "zhangsi", " ZSY ", "2001000"])
def test_by_name_pinyin_and_number(place: Place, named: dict[str, Person], text: str) -> None:
    assert found(place, "office", text) == ["20010001", "20010002"]


def test_only_people_whom_one_sees_are_offered(place: Place, named: dict[str, Person]) -> None:
    assert found(place, "general_secretary", "zk") == []
    assert found(place, "general_secretary", "zsy") == ["20010001", "20010002"]
    assert found(place, "branch_secretary", "zsy") == ["20010001"]
    assert found(place, "outsider", "zsy") == []
    assert found(place, "outsider", "zk") == ["19990003"]
    assert found(place, "member", "zsy") == []


def test_who_has_left_is_not_offered(place: Place, named: dict[str, Person]) -> None:
    Person.objects.filter(pk=named["third"].pk).update(organisation=None)
    assert found(place, "office", "zk") == []


def test_nothing_typed_offers_nothing_and_nobody_found_is_said(place: Place) -> None:
    client = place.client()
    assert client.get(reverse("orgs:people_search")).content.decode().strip() == ""
    assert "没有找到" in client.get(reverse("orgs:people_search"), {"q": "查无此人\x00"}).content.decode()


def test_a_search_is_short_and_costs_the_same_for_one_and_for_many(place: Place) -> None:
    url = reverse("orgs:people_search")
    counts = []
    for number in range(1, LIMIT + 4):
        make_person(place.branch, f"汪{'一二三四五六七八九十百千万亿兆'[number - 1]}")
        for text in ("汪", "w"):
            with CaptureQueriesContext(
                connection,
            ) as caught:
                answer = place.client().get(url, {"q": text})
            counts.append((text, sum("SAVEPOINT" not in query["sql"] for query in caught.captured_queries)))
    assert len(set(counts)) == 2, set(counts)
    assert answer.content.decode().count("data-value") == LIMIT


# --- what was meant


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("20010001", ["20010001"]),
        ("张思雅（20010002）", ["20010002"]),
        ("张思雅(20010002)", ["20010002"]),
        (" 曾可 ", ["19990003"]),
        ("张思雅", ["20010001", "20010002"]),
        ("张思雅（20019999）", []),
        ("思雅", []),
        ("zk", []),
    ],
)
def test_who_is_meant(place: Place, named: dict[str, Person], text: str, numbers: list[str]) -> None:
    assert [person.number for person in meant_by(candidates(place.college.office), text)] == numbers


def test_letters_in_numbers_are_found_whatever_their_case(place: Place) -> None:
    person = make_person(place.branch, "赵一", number="T9X")
    people = candidates(place.college.office)
    assert meant_by(people, "t9x") == [person]
    assert search(people, "t9") == [person]


# --- the forms


def send(place: Place, name: str, args: list[Any], **data: Any) -> Any:
    return place.client().post(reverse(f"orgs:{name}", args=args), data)


def test_an_office_above_a_branch_goes_to_a_number(place: Place, named: dict[str, Person]) -> None:
    data = {"office": "member", "started_on": "2026-06-10", "reason": "增补"}
    page = place.client().get(reverse("orgs:appoint", args=["DW"])).content.decode()
    assert named["third"].name not in page  # the whole college is not written into the page
    assert re.search(r'<input type="text" name="person"[^>]*\brequired\b', page)
    assert send(place, "appoint", ["DW"], person="19990003", **data).status_code == 302
    row = Appointment.objects.get(person=named["third"])
    assert (row.organisation, row.office) == (place.college.committee, "member")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("张思雅", "有 2 位“张思雅”，请写工号/学号：张思雅（20010001）ZB101党支部、张思雅（20010002）ZB102党支部。"),
        ("zk", "“zk”不够明确，请写工号/学号：曾可（19990003）ZB201党支部。"),
        ("查无此人", "没有找到“查无此人”，请核对姓名或工号/学号。"),
        ("", "请填写“人员”。"),
    ],
)
def test_what_is_unclear_is_asked_back_and_the_input_stays(
    place: Place, named: dict[str, Person], typed: str, words: str
) -> None:
    before = Appointment.objects.count()
    answer = send(place, "appoint", ["DW"], person=typed, office="member", started_on="2026-06-10", reason="增补")
    assert answer.status_code == 400
    assert answer.context["form"].errors == {"person": [words]}
    page = answer.content.decode()
    assert (f'name="person" id="id_person" value="{typed}"' if typed else 'name="person" id="id_person" ') in page
    assert 'value="增补"' in page
    assert 'aria-describedby="id_person_error"' in page
    assert Appointment.objects.count() == before


def test_only_who_may_be_seen_may_be_meant(place: Place, named: dict[str, Person]) -> None:
    """A branch's offices go to its own members: another branch's number is no choice there."""
    data = {"office": "member", "started_on": "2026-06-10"}
    answer = send(place, "appoint", ["ZB101"], person=named["third"].pk, **data)
    assert list(answer.context["form"].errors) == ["person"]
    Person.objects.filter(pk=named["third"].pk).update(organisation=None)
    answer = send(place, "appoint", ["DW"], person="19990003", **data)
    assert answer.context["form"].errors == {"person": ["没有找到“19990003”，请核对姓名或工号/学号。"]}


def test_a_general_branch_hands_over_to_a_name(place: Place, named: dict[str, Person]) -> None:
    row = Appointment.objects.get(organisation=place.general, office=Office.SECRETARY)
    data = {"on": "2026-06-10", "reason": "轮岗"}
    assert send(place, "office_hand_over", [row.pk], successor="曾可", **data).status_code == 302
    assert Appointment.objects.in_force().get(organisation=place.general).person == named["third"]


def test_a_committee_is_re_elected_with_several_members(place: Place, named: dict[str, Person]) -> None:
    page = place.client().get(reverse("orgs:re_elect", args=["DW"])).content.decode()
    assert page.count('name="member"') == 2
    assert page.count('name="secretary"') == 1
    data = {"term_start": "2026-06-10", "reason": "批复 1 号", "secretary": "曾可"}
    rows = ["20010001、20010002", "", "曾可（19990003）", "张思雅"]
    wrong = send(place, "re_elect", ["DW"], member=rows, **data)
    assert [str(text) for text in wrong.context["form"].errors["member"]] == [
        "有 2 位“张思雅”，请写工号/学号：张思雅（20010001）ZB101党支部、张思雅（20010002）ZB102党支部。"
    ]
    assert wrong.content.decode().count('name="member"') == 5  # three written, two to go on with
    assert send(place, "re_elect", ["DW"], member=rows[:3], **data).status_code == 302
    held = Appointment.objects.in_force().filter(organisation=place.college.committee)
    assert set(held.values_list("person__number", "office")) == {
        ("19990003", "secretary"),
        ("19990003", "member"),
        ("20010001", "member"),
        ("20010002", "member"),
    }


def test_offices_that_a_level_does_not_have_are_not_offered(place: Place) -> None:
    form = place.client().get(reverse("orgs:appoint", args=["ZZ1"])).context["form"]
    assert "group" not in form.fields
    assert not {"group_leader", "discipline_secretary"} & dict(form.fields["office"].choices).keys()


def test_the_forms_cost_the_same_for_few_and_for_many_people(place: Place) -> None:
    counts = []
    for _number in (1, 2, 3):
        make_person(place.branch)
        make_officer(place.sibling, Office.MEMBER)
        for name in ("appoint", "re_elect"):
            with CaptureQueriesContext(
                connection,
            ) as caught:
                assert place.client().get(reverse(f"orgs:{name}", args=["DW"])).status_code == 200
            counts.append((name, sum("SAVEPOINT" not in query["sql"] for query in caught.captured_queries)))
    assert len(set(counts)) == 2, set(counts)


def test_a_branch_is_re_elected_from_a_list_read_once(place: Place) -> None:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        page = place.client().get(reverse("orgs:re_elect", args=["ZB101"])).content.decode()
    listed = sum('FROM "orgs_person"' in query["sql"] for query in caught.captured_queries)
    assert listed == 1
    choice = f'<option value="{place.colleague.pk}">{place.colleague.name}（{place.colleague.number}）</option>'
    assert page.count(choice) == 6  # every office but the committee's own
    assert page.count('<option value="" selected>请选择</option>') == 4  # deputies and members may be several
