"""Messages about sections: what they say, and when they stop being true."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.messages import still_true
from meetings.services import cancel_section, mark_ready, return_section, save_draft
from notices.models import Notice
from tests.factories import SmallCollege
from tests.meetings.making import confirm, plan


def test_a_request_holds_until_it_is_confirmed(college: SmallCollege) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    gathering = plan(college.commissioner, branch, "members_meeting")
    other = plan(college.commissioner, branch, "theme_day")
    save_draft(actor=college.commissioner, gathering=other, organisation=branch, data={}, version=0)
    for one in (gathering, other):
        mark_ready(actor=college.commissioner, gathering=one, organisation=branch)
    notices = list(Notice.objects.order_by("pk"))
    assert notices[0].title == "组织委员提请核定2026-06-12的支部党员大会记录"
    assert notices[0].url == f"/meetings/{gathering.pk}/record/?organisation=ZB101"
    with CaptureQueriesContext(connection) as captured:
        assert still_true(notices) == {notice.pk for notice in notices}
    assert len(captured) == 1
    confirm(secretary, gathering, branch)
    cancel_section(actor=secretary, section=other.sections.get(), reason="不开了")
    assert still_true(notices) == set()


def test_a_return_says_no_reason_in_the_mail(college: SmallCollege) -> None:
    branch = college.branches[0]
    section = confirm(college.branch_secretary, plan(college.branch_secretary, branch, "theme_day"), branch)
    return_section(actor=college.office, section=section, reason="张三的病假条没有附")
    notice = Notice.objects.get()
    assert (notice.title, notice.detail) == ("2026-06-12的主题党日记录被退回，请修改后重新核定", "")
