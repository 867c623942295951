"""Saving as one types: what is kept, conflicts, and who types beside whom."""

from __future__ import annotations

from typing import Any

from django.test import Client

from meetings.models import Draft, Gathering, Section
from meetings.services import cancel_section
from tests.factories import SmallCollege
from tests.meetings.making import confirm, plan
from tests.meetings.recording import autosave, draft_url, fields, only, url

# --- Saving as one types ------------------------------------------------------------------------------------------------


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
    client.force_login(college.office)
    refused = autosave(client, meeting, 0, shared__title="x")
    assert (refused.status_code, refused.json()["message"]) == (
        403,
        "只有本组织的书记和委员可以登记，请联系本组织书记。",
    )
    client.force_login(college.member)
    unseen = autosave(client, meeting, 0, shared__title="x")
    assert (unseen.status_code, unseen.json()["message"]) == (404, "找不到这份会议记录，内容没有保存，请先复制再返回。")
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


def test_after_the_group_leader_the_secretary_finds_day_and_place(client: Client, college: SmallCollege) -> None:
    branch = college.branches[0]
    gathering = plan(college.branch_secretary, branch, "members_meeting", "group_meeting", group=college.group)
    group = gathering.sections.order_by("kind__position")[1]
    client.force_login(college.group_leader)
    typed = {"organisation": "ZB101", f"sections.{group.pk}.study_hours": "2", "version": "0"}
    assert client.post(draft_url(gathering), typed).status_code == 200
    client.force_login(college.branch_secretary)
    found = fields(client.get(url(gathering)))
    shown = {name: found[f"shared.{name}"] for name in ("title", "day", "start", "place")}
    assert shown == {"title": ["六月党员大会"], "day": ["2026-06-12"], "start": ["14:30"], "place": ["会议室"]}
    assert found[f"sections.{group.pk}.study_hours"] == ["2"]


def test_a_cancelled_record_says_so_in_json(client: Client, college: SmallCollege, meeting: Gathering) -> None:
    client.force_login(college.branch_secretary)
    cancel_section(actor=college.branch_secretary, section=meeting.sections.get(), reason="改期")
    answer = autosave(client, meeting, 0, shared__title="x")
    assert (answer.status_code, answer.headers["Content-Type"]) == (409, "application/json")
    assert answer.json() == {"message": "这次会议已经取消，内容没有保存。需要的话请先复制，再返回。"}
    missing = client.post("/meetings/999999/draft/", {"organisation": "ZB101", "version": "0"})
    assert (missing.status_code, missing.json()) == (
        404,
        {"message": "找不到这份会议记录，内容没有保存，请先复制再返回。"},
    )


def test_a_draft_that_is_too_large_says_so_in_json(
    client: Client, college: SmallCollege, meeting: Gathering, settings: Any
) -> None:
    settings.DRAFT_MAX_BYTES = 1024
    client.force_login(college.branch_secretary)
    answer = autosave(client, meeting, 0, shared__minutes="长" * 2000)
    assert (answer.status_code, answer.json()["message"]) == (400, "草稿超过1KB，请把长文放进附件。")
