"""The pages of the lists: who sees which rows, what a square says, how a draft is written, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from common import clock
from orgs.models import User
from tasks.models import ListItem, ResponsibilityList, Task
from tasks.services import accept_task, return_task, submit_task
from tasks.services.lists import load_lists, start_version
from tests.dashboards.counting import queries_of
from tests.dashboards.reading import matrix_row, section, text
from tests.factories import SmallCollege, make_officer, make_organisation
from tests.tasks.lists.making import MEETING, day, facts, item_of, make_draft, night, publish, room_task
from tests.tasks.lists.test_versions import revise

WAITS = facts("联系困难党员", awaits_room="联系登记", measure="全覆盖", article="党章第6条", evidence_words="登记表")


@pytest.fixture
def enter(client: Client):
    """Sign in as somebody and open an address."""

    def open_as(user: User, name: str, *args: Any, **data: Any):
        client.force_login(user, backend="orgs.backends.AccountBackend")
        return client.get(reverse(f"tasks:{name}", args=args), data)

    return open_as


@pytest.fixture
def send(client: Client):
    """Sign in as somebody and send a form."""

    def send_as(user: User, name: str, *args: Any, **data: Any):
        client.force_login(user, backend="orgs.backends.AccountBackend")
        return client.post(reverse(f"tasks:{name}", args=args), data, follow=True)

    return send_as


def test_who_oversees_an_organisation_sees_its_row(college: SmallCollege, enter) -> None:
    found = publish(college.office, facts())
    rows = {
        college.office: ["ZB101", "ZB102", "ZB201"],
        college.committee_secretary: ["ZB101", "ZB102", "ZB201"],
        college.general_secretary: ["ZB101", "ZB102"],
        college.branch_secretary: ["ZB101"],
        college.commissioner: ["ZB101"],
        college.outsider: ["ZB201"],
    }
    for user, codes in rows.items():
        page = enter(user, "list_detail", found.pk)
        assert [line.holder.code for line in page.context["matrix"].lines] == codes
        for code in {"ZB101", "ZB102", "ZB201"} - set(codes):
            assert f"{code}党支部" not in page.content.decode()
    for user in (college.member, college.group_leader):
        assert enter(user, "list_detail", found.pk).status_code == 404
        assert enter(user, "list_index").status_code == 403


def test_the_squares_say_how_it_stands(college: SmallCollege, enter) -> None:
    found = publish(
        college.office,
        facts("月报", frequency="monthly"),
        facts("分组", not_applicable="no_groups"),
        facts("会议", requirement=MEETING, adopts=True),
        facts("年末", frequency="yearly"),
        on=day("04-10"),
    )
    for month in ("05", "06"):
        night(day(f"{month}-01"))
    april, may, june = Task.objects.filter(organisation__code="ZB102", natural_key__contains=":01:").order_by("due_on")
    submit_task(task=june, actor=make_officer(college.branches[1], name="甲"), note="做完了")
    Task.objects.filter(pk=april.pk).update(state="done", closed_on=day("04-20"), light="green")
    page = enter(college.office, "list_detail", found.pk)
    assert matrix_row(page, "ZB101党支部") == [
        ("red", "逾期2项"),
        ("ahead", "6/30前"),
        ("ahead", "6/30前"),
        ("ahead", "12/31前"),
    ]
    assert matrix_row(page, "ZB102党支部")[:2] == [("red", "逾15天"), ("grey", "不适用")]
    assert reverse("tasks:list_holder", args=["ZB101", 2026]) + "#item-1" in page.content.decode()
    only = Task.objects.get(organisation__code="ZB101", natural_key__contains=":04:")
    assert reverse("tasks:task_detail", args=[only.pk]) in page.content.decode()
    assert may.due_on == day("05-31")


def test_a_holders_page_says_what_closes_each_item_and_what_is_owed(college: SmallCollege, enter) -> None:
    room_task(college.branches[0])
    publish(
        college.office,
        WAITS,
        facts("开会", requirement=MEETING, adopts=True),
        facts("无委员", not_applicable="no_college"),
    )
    page = enter(college.branch_secretary, "list_mine")
    words = section(page, "条目和完成情况")
    assert "每季度1次 到期：季末 完成标准：全覆盖 佐证：登记表 依据：党章第6条" in words
    assert "佐证来自“联系登记”，平台暂时还没有这项业务：先写简短说明提交，由上一级核查。" in words
    assert "认领平台已开启的“支部党员大会”，记录核定后自动办结，不另外提交。" in words
    assert "2026年第二季度 2026-Q2支部党员大会" in words  # the title is for screen readers
    assert "认领会议安排" in words and "不适用：没有二级学院" in words
    assert "支部书记 2026-06-15—至今" in section(page, "责任人和交接记录")
    same = enter(college.general_secretary, "list_holder", "ZB101", 2026)
    assert section(same, "条目和完成情况") == words
    assert enter(college.outsider, "list_holder", "ZB101", 2026).status_code == 404
    assert enter(college.member, "list_holder", "ZB101", 2026).status_code == 404


def test_a_year_without_a_list_says_so(college: SmallCollege, enter) -> None:
    page = enter(college.branch_secretary, "list_holder", "ZB101", 2025)
    assert "2025年的责任清单还没有发布" in text(page)
    assert "您现在不担任书记" in text(enter(college.commissioner, "list_mine"))


def test_who_is_secretary_twice_chooses(college: SmallCollege, enter) -> None:
    make_officer(college.branches[1], person=college.general_secretary.person)
    page = enter(college.general_secretary, "list_mine")
    assert "ZZ1党总支" in text(page) and "ZB102党支部" in text(page)


def test_what_was_struck_and_handed_over_stays_visible(college: SmallCollege, enter) -> None:
    from tests.tasks.lists.test_handover import change_secretary

    found = publish(college.office, facts("月报", frequency="monthly"), facts("留下的"), on=day("05-10"))
    night(day("06-01"))
    revise(college, found, i1=None)
    change_secretary(college, "06-15")
    night()
    page = enter(college.general_secretary, "list_holder", "ZB101", 2026)
    assert "月报（2026年5月）" in section(page, "已从清单中删去、到期仍未办结的事项")
    record = section(page, "责任人和交接记录")
    assert "从支部书记接任，接收未办结事项 2 件" in record
    assert "接收了哪些 月报（2026年5月） 2026-05-31 · 办理中" in record and "留下的" in record and "#" not in record


def test_the_index_counts_what_one_sees(college: SmallCollege, enter) -> None:
    publish(college.office, facts("月报", frequency="monthly"), on=day("05-10"))
    night(day("06-01"))
    page = enter(college.general_secretary, "list_index")
    assert "逾期 2" in text(page) and "在办 4" in text(page)
    assert "起草" not in text(page)
    office = text(enter(college.office, "list_index"))
    assert "逾期 3" in office and "起草新版" in office
    assert "还没有发布" in text(enter(college.office, "list_index", year="2027"))


def test_a_draft_is_the_offices_alone(college: SmallCollege, enter) -> None:
    draft = make_draft(college.office, facts("机密的新要求"))
    for user in (college.general_secretary, college.branch_secretary, college.member):
        assert enter(user, "list_detail", draft.pk).status_code == 404
        assert enter(user, "list_edit", draft.pk).status_code == 404
    assert "草稿" not in text(enter(college.general_secretary, "list_index"))
    assert "机密的新要求" in text(enter(college.committee_secretary, "list_edit", draft.pk))


def test_a_list_from_the_first_draft_to_publication(college: SmallCollege, send) -> None:
    page = send(college.office, "list_new", role="branch", year="2026", source="empty")
    draft = ResponsibilityList.objects.get()
    assert page.redirect_chain == [(reverse("tasks:list_edit", args=[draft.pk]), 302)]
    item = {"title": "半年评诺", "frequency": "half_yearly", "times": "1", "rule": "dates", "dates": "07-10 与 12-31"}
    page = send(college.office, "list_item_new", draft.pk, **item, measure="全部评完", awaits_room="承诺")
    assert "第1条已保存。" in text(page)
    assert item_of(draft).due_rule == {"rule": "dates", "dates": ["07-10", "12-31"]}
    page = send(college.office, "list_item_edit", item_of(draft).pk, **{**item, "dates": "07-10"})
    assert page.status_code == 400
    assert "日期的个数要与一年的期数相同" in text(page) and 'value="半年评诺"' in page.content.decode()
    changed = {**item, "record": "lectured", "awaits_room": ""}
    send(college.office, "list_item_edit", item_of(draft).pk, **changed)
    assert item_of(draft).requirement == {"evidence": "lecture", "part": "lectured"}
    send(college.office, "list_edit", draft.pk, title="支部书记清单", signed_with="总支书记")
    assert send(college.office, "list_publish", draft.pk, reason="").status_code == 400
    page = send(college.office, "list_publish", draft.pk, reason="年初部署")
    assert "已发布" in text(page)
    draft.refresh_from_db()
    assert (draft.state, draft.title, draft.signed_with) == ("published", "支部书记清单", "总支书记")
    assert Task.objects.count() == 3


def test_every_shipped_item_goes_through_its_form_unchanged(college: SmallCollege, enter, send) -> None:
    load_lists(year=2026)
    items = list(ListItem.objects.order_by("pk"))
    for item in items:
        page = enter(college.office, "list_item_edit", item.pk)
        form = page.context["form"]
        data = {name: form[name].value() for name in form.fields}
        send(college.office, "list_item_edit", item.pk, **{name: "" if v is None else v for name, v in data.items()})
    names = ("title", "frequency", "due_rule", "requirement", "adopts", "awaits_room", "article", "measure")
    for item in items:
        now = ListItem.objects.get(pk=item.pk)
        assert [getattr(now, name) for name in names] == [getattr(item, name) for name in names]


def test_the_page_of_changes_says_what_differs(college: SmallCollege, enter) -> None:
    found = publish(college.office, facts("甲"), facts("乙"))
    new = revise(college, found, i1=facts("甲", frequency="monthly"), i2=None, new=facts("丙"))
    words = section(enter(college.branch_secretary, "list_changes", new.pk), "与第1版相比")
    assert "修改 第1条 甲 频次 每季度1次 每月1次" in words
    assert "新增 第2条 丙" in words and "删去 第2条 乙" in words
    old = enter(college.branch_secretary, "list_changes", found.pk)
    assert "第一版，全部条目" in text(old)
    assert "这一版已被新版替换" in text(enter(college.office, "list_detail", found.pk))


def test_publishing_a_new_version_says_beforehand_what_it_moves(college: SmallCollege, enter) -> None:
    found = publish(college.office, facts())
    draft = start_version(actor=college.office, responsibility_list=found)
    assert "没有改变任何人的应办事项" in text(enter(college.office, "list_publish", draft.pk))
    assert "没有不同" in text(enter(college.office, "list_changes", draft.pk))


def test_the_task_says_of_which_item_it_is_and_why_a_note_is_asked_for(
    college: SmallCollege, client: Client, enter
) -> None:
    publish(college.office, facts(), WAITS)
    task = Task.objects.get(natural_key__endswith=":02:ZB101:2026-Q2")
    page = enter(college.branch_secretary, "task_detail", task.pk)
    assert "责任清单第2条" in text(page)
    assert "佐证来自“联系登记”，平台暂时还没有这项业务" in text(page)
    assert reverse("tasks:list_holder", args=["ZB101", 2026]) + "#item-2" in page.content.decode()
    desk = client.get("/")
    assert "责任清单第2条" in text(desk)
    assert text(desk).count("联系困难党员（2026年第二季度）") == 2  # the row, and its button for screen readers


def test_an_adopted_task_is_one_row_on_the_desk_with_its_number(college: SmallCollege, client: Client) -> None:
    task = room_task(college.branches[0], act_url="/meetings/new/?kind=members_meeting")
    publish(college.office, facts("开党员大会", requirement=MEETING, adopts=True))
    night()
    client.force_login(college.branch_secretary, backend="orgs.backends.AccountBackend")
    desk = client.get("/")
    assert desk.context["desk"].tasks.owed.count == 1
    assert task.title in text(desk) and "责任清单第1条" in text(desk)


def test_a_group_leader_sees_the_number_without_a_link_that_is_not_for_them(college: SmallCollege, enter) -> None:
    wanted = {"evidence": "group_meeting", "part": "held"}
    task = room_task(
        college.branches[0], group_id=college.group.pk, office="group_leader", requirement={"evidence": "group_meeting"}
    )
    publish(college.office, facts("督促小组", requirement=wanted, adopts=True))
    page = enter(college.group_leader, "task_detail", task.pk)
    assert "责任清单第1条" in text(page)
    assert reverse("tasks:list_holder", args=["ZB101", 2026]) not in page.content.decode()


def test_states_of_a_note_on_the_holders_page(college: SmallCollege, enter) -> None:
    publish(college.office, facts())
    task = Task.objects.select_related("organisation").get(organisation__code="ZB101")

    def shown() -> str:
        return section(enter(college.branch_secretary, "list_mine"), "条目和完成情况")

    submit_task(task=task, actor=college.branch_secretary, note="做完了")
    assert "待核查 2026年第二季度" in shown()
    return_task(task=task, actor=college.general_secretary, reason="写明人数")
    assert "退回 2026年第二季度" in shown() and "退回：写明人数" in shown()
    submit_task(task=task, actor=college.branch_secretary, note="共9人")
    accept_task(task=task, actor=college.general_secretary)
    assert "办结 2026年第二季度" in shown()


def test_what_is_settled_is_folded_and_a_return_is_yellow(college: SmallCollege, enter) -> None:
    found = publish(college.office, facts("月报", frequency="monthly"), on=day("01-05"))
    for month in ("02", "03", "04", "05", "06"):
        night(day(f"{month}-01"))
    tasks = list(Task.objects.filter(organisation__code="ZB101").select_related("organisation").order_by("due_on"))
    june = tasks[5]
    for task in tasks[:4]:
        Task.objects.filter(pk=task.pk).update(state="done", closed_on=task.due_on, light="green")
    Task.objects.filter(pk=tasks[0].pk).update(is_late=True)
    Task.objects.filter(pk=tasks[4].pk).update(state="waived", light="grey")
    submit_task(task=june, actor=college.branch_secretary, note="做完了")
    return_task(task=june, actor=college.general_secretary, reason="写明人数")
    page = enter(college.branch_secretary, "list_mine")
    before, folded = page.content.decode().split('<details class="list-settled">')
    assert "2026年6月" in before and "2026年5月" not in before
    assert 'class="light light-yellow"' in before
    assert "4件，其中逾期办结1件，其余免办或中止" in " ".join(strip_tags(folded.split("</summary>")[0]).split())
    assert all(f"2026年{month}月" in folded for month in (1, 2, 3, 4, 5))
    assert matrix_row(enter(college.office, "list_detail", found.pk), "ZB101党支部") == [("yellow", "4/5 退回")]


def test_the_queries_do_not_grow_with_holders_and_items(college: SmallCollege) -> None:
    Task.objects.all().delete()
    found = publish(college.office, facts("月报", frequency="monthly"), role="general_branch")
    pages = {
        name: reverse(f"tasks:{name}", args=args)
        for name, args in (
            ("list_index", []),
            ("list_detail", [found.pk]),
            ("list_changes", [found.pk]),
            ("list_holder", ["ZZ1", 2026]),
        )
    }
    few = {name: len(queries_of(college.office, url)) for name, url in pages.items()}
    few["list_mine"] = len(queries_of(college.general_secretary, reverse("tasks:list_mine")))
    assert max(few.values()) <= 10, few
    for code in ("ZZ7", "ZZ8"):
        make_organisation(code, college.committee)
    with clock.moved(day("06-16")):
        new = revise(college, found, "06-16", new=facts("季报"), i1=facts("月报改", frequency="monthly"))
    night(day("07-01"))
    night(day("08-01"))
    pages["list_detail"] = reverse("tasks:list_detail", args=[new.pk])
    pages["list_changes"] = reverse("tasks:list_changes", args=[new.pk])
    with clock.moved(day("08-01")):
        many = {name: len(queries_of(college.office, url)) for name, url in pages.items()}
        many["list_mine"] = len(queries_of(college.general_secretary, reverse("tasks:list_mine")))
    # A first version has nothing to compare itself with.
    assert many == {**few, "list_changes": few["list_changes"] + 1}


def test_who_answers_for_no_list_is_shown_the_way(college: SmallCollege, enter) -> None:
    """Whoever oversees nobody is not sent to a page that refuses them."""
    page = enter(college.member, "list_mine").content.decode()
    assert "您要办的事在“我的工作台”" in page and '/lists/"' not in page
    page = enter(college.office, "list_mine").content.decode()
    assert "在“各级责任清单”里看" in page and 'href="/lists/" class="btn btn-primary"' in page
