"""Acknowledge, report, submit, accept, return, waive, stop, extend: by whom, from where, with what, refused otherwise."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from tasks.models import Extension, Task
from tasks.services import (
    accept_task,
    acknowledge_task,
    ask_extension,
    grant_extension,
    refuse_extension,
    report_progress,
    return_task,
    stop_task,
    submit_task,
    waive_task,
)
from tests.tasks.directives.making import DUE, at_work, department, issued, task_of, waiting
from tests.tasks.world import World, load

LATER = DUE + timedelta(days=10)
ROLES = (
    "root_secretary",
    "root_deputy",
    "officer",
    "general_secretary",
    "other_general_secretary",
    "secretary",
    "deputy",
    "commissioner",
    "leader",
    "sister_secretary",
    "member",
    "outsider",
)
# The Task is ZB101's: its officers carry it out, those above decide.
ACTS = {"secretary", "deputy", "commissioner"}
DECIDES = {"root_secretary", "root_deputy", "officer", "general_secretary"}
KEY = "directive:DB2026-001:ZB101"


def pending(world: World) -> Task:
    return task_of(issued(world, world.branch), world.branch)


def active(world: World) -> Task:
    return at_work(world, world.branch, actor=world.secretary)


def submitted(world: World) -> Task:
    return waiting(world, world.branch, actor=world.secretary)


def returned(world: World) -> Task:
    return return_task(task=submitted(world), actor=world.general_secretary, reason="缺台账")


def done(world: World) -> Task:
    return accept_task(task=submitted(world), actor=world.general_secretary)


def waived(world: World) -> Task:
    return waive_task(task=active(world), actor=world.general_secretary, reason="不适用")


def stopped(world: World) -> Task:
    return stop_task(task=active(world), actor=world.general_secretary, reason="不做了")


STATES: dict[str, Callable[[World], Task]] = {
    "pending": pending,
    "active": active,
    "submitted": submitted,
    "returned": returned,
    "done": done,
    "waived": waived,
    "stopped": stopped,
}
OPEN = ("pending", "active", "submitted", "returned")
VERBS: dict[str, tuple[Callable[..., Any], dict[str, Any], set[str], str, dict[str, str]]] = {
    # verb: command, what is typed, who may, who does it here, from → to
    "acknowledge": (acknowledge_task, {}, ACTS, "secretary", {"pending": "active"}),
    "report": (
        report_progress,
        {"note": "过半", "progress": 50, "difficulty": "人手", "help_needed": "请协调后勤"},
        ACTS,
        "secretary",
        {"active": "active", "returned": "returned"},
    ),
    "submit": (submit_task, {"note": "完成"}, ACTS, "secretary", {"active": "submitted", "returned": "submitted"}),
    "accept": (accept_task, {}, DECIDES, "general_secretary", {"submitted": "done"}),
    "return": (return_task, {"reason": "缺台账"}, DECIDES, "general_secretary", {"submitted": "returned"}),
    "waive": (waive_task, {"reason": "不适用"}, DECIDES, "general_secretary", dict.fromkeys(OPEN, "waived")),
    "stop": (stop_task, {"reason": "不做了"}, DECIDES, "general_secretary", dict.fromkeys(OPEN, "stopped")),
    "extend": (
        ask_extension,
        {"new_due_on": LATER, "reason": "人手紧"},
        ACTS,
        "secretary",
        {"active": "active", "returned": "returned"},
    ),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", STATES)
def test_from_where(world: World, state: str, verb: str) -> None:
    command, typed, _who, name, table = VERBS[verb]
    task = STATES[state](world)
    before = task.events.count()
    if state in table:
        command(task=task, actor=getattr(world, name), **typed)
        assert load(KEY).events.count() == before + 1
    else:
        with pytest.raises(Conflict):
            command(task=task, actor=getattr(world, name), **typed)
        assert load(KEY).events.count() == before
    assert load(KEY).state == table.get(state, state)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", ROLES)
def test_by_whom(world: World, name: str, verb: str) -> None:
    command, typed, who, _name, table = VERBS[verb]
    # From a state that is this verb's, submitted by nobody who is asked about.
    state = next(one for one in table if one != "pending" or verb == "acknowledge")
    task = STATES[state](world)
    if name in who:
        command(task=task, actor=getattr(world, name), **typed)
        assert load(KEY).state == table[state]
        return
    with pytest.raises(NotAllowed) as caught:
        command(task=task, actor=getattr(world, name), **typed)
    assert len(str(caught.value.message)) > 8
    assert load(KEY).state == state


def test_side_effects_of_a_report(world: World) -> None:
    task = active(world)
    report_progress(
        task=task, actor=world.secretary, note="过半", progress=50, difficulty="人手", help_needed="请协调后勤"
    )
    task = load(KEY)
    assert (task.progress, task.note, task.last_report_on) == (50, "过半", clock.today())
    event = task.events.get(verb="reported")
    assert (event.progress, event.difficulty, event.help_needed, event.cause) == (50, "人手", "请协调后勤", "过半")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"note": " "}, "note"),
        ({"note": "x", "progress": 101}, "progress"),
        ({"note": "x", "progress": -1}, "progress"),
        ({"note": "x", "difficulty": "长" * 501}, "difficulty"),
        ({"note": "x", "help_needed": "长" * 501}, "help_needed"),
    ],
)
def test_a_report_that_is_refused(world: World, typed: dict[str, Any], field: str) -> None:
    task = active(world)
    with pytest.raises(InvalidInput) as caught:
        report_progress(task=task, actor=world.secretary, **typed)
    assert list(caught.value.errors) == [field]
    assert load(KEY).note == ""


def test_nobody_accepts_what_they_submitted_or_their_own_units(world: World) -> None:
    made, head = department(world)
    task = at_work(world, made, actor=head)
    submit_task(task=task, actor=head, note="完成")
    with pytest.raises(NotAllowed, match="您自己提交的"):
        accept_task(task=task, actor=head)
    assert accept_task(task=task, actor=world.root_deputy).state == "done"


def test_the_officer_of_the_department_that_carries_it_out_does_not_check_it(world: World) -> None:
    from orgs.models import Department

    office = Department.objects.get(duty="organisation")
    directive = issued(world, office)
    task = acknowledge_task(task=task_of(directive, office), actor=world.officer)
    submit_task(task=task, actor=world.officer, note="完成")
    with pytest.raises(NotAllowed):
        accept_task(task=task, actor=world.officer)
    assert accept_task(task=task, actor=world.root_deputy).state == "done"


def test_an_extension_granted_keeps_the_old_date_visible(world: World) -> None:
    task = active(world)
    asked = ask_extension(task=task, actor=world.secretary, new_due_on=LATER, reason="人手紧")
    assert (asked.old_due_on, asked.state, asked.asked_by) == (DUE, "asked", world.secretary.person)
    with pytest.raises(Conflict, match="已有一个待审批"):
        ask_extension(task=task, actor=world.commissioner, new_due_on=LATER, reason="人手紧")
    grant_extension(extension=asked, actor=world.general_secretary, decision="同意")
    task = load(KEY)
    assert (task.due_on, task.original_due_on, task.answered_on) == (LATER, DUE, clock.today())
    event = task.events.get(verb="extended")
    assert (event.due_on, event.cause) == (LATER, f"由{DUE}延至{LATER}：人手紧")


@pytest.mark.parametrize("name", ["secretary", "commissioner", "sister_secretary", "other_general_secretary", "member"])
@pytest.mark.parametrize("command", [grant_extension, refuse_extension])
def test_who_does_not_decide_an_extension(world: World, name: str, command: Callable[..., Any]) -> None:
    asked = ask_extension(task=active(world), actor=world.secretary, new_due_on=LATER, reason="人手紧")
    with pytest.raises(NotAllowed):
        command(extension=asked, actor=getattr(world, name), decision="x")
    assert Extension.objects.get().state == "asked"


def test_refused_and_decided_twice(world: World) -> None:
    asked = ask_extension(task=active(world), actor=world.secretary, new_due_on=LATER, reason="人手紧")
    with pytest.raises(InvalidInput, match="请写明不批准的理由"):
        refuse_extension(extension=asked, actor=world.general_secretary, decision=" ")
    refuse_extension(extension=asked, actor=world.general_secretary, decision="时间充足")
    with pytest.raises(Conflict, match="刚刚已有结果"):
        grant_extension(extension=asked, actor=world.root_secretary)
    assert load(KEY).due_on == DUE


@pytest.mark.parametrize(
    ("typed", "error", "words"),
    [
        ({"new_due_on": DUE, "reason": "x"}, InvalidInput, "要晚于现在的期限"),
        ({"new_due_on": LATER, "reason": " "}, InvalidInput, "请写明延期的理由"),
    ],
)
def test_an_extension_that_is_refused(world: World, typed: dict[str, Any], error: type, words: str) -> None:
    with pytest.raises(error, match=words):
        ask_extension(task=active(world), actor=world.secretary, **typed)
    assert not Extension.objects.exists()


def test_asked_too_late(world: World) -> None:
    task = active(world)
    with clock.moved(DUE + timedelta(days=1)), pytest.raises(Conflict, match="不能再申请延期"):
        ask_extension(task=task, actor=world.secretary, new_due_on=LATER, reason="x")


def test_accepted_is_done_on_the_day_of_submission(world: World) -> None:
    with clock.moved(date(2026, 6, 15)):
        task = active(world)
    with clock.moved(DUE):
        submit_task(task=task, actor=world.secretary, note="完成")
    with clock.moved(DUE + timedelta(days=5)):
        accept_task(task=task, actor=world.general_secretary)
    task = load(KEY)
    assert (task.closed_on, task.is_late, task.progress) == (DUE, False, 100)
