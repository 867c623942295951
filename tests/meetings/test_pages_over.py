"""Records that are over: no form asks for a reason in vain; what a record counted for is said truly."""

from __future__ import annotations

import pytest
from django.test import Client

from meetings.models import Section
from meetings.services import cancel_section
from tasks.models import Task, TaskEvidence
from tasks.services import TaskSpec, open_tasks
from tests.factories import SmallCollege
from tests.meetings.making import TODAY, confirm, plan


@pytest.fixture
def confirmed(college: SmallCollege) -> Section:
    """A confirmed members' meeting of ZB101."""
    branch, secretary = college.branches[0], college.branch_secretary
    return confirm(secretary, plan(secretary, branch, "members_meeting"), branch)


def test_no_form_for_what_is_over(client: Client, college: SmallCollege, confirmed: Section) -> None:
    """Nobody writes a reason for what can no longer be cancelled or returned."""
    branch, secretary = college.branches[0], college.branch_secretary
    cancelled = plan(secretary, branch, "theme_day").sections.get()
    cancel_section(actor=secretary, section=cancelled, reason="改期")
    client.force_login(secretary)
    for section in (confirmed, cancelled):
        answer = client.get(f"/meetings/sections/{section.pk}/cancel/")
        assert answer.status_code == 409
        assert 'name="reason"' not in answer.content.decode()
        assert "这份记录已经核定或取消，不能取消。" in answer.content.decode()
    client.force_login(college.office)
    answer = client.get(f"/meetings/sections/{cancelled.pk}/return/")
    assert answer.status_code == 409
    assert 'name="reason"' not in answer.content.decode()


def test_what_counts_elsewhere_is_not_called_nothing(client: Client, college: SmallCollege, confirmed: Section) -> None:
    window = {"window_start": TODAY, "due_on": TODAY}
    spec = TaskSpec("elsewhere", "agreed_item", "agreed_item", "总支的事项", college.general_branches[0].pk, **window)
    open_tasks(specs=[spec])
    task = Task.objects.get(natural_key="elsewhere")
    TaskEvidence.objects.filter(record=f"section:{confirmed.pk}").delete()
    nothing, others = "没有对应的待办事项，只作记录。", "已计入其他组织或个人的事项，由对方查看。"
    url = f"/meetings/{confirmed.gathering_id}/"
    client.force_login(college.branch_secretary)
    assert nothing in client.get(url).content.decode()
    TaskEvidence.objects.create(task=task, record=f"section:{confirmed.pk}", occurred_on=TODAY)
    page = client.get(url).content.decode()
    assert (nothing in page, others in page, "总支的事项" in page) == (False, True, False)
    client.force_login(college.member)
    page = client.get(url).content.decode()
    assert (nothing in page, others in page) == (False, False)
    client.force_login(college.general_secretary)
    assert "总支的事项" in client.get(url).content.decode()
