"""What a member without office reads of the own branch, and what a group leader reads beside it (decision 0017)."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from common import clock
from meetings.models import Attachment, Gathering, Section
from meetings.record import AgreedRecord, GuestRecord, ResolutionRecord
from meetings.selectors import calendar, gathering_detail
from meetings.selectors.desk import desk_sections
from meetings.services import add_attachment, amend_sections, confirm_sections, return_section, start_amendment
from meetings.views.section_table import SectionTable
from orgs.models import User
from tests.factories import SmallCollege, make_person, make_user
from tests.meetings.making import TODAY, confirm, plan, queries, record, shared
from tests.meetings.recording import PNG

JUNE = {"year": 2026, "month": 6}
LATER = datetime.datetime(2026, 6, 26, 14, 30, tzinfo=clock.SHANGHAI)
PLAIN = ["member", "group_leader"]


def _file(college: SmallCollege, gathering: Gathering) -> Attachment:
    return add_attachment(
        actor=college.branch_secretary,
        gathering=gathering,
        organisation=college.branches[0],
        upload=SimpleUploadedFile("签到.png", PNG),
    )


def _held(college: SmallCollege, code: str, title: str, **values: object) -> Gathering:
    """A confirmed meeting of ZB101 with a file."""
    gathering = plan(college.branch_secretary, college.branches[0], code, title=title)
    _file(college, gathering)
    confirm(college.branch_secretary, gathering, college.branches[0], **values)
    return gathering


def _codes(client: Client, user: User, *urls: str) -> list[int]:
    client.force_login(user)
    return [client.get(url).status_code for url in urls]


def _addresses(gathering: Gathering) -> list[str]:
    section, file = gathering.sections.get(), gathering.attachments.get()
    return [
        f"/meetings/{gathering.pk}/",
        f"/attachments/{file.pk}/",
        f"/meetings/sections/{section.pk}/versions/1/",
        "/organisations/ZB101/record-book/2026/",
    ]


@pytest.mark.parametrize("role", PLAIN)
def test_a_committee_meeting_is_a_line_in_the_calendar_and_nothing_else(
    client: Client, college: SmallCollege, role: str
) -> None:
    held = _held(college, "committee_meeting", "研究张三的处分")
    user = getattr(college, role)
    assert _codes(client, user, *_addresses(held)) == [404] * 4
    assert _codes(client, college.commissioner, *_addresses(held)) == [200] * 4
    (line,) = calendar(user=user, organisation=college.branches[0], **JUNE)[held.starts_at.date()]
    assert (line.kind.name, line.gathering.title, line.is_open) == ("支部委员会会议", "支部委员会会议", False)  # type: ignore[attr-defined]
    assert (line.gathering.starts_at, line.gathering.place) == (held.starts_at, "会议室")
    client.force_login(user)
    for url in ("/meetings/", "/meetings/?q=处分", "/branches/ZB101/calendar/2026/6/", "/"):
        page = client.get(url, follow=True).content.decode()
        assert "张三" not in page
        assert f"/meetings/{held.pk}/" not in page


@pytest.mark.parametrize("role", PLAIN)
def test_the_file_of_the_calendar_names_a_committee_meeting_by_its_kind(
    client: Client, college: SmallCollege, role: str
) -> None:
    plan(college.branch_secretary, college.branches[0], "committee_meeting", starts_at=LATER, title="研究张三的处分")
    url = "/branches/ZB101/calendar/2026/6/meetings.ics"
    client.force_login(getattr(college, role))
    assert "SUMMARY:支部委员会会议\r\n" in client.get(url).content.decode()
    client.force_login(college.branch_secretary)
    assert "SUMMARY:支部委员会会议 研究张三的处分\r\n" in client.get(url).content.decode()
    assert [row.title for row in desk_sections(getattr(college, role), TODAY).upcoming] == []
    assert [row.title for row in desk_sections(college.commissioner, TODAY).upcoming] == ["研究张三的处分"]


@pytest.mark.parametrize("role", PLAIN)
def test_what_one_took_part_in_is_read_without_the_others(client: Client, college: SmallCollege, role: str) -> None:
    away, missing = college.members[0], college.members[1]
    held = _held(
        college,
        "members_meeting",
        "六月党员大会",
        leave={away.pk: "住院手术"},
        absent=(missing.pk,),
        guests=(GuestRecord(name="客人"),),
        resolutions=(ResolutionRecord("同意接收", yes=9),),
        agreed_items=(AgreedRecord("整理活动室", college.members[2].pk, TODAY),),
    )
    user = getattr(college, role)
    assert _codes(client, user, *_addresses(held)) == [200, 200, 404, 404]
    page = client.get(f"/meetings/{held.pk}/").content.decode()
    for shown in (
        "大家发言",
        "学习文件",
        "同意接收",
        "客人",
        "整理活动室",
        "应到 11 人，实到 9 人，请假 1 人，缺席 1 人",
    ):
        assert shown in page
    for hidden in (
        away.name,
        missing.name,
        "住院手术",
        "record-book",
        "/versions/",
        "没有对应的待办事项",
        'agreed-list"><li><a',
    ):
        assert hidden not in page, hidden
    (section,) = gathering_detail(user=user, pk=held.pk).sections
    assert [(row.person.pk, row.mark) for row in section.attendance] == [(user.person_id, "present")]
    assert (section.is_whole, section.versions) == (False, [])
    assert queries(client, f"/meetings/{held.pk}/") <= 10


def test_who_was_away_reads_the_own_mark(college: SmallCollege) -> None:
    away = college.members[0]
    held = _held(college, "members_meeting", "六月党员大会", leave={away.pk: "住院手术"})
    (section,) = gathering_detail(user=make_user(away), pk=held.pk).sections
    assert [(row.person.name, row.mark) for row in section.attendance] == [(away.name, "leave")]


@pytest.mark.parametrize("role", PLAIN)
def test_what_is_not_confirmed_is_a_line_only(client: Client, college: SmallCollege, role: str) -> None:
    branch, secretary, user = college.branches[0], college.branch_secretary, getattr(college, role)
    planned = plan(secretary, branch, "members_meeting", starts_at=LATER)
    file = _file(college, planned)
    assert _codes(client, user, f"/meetings/{planned.pk}/", f"/attachments/{file.pk}/") == [404, 404]
    (line,) = calendar(user=user, organisation=branch, **JUNE)[LATER.date()]
    assert (line.gathering.title, line.is_open) == ("六月党员大会", False)  # type: ignore[attr-defined]
    (row,) = desk_sections(user, TODAY).upcoming
    assert row.is_open is False
    assert f'href="/meetings/{planned.pk}/"' not in client.get("/").content.decode()
    held = _held(college, "theme_day", "植树")
    return_section(actor=college.office, section=held.sections.get(), reason="缺少签到")
    assert _codes(client, user, *_addresses(held)) == [404] * 4


def test_reasons_of_a_return_and_of_a_change_stay_with_who_oversees(client: Client, college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    held = _held(college, "theme_day", "植树")
    start_amendment(actor=secretary, gathering=held, organisation=branch)
    facts = record(held, branch)
    amend_sections(actor=secretary, gathering=held, organisation=branch, record=facts, version=1, reason="写错了人")
    Section.objects.filter(gathering=held).update(return_reason="缺少签到", late_reason="书记住院")
    seen = {}
    for role in ("member", "commissioner"):
        client.force_login(getattr(college, role))
        page = client.get(f"/meetings/{held.pk}/").content.decode()
        seen[role] = [word in page for word in ("缺少签到", "书记住院", "写错了人")]
    assert seen == {"member": [False] * 3, "commissioner": [True] * 3}


def test_a_group_meeting_is_read_by_the_group_and_whole_by_its_leader(client: Client, college: SmallCollege) -> None:
    branch, group = college.branches[0], college.group
    gathering = plan(college.group_leader, branch, "group_meeting", group=group, title="小组谈家事")
    url = f"/meetings/{gathering.pk}/"
    assert _codes(client, college.group_leader, url) == [200]
    assert _codes(client, college.member, url) == [404]
    confirm(college.branch_secretary, gathering, branch)
    (whole,) = gathering_detail(user=college.group_leader, pk=gathering.pk).sections
    assert (whole.is_whole, len(whole.attendance)) == (True, whole.section.expected_count)
    inside = next(one for one in college.members if one.group_id == group.pk)
    own, other = make_user(inside), make_user(make_person(branch, "组外党员"))
    assert _codes(client, other, url) == [404]
    (line,) = calendar(user=other, organisation=branch, **JUNE)[gathering.starts_at.date()]
    assert (line.gathering.title, line.is_open) == ("党小组会", False)  # type: ignore[attr-defined]
    assert _codes(client, own, url) == [200]
    (read,) = gathering_detail(user=own, pk=gathering.pk).sections
    assert [row.person.pk for row in read.attendance] == [inside.pk]


@pytest.mark.parametrize("role", PLAIN)
def test_words_typed_for_a_committee_too_stay_with_it(client: Client, college: SmallCollege, role: str) -> None:
    """Agenda, minutes and files belong to the gathering; a committee that met within it keeps them."""
    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(secretary, branch, "members_meeting", "committee_meeting")
    file = _file(college, gathering)
    facts = record(gathering, branch, shared=shared(gathering, minutes="委员对张三的意见"))
    first, second = facts.sections
    facts = replace(facts, sections=(replace(first, resolutions=(ResolutionRecord("同意接收", yes=9),)), second))
    confirm_sections(actor=secretary, gathering=gathering, organisation=branch, record=facts, version=0, late_reason="")
    client.force_login(getattr(college, role))
    page = client.get(f"/meetings/{gathering.pk}/").content.decode()
    assert "同意接收" in page
    for hidden in ("委员对张三的意见", "学习文件", "签到.png", "支部委员会会议"):
        assert hidden not in page, hidden
    assert client.get(f"/attachments/{file.pk}/").status_code == 404
    client.force_login(college.commissioner)
    assert "委员对张三的意见" in client.get(f"/meetings/{gathering.pk}/").content.decode()


def test_the_leader_does_not_get_the_branchs_files_with_the_form(client: Client, college: SmallCollege) -> None:
    branch = college.branches[0]
    mixed = plan(college.branch_secretary, branch, "members_meeting", "group_meeting", group=college.group)
    file = _file(college, mixed)
    client.force_login(college.group_leader)
    assert "签到.png" not in client.get(f"/meetings/{mixed.pk}/record/").content.decode()
    assert client.get(f"/attachments/{file.pk}/").status_code == 404
    alone = plan(college.group_leader, branch, "group_meeting", group=college.group, starts_at=LATER)
    own = _file(college, alone)
    assert "签到.png" in client.get(f"/meetings/{alone.pk}/record/").content.decode()
    assert client.get(f"/attachments/{own.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("role", "expected"),
    [("member", ["党员大会"]), ("group_leader", ["党员大会"]), ("branch_secretary", ["党员大会", "支委会", "计划"])],
)
def test_lists_and_files_hold_what_one_may_read(college: SmallCollege, role: str, expected: list[str]) -> None:
    _held(college, "members_meeting", "党员大会")
    _held(college, "committee_meeting", "支委会")
    plan(college.branch_secretary, college.branches[0], "theme_day", starts_at=LATER, title="计划")
    user = getattr(college, role)
    table = SectionTable(Section.objects.visible_to(user), user=user, params={}, path="/meetings/")
    assert sorted(line[0] for line in table.lines()) == sorted(expected)


def test_other_branches_sections_of_a_gathering_stay_unseen(college: SmallCollege) -> None:
    branch, sibling, _other = college.branches
    held = _held(college, "theme_day", "植树")
    Section.objects.filter(gathering=held).update(organisation=sibling)
    assert not Section.objects.visible_to(college.member).exists()
    assert not Gathering.objects.visible_to(college.outsider).exists()
    assert Section.objects.in_calendar_of(college.member).filter(organisation=branch).count() == 0
