"""The year's plan of 31: loaded once, approved with one decision, shown by category."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from orgs.models import College, Department, Organisation
from tasks.models import Directive, Plan, PlanCategory, Task
from tasks.services import accept_task, acknowledge_task, submit_task
from tasks.services.directive_settings import load_directive_types
from tasks.services.plans import SHIPPED, approve_plan, load_education_tasks
from tests.tasks.world import World

DAY = date(2026, 1, 12)
OWNERS = ("教务处", "科研与社会合作处", "团委", "宣传部", "学生工作部", "党政办公室", "人事处", "后勤保障处", "图书馆")


@pytest.fixture
def college(world: World) -> World:
    """The departments and the college that own the tasks."""
    load_directive_types()
    for number, name in enumerate(OWNERS, 1):
        Department.objects.create(code=f"BM{number:02d}", name=name, organisation=world.committee)
    Department.objects.filter(duty="organisation").update(name="组织部")
    second = Organisation.objects.get(code="ZZ2")
    College.objects.create(code="XY2", name="马克思主义学院与公共基础部", organisation=second)
    return world


def loaded(world: World) -> Plan:
    with clock.moved(DAY):
        return load_education_tasks(year=2026, actor=world.officer)


def test_the_31_tasks_as_the_file_has_them(college: World) -> None:
    plan = loaded(college)
    assert (plan.code, plan.year, plan.name) == ("ten-kinds", 2026, "2026年十大育人31项任务")
    data = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    assert [(row["code"], row["name"], row["lead"]) for row in data["categories"]] == list(
        PlanCategory.objects.values_list("code", "name", "lead")
    )
    rows = {row.plan_number: row for row in Directive.objects.select_related("category")}
    assert sorted(rows) == list(range(1, 32)) == list(range(1, data["total"] + 1))
    for category in data["categories"]:
        for task in category["tasks"]:
            row = rows[task["num"]]
            assert row.category is not None
            assert (row.title, row.category.name, row.due_on) == (task["title"], category["name"], task["due"])
            assert (row.output, row.measure, row.source) == (task["output"], task["metric"], "year_plan")
            assert (row.state, row.rhythm, row.drafted_by) == ("awaiting", "quarterly", college.officer)
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("number", "lead", "support"),
    [
        (1, ["教务处"], ["ZZ2党总支"]),  # 马克思主义学院, found by the beginning of its college's name
        (3, ["ZZ2党总支"], ["ZZ1党总支"]),  # 各二级学院 without the one that leads
        (4, ["教务处"], ["各教研室"]),
        (7, ["科研与社会合作处"], ["产教融合专班"]),
        (20, ["党政办公室"], sorted({*OWNERS, "组织部"} - {"党政办公室"})),
        (29, ["组织部"], ["ZB101党支部", "ZB102党支部", "ZB201党支部"]),
    ],
)
def test_owners_lead_and_partners_support(college: World, number: int, lead: list[str], support: list[str]) -> None:
    loaded(college)
    units = Directive.objects.get(plan_number=number).units
    assert list(units.filter(part="lead").values_list("name", flat=True)) == lead
    assert sorted(units.filter(part="support").values_list("name", flat=True)) == support


def test_loading_again_changes_nothing(college: World) -> None:
    loaded(college)
    Directive.objects.filter(plan_number=1).update(title="已改的标题")
    loaded(college)
    assert (Directive.objects.count(), Plan.objects.count(), PlanCategory.objects.count()) == (31, 1, 10)
    assert Directive.objects.get(plan_number=1).title == "已改的标题"


def test_loaded_late_what_has_passed_stays_a_draft(college: World) -> None:
    load_education_tasks(year=2026, actor=college.officer)  # on 15 June
    drafts = Directive.objects.filter(state="draft").values_list("plan_number", flat=True)
    assert sorted(number for number in drafts if number) == [18, 24, 29, 31]


def test_another_year(college: World) -> None:
    plan = load_education_tasks(year=2027, actor=college.officer)
    row = Directive.objects.get(plan_number=2)
    assert (plan.year, row.due_on, row.number) == (2027, date(2027, 7, 15), "DB2027-002")


def test_an_owner_that_nobody_knows(college: World) -> None:
    Department.objects.filter(name__in=("团委", "人事处")).delete()
    with pytest.raises(InvalidInput, match="名册里没有这些牵头单位：团委、人事处"):
        loaded(college)
    assert not Plan.objects.exists()


@pytest.mark.parametrize("name", ["general_secretary", "secretary", "member"])
def test_who_may_not_load(college: World, name: str) -> None:
    with pytest.raises(NotAllowed):
        load_education_tasks(year=2026, actor=getattr(college, name))


def test_one_decision_issues_all(college: World) -> None:
    plan = loaded(college)
    with clock.moved(DAY):
        with pytest.raises(NotAllowed, match="您起草的"):
            approve_plan(plan=plan, actor=college.officer)
        done = approve_plan(plan=plan, actor=college.root_secretary)
        assert (done.issued, done.refused) == (31, [])
        with pytest.raises(Conflict, match="没有待审批"):
            approve_plan(plan=plan, actor=college.root_secretary)
    assert set(Directive.objects.values_list("state", flat=True)) == {"issued"}
    assert Task.objects.filter(profile="supervision").count() == 31
    task = Task.objects.get(natural_key="directive:DB2026-002:BM01")
    assert (task.window_start, task.due_on, task.requirement) == (DAY, date(2026, 7, 15), {"rhythm_days": 92})


def test_what_cannot_be_issued_is_named(college: World) -> None:
    plan = loaded(college)
    with clock.moved(date(2026, 5, 20)):
        done = approve_plan(plan=plan, actor=college.root_secretary)
    assert done.issued == 29
    assert [(row.plan_number, "已经过了" in why) for row, why in done.refused] == [(29, True), (31, True)]


def test_the_page_by_category(college: World) -> None:
    plan = loaded(college)
    with clock.moved(DAY):
        approve_plan(plan=plan, actor=college.root_secretary)
        task = Task.objects.select_related("organisation").get(natural_key="directive:DB2026-003:ZZ2")
        acknowledge_task(task=task, actor=college.other_general_secretary)
        submit_task(task=task, actor=college.other_general_secretary, note="完成")
        accept_task(task=task, actor=college.root_secretary)
    page = get(college.root_secretary).context["page"]  # on 15 June
    first = page.parts[0]
    assert (first.name, first.total, first.done, first.progress) == ("课程育人", 4, 1, 25)
    assert (page.whole.total, page.whole.done) == (31, 1)
    by_name = {part.name: part for part in page.parts}
    assert by_name["服务育人"].light == "red"  # 24 was due on 31 May
    assert "超过签收时限" in by_name["服务育人"].behind[0].behind[0].behind


def get(user: Any) -> Any:
    client = Client()
    client.force_login(user)
    return client.get("/plans/ten-kinds/2026/")


def test_the_page_approves_and_costs_a_fixed_number_of_queries(college: World) -> None:
    loaded(college)
    client = Client()
    client.force_login(college.root_secretary)
    with clock.moved(DAY), CaptureQueriesContext(connection) as queries:
        page = client.get("/plans/ten-kinds/2026/")
    assert len(queries) <= 10
    assert "31 项等您审批" in page.content.decode()
    with clock.moved(DAY):
        answer = client.post("/plans/ten-kinds/2026/approve/", follow=True)
    assert "已审批并下发31项" in answer.content.decode()


@pytest.mark.parametrize(("name", "code"), [("root_deputy", 200), ("general_secretary", 200), ("member", 404)])
def test_who_sees_what_of_it(college: World, name: str, code: int) -> None:
    plan = loaded(college)
    with clock.moved(DAY):
        approve_plan(plan=plan, actor=college.root_secretary)
    answer = get(getattr(college, name))
    assert answer.status_code == code
    if name == "general_secretary":  # 各二级学院, and what its branches support
        seen = {row.directive.plan_number for part in answer.context["page"].parts for row in part.rows}
        assert seen == {2, 3, 5, 17, 21, 22, 26, 29}


def test_loading_on_the_page_names_who_leads_each_category(college: World) -> None:
    client = Client()
    client.force_login(college.officer)
    assert "载入 2026 年十大育人任务" in client.get("/plans/").content.decode()
    with CaptureQueriesContext(connection) as queries:
        form = client.get("/plans/load/").content.decode()
    assert len(queries) <= 10 and form.count("<select") == 10 and "牵头：教务处" in form
    leader = college.root_secretary.person
    wrong = client.post("/plans/load/", {"KC": college.member.person.pk})
    assert wrong.status_code == 400 and not Plan.objects.exists()
    told = client.post("/plans/load/", {"KC": leader.pk}, follow=True).content.decode()
    assert "已载入“2026年" in told and "其中4项的完成时限已过，还是草拟" in told
    named = Directive.objects.filter(leader__isnull=False).order_by("plan_number")
    assert list(named.values_list("plan_number", "leader")) == [(number, leader.pk) for number in (1, 2, 3, 4)]
    assert "年十大育人任务" not in client.get("/plans/").content.decode()
    again = client.post("/plans/load/", {}, follow=True).content.decode()  # the second click
    assert "已经载入过，这次没有新增" in again and "已载入“" not in again
    assert client.get("/plans/load/").status_code == 302
    assert (Plan.objects.count(), Directive.objects.count()) == (1, 31)
    client.force_login(college.general_secretary)
    assert client.get("/plans/load/").status_code == 403
    assert client.post("/plans/load/").status_code == 403
    assert client.get("/plans/nonsense/2026/").status_code == 404


def test_what_is_behind_says_its_own_reason(college: World) -> None:
    """While the light of who leads is green, the reason is the unit's that is behind, not the due date."""
    plan = loaded(college)
    with clock.moved(DAY):
        approve_plan(plan=plan, actor=college.root_secretary)
        for task in Task.objects.filter(profile="supervision").select_related("organisation"):
            Task.objects.filter(pk=task.pk).update(state="active", last_report_on=date(2026, 6, 12))
    page = get(college.root_secretary).context["page"]
    by_name = {part.name: part for part in page.parts}
    part = by_name["管理育人"]
    assert part.light == "green" and len(part.behind) == 3  # nobody who supports has signed
    directive, why = part.alarm
    assert directive.plan_number == 20 and "，超过签收时限" in why and "还没有签收" in why
    directive, why = by_name["服务育人"].alarm
    assert (directive.plan_number, why) == (24, "逾期15天（应于2026年5月31日完成）")
