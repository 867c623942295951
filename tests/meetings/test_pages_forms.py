"""Talks, appraisals, lectures, joint afternoons, changes of confirmed records, files."""

from __future__ import annotations

import datetime

import pytest
from django.http import QueryDict
from django.test import Client

from common import clock
from meetings.forms.values import from_post
from meetings.models import Attachment, Attendance, Gathering, Section
from meetings.nightly import open_due_tasks
from meetings.services import PlannedSection, plan_gathering, save_draft
from orgs.models import MemberStatus
from tasks.models import Task
from tests.factories import SmallCollege, make_person
from tests.meetings.making import AFTERNOON, confirm, kind, plan
from tests.meetings.recording import PNG, fields, only, send, upload, url

# --- Kinds with their own form ------------------------------------------------------------------------------------------


def test_a_talk_keeps_date_and_persons_only(secretary: Client, college: SmallCollege) -> None:
    meeting = plan(college.branch_secretary, college.branches[0], "heart_talk")
    page = secretary.get(url(meeting))
    text = page.content.decode()
    assert "谈心谈话只记日期和对象，不记内容。" in text
    for name in ("shared.minutes", "shared.agenda", "shared.place", "upload"):
        assert f'name="{name}"' not in text, name
    one, two = college.branch_secretary.person_id, college.members[0].pk
    alone = send(secretary, meeting, persons=[str(one)])
    assert "请选择谈话双方" in alone.context["form"].errors[f"{only(meeting)}.attendance"]
    assert send(secretary, meeting, persons=[str(one), str(two)], shared__minutes="内容").status_code == 302
    assert set(Attendance.objects.values_list("person_id", flat=True)) == {one, two}
    meeting.refresh_from_db()
    assert meeting.minutes == ""


def test_an_appraisal_is_counted_by_member(secretary: Client, college: SmallCollege) -> None:
    young = make_person(college.branches[0], "预备党员甲", status=MemberStatus.PROBATIONARY)
    meeting = plan(college.branch_secretary, college.branches[0], "democratic_appraisal")
    rows = {row.person.pk: row for row in secretary.get(url(meeting)).context["form"].sections[0].appraisals}
    assert len(rows) == 12
    assert [grade.value for grade in rows[young.pk].grades] == ["none"]
    best = college.members[0].pk
    answer = send(
        secretary,
        meeting,
        **{f"appraisals__{best}__excellent": "12", f"appraisals__{best}__grade": "excellent"},
    )
    assert answer.status_code == 302
    results = {row.person_id: (row.excellent, row.grade) for row in Section.objects.get().appraisals.all()}
    assert results[best] == (12, "excellent")
    assert results[young.pk] == (0, "none")
    assert results[college.members[1].pk] == (0, "qualified")


def test_a_lecture_names_its_lecturer(secretary: Client, college: SmallCollege) -> None:
    meeting = plan(college.branch_secretary, college.branches[0], "lecture")
    assert send(secretary, meeting).context["form"].errors == {"shared.lecturer": "请填写党课主讲人。"}
    assert send(secretary, meeting, shared__lecturer="组织委员").status_code == 302  # one member of that name
    meeting.refresh_from_db()
    assert (meeting.lecturer, meeting.lecturer_name) == (college.commissioner.person, "")


def test_a_lecturer_from_outside_stays_a_name(secretary: Client, college: SmallCollege) -> None:
    meeting = plan(college.branch_secretary, college.branches[0], "lecture")
    hidden = college.outsider.person.number  # of another general branch: not to be found by this secretary
    assert send(secretary, meeting, shared__lecturer=f"王教授（{hidden}）").status_code == 302
    meeting.refresh_from_db()
    assert (meeting.lecturer, meeting.lecturer_name) == (None, f"王教授（{hidden}）")


def test_one_afternoon_of_three_is_typed_once(secretary: Client, college: SmallCollege) -> None:
    meeting = plan(college.branch_secretary, college.branches[0], "members_meeting", "lecture", "theme_day")
    page = secretary.get(url(meeting))
    sections = page.context["form"].sections
    assert [part.previous for part in sections] == ["", sections[0].path, sections[1].path]
    values = {**fields(page), "shared.end": "16:30", "shared.lecturer": "支部书记", "action": "confirm"}
    assert secretary.post(url(meeting), values).status_code == 302
    assert list(meeting.sections.values_list("state", "present_count")) == [("confirmed", 11)] * 3


def test_an_invited_branch_marks_its_own_roll(client: Client, college: SmallCollege) -> None:
    branch, sibling, _other = college.branches
    lecture = kind("lecture")
    gathering = plan_gathering(
        actor=college.branch_secretary,
        organisation=branch,
        title="联合党课",
        starts_at=AFTERNOON,
        ends_at=AFTERNOON + datetime.timedelta(hours=1),
        place="报告厅",
        sections=[PlannedSection(lecture, branch), PlannedSection(lecture, sibling)],
    )
    client.force_login(college.branch_secretary)
    assert client.get(url(gathering, "ZB102")).status_code == 403
    from tests.factories import make_officer

    invited = make_officer(sibling, name="兄弟支部书记")
    client.force_login(invited)
    page = client.get(url(gathering, "ZB102"))
    text = page.content.decode()
    assert "由ZB101党支部召集，时间地点由对方填写" in text
    assert 'name="shared.title"' not in text
    assert college.members[0].name not in text
    assert client.get(url(gathering, "ZB201")).status_code == 404


# --- Changing what is confirmed -----------------------------------------------------------------------------------------


def test_a_change_needs_its_reason_and_keeps_the_old_version(
    secretary: Client, college: SmallCollege, meeting: Gathering
) -> None:
    section = confirm(college.branch_secretary, meeting, college.branches[0], leave={college.members[0].pk: "出差"})
    assert secretary.get(url(meeting)).headers["Location"] == f"/meetings/{meeting.pk}/"
    began = secretary.post(f"/meetings/{meeting.pk}/amend/?organisation=ZB101")
    assert began.headers["Location"] == url(meeting)
    page = secretary.get(url(meeting))
    marks = {row.person: (row.mark, row.leave_reason) for row in page.context["form"].sections[0].roll}
    assert marks[college.members[0]] == ("leave", "出差")
    refused = send(secretary, meeting, study_hours="3")
    assert refused.context["form"].errors == {"reason": "请写明原因。"}
    assert send(secretary, meeting, study_hours="3", reason="学时记错").status_code == 302
    section.refresh_from_db()
    assert (section.version, section.study_hours) == (2, 3)
    versions = [(row.number, row.reason) for row in section.versions.all()]
    assert versions == [(1, ""), (2, "学时记错")]


def test_a_returned_record_is_mended_and_confirmed_again(
    client: Client, college: SmallCollege, meeting: Gathering
) -> None:
    section = confirm(college.branch_secretary, meeting, college.branches[0])
    client.force_login(college.general_secretary)
    client.post(f"/meetings/sections/{section.pk}/return/", {"reason": "补学时"})
    client.force_login(college.branch_secretary)
    assert "退回原因：" in client.get(url(meeting)).content.decode()
    assert send(client, meeting, study_hours="2.5").status_code == 302
    section.refresh_from_db()
    assert (section.state, section.version) == ("confirmed", 2)


# --- Files --------------------------------------------------------------------------------------------------------------


def test_a_file_is_served_to_who_may_see_the_record(client: Client, college: SmallCollege, meeting: Gathering) -> None:
    client.force_login(college.branch_secretary)
    answer = upload(client, meeting, "会议 照片.png", PNG, **{"HX-Request": "true"})
    assert "会议 照片.png" in answer.content.decode()
    stored = Attachment.objects.get()
    served = client.get(f"/attachments/{stored.pk}/")
    assert b"".join(served.streaming_content) == PNG
    assert served.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E4%BC%9A%E8%AE%AE%20%E7%85%A7%E7%89%87.png"
    )
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert served.headers["Content-Type"] == "image/png"
    assert "no-store" in served.headers["Cache-Control"]
    client.force_login(college.outsider)
    assert client.get(f"/attachments/{stored.pk}/").status_code == 404
    assert client.post(f"/attachments/{stored.pk}/delete/").status_code == 404
    client.force_login(college.general_secretary)
    assert client.post(f"/attachments/{stored.pk}/delete/").status_code == 403
    client.force_login(college.branch_secretary)
    gone = client.post(f"/attachments/{stored.pk}/delete/", headers={"HX-Request": "true"})
    assert "会议 照片.png" not in gone.content.decode()
    assert not Attachment.objects.exists()


def test_what_may_not_be_uploaded_is_said(secretary: Client, meeting: Gathering) -> None:
    answer = upload(secretary, meeting, "页面.png", b"<html><script>alert(1)</script>", **{"HX-Request": "true"})
    assert answer.status_code == 400
    assert "页面.png：只能上传图片" in answer.content.decode()
    page = secretary.get(url(meeting)).content.decode()
    assert "图片（可直接拍照）、PDF、Word、Excel、PPT，每个不超过 20.0" in page


def test_uploading_without_javascript_leads_back(secretary: Client, meeting: Gathering) -> None:
    answer = upload(secretary, meeting, "a.png", PNG)
    assert answer.headers["Location"] == f"{url(meeting)}#upload"


def test_a_draft_of_another_day_shows_that_days_roll_when_amending(
    secretary: Client, college: SmallCollege, meeting: Gathering
) -> None:
    newcomer = make_person(college.branches[0], "新转入", joined_on=datetime.date(2026, 6, 12))
    confirm(college.branch_secretary, meeting, college.branches[0])
    secretary.post(f"/meetings/{meeting.pk}/amend/?organisation=ZB101")
    values = fields(secretary.get(url(meeting)))
    secretary.post(url(meeting), {**values, "shared.day": "2026-06-11", "action": "save"})
    roll = secretary.get(url(meeting)).context["form"].sections[0].roll
    assert newcomer.pk not in {row.person.pk for row in roll}
    meeting.refresh_from_db()
    assert meeting.starts_at.astimezone(clock.SHANGHAI).day == 12  # nothing moves before it is confirmed


def test_saving_answers_for_the_drafts_of_the_service(
    secretary: Client, college: SmallCollege, meeting: Gathering
) -> None:
    """A draft that another client stored in part is opened without loss and without error."""
    save_draft(
        actor=college.branch_secretary,
        gathering=meeting,
        organisation=college.branches[0],
        data={"shared": {"title": "只有标题"}, "sections": {"x": 1}, "odd": [1]},
        version=0,
    )
    page = secretary.get(url(meeting))
    assert page.status_code == 200
    assert fields(page)["shared.title"] == ["只有标题"]


def test_a_tap_on_an_overdue_task_makes_up_for_its_period(secretary: Client, college: SmallCollege) -> None:
    with clock.moved(datetime.date(2026, 5, 1)):
        open_due_tasks(datetime.date(2026, 5, 1))
    owed = Task.objects.get(natural_key__startswith="committee_meeting:ZB101", period_code="2026-05")
    typed = {
        "kinds": "committee_meeting",
        "day": "2026-06-12",
        "start": "14:30",
        "title": "补开支委会",
        "action": "record",
    }
    secretary.post(owed.act_url, typed)
    gathering = Gathering.objects.get()
    assert fields(secretary.get(url(gathering)))[f"{only(gathering)}.period_code"] == ["2026-05"]
    send(secretary, gathering)
    owed.refresh_from_db()
    assert (owed.state, owed.is_late, owed.closed_on) == ("done", True, datetime.date(2026, 6, 12))


# --- What no browser sends ----------------------------------------------------------------------------------------------

ENDLESS = "9" * 5000  # Python reads no number as long as that


def test_endless_numbers_are_no_rows_and_no_persons(secretary: Client, college: SmallCollege) -> None:
    typed = from_post(
        QueryDict(f"sections.1.resolutions.{ENDLESS}.text=x&sections.1.chair=3&sections.{ENDLESS}.chair=4")
    )
    assert {key: (part["chair"], part["resolutions"]) for key, part in typed["sections"].items()} == {"1": ("3", [])}
    talk = plan(college.branch_secretary, college.branches[0], "heart_talk")
    answer = send(secretary, talk, persons=[str(college.branch_secretary.person_id), ENDLESS])
    assert (answer.status_code, Attendance.objects.count()) == (400, 0)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1989-12-31"])
def test_days_of_other_times_are_asked_for_again(secretary: Client, college: SmallCollege, day: str) -> None:
    meeting = plan(college.branch_secretary, college.branches[0], "members_meeting")
    answer = send(secretary, meeting, shared__day=day)
    assert answer.status_code == 400
    assert answer.context["form"].errors["shared.starts_at"] == "日期或时间不对，请重新选择。"
    assert fields(answer)["shared.day"] == [day]


def test_uploading_nothing_is_said(secretary: Client, college: SmallCollege) -> None:
    meeting = plan(college.branch_secretary, college.branches[0], "members_meeting")
    answer = secretary.post(f"/meetings/{meeting.pk}/attachments/?organisation=ZB101", {"upload": ""})
    assert answer.status_code == 400
    assert "请先选择文件，再点“上传”。" in answer.content.decode()
