"""My desk: what I owe, what waits for me, what I wait for; role by role."""

from __future__ import annotations

import datetime

import pytest

from common import clock
from meetings.services import mark_ready, return_section, save_draft
from notices.models import NightlyStep, Notice
from orgs.models import Appointment, Office
from tasks.models import Task
from tasks.services import submit_task
from tests.dashboards.counting import queries_of
from tests.dashboards.owing import hold, month, owe
from tests.dashboards.reading import section, text
from tests.factories import SmallCollege, make_officer
from tests.meetings.making import confirm, plan

DESK = "/"


def at(day: int, hour: int = 14) -> datetime.datetime:
    return datetime.datetime(2026, 6, day, hour, 30, tzinfo=clock.SHANGHAI)


def titles(tasks) -> list[str]:
    return [task.title for task in tasks]


def test_what_the_secretary_owes_by_urgency_with_one_tap_to_do_it(college: SmallCollege, enter) -> None:
    branch, sibling, _other = college.branches
    month(branch, "committee_meeting", 5)
    owe(branch, "theme_day", "06-01", "06-15")
    owe(branch, "lecture", "06-01", "06-20")
    month(branch, "committee_meeting", 6)
    month(branch, "group_meeting", 6, group=college.group)
    hold(month(branch, "committee_meeting", 3), "03-03")
    month(sibling, "committee_meeting", 5)
    page = enter(college.branch_secretary, DESK)
    owed = page.context["desk"].tasks.owed
    assert [titles(part) for part in (owed.overdue, owed.due_today, owed.this_week, owed.later)] == [
        ["2026年5月支部委员会会议"], ["2026年6月主题党日"], ["2026年6月党课"], ["2026年6月支部委员会会议"],
    ]  # fmt: skip
    words = section(page, "我的应办")
    assert "逾期15天（应于2026年5月31日完成）" in words
    assert "今天到期（2026年6月15日）" in words
    assert "剩5天（2026年6月20日到期）" in words
    assert 'href="/meetings/new/?task=committee_meeting:ZB101::2026-05-01"' in page.content.decode()


def test_a_line_says_whose_it_is_why_it_came_back_and_keeps_markup_as_text(college: SmallCollege, enter) -> None:
    branch, sibling, _other = college.branches
    person = college.branch_secretary.person
    owe(
        branch, "report", "06-01", "06-20", source="agreed_item", requirement={}, title="<b>粗</b>&",
        person_id=person.pk, natural_key="own",
    )  # fmt: skip
    owe(
        sibling, "report", "06-01", "06-20", source="agreed_item", requirement={}, title="别处的事",
        person_id=person.pk, natural_key="away",
    )  # fmt: skip
    Task.objects.filter(natural_key="own").update(state="returned", return_cause="缺<签到>表", act_url='/x/?a="1"&b=2')
    Task.objects.filter(natural_key="away").update(act_url="")
    page = enter(college.branch_secretary, DESK)
    html = page.content.decode()
    own, away = (Task.objects.get(natural_key=key).pk for key in ("own", "away"))
    assert f'<a class="text-reset" href="/tasks/{own}/">&lt;b&gt;粗&lt;/b&gt;&amp;</a>' in html
    assert 'href="/x/?a=&quot;1&quot;&amp;b=2"' in html
    assert f'<a class="btn btn-primary" href="/tasks/{away}/">' in html
    words = section(page, "我的应办")
    assert "退回：缺<签到>表" in words
    assert words.count(branch.name) == 0
    assert words.count(sibling.name) == 1


def test_the_group_leader_owes_the_group_meeting(college: SmallCollege, enter) -> None:
    month(college.branches[0], "group_meeting", 6, group=college.group)
    owed = enter(college.group_leader, DESK).context["desk"].tasks.owed
    assert titles(owed.later) == ["2026年6月党小组会"]
    assert enter(college.member, DESK).context["desk"].tasks.owed.count == 0


def test_a_record_marked_ready_waits_for_the_secretary_and_its_author_for_it(college: SmallCollege, enter) -> None:
    branch = college.branches[0]
    gathering = plan(college.commissioner, branch, "committee_meeting", starts_at=at(12))
    save_draft(actor=college.commissioner, gathering=gathering, organisation=branch, data={}, version=0)
    unfinished = enter(college.branch_secretary, DESK)
    assert "继续填写" in section(unfinished, "等我办的")
    mark_ready(actor=college.commissioner, gathering=gathering, organisation=branch)
    secretary = enter(college.branch_secretary, DESK)
    assert "核定 支部委员会会议 2026-06-12" in section(secretary, "等我办的")
    assert secretary.context["desk"].waits_for_me == 1
    author = enter(college.commissioner, DESK)
    assert (author.context["desk"].waits_for_me, author.context["desk"].i_wait_for) == (0, 1)
    assert "支部委员会会议：六月党员大会" in section(author, "我在等的")
    for other in (college.outsider, college.member, college.general_secretary, college.committee_secretary):
        assert enter(other, DESK).context["desk"].waits_for_me == 0


def test_a_deputy_confirms_while_there_is_no_secretary(college: SmallCollege, enter) -> None:
    branch = college.branches[0]
    deputy = make_officer(branch, Office.DEPUTY, "副书记")
    gathering = plan(college.commissioner, branch, "committee_meeting", starts_at=at(12))
    mark_ready(actor=college.commissioner, gathering=gathering, organisation=branch)
    assert enter(deputy, DESK).context["desk"].sections.to_confirm == []
    Appointment.objects.filter(organisation=branch, office=Office.SECRETARY).update(ended_on=datetime.date(2026, 6, 14))
    assert len(enter(deputy, DESK).context["desk"].sections.to_confirm) == 1


def test_a_returned_record_comes_back_with_its_reason(college: SmallCollege, enter) -> None:
    branch = college.branches[0]
    gathering = plan(college.branch_secretary, branch, "committee_meeting", starts_at=at(12))
    confirm(college.branch_secretary, gathering, branch)
    return_section(actor=college.general_secretary, section=gathering.sections.get(), reason="缺少决议")
    words = section(enter(college.branch_secretary, DESK), "等我办的")
    assert "退回原因：缺少决议" in words
    assert "修改" in words
    assert enter(college.member, DESK).context["desk"].waits_for_me == 0


def test_what_was_submitted_waits_for_the_level_above(college: SmallCollege, enter) -> None:
    task = owe(
        college.branches[0], "report", "06-01", "06-30", source="directive", requirement={}, title="上报半年总结"
    )
    submit_task(task=task, actor=college.branch_secretary, note="已上报")
    assert titles(enter(college.general_secretary, DESK).context["desk"].tasks.to_review) == ["上报半年总结"]
    assert titles(enter(college.branch_secretary, DESK).context["desk"].tasks.waiting) == ["上报半年总结"]
    assert enter(college.branch_secretary, DESK).context["desk"].tasks.owed.count == 0
    for other in (college.committee_secretary, college.outsider, college.member, college.commissioner):
        desk = enter(other, DESK).context["desk"]
        assert (desk.tasks.to_review, desk.tasks.waiting) == ([], [])


def test_a_member_sees_the_next_meetings_and_the_own_record_only(college: SmallCollege, enter) -> None:
    branch, sibling, _other = college.branches
    held = plan(college.branch_secretary, branch, "members_meeting", starts_at=at(10), title="五月学习")
    confirm(college.branch_secretary, held, branch)
    plan(college.branch_secretary, branch, "theme_day", starts_at=at(17), title="参观展览")
    plan(college.branch_secretary, branch, "lecture", starts_at=at(3), title="已经过去")
    plan(make_officer(sibling, name="邻支部书记"), sibling, "theme_day", starts_at=at(17), title="别的支部")
    page = enter(college.member, DESK)
    words = section(page, "本支部近期会议")
    assert "主题党日" in words
    assert "6月17日 星期三 14:30" in words
    assert "党课" not in words
    record = page.context["desk"].record
    assert (record.present, record.expected) == (1, 1)
    assert "1 / 1 次" in section(page, "我的2026年记录")
    body = text(page)
    assert "别的支部" not in body
    assert "所辖组织" not in body
    assert "平台运行" not in body
    assert "排名" not in body


def test_meetings_of_another_group_are_not_ones_own(college: SmallCollege, enter) -> None:
    branch = college.branches[0]
    plan(college.group_leader, branch, "group_meeting", starts_at=at(18), group=college.group, title="小组学习")
    assert len(enter(college.member, DESK).context["desk"].sections.upcoming) == 1
    assert enter(college.commissioner, DESK).context["desk"].sections.upcoming == []


def test_the_office_sees_what_is_overdue_and_whether_the_mails_went_out(college: SmallCollege, enter) -> None:
    for number in range(1, 6):
        month(college.branches[0], "committee_meeting", number)
    month(college.branches[2], "committee_meeting", 5)
    night = NightlyStep.objects.create(
        day=datetime.date(2026, 6, 14), step=NightlyStep.WHOLE, started_at=clock.now(), finished_at=clock.now()
    )
    page = enter(college.office, DESK)
    below = page.context["desk"].below
    assert [(task.organisation.code, task.days_overdue) for task in below] == [
        ("ZB101", 135), ("ZB101", 107), ("ZB101", 76), ("ZB101", 46), ("ZB101", 15),
    ]  # fmt: skip
    words = section(page, "平台运行")
    assert "6月14日正常" in words
    assert "没有失败" in words
    NightlyStep.objects.filter(pk=night.pk).update(error="boom")
    Notice.objects.create(
        person=college.branch_secretary.person, kind="overdue", subject="task:1", day=datetime.date(2026, 6, 14),
        title="逾期", state=Notice.State.FAILED,
    )  # fmt: skip
    words = section(enter(college.office, DESK), "平台运行")
    assert "6月14日未完成" in words
    assert "1封发送失败" in words


def test_a_general_branch_secretary_sees_only_the_own_tree_overdue(college: SmallCollege, enter) -> None:
    month(college.branches[0], "committee_meeting", 5)
    month(college.branches[2], "committee_meeting", 4)
    desk = enter(college.general_secretary, DESK).context["desk"]
    assert [task.organisation.code for task in desk.below] == ["ZB101"]
    assert desk.office is None
    assert enter(college.branch_secretary, DESK).context["desk"].watches is False


def test_empty_desks_say_what_to_do_next(college: SmallCollege, enter) -> None:
    member = enter(college.member, DESK)
    assert "现在没有要您办的事" in section(member, "我的应办")
    assert "/branches/ZB101/calendar/2026/6/" in member.content.decode()
    officer = enter(college.committee_secretary, DESK)
    assert "所辖组织的进度见看板" in section(officer, "我的应办")
    assert "所辖组织没有逾期的事项" in section(officer, "所辖组织逾期最久的")


@pytest.mark.parametrize("role", ["member", "branch_secretary", "general_secretary", "committee_secretary", "office"])
def test_at_most_ten_queries_for_one_and_three_rows(college: SmallCollege, role: str) -> None:
    user = getattr(college, role)
    branch = college.branches[0]

    def fill(number: int) -> None:
        month(branch, "committee_meeting", number)
        task = owe(
            branch, "report", f"06-0{number}", "06-30", source="directive", requirement={}, title="总结",
            natural_key=f"report:{number}",
        )  # fmt: skip
        submit_task(task=task, actor=college.branch_secretary, note="已上报")
        own = owe(
            college.general_branches[0], "report", f"06-0{number}", "06-30", source="directive", requirement={},
            natural_key=f"own:{number}",
        )  # fmt: skip
        submit_task(task=own, actor=college.general_secretary, note="已上报")
        gathering = plan(college.commissioner, branch, "committee_meeting", starts_at=at(10 + number))
        mark_ready(actor=college.commissioner, gathering=gathering, organisation=branch)
        held = plan(college.branch_secretary, branch, "members_meeting", starts_at=at(11 + number, 9))
        confirm(college.branch_secretary, held, branch)

    fill(1)
    one = queries_of(user, DESK)
    fill(2)
    fill(3)
    assert len(queries_of(user, DESK)) == len(one) <= 10


@pytest.mark.parametrize(
    ("role", "sits"),
    [
        ("committee_secretary", "中共测试学院委员会 书记"),
        ("general_secretary", "ZZ1党总支 书记"),
        ("group_leader", "ZB101党支部 党小组组长"),
        ("member", "ZB101党支部"),
    ],
)
def test_the_line_under_the_title_says_as_whom_one_sits_here(
    role: str, sits: str, college: SmallCollege, enter
) -> None:
    page = enter(getattr(college, role), DESK)
    assert f"2026年6月15日 星期一 · {sits}\n" in page.content.decode().replace("</div>", "\n")


def test_of_many_offices_two_are_named(college: SmallCollege, enter) -> None:
    user = college.branch_secretary
    for unit in college.branches[1:]:
        make_officer(unit, Office.DEPUTY, person=user.person)
    assert enter(user, DESK).context["desk"].roles.count("、") == 1
