"""What somebody typed comes back when the record changed under their hands, and nobody carries another's words."""

from __future__ import annotations

import pytest
from django.test import Client

from meetings.models import Draft, Gathering, Section
from meetings.services import cancel_section
from tests.factories import SmallCollege
from tests.meetings.making import plan
from tests.meetings.recording import draft_url, fields, url


def test_a_record_sent_after_the_meeting_was_cancelled_is_shown_again(
    secretary: Client, college: SmallCollege, meeting: Gathering
) -> None:
    values = {**fields(secretary.get(url(meeting))), "action": "confirm"}
    section = Section.objects.get()
    values |= {"shared.minutes": "学习了<b>条例</b>", f"sections.{section.pk}.resolutions.0.text": "同意接收"}
    cancel_section(actor=college.commissioner, section=section, reason="没开")
    answer = secretary.post(url(meeting), values)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "这次活动没有您可以登记的议程段，可能已经取消。" in page and "需要的请复制出来" in page
    assert "学习了&lt;b&gt;条例&lt;/b&gt;" in page and "同意接收" in page
    assert not Draft.objects.exists()
    assert secretary.get(url(meeting)).status_code == 409


def test_a_record_that_was_returned_meanwhile_keeps_what_was_typed(
    secretary: Client, college: SmallCollege, meeting: Gathering
) -> None:
    """The form knows version 0 of the section; it is now at version 3."""
    values = {**fields(secretary.get(url(meeting))), "action": "confirm", "shared.minutes": "改过的要点"}
    Section.objects.update(version=3)
    answer = secretary.post(url(meeting), values)
    assert answer.status_code == 409
    assert "这份记录刚刚变化了" in answer.context["form"].message
    assert "改过的要点" in answer.content.decode()
    assert Draft.objects.get().data["shared"]["minutes"] == "改过的要点"


def test_too_many_fields_are_refused_in_the_words_of_the_form(
    secretary: Client, meeting: Gathering, settings: object
) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 20  # type: ignore[attr-defined]
    values = {f"shared.x{number}": "1" for number in range(30)}
    answer = secretary.post(draft_url(meeting), values, headers={"X-Requested-With": "XMLHttpRequest"})
    assert answer.status_code == 400
    assert answer.json() == {"message": "内容太多，没有保存。请把长文放进附件，或分成几次登记。"}
    assert not Draft.objects.exists()


@pytest.fixture
def mixed(college: SmallCollege) -> Gathering:
    """A committee meeting and a group meeting in one gathering."""
    kinds = ("committee_meeting", "group_meeting")
    return plan(college.branch_secretary, college.branches[0], *kinds, group=college.group)


def test_a_group_leader_neither_reads_nor_overwrites_why_the_branch_is_late(
    client: Client, college: SmallCollege, mixed: Gathering
) -> None:
    client.force_login(college.branch_secretary)
    assert autosave_of(client, mixed, 0, "住院手术") == 200
    client.force_login(college.group_leader)
    page = client.get(url(mixed))
    assert "住院手术" not in page.content.decode() and "late_reason" not in fields(page)
    assert autosave_of(client, mixed, 1, "组长写的") == 200
    assert send_saved(client, mixed) == 302
    assert Draft.objects.get().data["late_reason"] == "住院手术"
    client.force_login(college.commissioner)
    assert fields(client.get(url(mixed)))["late_reason"] == ["住院手术"]


def autosave_of(client: Client, mixed: Gathering, version: int, late: str) -> int:
    values = {"organisation": "ZB101", "version": str(version), "late_reason": late}
    return client.post(draft_url(mixed), values).status_code


def send_saved(client: Client, mixed: Gathering) -> int:
    values = {**fields(client.get(url(mixed))), "action": "save", "late_reason": "组长又写的"}
    return client.post(url(mixed), values).status_code
