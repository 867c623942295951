"""The record form: filled from the roll, saved as typed, conflicts shown, confirmed by the secretary."""

from __future__ import annotations

import datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common import clock
from meetings.models import Attachment, Attendance, Draft, Gathering, Section, SectionVersion
from meetings.services import PlannedSection, plan_gathering, save_draft
from notices.models import Notice
from orgs.models import MemberStatus
from tests.factories import SmallCollege, make_person
from tests.meetings.making import AFTERNOON, confirm, kind, plan

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7\x9a\xa0\xa0\x00\x00\x00\x00IEND\xaeB`\x82"
)


class _Fields(HTMLParser):
    """What a browser without JavaScript would send for the record form as it is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._inside = False
        self._template = 0
        self._name: str | None = None
        self._text = ""
        self._selected: str | None = None
        self._first: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = found.get("id") == "record-form"
        if tag == "template":
            self._template += 1
        if not self._inside or self._template or "form" in found:
            return
        name = found.get("name")
        if tag == "input" and name:
            ticked = found.get("type") not in ("radio", "checkbox") or "checked" in found
            if ticked and found.get("type") != "file":
                self.values.setdefault(name, []).append(found.get("value", "on"))
        elif tag in ("textarea", "select") and name:
            self._name, self._text, self._selected, self._first = name, "", None, None
        elif tag == "option" and self._name:
            self._first = found.get("value", "") if self._first is None else self._first
            if "selected" in found:
                self._selected = found.get("value", "")

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "template":
            self._template -= 1
        if self._name and tag in ("textarea", "select"):
            value = self._text if tag == "textarea" else self._selected or self._first or ""
            self.values.setdefault(self._name, []).append(value)
            self._name = None


def fields(page: HttpResponse) -> dict[str, list[str]]:
    """The values of the form on the page."""
    parser = _Fields()
    parser.feed(page.content.decode())
    return parser.values


@pytest.fixture
def meeting(college: SmallCollege) -> Gathering:
    """A planned members' meeting of ZB101 on 12 June, eleven expected."""
    return plan(college.branch_secretary, college.branches[0], "members_meeting")


@pytest.fixture
def secretary(client: Client, college: SmallCollege) -> Client:
    client.force_login(college.branch_secretary)
    return client


def url(gathering: Gathering, code: str = "ZB101") -> str:
    return f"/meetings/{gathering.pk}/record/?organisation={code}"


def draft_url(gathering: Gathering) -> str:
    return f"/meetings/{gathering.pk}/draft/"


def only(gathering: Gathering) -> str:
    """Prefix of the fields of the one section."""
    return f"sections.{gathering.sections.get().pk}"


def send(client: Client, gathering: Gathering, action: str = "confirm", **changed: Any) -> HttpResponse:
    """Open the form, change some fields (``__`` for a dot after the section), press a button."""
    values: dict[str, Any] = {**fields(client.get(url(gathering))), "shared.end": "16:00"}
    for name, value in changed.items():
        if name in ("late_reason", "reason", "version"):
            values[name] = value
        elif name.startswith("shared__"):
            values[name.replace("__", ".")] = value
        else:
            values[f"{only(gathering)}.{name.replace('__', '.')}"] = value
    return client.post(url(gathering), {**values, "action": action})


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
    assert count() == before <= 15


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
        ("study_hours", "两", "学时请填 0 到 24 之间的数，如 2 或 1.5。"),
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


# --- Saving as one types ------------------------------------------------------------------------------------------------


def autosave(client: Client, gathering: Gathering, version: int, **changed: str) -> HttpResponse:
    values: dict[str, Any] = {"organisation": "ZB101", "version": str(version)}
    for name, value in changed.items():
        name = name.replace("__", ".")
        values[name if name.startswith("shared") else f"{only(gathering)}.{name}"] = value
    return client.post(draft_url(gathering), values)


def test_the_draft_is_kept_as_typed(secretary: Client, meeting: Gathering) -> None:
    answer = autosave(secretary, meeting, 0, shared__title="改了标题", study_hours="一个半")
    assert answer.json() == {"version": 1, "saved_at": "09:00"}
    answer = autosave(secretary, meeting, 1, shared__title="再改", study_hours="一个半")
    assert answer.json()["version"] == 2
    page = secretary.get(url(meeting))
    assert fields(page)[f"{only(meeting)}.study_hours"] == ["一个半"]
    assert page.context["form"].version == 2
    assert "已按全体到会预填" not in page.content.decode()
    meeting.refresh_from_db()
    assert meeting.title == "再改"


def test_two_devices_see_their_conflict(client: Client, college: SmallCollege, meeting: Gathering) -> None:
    away = college.members[0].pk
    client.force_login(college.commissioner)
    assert (
        autosave(client, meeting, 0, shared__place="甲会议室", **{f"attendance__{away}__mark": "leave"}).status_code
        == 200
    )
    client.force_login(college.branch_secretary)
    answer = autosave(client, meeting, 0, shared__place="乙会议室", **{f"attendance__{away}__mark": "absent"})
    assert answer.status_code == 409
    body = answer.json()
    assert body["version"] == 1
    assert "组织委员已在09:00保存了这份草稿" in body["message"]
    for words in ("地点", "甲会议室", "乙会议室", "党员1 到会情况", "请假", "缺席", "用服务器上的版本", "用我这份覆盖"):
        assert words in body["html"], words
    assert Draft.objects.get().data["shared"]["place"] == "甲会议室"
    # Only the explicit choice, with the version shown, overwrites.
    assert autosave(client, meeting, 1, shared__place="乙会议室").json()["version"] == 2
    assert Draft.objects.get().data["shared"]["place"] == "乙会议室"


def test_the_conflict_without_javascript(client: Client, college: SmallCollege, meeting: Gathering) -> None:
    client.force_login(college.branch_secretary)
    values = {**fields(client.get(url(meeting))), "shared.place": "乙会议室", "action": "confirm"}
    client.force_login(college.commissioner)
    autosave(client, meeting, 0, shared__place="甲会议室")
    client.force_login(college.branch_secretary)
    page = client.post(url(meeting), values)
    assert page.status_code == 409
    assert page.context["conflict"].version == 1
    assert Section.objects.get().state == "draft"
    values.pop("action")
    assert client.post(url(meeting), {**values, "overwrite": "1"}).status_code == 302
    assert Draft.objects.get().data["shared"]["place"] == "乙会议室"
    assert Section.objects.get().state == "draft"


def test_typing_into_a_confirmed_record_is_told(client: Client, college: SmallCollege, meeting: Gathering) -> None:
    client.force_login(college.commissioner)
    autosave(client, meeting, 0, shared__place="甲会议室")
    Draft.objects.all().delete()
    confirm(college.branch_secretary, meeting, college.branches[0])
    answer = autosave(client, meeting, 1, shared__place="丙会议室")
    assert (answer.status_code, answer.json()["version"]) == (409, 0)
    assert "查看现在的记录" in answer.json()["html"]


def test_without_a_valid_login_nothing_is_saved(client: Client, college: SmallCollege, meeting: Gathering) -> None:
    assert autosave(client, meeting, 0, shared__title="x").status_code == 401
    client.force_login(college.branch_secretary)
    other = client.post(draft_url(meeting), {"organisation": "ZB101", "version": "0", "account": "999999"})
    assert other.status_code == 401
    client.force_login(college.member)
    refused = autosave(client, meeting, 0, shared__title="x")
    assert (refused.status_code, refused.json()["message"]) == (
        403,
        "只有本组织的书记和委员可以登记，请联系本组织书记。",
    )
    assert not Draft.objects.exists()


def test_a_group_leader_types_beside_the_secretary(client: Client, college: SmallCollege) -> None:
    branch = college.branches[0]
    gathering = plan(college.branch_secretary, branch, "members_meeting", "group_meeting", group=college.group)
    whole, group = gathering.sections.order_by("kind__position")
    client.force_login(college.branch_secretary)
    base = {"organisation": "ZB101"}
    shared = {"shared.title": "六月党员大会", "shared.day": "2026-06-12", "shared.start": "14:30"}
    both = {f"sections.{whole.pk}.study_hours": "1", f"sections.{group.pk}.study_hours": "1"}
    client.post(draft_url(gathering), {**base, **shared, **both, "version": "0"})
    client.force_login(college.group_leader)
    assert [part.part.section for part in client.get(url(gathering)).context["form"].sections] == [group]
    assert 'name="shared.title"' not in client.get(url(gathering)).content.decode()
    forged = {
        "shared.title": "改名",
        f"sections.{whole.pk}.study_hours": "9",
        f"sections.{group.pk}.study_hours": "2",
    }
    assert client.post(draft_url(gathering), {**base, **forged, "version": "1"}).status_code == 200
    kept = {key: part["study_hours"] for key, part in Draft.objects.get().data["sections"].items()}
    assert kept == {str(whole.pk): "1", str(group.pk): "2"}
    assert Draft.objects.get().data["shared"]["title"] == "六月党员大会"
    gathering.refresh_from_db()
    assert gathering.title == "六月党员大会"
    ready = {**base, f"sections.{group.pk}.study_hours": "2", "version": "2", "action": "ready"}
    assert client.post(url(gathering), ready).status_code == 302
    assert list(gathering.sections.exclude(ready_at=None)) == [group]


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


def upload(client: Client, gathering: Gathering, name: str, content: bytes, **headers: str) -> HttpResponse:
    file = SimpleUploadedFile(name, content, content_type="image/png")
    return client.post(f"/meetings/{gathering.pk}/attachments/?organisation=ZB101", {"upload": file}, headers=headers)


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
    assert "页面.png：这个文件的内容不是图片" in answer.content.decode()
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
