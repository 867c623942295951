"""More time: who asks, who decides, what moves; the old date stays visible."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection

from common import clock
from common.errors import Conflict, DomainError, InvalidInput, NotAllowed
from tasks.models import Extension, Milestone, Task
from tasks.nightly import refresh_lights
from tasks.services import ask_extension, grant_extension, refuse_extension, submit_task
from tests.tasks.conftest import TODAY
from tests.tasks.supervision.making import DUE, project_of, supervised
from tests.tasks.world import World, agreed, fresh, load, log, make_world

LATER = date(2026, 7, 20)


def ask(world: World, key: str = "a") -> Extension:
    """The branch's secretary asks for more time."""
    return ask_extension(task=load(key), actor=fresh(world.secretary), new_due_on=LATER, reason="系统改造推迟")


def test_asked_and_granted(world: World) -> None:
    supervised("a", world.branch)
    extension = ask(world)
    assert (load("a").due_on, load("a").state) == (DUE, "active")
    grant_extension(extension=extension, actor=fresh(world.general_secretary), decision="同意")
    task = load("a")
    assert (task.due_on, task.original_due_on, task.answered_on, task.state) == (LATER, DUE, TODAY, "active")
    assert log(task)[1:] == [
        ("ext_asked", "active", "green", "申请延至2026-07-20：系统改造推迟"),
        ("extended", "active", "green", "由2026-07-01延至2026-07-20：系统改造推迟"),
    ]
    assert task.events.last().due_on == LATER
    extension.refresh_from_db()
    decided = (extension.state, extension.decided_by, extension.decided_on, extension.decision)
    assert decided == ("granted", world.general_secretary.person, TODAY, "同意")


def test_refused_with_a_reason(world: World) -> None:
    supervised("a", world.branch)
    refuse_extension(extension=ask(world), actor=fresh(world.general_secretary), decision="时间够用")
    assert (load("a").due_on, load("a").answered_on) == (DUE, None)
    assert log(load("a"))[-1] == ("ext_refused", "active", "green", "时间够用")
    assert ask(world).state == "asked"  # one may ask again


def test_refusing_needs_words(world: World) -> None:
    supervised("a", world.branch)
    extension = ask(world)
    with pytest.raises(InvalidInput):
        refuse_extension(extension=extension, actor=fresh(world.general_secretary), decision="  ")
    assert Extension.objects.get().state == "asked"


@pytest.mark.parametrize("role", ["commissioner", "member", "sister_secretary", "foreign_secretary", "secretary"])
def test_only_the_level_above_decides(world: World, role: str) -> None:
    supervised("a", world.branch)
    extension = ask(world)
    with pytest.raises(NotAllowed):
        grant_extension(extension=extension, actor=fresh(getattr(world, role)))
    assert (load("a").due_on, Extension.objects.get().state) == (DUE, "asked")


@pytest.mark.parametrize("role", ["member", "sister_secretary", "foreign_secretary", "general_secretary", "officer"])
def test_only_the_unit_asks(world: World, role: str) -> None:
    task = supervised("a", world.branch)
    with pytest.raises(NotAllowed):
        ask_extension(task=task, actor=fresh(getattr(world, role)), new_due_on=LATER, reason="忙")
    assert not Extension.objects.exists()


@pytest.mark.parametrize("state", ["pending", "submitted", "done", "waived", "stopped"])
def test_wrong_states(world: World, state: str) -> None:
    supervised("a", world.branch)
    Task.objects.update(state=state)
    with pytest.raises(Conflict):
        ask(world)
    assert not Extension.objects.exists()


def test_a_cadence_is_not_extended(world: World) -> None:
    agreed("a", world.branch)
    with pytest.raises(Conflict, match="周期事项不能延期"):
        ask(world)


def test_not_after_the_due_date(world: World) -> None:
    task = supervised("a", world.branch)
    with clock.moved(date(2026, 7, 2)), pytest.raises(Conflict, match="已经过了"):
        ask_extension(task=task, actor=fresh(world.secretary), new_due_on=LATER, reason="忙")


def test_the_new_date_is_later_and_reasoned(world: World) -> None:
    task = supervised("a", world.branch)
    secretary = fresh(world.secretary)
    with pytest.raises(InvalidInput) as error:
        ask_extension(task=task, actor=secretary, new_due_on=DUE, reason="忙")
    assert set(error.value.errors) == {"new_due_on"}
    with pytest.raises(InvalidInput) as error:
        ask_extension(task=task, actor=secretary, new_due_on=LATER, reason=" ")
    assert set(error.value.errors) == {"reason"}


def test_one_request_at_a_time(world: World) -> None:
    supervised("a", world.branch)
    ask(world)
    with pytest.raises(Conflict, match="待审批"):
        ask(world)
    assert Extension.objects.count() == 1


def test_what_was_submitted_meanwhile_gets_no_extension(world: World) -> None:
    supervised("a", world.branch)
    extension = ask(world)
    submit_task(task=load("a"), actor=fresh(world.secretary), note="完成")
    with pytest.raises(Conflict):
        grant_extension(extension=extension, actor=fresh(world.general_secretary))
    assert (load("a").due_on, Extension.objects.get().state) == (DUE, "asked")


def test_at_the_root_a_second_officer_decides(world: World) -> None:
    supervised("a", world.committee)
    task = load("a")
    extension = ask_extension(task=task, actor=fresh(world.root_secretary), new_due_on=LATER, reason="等上级")
    with pytest.raises(NotAllowed):
        grant_extension(extension=extension, actor=fresh(world.root_secretary))
    grant_extension(extension=extension, actor=fresh(world.root_deputy))
    assert load("a").due_on == LATER


def test_a_milestone_moves_and_with_it_the_window_of_the_next(world: World) -> None:
    project_of(world, [(date(2026, 5, 1), date(2026, 6, 30), 40), (date(2026, 6, 30), date(2026, 9, 30), 60)])
    first, second = Milestone.objects.order_by("number")
    leader = fresh(world.general_secretary)
    extension = ask_extension(task=first.task, actor=leader, new_due_on=LATER, reason="接口推迟")
    with pytest.raises(NotAllowed):
        grant_extension(extension=extension, actor=leader)
    grant_extension(extension=extension, actor=fresh(world.root_secretary))
    first.refresh_from_db()
    assert first.due_on == LATER
    assert Task.objects.get(pk=second.task_id).window_start == LATER


def test_a_milestone_does_not_pass_the_next(world: World) -> None:
    project_of(world, [(date(2026, 5, 1), date(2026, 6, 30), 40), (date(2026, 6, 30), date(2026, 8, 10), 60)])
    first, second = Milestone.objects.order_by("number")
    leader = fresh(world.general_secretary)
    with pytest.raises(InvalidInput, match="下一个里程碑"):
        ask_extension(task=first.task, actor=leader, new_due_on=date(2026, 8, 10), reason="推迟")
    assert not Extension.objects.exists()
    extension = ask_extension(task=first.task, actor=leader, new_due_on=LATER, reason="推迟")
    Milestone.objects.filter(pk=second.pk).update(due_on=date(2026, 7, 10))  # moved while the request waited
    with pytest.raises(Conflict, match="下一个里程碑"):
        grant_extension(extension=extension, actor=fresh(world.root_secretary))
    first.refresh_from_db()
    assert (first.due_on, Extension.objects.get().state) == (date(2026, 6, 30), "asked")


def test_an_extension_answers_a_yellow_light(world: World) -> None:
    """Yellow and silent for ten working days turns orange; an extension granted meanwhile starts the count anew."""
    for key in ("a", "b"):
        supervised(key, world.branch, window_start=date(2026, 1, 1), due_on=date(2026, 6, 30))  # yellow from 05-07
    Task.objects.filter(natural_key="b").update(answered_on=date(2026, 5, 20))
    day = date(2026, 5, 25)  # 27 days earlier than orange by the window (27 days left)
    with clock.moved(day):
        refresh_lights(day)
    assert (load("a").light, load("b").light) == ("orange", "yellow")
    # 8 and (made up for the May holiday) 9 May, twice five days, and the 25th.
    assert "黄灯后13个工作日未回应" in load("a").light_cause


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_decide_at_once() -> None:
    with clock.moved(TODAY):
        world = make_world()
        supervised("a", world.branch)
        extension = ask(world)
        outcomes: list[str] = []

        def decide() -> None:
            try:
                with clock.moved(TODAY):
                    grant_extension(
                        extension=Extension.objects.get(pk=extension.pk), actor=fresh(world.general_secretary)
                    )
                outcomes.append("granted")
            except DomainError:
                outcomes.append("refused")
            finally:
                connection.close()

        threads = [threading.Thread(target=decide) for _n in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(outcomes) == ["granted", "refused"]
    assert [row[0] for row in log(load("a"))].count("extended") == 1
