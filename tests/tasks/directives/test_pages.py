"""The pages: what is offered to whom, that input stays."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from common import clock
from orgs.models import User
from tasks.models import Directive, DualSignature, Task, UnitSet
from tasks.services import acknowledge_task, ask_extension, report_progress
from tests.tasks.directives.browsing import client_of, get, sent, words
from tests.tasks.directives.making import (
    at_work,
    dean,
    department,
    drafted,
    issued,
    task_of,
    text,
)
from tests.tasks.world import World, load

# --- the form


def test_a_draft_from_the_form(world: World) -> None:
    answer = client_of(world.root_deputy).post("/directives/new/", sent())
    directive = Directive.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/directives/{directive.pk}/")
    assert (directive.title, directive.text, directive.drafted_by) == ("消防安全排查", "逐楼排查", world.root_deputy)
    assert list(directive.units.order_by("id").values_list("part", "name")) == [
        ("lead", "ZZ1党总支"),
        ("support", "ZB201党支部"),
        ("support", "各教研室"),
        ("support", "产教融合专班"),
    ]


def test_two_clicks_on_save_are_one_draft(world: World) -> None:
    client = client_of(world.root_deputy)
    first, second = (client.post("/directives/new/", sent()) for _click in range(2))
    assert first["Location"] == second["Location"]
    assert Directive.objects.get().units.count() == 4
    client.post("/directives/new/", sent(due_on="2026-07-16"))
    third = client.post("/directives/new/", sent(support=[]))
    assert third["Location"] not in (first["Location"], second["Location"])
    client_of(world.root_secretary).post("/directives/new/", sent())
    with clock.moved(clock.now() + timedelta(minutes=2)):
        client.post("/directives/new/", sent())
    assert Directive.objects.count() == 5  # another date, other receivers, another drafter, another moment


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"due_on": "2026-06-14"}, "完成时限不能早于交办日期2026-06-15"),
        ({"lead": []}, "请至少选一个牵头单位"),
        ({"lead": ["org:NOPE"]}, "有一个单位不在可选范围内"),
        ({"lead": ["set:9999"]}, "有一个单位不在可选范围内"),
        ({"support": ["dept:' OR 1=1"]}, "有一个单位不在可选范围内"),
        ({"type": "99999"}, "选择一个有效的选项"),
        ({"source": "rumour"}, "选择一个有效的选项"),
        ({"due_on": "31.12."}, "输入一个有效的日期"),
        ({"title": ""}, "请填写“事项”。"),
        ({"partners": "长" * 101}, "单位名称最多100字"),
    ],
)
def test_a_refused_form_keeps_what_was_typed_and_ticked(world: World, more: dict[str, Any], message: str) -> None:
    answer = client_of(world.root_deputy).post("/directives/new/", sent(**more))
    page = words(answer)
    assert answer.status_code == 400
    assert message in page
    assert "逐楼排查" in page
    assert "产教融合专班" in page or "partners" in more
    if "lead" not in more:
        assert 'name="lead" value="org:ZZ1" checked' in page
    if "support" not in more:
        assert 'name="support" value="org:ZB201" checked' in page
    assert not Directive.objects.exists()


def test_a_general_branch_is_offered_its_own_branches_only(world: World) -> None:
    text()
    page = words(get(world.general_secretary, "/directives/new/"))
    assert 'value="org:ZB101"' in page
    for other in ("org:ZB201", "org:ZZ2", "dept:", "各二级学院", "is_important"):
        assert other not in page
    answer = client_of(world.general_secretary).post("/directives/new/", sent(lead=["org:ZB201"], support=None))
    assert (answer.status_code, Directive.objects.count()) == (400, 0)
    assert get(world.general_secretary, "/directives/new/?organisation=DW").status_code == 404
    assert get(world.root_deputy, "/directives/new/?organisation=ZZ1").context["issuer"] == world.general


def test_editing_shows_the_draft_as_it_was_ticked(world: World) -> None:
    text()
    colleges = UnitSet.objects.get(name="各党支部")
    data = sent(lead=["org:ZZ1"], support=[f"set:{colleges.pk}"])
    client = client_of(world.root_deputy)
    client.post("/directives/new/", data)
    directive = Directive.objects.get()
    page = words(client.get(f"/directives/{directive.pk}/edit/"))
    assert 'name="lead" value="org:ZZ1" checked' in page
    assert f'name="support" value="set:{colleges.pk}" checked' in page
    assert 'name="support" value="org:ZB101" checked' not in page
    assert "产教融合专班" in page
    assert client.post(f"/directives/{directive.pk}/edit/", {**data, "title": "用电排查"}).status_code == 302
    directive.refresh_from_db()
    assert (directive.title, directive.version) == ("用电排查", 2)


# --- the page of one


def test_from_draft_to_issue_on_the_page(world: World) -> None:
    directive = drafted(world)
    url = f"/directives/{directive.pk}/"
    writer, decider = client_of(world.root_deputy), client_of(world.root_secretary)
    assert set(writer.get(url).context["offered"]) == {"submit", "discard"}
    writer.post(f"{url}submit/")
    assert set(writer.get(url).context["offered"]) == set()
    assert set(decider.get(url).context["offered"]) == {"approve", "return", "stop"}
    refused = decider.post(f"{url}return/", {"return-reason": " "})
    assert refused.status_code == 400
    own = writer.post(f"{url}approve/")
    assert (own.status_code, "您起草的" in words(own)) == (403, True)
    assert decider.post(f"{url}approve/").status_code == 302
    again = decider.post(f"{url}approve/")
    assert (again.status_code, "已经下发" in words(again)) == (409, True)
    assert Task.objects.count() == 1
    assert set(decider.get(url).context["offered"]) == {"stop"}
    assert decider.post(f"{url}finish/").status_code == 404


def test_the_matrix_says_who_signed_when_how_far_and_who_is_behind(world: World) -> None:
    made, head = department(world)
    with clock.moved(datetime(2026, 6, 1, 9)):
        directive = issued(
            world,
            world.branch,
            world.sister,
            world.foreign,
            made,
            starts_on=date(2026, 6, 1),
            due_on=date(2026, 6, 20),
            support=(world.general,),
        )
        acknowledge_task(task=task_of(directive, made), actor=head)
    with clock.moved(datetime(2026, 6, 4, 12)):
        acknowledge_task(task=task_of(directive, world.branch), actor=world.secretary)
    with clock.moved(datetime(2026, 6, 15, 10)):
        report_progress(task=load("directive:DB2026-001:ZB101"), actor=world.secretary, note="查了三栋楼", progress=60)
        page = get(world.root_secretary, f"/directives/{directive.pk}/").context["page"]
        rows = {row.unit.name: row for row in page.rows}
        assert [row.unit.name for row in page.rows] == [
            "ZB101党支部",
            "ZB102党支部",
            "ZB201党支部",
            "教务处",
            "ZZ1党总支",
        ]
        assert {name: row.behind for name, row in rows.items()} == {
            "ZB101党支部": "",
            "ZB102党支部": "超过签收时限11天，还没有签收",
            "ZB201党支部": "超过签收时限11天，还没有签收",
            "教务处": "首次反馈应在2026-06-11前，还没有报",
            "ZZ1党总支": "超过签收时限11天，还没有签收",
        }
        assert (rows["ZB101党支部"].late_hours, rows["ZB101党支部"].progress) == (3, 60)
        figures = page.figures
        assert (figures.units, figures.signed, figures.done, figures.progress) == (4, 2, 0, 15)
        shown = words(get(world.root_secretary, f"/directives/{directive.pk}/"))
        assert "迟3小时" in shown
        assert "查了三栋楼" in shown
        assert "落后的 4 个单位" in shown


def test_a_unit_sees_itself_and_the_others_by_name_only(world: World) -> None:
    directive = issued(world, world.branch, world.foreign)
    task = acknowledge_task(task=task_of(directive, world.foreign), actor=world.foreign_secretary)
    report_progress(task=task, actor=world.foreign_secretary, note="别人的进展", progress=10)
    for name, own in (("secretary", "ZB101党支部"), ("general_secretary", "ZB101党支部")):
        answer = get(getattr(world, name), f"/directives/{directive.pk}/")
        page = answer.context["page"]
        assert [row.unit.name for row in page.rows] == [own]
        assert (page.hidden, page.leads, page.history) == (1, ["ZB101党支部", "ZB201党支部"], [])
        assert "别人的进展" not in words(answer)


@pytest.mark.parametrize(
    ("name", "draft", "open_"),
    [
        ("root_secretary", 200, 200),
        ("officer", 200, 200),
        ("general_secretary", 404, 200),
        ("secretary", 404, 200),
        ("commissioner", 404, 200),
        ("sister_secretary", 404, 404),
        ("foreign_secretary", 404, 404),
        ("other_general_secretary", 404, 404),
        ("leader", 404, 404),
        ("member", 404, 404),
    ],
)
def test_who_sees_it(world: World, name: str, draft: int, open_: int) -> None:
    first = drafted(world, world.branch)
    second = issued(world, world.branch)
    user = getattr(world, name)
    assert get(user, f"/directives/{first.pk}/").status_code == draft
    assert get(user, f"/directives/{second.pk}/").status_code == open_
    shown = words(get(user, "/directives/"))
    assert (first.number in shown, second.number in shown) == (draft == 200, open_ == 200)


def test_a_draft_that_was_given_up_stays_the_senders(world: World) -> None:
    from tasks.services.directives import discard_directive

    directive = discard_directive(directive=drafted(world, world.branch), actor=world.root_deputy, reason="重复")
    assert get(world.secretary, f"/directives/{directive.pk}/").status_code == 404
    assert get(world.root_secretary, f"/directives/{directive.pk}/").status_code == 200


def test_the_department_sees_and_acts_on_its_own(world: World) -> None:
    made, head = department(world)
    directive = issued(world, made)
    task = task_of(directive, made)
    assert get(head, f"/directives/{directive.pk}/").status_code == 200
    assert client_of(head).post(f"/tasks/{task.pk}/acknowledge/").status_code == 302
    assert load(task.natural_key).state == "active"


# --- the Task's page


def offered(user: User, task: Task) -> set[str]:
    return set(get(user, f"/tasks/{task.pk}/").context["offered"])


def test_what_the_task_offers_on_its_way(world: World) -> None:
    directive = issued(world, world.general)
    task = task_of(directive, world.general)
    assert offered(world.general_secretary, task) == {"acknowledge"}
    assert offered(world.root_secretary, task) == {"waive", "stop"}
    acknowledge_task(task=task, actor=world.general_secretary)
    assert offered(world.general_secretary, task) == {"report", "submit", "extend", "pass_on"}
    ask_extension(task=task, actor=world.general_secretary, new_due_on=date(2026, 7, 30), reason="人手紧")
    assert "extend" not in offered(world.general_secretary, task)
    assert offered(world.root_secretary, task) == {"grant", "refuse_extension", "waive", "stop"}
    client = client_of(world.root_secretary)
    assert client.post(f"/tasks/{task.pk}/grant/", {"grant-decision": "同意"}).status_code == 302
    shown = words(client.get(f"/tasks/{task.pk}/"))
    assert "2026-07-30" in shown
    assert "原期限 2026-07-15，经批准延期" in shown
    gone = client.post(f"/tasks/{task.pk}/refuse_extension/", {"refuse_extension-decision": "x"})
    assert gone.status_code == 409


def test_acting_through_the_forms(world: World) -> None:
    task = task_of(issued(world, world.general), world.general)
    client = client_of(world.general_secretary)
    url = f"/tasks/{task.pk}/"
    client.post(f"{url}acknowledge/")
    bad = client.post(f"{url}report/", {"report-note": "查了一半", "report-progress": "120"})
    assert (bad.status_code, "查了一半" in words(bad)) == (400, True)
    good = {"report-note": "过半", "report-progress": "60", "report-difficulty": "人手", "report-help_needed": "请协调"}
    assert client.post(f"{url}report/", good).status_code == 302
    shown = words(client.get(url))
    assert "困难：人手" in shown
    assert "需协调：请协调" in shown
    late = client.post(f"{url}extend/", {"extend-new_due_on": "2026-07-01", "extend-reason": "人手紧"})
    assert (late.status_code, "要晚于现在的期限" in words(late), "人手紧" in words(late)) == (400, True, True)
    sent_on = {"pass_on-organisations": ["ZB101", "ZB999"], "pass_on-due_on": "2026-07-10"}
    forged = client.post(f"{url}pass_on/", sent_on)
    assert (forged.status_code, "有一个单位不在可选范围内" in words(forged)) == (400, True)
    sent_on["pass_on-organisations"] = ["ZB101"]
    assert client.post(f"{url}pass_on/", sent_on).status_code == 302
    early = client.post(f"{url}submit/", {"submit-note": "完成", "submit-early_reason": ""})
    assert (early.status_code, "ZB101党支部还没有办结" in words(early)) == (400, True)
    assert client.post(f"{url}submit/", {"submit-note": "完成", "submit-early_reason": "在外实习"}).status_code == 302
    assert load(task.natural_key).state == "submitted"


def test_a_supporting_unit_is_asked_for_nothing_but_to_sign(world: World) -> None:
    directive = issued(world, world.general, support=(world.foreign,))
    task = task_of(directive, world.foreign)
    assert offered(world.foreign_secretary, task) == {"acknowledge"}
    acknowledge_task(task=task, actor=world.foreign_secretary)
    assert offered(world.foreign_secretary, task) == set()
    assert "签收即可，不用报进展" in words(get(world.foreign_secretary, f"/tasks/{task.pk}/"))


def test_dual_signing_on_the_pages(world: World) -> None:
    task = at_work(world, is_important=True)
    client = client_of(world.general_secretary)
    url = f"/tasks/{task.pk}/"
    assert "还没有登记院长，不能提请双签。请联系组织部登记。" in words(client.get(url))
    assert set(client.get(url).context["offered"]) == {"report", "extend", "pass_on"}
    head = dean(world)
    assert set(client.get(url).context["offered"]) == {"report", "extend", "pass_on", "ask_signing"}
    refused = client.post(f"{url}submit/", {"submit-note": "完成"})
    assert (refused.status_code, "双签" in words(refused)) == (409, True)
    assert client.post(f"{url}ask_signing/", {"ask_signing-note": "全部完成"}).status_code == 302
    signature = DualSignature.objects.get()
    page = f"/directives/signatures/{signature.pk}/"
    assert get(head, url).status_code == 404
    shown = words(get(head, page))
    assert "全部完成" in shown
    assert "您以行政负责人身份签署" in shown
    empty = client_of(head).post(f"{page}refuse/", {"refuse-reason": " "})
    assert empty.status_code == 400
    assert client_of(head).post(f"{page}sign/", {"sign-opinion": "属实"}).status_code == 302
    assert client_of(head).post(f"{page}sign/").status_code == 409
    stranger = client_of(world.root_secretary).post(f"{page}sign/")
    assert (stranger.status_code, "不能代签" in words(stranger)) == (403, True)
    assert client_of(world.secretary).post(f"{page}sign/").status_code == 404
    assert client.post(f"{page}sign/").status_code == 302
    assert load(task.natural_key).state == "submitted"
    assert "属实" in words(client.get(page))
