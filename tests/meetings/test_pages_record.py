"""The record form: filled from the roll, saved as typed, conflicts shown, confirmed by the secretary."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from meetings.models import Attendance, Draft, Gathering, Section, SectionVersion
from notices.models import Notice
from orgs.models import MemberStatus
from tests.factories import SmallCollege, make_person
from tests.meetings.making import AFTERNOON, plan
from tests.meetings.recording import fields, only, send, url


def test_everybody_is_present_and_it_is_said(secretary: Client, meeting: Gathering) -> None:
    page = secretary.get(url(meeting))
    assert "已按全体到会预填，请改请假和缺席的人。" in page.content.decode()
    rows = page.context["form"].sections[0].roll
    assert [row.mark for row in rows] == ["present"] * 11
    assert [row.may_vote for row in rows] == [True] * 11
    assert {row.person.name for row in rows} >= {"支部书记", "组织委员", "普通党员"}
    values = fields(page)
    assert values["shared.title"] == ["六月党员大会"]
    assert (values["shared.day"], values["shared.start"]) == (["2026-06-12"], ["14:30"])


def test_who_is_excused_is_not_marked_present(secretary: Client, college: SmallCollege, meeting: Gathering) -> None:
    old = make_person(college.branches[0], "老党员", excused_reason="年老体弱")
    row = next(row for row in secretary.get(url(meeting)).context["form"].sections[0].roll if row.person == old)
    assert (row.mark, row.leave_reason, row.approver) == (
        "leave",
        "不作硬性要求",
        str(college.branch_secretary.person_id),
    )


def test_the_form_takes_as_many_queries_for_more_people(
    secretary: Client, college: SmallCollege, meeting: Gathering
) -> None:
    def count() -> int:
        secretary.get(url(meeting))
        with CaptureQueriesContext(connection) as caught:
            assert secretary.get(url(meeting)).status_code == 200
        return len(caught)

    before = count()
    for number in range(20):
        make_person(college.branches[0], f"新党员{number}", status=MemberStatus.PROBATIONARY)
    assert count() == before <= 10


def test_confirming_without_javascript(secretary: Client, college: SmallCollege, meeting: Gathering) -> None:
    away, absent = college.members[0].pk, college.members[1].pk
    answer = send(
        secretary,
        meeting,
        **{
            f"attendance__{away}__mark": "leave",
            f"attendance__{away}__leave_reason": "因公出差",
            f"attendance__{absent}__mark": "absent",
            "resolutions__0__text": "通过工作计划",
            "resolutions__0__yes": "8",
            "resolutions__0__no": "1",
            "agreed_items__0__text": "整理活动室",
            "agreed_items__0__owner": str(college.members[2].pk),
            "agreed_items__0__due_on": "2026-07-01",
            "guests__0__name": f"总支书记（{college.general_secretary.person.number}）",
            "study_hours": "1.5",
            "topics": ["ideology"],
            "shared__agenda": "学习文件",
        },
    )
    assert answer.headers["Location"] == f"/meetings/{meeting.pk}/"
    section = Section.objects.get()
    assert (section.state, section.version, section.is_quorate, section.study_hours) == ("confirmed", 1, True, 1.5)
    assert (section.expected_count, section.present_count, section.leave_count, section.absent_count) == (11, 9, 1, 1)
    assert section.topics == ["ideology"]
    leave = Attendance.objects.get(person_id=away)
    assert (leave.leave_reason, leave.leave_approver) == ("因公出差", college.branch_secretary.person)
    assert section.guests.get().person == college.general_secretary.person
    resolution = section.resolutions.get()
    assert (resolution.yes, resolution.no, resolution.passed) == (8, 1, True)
    assert section.agreed_items.get().task.title == "整理活动室"
    assert not Draft.objects.exists()
    meeting.refresh_from_db()
    assert (meeting.agenda, meeting.ends_at) == ("学习文件", AFTERNOON + datetime.timedelta(minutes=90))


def test_errors_stand_at_their_fields_and_the_input_is_kept(
    secretary: Client, college: SmallCollege, meeting: Gathering
) -> None:
    away = college.members[0].pk
    page = send(
        secretary,
        meeting,
        **{
            f"attendance__{away}__mark": "leave",
            "resolutions__0__text": "通过工作计划",
            "resolutions__0__yes": "12",
            "shared__minutes": "写了很多",
        },
    )
    assert page.status_code == 400
    prefix = only(meeting)
    assert page.context["form"].errors == {
        f"{prefix}.attendance.{away}": "请填写请假原因。",
        f"{prefix}.resolutions.0": "赞成、反对、弃权合计12票，到会有表决权的只有10人。",
    }
    text = page.content.decode()
    assert f'<a class="alert-link" href="#{prefix}.attendance.{away}">党员1：请填写请假原因。</a>' in text
    assert f'id="{prefix}.attendance.{away}"' in text
    assert "写了很多" in text
    assert meeting.sections.get().state == "draft"
    assert not Attendance.objects.exists()
    # What was typed is safe on the server as well, and the page carries its version.
    assert Draft.objects.get().data["shared"]["minutes"] == "写了很多"
    assert page.context["form"].version == Draft.objects.get().version


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("resolutions__0__yes", "很多", "票数请填整数。"),
        ("resolutions__0__yes", "", "请填写票数。"),
        ("study_hours", "两", "学时请填 0 到 12 之间的数，如 2 或 1.5。"),
        ("agreed_items__0__due_on", "2026-13-40", "期限日期不对，请重新选择。"),
        ("shared__day", "2026-02-31", "日期或时间不对，请重新选择。"),
    ],
)
def test_what_cannot_be_read_is_named(
    secretary: Client, meeting: Gathering, name: str, value: str, message: str
) -> None:
    page = send(secretary, meeting, **{"resolutions__0__text": "决议", name: value})
    assert page.status_code == 400
    assert message in page.context["form"].errors.values()
    assert Section.objects.get().state == "draft"


def test_a_malformed_form_breaks_nothing(secretary: Client, meeting: Gathering) -> None:
    prefix = only(meeting)
    odd = {"sections": "1", f"{prefix}": "x", f"{prefix}.attendance": "y", "shared.title.x": "z", "version": "many"}
    answer = secretary.post(url(meeting), {**odd, "action": "confirm"})
    assert answer.status_code == 400
    assert Section.objects.get().state == "draft"


def test_a_double_click_confirms_once(secretary: Client, meeting: Gathering) -> None:
    values = {**fields(secretary.get(url(meeting))), "shared.end": "16:00", "action": "confirm"}
    first, second = (secretary.post(url(meeting), values) for _click in range(2))
    assert first.headers["Location"] == second.headers["Location"] == f"/meetings/{meeting.pk}/"
    assert SectionVersion.objects.count() == 1


def test_a_second_click_with_other_words_keeps_them(secretary: Client, meeting: Gathering) -> None:
    values = {**fields(secretary.get(url(meeting))), "shared.end": "16:00", "action": "confirm"}
    assert secretary.post(url(meeting), values).status_code == 302
    answer = secretary.post(url(meeting), {**values, "shared.minutes": "后来补写的要点"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "后来补写的要点" in page
    assert "这次提交的内容与核定的不同，没有保存" in page
    assert SectionVersion.objects.count() == 1
    meeting.refresh_from_db()
    assert meeting.minutes == ""


def test_a_double_click_with_everything_in_it_is_harmless(
    secretary: Client, college: SmallCollege, meeting: Gathering
) -> None:
    prefix, away = only(meeting), college.members[0].pk
    values = {
        **fields(secretary.get(url(meeting))),
        "shared.end": "16:00",
        "shared.agenda": " 学习 \r\n讨论 ",
        f"{prefix}.attendance.{away}.mark": "leave",
        f"{prefix}.attendance.{away}.leave_reason": "出差",
        f"{prefix}.attendance.{away}.approver": str(college.branch_secretary.person_id),
        f"{prefix}.resolutions.0.text": "同意",
        f"{prefix}.resolutions.0.yes": "9",
        f"{prefix}.agreed_items.0.text": "整理活动室",
        f"{prefix}.agreed_items.0.owner": str(college.members[2].pk),
        f"{prefix}.agreed_items.0.due_on": "2026-07-01",
        f"{prefix}.guests.0.name": "校外专家",
        f"{prefix}.study_hours": "1.5",
        "action": "confirm",
    }
    first, second = (secretary.post(url(meeting), values) for _click in range(2))
    assert first.status_code == 302, first.context["form"].errors
    assert second.headers["Location"] == f"/meetings/{meeting.pk}/"
    assert SectionVersion.objects.count() == 1


def test_a_number_beside_another_name_is_kept_as_typed(
    secretary: Client, college: SmallCollege, meeting: Gathering
) -> None:
    known = college.general_secretary.person
    assert known is not None
    typed = f"张三（{known.number}）"
    assert (
        send(secretary, meeting, guests__0__name=typed, guests__1__name=f"{known.name}（{known.number}）").status_code
        == 302
    )
    stored, person = Section.objects.get().guests.order_by("pk")
    assert (stored.person, stored.name) == (None, typed)
    assert person.person == known


@pytest.mark.parametrize(("hours", "status"), [("12", 302), ("12.5", 400), ("24", 400)])
def test_study_hours_have_one_limit(secretary: Client, meeting: Gathering, hours: str, status: int) -> None:
    answer = send(secretary, meeting, study_hours=hours)
    assert answer.status_code == status
    if status == 400:
        (message,) = answer.context["form"].errors.values()
        assert message == "学时请填 0 到 12 之间的数，如 2 或 1.5。"


def test_a_commissioner_asks_the_secretary(client: Client, college: SmallCollege, meeting: Gathering) -> None:
    client.force_login(college.commissioner)
    text = client.get(url(meeting)).content.decode()
    assert 'value="ready"' in text
    assert 'value="confirm"' not in text
    answer = send(client, meeting, "ready", shared__minutes="请书记看")
    assert answer.headers["Location"] == f"/meetings/{meeting.pk}/"
    section = Section.objects.get()
    assert (section.state, section.ready_by) == ("draft", college.commissioner.person)
    assert Notice.objects.get(kind="to_review").person == college.branch_secretary.person
    assert send(client, meeting, "confirm").status_code == 403
    client.force_login(college.branch_secretary)
    assert "请书记看" in client.get(url(meeting)).content.decode()
    assert send(client, meeting).status_code == 302


def test_a_late_entry_needs_its_reason(secretary: Client, college: SmallCollege) -> None:
    meeting = plan(college.branch_secretary, college.branches[0], "members_meeting", starts_at=AFTERNOON.replace(day=1))
    page = secretary.get(url(meeting))
    assert page.context["form"].is_late is True
    assert send(secretary, meeting).context["form"].errors == {"late_reason": "会议已过去7天以上，请写明补录原因。"}
    assert send(secretary, meeting, late_reason="书记出差").status_code == 302
    section = Section.objects.get()
    assert (section.is_late_entry, section.late_reason) == (True, "书记出差")


def test_the_roll_follows_the_day(secretary: Client, college: SmallCollege, meeting: Gathering) -> None:
    newcomer = make_person(college.branches[0], "新转入", joined_on=datetime.date(2026, 6, 12))
    assert newcomer.pk in {row.person.pk for row in secretary.get(url(meeting)).context["form"].sections[0].roll}
    page = send(secretary, meeting, "save", shared__day="2026-06-11")
    assert page.status_code == 302
    page = secretary.get(url(meeting))
    assert page.context["form"].day == datetime.date(2026, 6, 11)
    assert newcomer.pk not in {row.person.pk for row in page.context["form"].sections[0].roll}
    # Back again the newcomer is on the roll, and keeps the mark typed before.
    send(secretary, meeting, "save", shared__day="2026-06-12")
    rows = {row.person.pk: row.mark for row in secretary.get(url(meeting)).context["form"].sections[0].roll}
    assert rows[newcomer.pk] == ""
