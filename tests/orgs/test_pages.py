"""The roster on a page, and the pages that are read."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orgs.models import (
    Appointment,
    College,
    Department,
    Office,
    Organisation,
    Person,
    VotingExclusion,
)
from orgs.services.accounts import create_account
from tests.factories import (
    ROLES,
    make_admin,
    make_group,
    make_officer,
    make_organisation,
    make_person,
    make_user,
)
from tests.orgs.places import (
    BACKEND,
    SAMPLE,
    Place,
)

pytestmark = pytest.mark.django_db


# --- the roster


def upload(client: Client, content: bytes, action: str, name: str = "花名册.xlsx") -> Any:
    return client.post(reverse("orgs:roster_import"), {"file": SimpleUploadedFile(name, content), "action": action})


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(make_admin(), BACKEND)
    return client


def test_the_sample_roster_is_checked_and_then_imported(administrator: Client) -> None:
    content = SAMPLE.read_bytes()
    checked = upload(administrator, content, "check")
    assert checked.status_code == 200
    assert "检查通过，还没有写入。" in checked.content.decode()
    assert Person.objects.count() == 0
    imported = upload(administrator, content, "import")
    assert imported.status_code == 200
    assert "已导入。" in imported.content.decode()
    assert (Organisation.objects.count(), Person.objects.count(), College.objects.count()) == (37, 533, 6)
    again = upload(administrator, content, "import")
    assert again.context["report"].changes == []
    assert {(row.created, row.updated) for row in again.context["report"].counts.values()} == {(0, 0)}


def test_a_file_that_is_no_roster_is_refused_with_what_to_do(administrator: Client) -> None:
    answer = upload(administrator, b"%PDF-1.7 not a workbook", "import")
    assert answer.status_code == 400
    (error,) = answer.context["report"].errors
    page = answer.content.decode()
    assert "有 1 处要改，没有写入任何数据。" in page
    assert error.problem in page
    assert error.advice in page
    assert Organisation.objects.count() == 0


def test_no_file_at_all_is_said_at_the_field(administrator: Client) -> None:
    answer = administrator.post(reverse("orgs:roster_import"), {"action": "check", "csrfmiddlewaretoken": "x"})
    assert answer.status_code == 400
    assert answer.context["form"].errors == {"file": ["请选择“花名册（.xlsx）”。"]}


def test_the_office_imports_nothing_beyond_its_own(place: Place) -> None:
    """The sample's organisations are new here and its committee another one: every row is told, nothing is written."""
    Organisation.objects.filter(pk=place.college.committee.pk).update(code="OTHER")
    people = Person.objects.count()
    answer = upload(place.client(), SAMPLE.read_bytes(), "import")
    assert answer.status_code == 400
    assert "没有上级，可是顶层党委已经有了" in {error.problem for error in answer.context["report"].errors}
    assert Person.objects.count() == people


# --- pages that are read


def test_what_a_role_sees_of_the_tree(place: Place) -> None:
    def codes(role: str) -> set[str]:
        page = place.client(role).get(reverse("orgs:organisation_list")).context["page"]
        found, waiting = set(), list(page.roots)
        while waiting:
            node = waiting.pop()
            found.add(node.organisation.code)
            waiting += node.children
        return found

    everything = {"DW", "ZZ1", "ZZ2", "ZB101", "ZB102", "ZB103", "ZB201"}
    expected = {role: {"ZB101"} for role in ROLES} | {
        "committee_secretary": everything,
        "office": everything,
        "general_secretary": {"ZZ1", "ZB101", "ZB102", "ZB103"},
        "outsider": {"ZB201"},
    }
    assert {role: codes(role) for role in ROLES} == expected


def test_search_by_name_code_and_pinyin(place: Place) -> None:
    client = place.client()
    Organisation.objects.filter(pk=place.sibling.pk).update(name="教工第二党支部")
    for words in ("第二", "zb102", "jgdedzb"):
        page = client.get(reverse("orgs:organisation_list"), {"q": words}, headers={"HX-Request": "true"})
        assert page.context["page"].found == 1, words
        assert "教工第二党支部" in page.content.decode()
        assert "<html" not in page.content.decode()


def test_a_plain_member_is_offered_nothing_on_the_branchs_page(place: Place) -> None:
    tree = place.client("member").get(reverse("orgs:organisation_list")).content.decode()
    assert re.search(r"ZB101 · 党支部\s*</span>", tree)
    page = place.client("member").get(reverse("orgs:organisation_detail", args=["ZB101"])).content.decode()
    assert "办理" not in page
    assert reverse("orgs:person_detail", args=[place.colleague.number]) not in page  # it would lead to 404


def test_no_link_on_a_page_leads_nowhere(place: Place) -> None:
    """Every address within the platform that a page offers to somebody opens for them."""
    closed = []
    for role in ROLES:
        client = place.client(role)
        for name, args in (("organisation_detail", ["ZB101"]), ("person_detail", [place.colleague.number])):
            answer = client.get(reverse(f"orgs:{name}", args=args))
            if answer.status_code != 200:
                continue
            links = set(re.findall(r'<a [^>]*href="(/[^"#?]*)', answer.content.decode()))
            closed += [f"{role}: {link}" for link in links if client.get(link).status_code >= 400]
    assert not closed, "\n".join(sorted(closed))


def _grow(place: Place, number: int) -> None:
    """One more of everything that the pages list."""
    person = make_person(place.branch, f"新人{number}", group=make_group(place.branch, f"新组{number}"))
    user = make_user(person)
    make_officer(place.branch, Office.MEMBER, person=person)
    make_organisation(f"ZB11{number}", place.general)
    department, _created = Department.objects.get_or_create(
        code=f"BM{number}", defaults={"name": f"部门{number}", "organisation": place.college.committee}
    )
    Appointment.objects.create(
        person=person, department=department, office="staff", started_on=datetime.date(2025, 1, number)
    )
    past = datetime.date(2020, number, 1)
    Appointment.objects.create(
        person=place.colleague, organisation=place.branch, office="member", started_on=past, ended_on=past
    )
    other = make_organisation(f"ZZ9{number}", place.college.committee)
    College.objects.create(code=f"XY9{number}", name=f"学院{number}", organisation=other, dean=person)
    VotingExclusion.objects.create(person=place.colleague, ground="observation", started_on=past, ended_on=past)
    place.colleague._history_user = user  # every change by somebody else
    place.colleague.mobile = f"1390000000{number}"
    place.colleague.save()


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("organisation_list", lambda p: []),
        ("organisation_detail", lambda p: ["ZB101"]),
        ("organisation_detail", lambda p: ["ZZ1"]),
        ("person_detail", lambda p: [p.colleague.number]),
        ("department_list", lambda p: []),
        ("college_list", lambda p: []),
        ("account", lambda p: []),
    ],
)
def test_a_page_costs_the_same_queries_for_one_row_and_for_three(
    name: str, args: Callable[[Place], list[Any]], place: Place
) -> None:
    create_account(actor=make_admin(), person=place.colleague)
    url = reverse(f"orgs:{name}", args=args(place))
    counts = []
    for number in (1, 2, 3):
        _grow(place, number)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert place.client().get(url).status_code == 200
        counts.append(sum("SAVEPOINT" not in query["sql"] for query in captured.captured_queries))
    assert counts[0] == counts[2], counts


def test_nothing_is_offered_that_can_no_longer_be_done(place: Place) -> None:
    client, empty = place.client(), place.empty
    empty.dissolved_on = datetime.date(2026, 6, 1)
    empty.save()
    page = client.get(reverse("orgs:organisation_detail", args=[empty.code])).content.decode()
    offered = {name for name in ("correct", "rename", "move", "dissolve", "appoint", "re-elect") if f"/{name}/" in page}
    assert (offered, "不宜单独设支部" in page) == ({"correct"}, False)
    ended = place.office_of("secretary")
    ended.ended_on = datetime.date(2026, 6, 20)
    ended.save()
    page = client.get(reverse("orgs:organisation_detail", args=[place.branch.code])).content.decode()
    assert [f"/offices/{ended.pk}/{name}/" in page for name in ("correct", "hand-over", "end")] == [True, False, False]
    for name in ("office_end", "office_hand_over"):
        answer = client.get(reverse(f"orgs:{name}", args=[ended.pk]))
        assert answer.status_code == 409
        assert "这个职务已经办理离任（2026-06-20），不用再办。" in answer.content.decode()
