"""Task forces: set up, change, close; who may, what is refused, the pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common.errors import Conflict, InvalidInput, NotAllowed
from orgs.models import Department, Organisation, User
from orgs.selectors.candidates import written
from tasks.models import TaskForce
from tasks.services.project_reviews import stop_project
from tasks.services.task_forces import ForcePlan, close_task_force, create_task_force, edit_task_force
from tests.tasks.projects.making import drafted, recorder_of, running
from tests.tasks.world import World, fresh


def plan_of(world: World, **more: Any) -> ForcePlan:
    """A task force of the general branch, led by its secretary, with its office in a department."""
    facts: dict[str, Any] = {
        "organisation": world.general,
        "name": "减负专班",
        "leader": world.general_secretary.person,
        "deputies": [world.secretary.person],
        "members": [world.commissioner.person],
        "secretariat_department": Department.objects.order_by("pk").first(),
        "opened_on": date(2026, 6, 1),
        "closing_condition": "30项上线",
        **more,
    }
    return ForcePlan(**facts)


def force_of(world: World, **more: Any) -> TaskForce:
    """Set up by a further officer of the general branch."""
    return create_task_force(plan=plan_of(world, **more), actor=recorder_of(world))


def names(people: Any) -> list[str]:
    return sorted(person.name for person in people.all())


def test_it_is_kept_as_it_was_typed(world: World) -> None:
    force = force_of(world)
    assert (force.code, force.name, force.member_count, force.rhythm, force.report_day) == (
        "ZBN1",
        "减负专班",
        3,
        "monthly",
        25,
    )
    assert (names(force.deputies), names(force.members)) == (["支部书记"], ["组织委员"])
    assert force_of(world, name="攻坚专班").code == "ZBN2"


def test_nobody_is_in_it_twice(world: World) -> None:
    people = [world.general_secretary.person, world.secretary.person, world.commissioner.person]
    force = force_of(world, deputies=people[:2], members=people)
    assert (names(force.deputies), names(force.members)) == (["支部书记"], ["组织委员"])


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 101}, "name"),
        ({"closing_condition": ""}, "closing_condition"),
        ({"secretariat_department": None}, "secretariat_department"),
        ({"rhythm": ""}, "rhythm"),
        ({"report_day": 32}, "report_day"),
        ({"member_count": 2}, "member_count"),
    ],
)
def test_what_is_refused(world: World, more: dict[str, Any], where: str) -> None:
    with pytest.raises(InvalidInput) as error:
        force_of(world, **more)
    assert set(error.value.errors) == {where}
    assert TaskForce.objects.count() == 0


def test_one_office_not_two(world: World) -> None:
    with pytest.raises(InvalidInput):
        force_of(world, secretariat_organisation=world.general)
    force = force_of(world, secretariat_department=None, secretariat_organisation=world.general)
    assert force.secretariat_organisation == world.general


def test_a_branch_sets_up_none(world: World) -> None:
    with pytest.raises(InvalidInput):
        create_task_force(plan=plan_of(world, organisation=world.branch), actor=fresh(world.secretary))


MAY = {
    "create": {"general_secretary", "officer", "root_secretary"},
    "edit": {"general_secretary", "officer", "root_secretary"},
    "close": {"general_secretary", "officer", "root_secretary"},
}
COMMANDS: dict[str, Callable[[World, TaskForce, User], TaskForce]] = {
    "create": lambda world, _force, actor: create_task_force(plan=plan_of(world, name="另一个"), actor=actor),
    "edit": lambda world, force, actor: edit_task_force(force=force, plan=plan_of(world, name="改名"), actor=actor),
    "close": lambda _world, force, actor: close_task_force(force=force, actor=actor, statement="30项已上线"),
}
ROLES = (
    "general_secretary",
    "officer",
    "root_secretary",
    "root_deputy",
    "secretary",
    "sister_secretary",
    "other_general_secretary",
    "member",
    "outsider",
)


@pytest.mark.parametrize("verb", sorted(MAY))
def test_who_may(world: World, verb: str, subtests: pytest.Subtests) -> None:
    force = force_of(world)
    for role in ROLES:
        actor = fresh(getattr(world, role))
        with subtests.test(role), transaction.atomic():
            if role in MAY[verb]:
                COMMANDS[verb](world, force, actor)
            else:
                with pytest.raises(NotAllowed):
                    COMMANDS[verb](world, force, actor)
                stored = TaskForce.objects.get()
                assert (stored.name, stored.closed_on) == ("减负专班", None)
            transaction.set_rollback(True)


def test_its_leader_may_change_it_without_an_office_there(world: World) -> None:
    force = force_of(world, leader=world.member.person)
    assert edit_task_force(force=force, plan=plan_of(world, name="改名"), actor=fresh(world.member)).name == "改名"


def test_it_closes_with_a_statement_and_once(world: World) -> None:
    force = force_of(world)
    leader = fresh(world.general_secretary)
    with pytest.raises(InvalidInput):
        close_task_force(force=force, actor=leader, statement=" ")
    close_task_force(force=force, actor=leader, statement="30项已上线")
    stored = TaskForce.objects.get()
    assert (stored.closed_on, stored.closed_cause) == (date(2026, 6, 15), "30项已上线")
    for again in (
        lambda: close_task_force(force=force, actor=leader, statement="x"),
        lambda: edit_task_force(force=force, plan=plan_of(world), actor=leader),
    ):
        with pytest.raises(Conflict):
            again()


def test_not_while_a_project_needs_it(world: World) -> None:
    force = force_of(world)
    project = running(world, task_force=force)
    leader = fresh(world.general_secretary)
    with pytest.raises(Conflict, match="一次办成"):
        close_task_force(force=force, actor=leader, statement="完成")
    stop_project(project=project, actor=fresh(world.root_deputy), reason="并入")
    close_task_force(force=force, actor=leader, statement="项目中止")
    with pytest.raises(InvalidInput) as error:
        drafted(world, task_force=TaskForce.objects.get())
    assert set(error.value.errors) == {"task_force"}


def test_a_project_uses_task_forces_of_its_organisation_or_above(world: World) -> None:
    above = create_task_force(plan=plan_of(world, organisation=world.committee), actor=fresh(world.officer))
    assert drafted(world, task_force=above).task_force == above
    foreign = replace(plan_of(world), organisation=Organisation.objects.get_parent(world.foreign))
    with pytest.raises(InvalidInput) as error:
        drafted(world, task_force=create_task_force(plan=foreign, actor=fresh(world.officer)), second_reason="x")
    assert set(error.value.errors) == {"task_force"}


# --- pages --------------------------------------------------------------------------------------------------------------


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, "orgs.backends.AccountBackend")
    return client


def typed(world: World, **more: Any) -> dict[str, Any]:
    """The form, filled in."""
    assert world.general_secretary.person is not None
    return {
        "name": "减负专班",
        "organisation": str(world.general.pk),
        "leader": written(world.general_secretary.person),
        "deputies": [world.secretary.username],
        "members": [world.commissioner.username, "小组长"],
        "member_count": "",
        "secretariat_department": str(Department.objects.order_by("pk")[0].pk),
        "secretariat_organisation": "",
        "rhythm": "fortnightly",
        "report_day": "25",
        "opened_on": "2026-06-01",
        "closing_condition": "30项上线",
        **more,
    }


def test_set_up_changed_and_closed_on_the_pages(world: World) -> None:
    client = client_of(world.general_secretary)
    answer = client.post("/task-forces/new/", typed(world))
    assert (answer.status_code, answer["Location"]) == (302, "/task-forces/ZBN1/")
    text = client.get("/task-forces/ZBN1/").content.decode()
    for words in ("减负专班", "小组长", "每两周一次", "每月 25 日", "30项上线", "共 4 人"):
        assert words in text
    shown = client.get("/task-forces/ZBN1/edit/").content.decode()
    assert "小组长（" in shown
    assert client.post("/task-forces/ZBN1/edit/", typed(world, name="改名", members=[])).status_code == 302
    assert client.post("/task-forces/ZBN1/close/", {"statement": ""}).status_code == 400
    assert client.post("/task-forces/ZBN1/close/", {"statement": "已上线"}).status_code == 302
    text = client.get("/task-forces/ZBN1/").content.decode()
    assert "已于 2026-06-15 撤销" in text
    assert client.get("/task-forces/ZBN1/edit/").status_code == 409


def test_two_clicks_set_up_one(world: World) -> None:
    client = client_of(world.general_secretary)
    assert client.post("/task-forces/new/", typed(world)).status_code == 302
    again = client.post("/task-forces/new/", typed(world))
    assert again.status_code == 400 and "已有同名的专班ZBN1在运行" in again.content.decode()
    assert TaskForce.objects.count() == 1
    client.post("/task-forces/ZBN1/close/", {"statement": "已上线"})
    assert client.post("/task-forces/new/", typed(world))["Location"] == "/task-forces/ZBN2/"


def test_a_refused_form_keeps_what_was_typed(world: World) -> None:
    data = typed(world, secretariat_department="", members=["查无此人"])
    answer = client_of(world.general_secretary).post("/task-forces/new/", data)
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "没有找到“查无此人”" in text
    assert 'value="30项上线"' in text
    answer = client_of(world.general_secretary).post("/task-forces/new/", typed(world, secretariat_department=""))
    assert "请选其中一个" in answer.content.decode()


SEES = {"root_deputy", "general_secretary", "secretary", "commissioner"}  # the last two are its deputy and a member
SEES_NOT = {"sister_secretary", "other_general_secretary", "outsider"}


def test_who_sees_it(world: World) -> None:
    force_of(world)
    found = {}
    for name in SEES | SEES_NOT:
        client = client_of(getattr(world, name))
        listed = "减负专班" in client.get("/task-forces/").content.decode()
        found[name] = (client.get("/task-forces/ZBN1/").status_code, listed)
    assert found == dict.fromkeys(SEES, (200, True)) | dict.fromkeys(SEES_NOT, (404, False))


def queries(user: User, url: str) -> int:
    client = client_of(user)
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


def test_pages_cost_the_same_with_one_and_three(world: World) -> None:
    force = force_of(world)
    running(world, task_force=force)
    one = [queries(world.root_secretary, url) for url in ("/task-forces/", "/task-forces/ZBN1/")]
    force_of(world, name="第二个专班")
    force_of(world, name="第三个专班")
    running(world, title="第二个", task_force=force, leader=world.commissioner.person, co_leaders=[])
    running(world, title="第三个", task_force=force, leader=world.secretary.person, co_leaders=[])
    three = [queries(world.root_secretary, url) for url in ("/task-forces/", "/task-forces/ZBN1/")]
    assert one == three
    assert max(three) <= 10
