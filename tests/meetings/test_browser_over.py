"""The record form in a real browser when the record is cancelled meanwhile, and when the kind passes otherwise."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from meetings.models import Draft, Gathering, MeetingKind
from meetings.services import cancel_section
from tests.factories import SmallCollege
from tests.meetings.test_browser_record import (  # noqa: F401 - the fixtures
    college,
    kept_here,
    meeting,
    open_form,
    sign_in,
    status,
)

pytestmark = pytest.mark.browser


def test_a_record_cancelled_meanwhile_is_said_and_the_words_stay(
    chromium_page: Page,
    college: SmallCollege,  # noqa: F811
    meeting: Gathering,  # noqa: F811
) -> None:
    page = chromium_page
    sign_in(page, college.branch_secretary)
    open_form(page, meeting)
    cancel_section(actor=college.commissioner, section=meeting.sections.get(), reason="改期")
    page.fill("[name='shared.minutes']", "已经写了一段")
    expect(status(page)).to_contain_text("没有保存：这次会议已经取消")
    expect(page.locator("[name='shared.minutes']")).to_have_value("已经写了一段")
    assert len(kept_here(page)) == 1
    assert not Draft.objects.exists()


def test_the_preview_follows_the_kinds_pass_rule(
    chromium_page: Page,
    college: SmallCollege,  # noqa: F811
    meeting: Gathering,  # noqa: F811
) -> None:
    MeetingKind.objects.filter(code="members_meeting").update(pass_numerator=2, pass_denominator=3, pass_base="present")
    page = chromium_page
    sign_in(page, college.branch_secretary)
    open_form(page, meeting)
    result = page.locator("[data-result-line]").first
    page.fill("[name$='.resolutions.0.text']", "通过计划")
    page.locator("[name$='.resolutions.0.yes']").fill("13")
    expect(result).to_contain_text("赞成13票，须超过到会有表决权20人的2/3即14票，未通过")
    page.locator("[name$='.resolutions.0.yes']").fill("14")
    expect(result).to_contain_text("即14票，通过")
