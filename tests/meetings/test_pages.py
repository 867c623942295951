"""Lists, planning, reading: what each page shows to whom, in how many queries."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from meetings.models import Gathering, Section
from meetings.record import AgreedRecord, ResolutionRecord
from meetings.services import return_section
from tasks.services import TaskSpec, open_tasks
from tests.factories import SmallCollege
from tests.meetings.making import AFTERNOON, confirm, plan, queries

LIST = "/meetings/"


def titles(client: Client, **filters: Any) -> list[str]:
    return [section.gathering.title for section in client.get(LIST, filters).context["page"]]


def at(day: int, month: int = 6) -> datetime.datetime:
    return AFTERNOON.replace(month=month, day=day)


@pytest.fixture
def three(college: SmallCollege) -> list[Gathering]:
    """A lecture on 3 June, a theme day on 10 June, the members' meeting of another branch on 11 June."""
    secretary, (branch, _sibling, other) = college.branch_secretary, college.branches
    return [
        plan(secretary, branch, "lecture", title="六月党课", starts_at=at(3)),
        plan(secretary, branch, "theme_day", title="六月主题党日", starts_at=at(10)),
        plan(college.outsider, other, "members_meeting", title="外支部大会", starts_at=at(11)),
    ]


def test_the_list_shows_only_what_one_may_see(client: Client, college: SmallCollege, three: list[Gathering]) -> None:
    client.force_login(college.branch_secretary)
    assert titles(client) == ["六月主题党日", "六月党课"]
    client.force_login(college.general_secretary)
    assert titles(client) == ["六月主题党日", "六月党课"]
    client.force_login(college.outsider)
    assert titles(client) == ["外支部大会"]
    client.force_login(college.office)
    assert titles(client) == ["外支部大会", "六月主题党日", "六月党课"]


def test_who_may_not_record_gets_no_button(client: Client, college: SmallCollege) -> None:
    start = f'href="{reverse("meetings:plan")}"'
    client.force_login(college.office)
    assert start not in client.get(LIST).content.decode()
    client.force_login(college.group_leader)
    assert start in client.get(LIST).content.decode()


def test_the_list_takes_as_many_queries_for_three_rows_as_for_one(client: Client, college: SmallCollege) -> None:
    client.force_login(college.general_secretary)
    plan(college.branch_secretary, college.branches[0], "theme_day", starts_at=at(3))
    one = queries(client, LIST)
    for day in (4, 5):
        plan(college.branch_secretary, college.branches[0], "theme_day", starts_at=at(day))
    assert queries(client, LIST) == one <= 10


# --- Planning -----------------------------------------------------------------------------------------------------------


def plan_url(**query: str) -> str:
    return reverse("meetings:plan", query=query)


def typed(**values: Any) -> dict[str, Any]:
    return {"kinds": ["theme_day"], "day": "2026-06-12", "start": "14:30", "end": "16:00", "title": "", **values}


def test_from_a_task_everything_is_filled_in(client: Client, college: SmallCollege) -> None:
    client.force_login(college.branch_secretary)
    page = client.get(plan_url(organisation="ZB101", kind="members_meeting"))
    assert page.context["is_quick"] is True
    initial = page.context["form"].initial
    assert (initial["kinds"], initial["title"]) == (["members_meeting"], "2026年6月支部党员大会")
    assert initial["day"] == datetime.date(2026, 6, 15)
    # The clock stands at 09:00: a meeting of today that can be recorded has just ended.
    assert (initial["start"], initial["end"]) == (datetime.time(7, 30), datetime.time(9, 0))


def test_from_a_task_by_its_number(client: Client, college: SmallCollege) -> None:
    branch = college.branches[0]
    spec = TaskSpec(
        natural_key="cadence:group_meeting:1",
        source="cadence",
        kind="group_meeting",
        title="6月党小组会",
        organisation_id=branch.pk,
        group_id=college.group.pk,
        window_start=datetime.date(2026, 6, 1),
        due_on=datetime.date(2026, 6, 30),
    )
    open_tasks(specs=[spec])
    task = branch.tasks.get()
    client.force_login(college.branch_secretary)
    page = client.get(plan_url(task=str(task.pk)))
    assert page.context["form"].initial["kinds"] == ["group_meeting"]
    assert page.context["form"].initial["group"] == str(college.group.pk)
    client.force_login(college.outsider)
    assert client.get(plan_url(task=str(task.pk))).status_code == 404


def test_recording_at_once_leads_to_the_form(client: Client, college: SmallCollege) -> None:
    client.force_login(college.branch_secretary)
    url = plan_url(organisation="ZB101", kind="theme_day")
    answer = client.post(url, typed(action="record", place="401会议室"))
    gathering = Gathering.objects.get()
    assert answer.headers["Location"] == f"/meetings/{gathering.pk}/record/?organisation=ZB101"
    assert (gathering.title, gathering.place, gathering.starts_at) == ("2026年6月主题党日", "401会议室", AFTERNOON)
    assert [section.kind.code for section in gathering.sections.all()] == ["theme_day"]
    again = client.post(url, typed(action="record"))  # a double click
    assert again.headers["Location"] == answer.headers["Location"]
    assert Gathering.objects.count() == 1


def test_the_place_of_last_time_is_offered(client: Client, college: SmallCollege) -> None:
    plan(college.branch_secretary, college.branches[0], "theme_day")
    client.force_login(college.branch_secretary)
    ahead = plan(college.branch_secretary, college.branches[0], "lecture", starts_at=at(20, 7))
    Gathering.objects.filter(pk=ahead.pk).update(place="产业园")  # an excursion to come is not the usual place
    page = client.get(plan_url(organisation="ZB101", kind="lecture"))
    assert page.context["form"].initial["place"] == "会议室"


def test_several_kinds_and_invited_branches_are_one_gathering(client: Client, college: SmallCollege) -> None:
    client.force_login(college.branch_secretary)
    sibling = college.branches[1]
    answer = client.post(
        plan_url(organisation="ZB101", full="1"),
        typed(
            kinds=["theme_day", "lecture", "group_meeting"],
            group=str(college.group.pk),
            invited=[str(sibling.pk)],
            invited_kind="lecture",
            title="联合党课",
            action="plan",
        ),
    )
    gathering = Gathering.objects.get()
    assert answer.headers["Location"] == reverse("meetings:gathering_detail", args=[gathering.pk])
    rows = gathering.sections.values_list("organisation__code", "kind__code", "group_id").order_by("pk")
    assert list(rows) == [
        ("ZB101", "group_meeting", college.group.pk),
        ("ZB101", "lecture", None),
        ("ZB101", "theme_day", None),
        ("ZB102", "lecture", None),
    ]


def test_what_is_wrong_with_a_plan_stands_at_its_field(client: Client, college: SmallCollege) -> None:
    client.force_login(college.branch_secretary)
    page = client.post(
        plan_url(organisation="ZB101"), typed(kinds=["theme_day", "heart_talk"], end="14:00", place="操场")
    )
    assert page.status_code == 400
    assert page.context["form"].errors["kinds"] == ["谈心谈话只记时间和对象，须单独登记。"]
    assert page.context["form"].errors["end"] == ["结束时间须晚于开始时间，且不超过3天。"]
    assert 'value="操场"' in page.content.decode()
    assert not Gathering.objects.exists()


def test_a_group_leader_plans_group_meetings_only(client: Client, college: SmallCollege) -> None:
    client.force_login(college.group_leader)
    page = client.get(plan_url())
    assert [value for value, _label in page.context["form"].fields["kinds"].choices] == ["group_meeting"]
    refused = client.post(plan_url(organisation="ZB101"), typed(action="plan"))
    assert refused.status_code == 400
    assert not Gathering.objects.exists()


def test_who_may_not_record_may_not_plan(client: Client, college: SmallCollege) -> None:
    client.force_login(college.member)
    assert client.get(plan_url(organisation="ZB101")).status_code == 403
    assert client.get(plan_url(organisation="ZB201")).status_code == 404
    assert "您没有可以登记的组织" in client.get(plan_url()).content.decode()


def test_what_was_begun_is_offered_before_something_new(client: Client, college: SmallCollege) -> None:
    begun = plan(college.branch_secretary, college.branches[0], "theme_day", title="没填完的")
    plan(college.branch_secretary, college.branches[0], "lecture")
    client.force_login(college.branch_secretary)
    page = client.get(plan_url(organisation="ZB101", kind="theme_day"))
    assert [row.gathering for row in page.context["unfinished"]] == [begun]
    confirm(college.branch_secretary, begun, college.branches[0])
    assert client.get(plan_url(organisation="ZB101", kind="theme_day")).context["unfinished"] == []


def test_planning_takes_at_most_ten_queries(client: Client, college: SmallCollege) -> None:
    client.force_login(college.branch_secretary)
    url = plan_url(organisation="ZB101", kind="theme_day")
    plan(college.branch_secretary, college.branches[0], "theme_day", starts_at=at(3))
    one = queries(client, url)
    for day in (4, 5):
        plan(college.branch_secretary, college.branches[0], "theme_day", starts_at=at(day))
    assert queries(client, url) == one <= 10


# --- Reading ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def confirmed(college: SmallCollege) -> Section:
    """A confirmed members' meeting with one on leave, a resolution and an agreed item."""
    branch = college.branches[0]
    gathering = plan(college.branch_secretary, branch, "members_meeting")
    return confirm(
        college.branch_secretary,
        gathering,
        branch,
        leave={college.members[0].pk: "住院治疗"},
        resolutions=(ResolutionRecord("通过工作计划", yes=10),),
        agreed_items=(AgreedRecord("整理活动室", college.members[1].pk, datetime.date(2026, 7, 1)),),
    )


def read(client: Client, section: Section) -> str:
    return client.get(reverse("meetings:gathering_detail", args=[section.gathering_id])).content.decode()


def test_the_record_names_result_and_article(client: Client, college: SmallCollege, confirmed: Section) -> None:
    client.force_login(college.branch_secretary)
    text = read(client, confirmed)
    assert (
        "应到会有表决权11人，至少须到6人（1/2，含本数），实到10人，达到法定人数（支部工作条例(试行)2018 第11条）"
        in text
    )
    assert "赞成10票，应到会有表决权11人，须超过半数即至少6票，通过" in text
    assert "整理活动室" in text


def test_leave_reasons_stay_in_the_branch(client: Client, college: SmallCollege, confirmed: Section) -> None:
    for role, sees in (("commissioner", True), ("general_secretary", False), ("office", False), ("member", False)):
        client.force_login(getattr(college, role))
        assert ("住院治疗" in read(client, confirmed)) is sees, role


def test_buttons_by_right(client: Client, college: SmallCollege, confirmed: Section) -> None:
    amend, back = reverse("meetings:amend", args=[confirmed.gathering_id]), f"/meetings/sections/{confirmed.pk}/return/"
    expected = {"branch_secretary": (True, False), "commissioner": (False, False), "general_secretary": (False, True)}
    for role, buttons in expected.items():
        client.force_login(getattr(college, role))
        text = read(client, confirmed)
        assert (amend in text, back in text) == buttons, role


def test_an_invisible_record_is_not_found(client: Client, college: SmallCollege, confirmed: Section) -> None:
    client.force_login(college.outsider)
    pk, gathering = confirmed.pk, confirmed.gathering_id
    for url in (
        f"/meetings/{gathering}/",
        f"/meetings/{gathering}/record/",
        f"/meetings/sections/{pk}/return/",
        f"/meetings/sections/{pk}/cancel/",
        f"/meetings/sections/{pk}/versions/1/",
        "/organisations/ZB101/record-book/2026/",
    ):
        assert client.get(url).status_code == 404, url
    assert client.post(f"/meetings/{gathering}/amend/").status_code == 404
    assert client.post(f"/meetings/{gathering}/draft/").status_code == 404


def test_the_record_says_what_it_counted_for(client: Client, college: SmallCollege) -> None:
    branch = college.branches[0]
    spec = TaskSpec(
        natural_key="cadence:members_meeting:1",
        source="cadence",
        kind="members_meeting",
        title="2026年第二季度支部党员大会",
        organisation_id=branch.pk,
        window_start=datetime.date(2026, 4, 1),
        due_on=datetime.date(2026, 6, 30),
        period_code="2026-Q2",
        requirement={"evidence": "members_meeting", "part": "held", "count": 1},
    )
    open_tasks(specs=[spec])
    gathering = plan(college.branch_secretary, branch, "members_meeting")
    section = confirm(college.branch_secretary, gathering, branch)
    client.force_login(college.branch_secretary)
    assert "2026年第二季度支部党员大会" in read(client, section)
    return_section(actor=college.general_secretary, section=section, reason="请补充决议")
    text = read(client, section)
    assert "2026年第二季度支部党员大会" not in text
    assert "退回原因：请补充决议" in text


def test_reading_takes_as_many_queries_for_three_sections_as_for_one(client: Client, college: SmallCollege) -> None:
    client.force_login(college.office)
    branch, secretary = college.branches[0], college.branch_secretary
    one = plan(secretary, branch, "members_meeting")
    three = plan(secretary, branch, "members_meeting", "theme_day", "committee_meeting", starts_at=at(11))
    for gathering in (one, three):
        confirm(secretary, gathering, branch, leave={college.members[0].pk: "出差"})
    counts = [queries(client, f"/meetings/{gathering.pk}/") for gathering in (one, three)]
    assert counts[0] == counts[1] <= 10


def test_returning_asks_for_a_reason(client: Client, college: SmallCollege, confirmed: Section) -> None:
    client.force_login(college.general_secretary)
    url = reverse("meetings:section_return", args=[confirmed.pk])
    assert client.post(url, {"reason": " "}).status_code == 400
    answer = client.post(url, {"reason": "缺少决议内容"})
    assert answer.headers["Location"] == f"/meetings/{confirmed.gathering_id}/"
    confirmed.refresh_from_db()
    assert (confirmed.state, confirmed.return_reason) == ("returned", "缺少决议内容")
    client.force_login(college.branch_secretary)
    assert client.post(url, {"reason": "我自己退"}).status_code == 403


def test_cancelling_asks_for_a_reason(client: Client, college: SmallCollege) -> None:
    gathering = plan(college.branch_secretary, college.branches[0], "theme_day")
    section = gathering.sections.get()
    client.force_login(college.branch_secretary)
    url = reverse("meetings:section_cancel", args=[section.pk])
    assert client.post(url, {"reason": ""}).status_code == 400
    answer = client.post(url, {"reason": "台风停课"})
    assert [str(message) for message in get_messages(answer.wsgi_request)] == ["已取消。"]
    assert "取消原因：台风停课" in read(client, section)


def test_an_old_version_stays_readable(client: Client, college: SmallCollege, confirmed: Section) -> None:
    client.force_login(college.branch_secretary)
    text = client.get(f"/meetings/sections/{confirmed.pk}/versions/1/").content.decode()
    assert "赞成 10，反对 0，弃权 0" in text
    assert "住院治疗" in text
    client.force_login(college.office)
    page = client.get(f"/meetings/sections/{confirmed.pk}/versions/1/")
    assert "住院治疗" not in page.content.decode()
    assert client.get(f"/meetings/sections/{confirmed.pk}/versions/2/").status_code == 404


def test_the_record_book_prints_the_year(client: Client, college: SmallCollege, confirmed: Section) -> None:
    plan(college.branch_secretary, college.branches[0], "theme_day", title="没有核定的")
    client.force_login(college.branch_secretary)
    url = "/organisations/ZB101/record-book/2026/"
    text = client.get(url).content.decode()
    assert "通过工作计划" in text
    assert "没有核定的" not in text
    assert "住院治疗" not in text  # leave reasons never enter what is handed on
    assert client.get("/organisations/ZB101/record-book/2025/").context["sheets"] == []
    one = queries(client, url)
    for day in (2, 3):
        gathering = plan(college.branch_secretary, college.branches[0], "theme_day", starts_at=at(day))
        confirm(college.branch_secretary, gathering, college.branches[0], late_reason="出差")
    assert queries(client, url) == one <= 10


def test_people_are_found_within_what_one_may_see(client: Client, college: SmallCollege) -> None:
    client.force_login(college.branch_secretary)

    def found(text: str) -> list[str]:
        return [person.name for person in client.get("/meetings/people/", {"q": text}).context["people"]]

    assert found("组织委员") == ["组织委员"]
    assert found("总支书记") == ["总支书记"]  # holds an office above
    assert found("党委书记") == ["党委书记"]
    assert found("外支部书记") == []
    assert found("组织部干事") == []
    assert found("") == []
