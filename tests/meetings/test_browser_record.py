"""The record form in a real browser on a phone: few taps, nothing lost, nothing overwritten."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from common import clock
from meetings.models import Attachment, Draft, Gathering, Section
from meetings.nightly import open_due_tasks
from meetings.services import load_kinds, save_draft
from tasks.models import Task
from tests.factories import PASSWORD, SmallCollege, make_college, make_person
from tests.journeys.walking import sign_in
from tests.meetings.making import plan
from tests.meetings.recording import PNG

pytestmark = pytest.mark.browser
TODAY = datetime.date(2026, 6, 25)
AFTERNOON = datetime.datetime(2026, 6, 24, 14, 30, tzinfo=clock.SHANGHAI)


@pytest.fixture
def college(transactional_db: None) -> Iterator[SmallCollege]:
    """ZB101 with 20 members on 25 June, what is owed opened the night before."""
    load_kinds()
    found = make_college(members=15)
    clock.set_demo_today(TODAY)
    with clock.moved(TODAY):
        open_due_tasks(TODAY)
    expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong
    yield found
    clock.set_demo_today(None)


@pytest.fixture
def meeting(college: SmallCollege) -> Gathering:
    """The members' meeting of yesterday afternoon, planned."""
    with clock.moved(TODAY):
        return plan(college.branch_secretary, college.branches[0], "members_meeting", starts_at=AFTERNOON)


class Hand:
    """Counts what a person does: every tap and every field typed."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def tap(self, selector: str) -> None:
        self.count += 1
        self.page.locator(selector).first.click()

    def type(self, selector: str, text: str) -> None:
        self.count += 1
        self.page.locator(selector).first.fill(text)


def row(person: Any) -> str:
    return f'.roll-row[data-person="{person.pk}"]'


def status(page: Page) -> Any:
    return page.locator("#save-status")


def kept_here(page: Page) -> list[str]:
    """Names of what this device keeps."""
    return list(page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('partybuild:'))"))


def open_form(page: Page, gathering: Gathering) -> None:
    page.goto(f"/meetings/{gathering.pk}/record/?organisation=ZB101")


def test_a_normal_meeting_takes_at_most_twelve_interactions(chromium_page: Page, college: SmallCollege) -> None:
    page = chromium_page
    sign_in(page, college.branch_secretary)
    hand = Hand(page)
    hand.tap('a[href*="kind=members_meeting"]')  # on the desk: due in 5 days
    hand.tap("button[value=record]")  # date, time and title are filled in
    expect(page.get_by_text("已按全体到会预填，请改请假和缺席的人。")).to_be_visible()
    for person, reason in ((college.members[3], "因公出差"), (college.members[7], "事假")):
        hand.tap(f"{row(person)} .seg-leave")
        hand.tap(f'{row(person)} .chip[data-reason="{reason}"]')
    bar = page.locator("[data-bar]")
    expect(bar).to_contain_text("应到 20")
    expect(bar).to_contain_text("实到 18")
    expect(bar).to_contain_text("请假 2")
    expect(bar).to_contain_text("有表决权 18/20")
    expect(bar).to_contain_text("法定人数需 10")
    expect(bar.locator("[data-quorum=yes]")).to_be_visible()
    hand.type("[name$='.resolutions.0.text']", "通过下半年工作计划")
    expect(page.locator("[data-result-line]").first).to_contain_text(
        "赞成18票，须超过应到会有表决权20人的半数即11票，通过（支部工作条例(试行)2018 第11条）"
    )
    hand.type("[name='shared.agenda']", "讨论下半年工作计划")
    hand.type("[name='shared.minutes']", "大家同意，没有其他意见。")
    hand.tap("[data-final]")
    page.wait_for_url(re.compile(r"/meetings/\d+/$"))
    expect(page.get_by_text("记录已核定。")).to_be_visible()
    section = Section.objects.get()
    assert (section.state, section.present_count, section.leave_count, section.is_quorate) == ("confirmed", 18, 2, True)
    assert set(section.attendance.filter(mark="leave").values_list("leave_reason", flat=True)) == {"因公出差", "事假"}
    assert section.resolutions.get().yes == 18
    assert Task.objects.get(kind="members_meeting", organisation=college.branches[0]).state == "done"
    assert kept_here(page) == []
    assert hand.count == 10 <= 12
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_is_typed_is_saved_and_comes_back(chromium_page: Page, college: SmallCollege, meeting: Gathering) -> None:
    page = chromium_page
    sign_in(page, college.branch_secretary)
    open_form(page, meeting)
    page.fill("[name='shared.minutes']", "第一段")
    expect(status(page)).to_contain_text(re.compile(r"已保存 \d\d:\d\d"))
    assert Draft.objects.get().data["shared"]["minutes"] == "第一段"
    page.locator(row(college.members[0])).locator(".seg-absent").click()
    version = page.locator("#record-form > [name=version]")
    expect(version).to_have_value("2")
    page.click("details.more > summary")
    page.fill("[name$='.agreed_items.0.text']", "整理活动室")
    page.click("[data-add-row$='.agreed_items']")
    page.fill("[name$='.agreed_items.1.text']", "换灯管")
    expect(version).to_have_value(re.compile(r"^[3-9]$"))
    expect(status(page)).to_contain_text(re.compile(r"已保存 \d\d:\d\d"))
    assert kept_here(page) == []
    page.reload()
    expect(page.locator("[name='shared.minutes']")).to_have_value("第一段")
    expect(page.locator(f"{row(college.members[0])} input[value=absent]")).to_be_checked()
    expect(page.locator("[name$='.agreed_items.1.text']")).to_have_value("换灯管")


def test_offline_it_is_kept_on_the_device_until_it_can_be_saved(
    chromium_page: Page, college: SmallCollege, meeting: Gathering
) -> None:
    page = chromium_page
    sign_in(page, college.branch_secretary)
    open_form(page, meeting)
    page.context.set_offline(True)
    page.fill("[name='shared.minutes']", "断网时写的")
    expect(status(page)).to_contain_text("已保存在本机，联网后自动上传")
    key = f"partybuild:{college.branch_secretary.pk}:draft:{meeting.pk}:{college.branches[0].pk}"
    assert kept_here(page) == [key]
    page.click("[data-final]")
    expect(status(page)).to_contain_text("已保存在本机，联网后自动上传")
    assert Section.objects.get().state == "planned"
    page.context.set_offline(False)
    expect(status(page)).to_contain_text(re.compile(r"已保存 \d\d:\d\d"))
    assert Draft.objects.get().data["shared"]["minutes"] == "断网时写的"
    assert kept_here(page) == []


def test_a_page_closed_offline_is_offered_again(chromium_page: Page, college: SmallCollege, meeting: Gathering) -> None:
    page = chromium_page
    sign_in(page, college.branch_secretary)
    open_form(page, meeting)
    page.context.set_offline(True)
    page.locator(row(college.members[0])).locator(".seg-leave").click()
    page.locator(row(college.members[0])).locator(".chip").first.click()
    page.click("details.more > summary")
    page.fill("[name$='.guests.0.name']", "王院长")
    page.click("[data-add-row$='.guests']")
    page.fill("[name$='.guests.1.name']", "李老师")
    expect(status(page)).to_contain_text("已保存在本机，联网后自动上传")
    context = page.context
    # What a closing page sends goes out once the browser is no longer held offline: here the network stays away.
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('offline')); }")
    page.close()
    context.set_offline(False)
    page = context.new_page()
    open_form(page, meeting)
    offer = page.locator("#local-offer")
    expect(offer).to_contain_text("本机有一份未上传的内容")
    offer.get_by_role("button", name="恢复").click()
    expect(page.locator(f"{row(college.members[0])} input[value=leave]")).to_be_checked()
    expect(page.locator("[name$='.guests.1.name']")).to_have_value("李老师")
    expect(status(page)).to_contain_text(re.compile(r"已保存 \d\d:\d\d"))
    assert [guest["name"] for guest in next(iter(Draft.objects.get().data["sections"].values()))["guests"]] == [
        "王院长",
        "李老师",
    ]
    assert kept_here(page) == []


def test_a_lost_login_loses_nothing(chromium_page: Page, college: SmallCollege, meeting: Gathering) -> None:
    page = chromium_page
    sign_in(page, college.branch_secretary)
    open_form(page, meeting)
    Session.objects.all().delete()
    page.fill("[name='shared.minutes']", "登录失效后写的")
    expect(status(page)).to_contain_text("登录已失效，内容已存在本机，重新登录后恢复")
    page.get_by_role("link", name="重新登录").click()
    page.fill("[name=username]", college.branch_secretary.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/record/**")
    expect(page.locator("#local-offer")).to_be_visible()
    page.get_by_role("button", name="恢复").click()
    expect(page.locator("[name='shared.minutes']")).to_have_value("登录失效后写的")
    expect(status(page)).to_contain_text(re.compile(r"已保存 \d\d:\d\d"))
    assert Draft.objects.get().data["shared"]["minutes"] == "登录失效后写的"
    assert kept_here(page) == []


def test_signing_out_wipes_the_device(chromium_page: Page, college: SmallCollege, meeting: Gathering) -> None:
    page = chromium_page
    page.set_viewport_size({"width": 1280, "height": 800})
    sign_in(page, college.branch_secretary)
    open_form(page, meeting)
    page.evaluate("localStorage.setItem('partybuild:1:draft:9:9', JSON.stringify({time: Date.now(), entries: []}))")
    page.context.set_offline(True)
    page.fill("[name='shared.minutes']", "没传上去的")
    expect(status(page)).to_contain_text("已保存在本机，联网后自动上传")
    page.context.set_offline(False)
    page.locator("details:has(form[data-logout]) > summary").first.click()
    page.get_by_role("button", name="退出").first.click()
    page.wait_for_url("**/login/**")
    assert kept_here(page) == []


def test_old_copies_are_swept_after_seven_days(chromium_page: Page, college: SmallCollege, meeting: Gathering) -> None:
    page = chromium_page
    sign_in(page, college.branch_secretary)
    page.evaluate(
        """(account) => {
          const days = (number) => JSON.stringify({time: Date.now() - number * 86400000, entries: []});
          localStorage.setItem(`partybuild:${account}:draft:8:8`, days(8));
          localStorage.setItem(`partybuild:${account}:draft:9:9`, days(6));
        }""",
        college.branch_secretary.pk,
    )
    open_form(page, meeting)
    expect(page.locator("#save-status")).to_be_attached()
    assert kept_here(page) == [f"partybuild:{college.branch_secretary.pk}:draft:9:9"]


def test_two_devices_see_their_conflict(chromium_page: Page, college: SmallCollege, meeting: Gathering) -> None:
    page = chromium_page
    sign_in(page, college.branch_secretary)
    open_form(page, meeting)
    theirs = {"shared": {"title": "六月党员大会", "place": "甲会议室", "day": "2026-06-24", "start": "14:30"}}
    save_draft(actor=college.commissioner, gathering=meeting, organisation=college.branches[0], data=theirs, version=0)
    page.fill("[name='shared.place']", "乙会议室")
    panel = page.locator("[data-conflict]")
    expect(panel).to_contain_text("没有覆盖任何一份")
    expect(panel.locator("tr", has_text="地点")).to_contain_text("甲会议室")
    expect(panel.locator("tr", has_text="地点")).to_contain_text("乙会议室")
    page.click("[data-final]")  # nothing is confirmed over an open conflict
    assert Draft.objects.get().data["shared"]["place"] == "甲会议室"
    page.click("[data-use-mine]")
    expect(status(page)).to_contain_text(re.compile(r"已保存 \d\d:\d\d"))
    assert Draft.objects.get().data["shared"]["place"] == "乙会议室"
    assert Draft.objects.get().version == 2
    save_draft(actor=college.commissioner, gathering=meeting, organisation=college.branches[0], data=theirs, version=2)
    page.fill("[name='shared.place']", "丙会议室")
    page.click("[data-use-theirs]")
    expect(page.locator("[name='shared.place']")).to_have_value("甲会议室")
    assert kept_here(page) == []


def test_errors_are_reached_from_the_top(chromium_page: Page, college: SmallCollege, meeting: Gathering) -> None:
    page = chromium_page
    sign_in(page, college.branch_secretary)
    open_form(page, meeting)
    page.fill("[name='shared.end']", "16:00")
    away = college.members[14]
    page.locator(row(away)).locator(".seg-leave").click()
    page.click("[data-final]")
    problems = page.locator("#problems")
    expect(problems).to_contain_text("党员15：请填写请假原因。")
    problems.get_by_role("link").click()
    expect(page.locator(row(away))).to_be_in_viewport()
    page.locator(row(away)).locator(".chip").first.click()
    page.dblclick("[data-final]")
    page.wait_for_url(re.compile(r"/meetings/\d+/(#.*)?$"))
    assert Section.objects.get().versions.count() == 1


def test_confirming_with_nothing_left_to_save(chromium_page: Page, college: SmallCollege, meeting: Gathering) -> None:
    page = chromium_page
    sign_in(page, college.branch_secretary)
    open_form(page, meeting)
    page.click("[data-final]")  # nothing was typed, and the end is missing
    expect(page.locator("#problems")).to_contain_text("请填写结束时间。")
    page.fill("[name='shared.end']", "16:00")
    page.locator("[name='shared.end']").blur()
    expect(status(page)).to_contain_text(re.compile(r"已保存 \d\d:\d\d"))
    page.click("[data-final]")
    page.wait_for_url(re.compile(r"/meetings/\d+/$"))
    assert Section.objects.get().state == "confirmed"


def test_another_day_brings_its_roll(chromium_page: Page, college: SmallCollege, meeting: Gathering) -> None:
    newcomer = make_person(college.branches[0], "新转入", joined_on=datetime.date(2026, 6, 24))
    page = chromium_page
    sign_in(page, college.branch_secretary)
    open_form(page, meeting)
    page.locator(row(college.members[0])).locator(".seg-absent").click()
    page.fill("[name='shared.day']", "2026-06-23")
    expect(page.locator(row(newcomer))).to_have_count(0)
    expect(page.locator(f"{row(college.members[0])} input[value=absent]")).to_be_checked()
    expect(page.locator("[name='shared.day']")).to_have_value("2026-06-23")
    expect(page.locator("[data-late]")).to_be_hidden()
    page.fill("[name='shared.day']", "2026-06-01")
    expect(page.locator("[data-late]")).to_be_visible()


def test_the_second_part_takes_the_marks_of_the_first(chromium_page: Page, college: SmallCollege) -> None:
    with clock.moved(TODAY):
        gathering = plan(
            college.branch_secretary, college.branches[0], "members_meeting", "theme_day", starts_at=AFTERNOON
        )
    page = chromium_page
    sign_in(page, college.branch_secretary)
    open_form(page, gathering)
    first, second = (
        page.locator(f"[data-section='sections.{part.pk}']") for part in gathering.sections.order_by("kind__position")
    )
    first.locator(row(college.members[0])).locator(".seg-leave").click()
    first.locator(row(college.members[0])).locator(".chip").first.click()
    second.get_by_role("button", name="与上一段相同").click()
    expect(second.locator(f"{row(college.members[0])} input[value=leave]")).to_be_checked()
    expect(second.locator(f"{row(college.members[0])} [name$='.leave_reason']")).to_have_value("因公出差")
    first.get_by_role("button", name="全部到会").click()
    expect(page.locator("[data-tally]").first).to_contain_text("实到 20")
    expect(page.locator("[data-tally]").nth(1)).to_contain_text("实到 19")
    first.locator("[data-roll-filter]").fill("党员15")
    expect(first.locator(".roll-row:visible")).to_have_count(1)


def test_votes_follow_who_is_present_until_they_are_typed(
    chromium_page: Page, college: SmallCollege, meeting: Gathering
) -> None:
    page = chromium_page
    sign_in(page, college.branch_secretary)
    open_form(page, meeting)
    yes = page.locator("[name$='.resolutions.0.yes']")
    result = page.locator("[data-result-line]").first
    page.fill("[name$='.resolutions.0.text']", "选举支部委员")
    expect(yes).to_have_value("20")
    page.fill("[name$='.resolutions.0.no']", "2")
    expect(yes).to_have_value("18")
    yes.fill("10")
    expect(result).to_contain_text("未通过")
    for person in college.members[:5]:
        page.locator(row(person)).locator(".seg-absent").click()
    expect(yes).to_have_value("10")
    page.check("[name$='.resolutions.0.is_election']")
    expect(result).to_contain_text("须到16人，实到15人，未达到法定人数，决议无效")


def test_a_file_goes_up_at_once(chromium_page: Page, college: SmallCollege, meeting: Gathering) -> None:
    page = chromium_page
    sign_in(page, college.branch_secretary)
    open_form(page, meeting)
    expect(page.get_by_text("每个不超过 20.0")).to_be_visible()
    page.set_input_files("[data-upload]", {"name": "照片.png", "mimeType": "image/png", "buffer": PNG})
    listed = page.locator("#attachments")
    expect(listed).to_contain_text("照片.png")
    page.set_input_files("[data-upload]", {"name": "木马.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90"})
    expect(page.locator("[data-upload-progress]")).to_contain_text("木马.pdf：只能上传图片")
    assert Attachment.objects.count() == 1
    page.get_by_role("button", name="删除 照片.png").click()
    expect(listed).not_to_contain_text("照片.png")
    assert Attachment.objects.count() == 0
