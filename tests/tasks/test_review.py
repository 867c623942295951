"""From hand to hand: submit, report, accept, return, waive, stop; who may, what is written, what conflicts."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection

from common import clock
from common.errors import Conflict, DomainError, InvalidInput, NotAllowed
from orgs.models import User
from tasks import transitions
from tasks.models import Task
from tasks.services import (
    accept_task,
    acknowledge_task,
    report_progress,
    return_task,
    stop_task,
    submit_task,
    waive_task,
)
from tests.factories import make_officer
from tests.tasks.conftest import TODAY
from tests.tasks.world import World, agreed, end_offices, fresh, load, log, make_world, open_one

COMMANDS: dict[str, Callable[..., Task]] = {
    "submit": lambda task, actor: submit_task(task=task, actor=actor, note="已完成"),
    "report": lambda task, actor: report_progress(task=task, actor=actor, note="过半"),
    "accept": lambda task, actor: accept_task(task=task, actor=actor),
    "return": lambda task, actor: return_task(task=task, actor=actor, reason="补照片"),
    "waive": lambda task, actor: waive_task(task=task, actor=actor, reason="不适用"),
    "stop": lambda task, actor: stop_task(task=task, actor=actor, reason="已取消"),
}


def submitted(world: World, key: str = "a", by: User | None = None, **more: Any) -> Task:
    """An agreed item of the branch that was submitted, by its commissioner unless told otherwise."""
    submit_task(task=agreed(key, world.branch, **more), actor=by or world.commissioner, note="已完成")
    return load(key)


def in_state(key: str, world: World, state: str) -> Task:
    """An agreed item forced into ``state``; owed by the commissioner by name."""
    agreed(key, world.branch, person_id=world.commissioner.person_id)
    Task.objects.filter(natural_key=key).update(state=state)
    return load(key)


# --- What is written ----------------------------------------------------------------------------------------------------


def test_submit_accept(world: World) -> None:
    task = submitted(world, due_on=date(2026, 6, 20))
    assert (task.state, task.note, task.last_report_on) == ("submitted", "已完成", TODAY)
    assert task.submitted_by == world.commissioner.person
    assert (task.light, task.light_cause) == ("yellow", "已提交待核查；提交时剩5天（2026年6月20日到期）")
    with clock.moved(date(2026, 7, 10)):
        accept_task(task=task, actor=fresh(world.secretary))
    task = load("a")
    # Checked three weeks after the due date, yet done on the day on which it was handed in.
    assert (task.state, task.light, task.closed_on, task.is_late) == ("done", "green", TODAY, False)
    assert log(task)[1:] == [
        ("submitted", "submitted", "yellow", "已完成"),
        ("accepted", "done", "green", ""),
    ]
    assert [event.actor for event in task.events.order_by("id")] == [None, world.commissioner, world.secretary]
    assert task.events.last().from_state == "submitted"


def test_submitted_late_is_late(world: World) -> None:
    task = submitted(world, window_start=date(2026, 5, 1), due_on=date(2026, 6, 12))
    assert task.light == "red"
    accept_task(task=task, actor=world.secretary)
    assert (load("a").is_late, load("a").light_cause) == (True, "已办结（晚3天）")


def test_return_and_submit_again(world: World) -> None:
    task = submitted(world)
    return_task(task=task, actor=world.secretary, reason="  缺签到表 ")
    task = load("a")
    assert (task.state, task.return_cause, task.light) == ("returned", "缺签到表", "green")
    assert log(task)[-1] == ("returned", "returned", "green", "缺签到表")
    submit_task(task=task, actor=world.commissioner, note="已补")
    assert (load("a").state, load("a").return_cause) == ("submitted", "")


def test_waive_and_stop_keep_approver_and_reason(world: World) -> None:
    waive_task(task=open_one("a", world.branch), actor=world.general_secretary, reason="支部本月撤并")
    stop_task(task=open_one("b", world.branch), actor=world.general_secretary, reason="活动取消")
    for key, verb, state, reason in (
        ("a", "waived", "waived", "支部本月撤并"),
        ("b", "stopped", "stopped", "活动取消"),
    ):
        task = load(key)
        assert log(task)[-1] == (verb, state, "green", reason)
        assert task.events.last().actor == world.general_secretary
        assert (task.closed_on, task.is_late) == (TODAY, False)
    assert (load("a").light_cause, load("b").light_cause) == ("免办", "中止")


def test_a_report_quiets_a_supervision_light(world: World) -> None:
    more = {"profile": "supervision", "window_start": date(2026, 4, 20), "due_on": date(2026, 6, 20)}
    task = agreed("a", world.branch, **more)
    assert task.light == "orange"
    report_progress(task=task, actor=world.secretary, note="已完成三个专业", progress=75)
    task = load("a")
    assert (task.state, task.light, task.last_report_on) == ("active", "green", TODAY)
    assert task.light_cause == "剩5天（窗口61天的8%），本周期已报进展"
    event = task.events.last()
    assert (event.verb, event.progress, event.from_light, event.to_light) == ("reported", 75, "orange", "green")


@pytest.mark.parametrize("progress", [-1, 101])
def test_progress_is_a_per_cent(world: World, progress: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        report_progress(task=agreed("a", world.branch), actor=world.secretary, note="x", progress=progress)
    assert caught.value.errors == {"progress": "进度是0到100的百分数。"}
    assert load("a").last_report_on is None


def test_words_are_required_and_have_a_limit(world: World) -> None:
    task = agreed("a", world.branch)
    with pytest.raises(InvalidInput) as caught:
        submit_task(task=task, actor=world.secretary, note="   ")
    assert caught.value.errors == {"note": "请写明完成情况。"}
    with pytest.raises(InvalidInput) as caught:
        submit_task(task=task, actor=world.secretary, note="长" * 501)
    assert caught.value.errors == {"note": "最多500字，现在是501字。"}
    with pytest.raises(InvalidInput) as caught:
        waive_task(task=task, actor=world.general_secretary, reason="")
    assert caught.value.errors == {"reason": "请写明免办的理由。"}
    assert log(load("a")) == [("opened", "active", "green", "")]


def test_what_a_record_proves_is_not_submitted_by_hand(world: World) -> None:
    with pytest.raises(Conflict, match="请登记记录"):
        submit_task(task=open_one("a", world.branch), actor=world.secretary, note="开过了")


# --- Every state and verb ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", sorted(COMMANDS))
@pytest.mark.parametrize("state", transitions.STATES)
def test_every_command_in_every_state(world: World, state: str, verb: str) -> None:
    task = in_state("a", world, state)
    before = log(task)
    target = transitions.next_state(verb, state)
    if target is None:
        with pytest.raises(Conflict) as caught:
            COMMANDS[verb](task=task, actor=world.secretary)
        assert len(caught.value.message) > 8
        assert (load("a").state, log(task)) == (state, before)
    else:
        COMMANDS[verb](task=task, actor=world.secretary)
        assert load("a").state == task.state == target
        assert len(log(task)) == len(before) + 1


@pytest.mark.parametrize(
    ("verb", "state", "message"),
    [
        ("submit", "submitted", "这件事已经提交，正在等待核查。请等核查结果。"),
        ("submit", "done", "这件事已经办结，不需要再操作。请刷新页面查看结果。"),
        ("submit", "pending", "这件事还没有签收，请先签收。"),
        ("accept", "active", "这件事还没有提交，暂时不能核查。请先由承办人提交。"),
        ("return", "returned", "这件事还没有提交，暂时不能核查。请先由承办人提交。"),
        ("waive", "waived", "这件事已经免办，不能再操作。"),
        ("stop", "stopped", "这件事已经中止，不能再操作。"),
    ],
)
def test_refusals_say_what_to_do(world: World, verb: str, state: str, message: str) -> None:
    with pytest.raises(Conflict) as caught:
        COMMANDS[verb](task=in_state("a", world, state), actor=world.secretary)
    assert caught.value.message == message


def test_signing_for_it_twice_says_so(world: World) -> None:
    with pytest.raises(Conflict) as caught:
        acknowledge_task(task=in_state("a", world, "active"), actor=fresh(world.secretary))
    assert caught.value.message == "这件事已经签收，不需要再签。请刷新页面查看。"


# --- Who may ------------------------------------------------------------------------------------------------------------


def outcome(verb: str, task: Task, actor: User) -> str:
    """Whether the rights let ``actor`` do it."""
    try:
        COMMANDS[verb](task=task, actor=fresh(actor))
    except NotAllowed:
        return "no"
    except DomainError as error:
        return type(error).__name__
    return "yes"


SUBMITTERS = {"secretary", "deputy", "commissioner"}


@pytest.mark.parametrize("name", [name for name in World._fields if name not in World._fields[:6]])
def test_who_may_submit(world: World, name: str) -> None:
    task = agreed("a", world.branch)
    assert outcome("submit", task, getattr(world, name)) == ("yes" if name in SUBMITTERS else "no")


def test_a_named_member_and_a_group_leader_submit_what_they_owe(world: World) -> None:
    named = agreed("a", world.branch, person_id=world.member.person_id)
    of_group = agreed("b", world.branch, group_id=world.group.pk, office="group_leader")
    assert outcome("submit", of_group, world.member) == "no"
    assert outcome("submit", named, world.leader) == "no"
    assert outcome("submit", named, world.member) == "yes"
    assert outcome("submit", of_group, world.leader) == "yes"


@pytest.mark.parametrize("verb", ["accept", "return"])
@pytest.mark.parametrize(
    ("source", "by", "deciders"),
    [
        # What a meeting agreed: the own secretary; the level above where nobody below them may.
        ("agreed_item", "commissioner", {"secretary", "general_secretary", "root_secretary", "root_deputy", "officer"}),
        ("agreed_item", "secretary", {"general_secretary", "root_secretary", "root_deputy", "officer"}),
        ("directive", "commissioner", {"general_secretary", "root_secretary", "root_deputy", "officer"}),
    ],
)
def test_who_may_decide(world: World, verb: str, source: str, by: str, deciders: set[str]) -> None:
    people = World._fields[6:]
    allowed = set()
    for name in people:
        task = submitted(world, key=f"{name}", by=getattr(world, by), source=source)
        if outcome(verb, task, getattr(world, name)) == "yes":
            allowed.add(name)
    assert allowed == deciders


def test_whoever_holds_an_office_in_the_unit_does_not_decide_for_it(world: World) -> None:
    make_officer(world.branch, "member", person=world.general_secretary.person)
    task = submitted(world, source="directive")
    assert outcome("accept", task, world.general_secretary) == "no"
    assert outcome("accept", task, world.root_secretary) == "yes"


def test_at_the_root_a_second_officer_decides(world: World) -> None:
    task = agreed("a", world.committee, source="directive")
    submit_task(task=task, actor=world.root_secretary, note="已完成")
    assert outcome("accept", load("a"), world.root_secretary) == "no"
    assert outcome("accept", load("a"), world.general_secretary) == "no"
    assert outcome("accept", load("a"), world.root_deputy) == "yes"


def test_the_deputy_decides_what_was_agreed_while_there_is_no_secretary(world: World) -> None:
    task = submitted(world)
    assert outcome("accept", task, world.deputy) == "no"
    end_offices(world.secretary, date(2026, 6, 14))
    assert outcome("accept", task, world.deputy) == "yes"


def test_an_office_that_ended_yesterday_decides_nothing(world: World) -> None:
    task = submitted(world)
    end_offices(world.secretary, date(2026, 6, 14))
    assert outcome("accept", task, world.secretary) == "no"


@pytest.mark.parametrize("verb", ["waive", "stop"])
def test_nobody_waives_what_they_owe_themselves(world: World, verb: str) -> None:
    own = agreed("own", world.branch)  # the office of secretary owes it
    named = agreed("named", world.branch, person_id=world.secretary.person_id)
    others = agreed("others", world.branch, person_id=world.member.person_id)
    cadence = open_one("cadence", world.branch)
    assert [outcome(verb, task, world.secretary) for task in (own, named, cadence, others)] == ["no", "no", "no", "yes"]
    assert [outcome(verb, task, world.general_secretary) for task in (own, named, cadence)] == ["yes", "yes", "yes"]


def test_refused_rights_say_why(world: World) -> None:
    task = submitted(world, by=world.secretary)
    with pytest.raises(NotAllowed, match="您自己提交"):
        accept_task(task=task, actor=world.secretary)
    with pytest.raises(NotAllowed, match="由您自己承办"):
        waive_task(task=task, actor=world.secretary, reason="x")
    with pytest.raises(NotAllowed, match="承办人或本组织"):
        submit_task(task=task, actor=world.foreign_secretary, note="x")


# --- Two people at once -------------------------------------------------------------------------------------------------


def test_a_second_submit_from_a_stale_page_conflicts(world: World) -> None:
    agreed("a", world.branch)
    first, second = load("a"), load("a")
    submit_task(task=first, actor=world.commissioner, note="甲")
    with pytest.raises(Conflict, match="已经提交"):
        submit_task(task=second, actor=world.secretary, note="乙")
    assert second.state == "submitted"
    assert load("a").note == "甲"
    assert [verb for verb, *_rest in log(first)] == ["opened", "submitted"]


def test_accepted_while_somebody_returns_it(world: World) -> None:
    first = submitted(world)
    second = load("a")
    accept_task(task=first, actor=world.secretary)
    with pytest.raises(Conflict, match="已经办结"):
        return_task(task=second, actor=world.general_secretary, reason="x")
    assert (load("a").state, load("a").return_cause) == ("done", "")


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_people_accept_and_return_in_the_same_moment(today: date) -> None:
    world = make_world()
    submitted(world)
    gate = threading.Barrier(2)
    results: list[str] = []

    def decide(verb: str, actor: User) -> None:
        try:
            with clock.moved(TODAY):
                task = load("a")
                gate.wait(10)
                results.append(outcome(verb, task, actor))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=decide, args=("accept", world.secretary)),
        threading.Thread(target=decide, args=("return", world.general_secretary)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(results) == ["Conflict", "yes"]
    assert len(log(load("a"))) == 3
