"""Departments and colleges: what the committee office changes, what follows for rights, and whose page is linked."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.errors import InvalidInput, NotAllowed
from orgs import access
from orgs.models import Appointment, College, Department, Office, User
from orgs.selectors.history import person_history
from orgs.services.people import transfer_out
from orgs.services.units import correct_college, correct_department
from tests.factories import make_admin, make_department_officer, make_officer, make_person
from tests.orgs.places import Place

pytestmark = pytest.mark.django_db
Duty = Department.Duty


@pytest.fixture
def office(place: Place) -> Department:
    """The Party and administration office, with one officer."""
    make_department_officer(place.college.committee, place.sibling, Duty.OFFICE, name="党政办干事")
    return Department.objects.get(duty=Duty.OFFICE)


@pytest.fixture
def college(place: Place) -> College:
    return College.objects.get(code="XY1")


def officer() -> User:
    """The officer of the department, as loaded anew."""
    return User.objects.get(person__name="党政办干事")


def change(place: Place, department: Department, role: str = "office", **values: str) -> Department:
    data = {"name": department.name, "duty": department.duty, "reason": "机构改革", **values}
    return correct_department(actor=getattr(place.college, role), department=department, **data)


# --- departments


def test_the_duty_decides_the_rights_of_who_is_in_office(place: Place, office: Department) -> None:
    committee = place.college.committee
    assert access.may(officer(), access.REVIEW, committee)
    change(place, office, name=" 办公室 ", duty=Duty.ADMINISTRATION)
    office.refresh_from_db()
    assert (office.name, office.duty) == ("办公室", "administration")
    assert access.may(officer(), access.VIEW, committee)
    assert not access.may(officer(), access.REVIEW, committee)
    change(place, office, duty=Duty.NONE)
    assert not access.has_anywhere(officer(), access.VIEW)
    change(place, office, duty=Duty.ORGANISATION)
    assert access.may(officer(), access.MANAGE_ORGANISATIONS, committee)


def test_who_did_it_and_why_is_kept(place: Place, office: Department) -> None:
    change(place, office, duty=Duty.NONE)
    row = office.history.first()
    assert (row.history_user, row.history_change_reason) == (place.college.office, "机构改革")
    page = place.client().get(reverse("orgs:department_detail", args=[office.code])).context["page"]
    assert [(line.what, line.who, line.why) for line in page.history[:1]] == [
        ("平台职责：党政办公室 → 无平台职责", "组织部干事", "机构改革")
    ]
    assert "党政办干事任工作人员：自 2024-01-01" in {line.what for line in page.history}


@pytest.mark.parametrize("role", ["general_secretary", "branch_secretary", "member", "outsider"])
def test_others_change_no_department(place: Place, office: Department, role: str) -> None:
    with pytest.raises(NotAllowed):
        change(place, office, role, duty=Duty.ORGANISATION)
    office.refresh_from_db()
    assert office.duty == Duty.OFFICE


def test_the_office_for_the_committees_papers_does_not_promote_itself(place: Place, office: Department) -> None:
    with pytest.raises(NotAllowed):
        correct_department(actor=officer(), department=office, name="x", duty=Duty.ORGANISATION, reason="x")


def test_every_fault_is_named(place: Place, office: Department) -> None:
    with pytest.raises(InvalidInput) as caught:
        change(place, office, name=" ", duty="boss", reason=" ")
    assert list(caught.value.errors) == ["name", "reason", "duty"]
    office.refresh_from_db()
    assert office.duty == Duty.OFFICE


def test_nobody_locks_themselves_out(place: Place) -> None:
    """The last word stays with the secretary of the committee, who does not hold it by this department."""
    own = Department.objects.get(duty=Duty.ORGANISATION)
    with pytest.raises(InvalidInput) as caught:
        change(place, own, duty=Duty.NONE)
    assert list(caught.value.errors) == ["duty"]
    own.refresh_from_db()
    assert own.duty == Duty.ORGANISATION
    assert access.may(place.college.office, access.MANAGE_ORGANISATIONS, place.college.committee)
    change(place, own, "committee_secretary", duty=Duty.NONE)
    assert not access.has_anywhere(User.objects.get(pk=place.college.office.pk), access.VIEW)


def test_a_department_gets_a_head_and_hands_over(place: Place, office: Department) -> None:
    client = place.client()
    make_person(place.other, "新主任", number="20050005")
    url = reverse("orgs:department_appoint", args=[office.code])
    assert "校长" not in client.get(url).content.decode()
    data = {"person": "新主任", "office": "head", "started_on": "2026-06-10"}
    answer = client.post(url, data, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("orgs:department_detail", args=[office.code])
    assert [row.person.name for row in answer.context["page"].offices] == ["新主任", "党政办干事"]
    row = Appointment.objects.get(department=office, office=Office.HEAD)
    data = {"successor": place.colleague.number, "on": "2026-06-14", "reason": "轮岗"}
    answer = client.post(reverse("orgs:office_hand_over", args=[row.pk]), data)
    assert answer.headers["Location"] == reverse("orgs:department_detail", args=[office.code])
    row.refresh_from_db()
    assert row.ended_on == datetime.date(2026, 6, 13)
    assert Appointment.objects.in_force().get(department=office, office=Office.HEAD).person == place.colleague


def test_the_principal_stands_in_the_administration_only(place: Place) -> None:
    school = Department.objects.create(
        code="XZ", name="学校行政", organisation=place.college.committee, duty=Duty.ADMINISTRATION
    )
    form = place.client().get(reverse("orgs:department_appoint", args=[school.code])).context["form"]
    assert dict(form.fields["office"].choices).keys() == {"head", "staff", "principal"}


def test_the_form_of_a_department(place: Place, office: Department) -> None:
    url = reverse("orgs:department_edit", args=[office.code])
    wrong = place.client().post(url, {"name": "新名称", "duty": "none", "reason": ""})
    assert wrong.status_code == 400
    assert 'value="新名称"' in wrong.content.decode()
    assert list(wrong.context["form"].errors) == ["reason"]
    right = place.client().post(url, {"name": "新名称", "duty": "none", "reason": "更名"}, follow=True)
    assert [str(message) for message in right.context["messages"]] == ["已修改，在任人员的权限已按新的职责更新。"]
    assert Department.objects.get(pk=office.pk).name == "新名称"
    own = Department.objects.get(duty=Duty.ORGANISATION)
    locked = place.client().post(
        reverse("orgs:department_edit", args=[own.code]), {"name": own.name, "duty": "none", "reason": "试"}
    )
    assert locked.status_code == 400
    assert list(locked.context["form"].errors) == ["duty"]


# --- colleges


def test_a_college_gets_its_dean_with_history(place: Place, college: College) -> None:
    dean = make_person(place.other, "石院长", number="20010077")
    url = reverse("orgs:college_edit", args=["XY1"])
    data = {"name": "测试学院", "dean": "syz", "reason": "任职文件 3 号"}
    wrong = place.client().post(url, data)
    assert wrong.context["form"].errors == {"dean": ["“syz”不够明确，请写工号/学号：石院长（20010077）ZB201党支部。"]}
    answer = place.client().post(url, {**data, "dean": "石院长（20010077）"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("orgs:college_detail", args=["XY1"])
    college.refresh_from_db()
    assert college.dean == dean
    assert [(line.what, line.who, line.why) for line in answer.context["page"].history[:1]] == [
        ("院长：— → 石院长", "组织部干事", "任职文件 3 号")
    ]
    assert 'value="石院长（20010077）"' in place.client().get(url).content.decode()
    page = place.client().post(url, {**data, "dean": "", "reason": "离任"}, follow=True).context["page"]
    assert page.college.dean is None
    assert page.history[0].what == "院长：石院长 → —"


@pytest.mark.parametrize("role", ["general_secretary", "branch_secretary", "outsider"])
def test_others_change_no_college(place: Place, college: College, role: str) -> None:
    actor = getattr(place.college, role)
    with pytest.raises(NotAllowed):
        correct_college(actor=actor, college=college, name="x", dean=place.colleague, reason="x")
    college.refresh_from_db()
    assert college.dean is None


def test_who_has_left_becomes_no_dean_but_may_still_be_one(place: Place, college: College) -> None:
    actor = place.college.office
    left = make_person(None, "已调离")
    facts: dict[str, Any] = {"actor": actor, "college": college, "name": "测试学院", "reason": "试"}
    with pytest.raises(InvalidInput) as caught:
        correct_college(**facts, dean=left)
    assert caught.value.errors == {"dean": "已调离已转出，现在不在任何支部。"}
    College.objects.filter(pk=college.pk).update(dean=left)
    college.refresh_from_db()
    assert correct_college(**{**facts, "name": "新学院"}, dean=left).name == "新学院"


def test_a_dean_who_leaves_the_school_is_dean_no_more(place: Place, college: College) -> None:
    actor = place.college.office
    dean = make_person(place.other, "石院长")
    correct_college(actor=actor, college=college, name=college.name, dean=dean, reason="任职文件 3 号")
    transfer_out(actor=actor, person=dean, on=datetime.date(2026, 6, 15), reason="调往外校")
    college.refresh_from_db()
    assert college.dean is None
    page = place.client().get(reverse("orgs:college_detail", args=["XY1"])).context["page"]
    assert [(line.what, line.why) for line in page.history[:1]] == [("院长：石院长 → —", "石院长转出：调往外校")]
    lines = [line.what for line in person_history(dean, sees_private=False)]
    assert [line for line in lines if "院长" in line and "任" in line] == [
        f"不再任{college.name}院长",
        f"任{college.name}院长",
    ]


def test_what_an_empty_list_says_depends_on_who_reads(place: Place) -> None:
    for name, nothing in (("department_list", "没有您要查看的部门"), ("college_list", "没有您要查看的二级学院")):
        page = place.client("commissioner").get(reverse(f"orgs:{name}")).content.decode()
        assert nothing in page
        assert "填写后导入" not in page
    College.objects.all().delete()
    page = place.client("committee_secretary").get(reverse("orgs:college_list")).content.decode()
    assert "在花名册的“二级学院”表里填写后导入。" in page


# --- whose page is linked


def test_only_people_whom_the_reader_may_open_are_linked(place: Place, college: College) -> None:
    """Officers and deans belong to other branches: their names are shown, their pages would be 404."""
    away = make_person(place.other, "外院院长")
    College.objects.filter(pk=college.pk).update(dean=away)
    deputy = make_officer(place.general, Office.DEPUTY, name="外来副书记", home=place.other).person
    assert deputy is not None
    secretary = place.college.general_secretary.person
    assert secretary is not None
    link = 'href="/people/{}/"'
    seen = {"general_secretary": (False, True), "office": (True, True)}
    for role, (sees_away, sees_own) in seen.items():
        client = place.client(role)
        for name, args, who in (
            ("organisation_detail", ["ZZ1"], deputy),
            ("college_list", [], away),
            ("college_detail", ["XY1"], away),
        ):
            page = client.get(reverse(f"orgs:{name}", args=args)).content.decode()
            assert who.name in page
            assert (link.format(who.number) in page) is sees_away, (role, name)
        page = client.get(reverse("orgs:organisation_detail", args=["ZZ1"])).content.decode()
        assert (link.format(secretary.number) in page) is sees_own


def test_department_officers_from_elsewhere_are_plain_names(place: Place) -> None:
    """A department of a general branch has an officer of another one."""
    own = Department.objects.create(code="BM9", name="学院办公室", organisation=place.general)
    for home in (place.other, place.branch):
        person = make_person(home, f"{home.code}的人")
        Appointment.objects.create(person=person, department=own, office="staff", started_on=datetime.date(2025, 1, 1))
    for name, args in (("department_list", []), ("department_detail", ["BM9"])):
        answer = place.client("general_secretary").get(reverse(f"orgs:{name}", args=args))
        linked = {row.person.name: row.person_id in answer.context["page"].linked for row in _offices(answer)}
        assert linked == {"ZB201的人": False, "ZB101的人": True}
        assert "ZB201的人" in answer.content.decode()


def _offices(answer: Any) -> list[Appointment]:
    page = answer.context["page"]
    return page.offices if hasattr(page, "offices") else [row for one in page.rows for row in one.offices]


def _grow(place: Place, number: int) -> None:
    person = make_person(place.branch, f"新人{number}")
    department = Department.objects.get(duty=Duty.ORGANISATION)
    past = datetime.date(2020, number, 1)
    for ended_on in (None, past):
        Appointment.objects.create(
            person=person, department=department, office="staff", started_on=past, ended_on=ended_on
        )
    college = College.objects.get(code="XY1")
    correct_college(actor=make_admin(), college=college, name=f"学院{number}", dean=person, reason="试")
    correct_department(actor=make_admin(), department=department, name=f"部{number}", duty=department.duty, reason="试")


@pytest.mark.parametrize(("name", "code"), [("department_detail", "BM-organisation"), ("college_detail", "XY1")])
def test_a_page_costs_the_same_queries_for_one_row_and_for_three(place: Place, name: str, code: str) -> None:
    counts = []
    for number in (1, 2, 3):
        _grow(place, number)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert place.client().get(reverse(f"orgs:{name}", args=[code])).status_code == 200
        counts.append(sum("SAVEPOINT" not in query["sql"] for query in caught.captured_queries))
    assert counts[0] == counts[2], counts
