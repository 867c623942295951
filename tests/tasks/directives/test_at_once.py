"""Two people at the same moment: one is served, the other is told, nothing is there twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection

from common import clock
from common.errors import DomainError
from tasks.models import Directive, DualSignature, Extension, Task, TaskEvent
from tasks.services import (
    accept_task,
    acknowledge_task,
    ask_extension,
    grant_extension,
    refuse_extension,
    return_task,
    submit_task,
)
from tasks.services.directives import return_directive
from tasks.services.dual_signing import ask_signing, refuse, sign
from tasks.services.issuing import approve_directive
from tasks.services.passing_on import pass_on_task
from tests.tasks.conftest import TODAY
from tests.tasks.directives.making import at_work, awaiting, dean, drafted, issued, task_of, text
from tests.tasks.world import World, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    """The small committee, committed, so that several connections see it."""
    with clock.moved(TODAY):
        found = make_world()
        text()
        yield found


def at_once(*actions: Callable[[], Any]) -> list[str]:
    """Run the actions in threads that begin together; what became of each: its type of error, or ``yes``."""
    barrier = threading.Barrier(len(actions))
    results = [""] * len(actions)

    def run(number: int, action: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            action()
            results[number] = "yes"
        except (DomainError, DatabaseError) as error:
            results[number] = type(error).__name__
        finally:
            connection.close()

    threads = [
        threading.Thread(target=copy_context().run, args=(run, number, action)) for number, action in enumerate(actions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(results)


def again(directive: Directive) -> Directive:
    """As another request reads it."""
    return Directive.objects.select_related("organisation").get(pk=directive.pk)


def test_two_drafts_get_two_numbers(world: World) -> None:
    facts = {"title": "同时起草"}
    results = at_once(
        lambda: drafted(world, **facts), lambda: drafted(world, actor=world.officer, **facts), lambda: drafted(world)
    )
    assert results == ["yes"] * 3
    assert sorted(Directive.objects.values_list("number", flat=True)) == ["DB2026-001", "DB2026-002", "DB2026-003"]


def test_a_double_click_on_issue(world: World) -> None:
    directive = awaiting(world, world.branch, world.foreign)
    first, second = again(directive), again(directive)
    results = at_once(
        lambda: approve_directive(directive=first, actor=world.root_secretary),
        lambda: approve_directive(directive=second, actor=world.officer),
    )
    assert results == ["Conflict", "yes"]
    assert (Task.objects.count(), TaskEvent.objects.count()) == (2, 2)


def test_approved_while_it_is_returned(world: World) -> None:
    directive = awaiting(world, world.branch)
    first, second = again(directive), again(directive)
    results = at_once(
        lambda: approve_directive(directive=first, actor=world.root_secretary),
        lambda: return_directive(directive=second, actor=world.officer, reason="标准不清"),
    )
    assert results == ["Conflict", "yes"]
    assert (again(directive).state, Task.objects.count()) in {("issued", 1), ("draft", 0)}


def test_the_last_two_accepted_at_once_close_the_directive(world: World) -> None:
    directive = issued(world, world.branch, world.foreign, support=(world.sister,))
    tasks = []
    for place, actor in ((world.branch, world.secretary), (world.foreign, world.foreign_secretary)):
        task = acknowledge_task(task=task_of(directive, place), actor=actor)
        submit_task(task=task, actor=actor, note="完成")
        tasks.append(task_of(directive, place))
    results = at_once(
        lambda: accept_task(task=tasks[0], actor=world.general_secretary),
        lambda: accept_task(task=tasks[1], actor=world.other_general_secretary),
    )
    assert results == ["yes", "yes"]
    assert again(directive).state == "done"
    assert task_of(directive, world.sister).state == "done"


def test_two_accept(world: World) -> None:
    task = at_work(world, world.branch, actor=world.secretary)
    submit_task(task=task, actor=world.secretary, note="完成")
    directive = Directive.objects.get()
    first, second = task_of(directive, world.branch), task_of(directive, world.branch)
    results = at_once(
        lambda: accept_task(task=first, actor=world.general_secretary),
        lambda: accept_task(task=second, actor=world.root_secretary),
    )
    assert results == ["Conflict", "yes"]
    assert TaskEvent.objects.filter(verb="accepted").count() == 1


def test_accepted_while_it_is_returned(world: World) -> None:
    task = at_work(world, world.branch, actor=world.secretary)
    submit_task(task=task, actor=world.secretary, note="完成")
    directive = Directive.objects.get()
    first, second = task_of(directive, world.branch), task_of(directive, world.branch)
    results = at_once(
        lambda: accept_task(task=first, actor=world.general_secretary),
        lambda: return_task(task=second, actor=world.root_secretary, reason="缺台账"),
    )
    assert results == ["Conflict", "yes"]
    assert (task_of(directive, world.branch).state, again(directive).state) in {
        ("done", "done"),
        ("returned", "issued"),
    }


def test_signed_twice_at_once(world: World) -> None:
    directive = issued(world, world.branch)
    first, second = task_of(directive, world.branch), task_of(directive, world.branch)
    results = at_once(
        lambda: acknowledge_task(task=first, actor=world.secretary),
        lambda: acknowledge_task(task=second, actor=world.commissioner),
    )
    assert results == ["Conflict", "yes"]
    assert TaskEvent.objects.filter(verb="acknowledged").count() == 1


def test_an_extension_granted_and_refused(world: World) -> None:
    task = at_work(world, world.branch, actor=world.secretary)
    asked = ask_extension(task=task, actor=world.secretary, new_due_on=date(2026, 7, 30), reason="人手紧")
    first, second = Extension.objects.get(pk=asked.pk), Extension.objects.get(pk=asked.pk)
    results = at_once(
        lambda: grant_extension(extension=first, actor=world.general_secretary),
        lambda: refuse_extension(extension=second, actor=world.root_secretary, decision="时间充足"),
    )
    assert results == ["Conflict", "yes"]
    due, state = Task.objects.get().due_on, Extension.objects.get().state
    assert (due, state) in {(date(2026, 7, 30), "granted"), (date(2026, 7, 15), "refused")}


def test_both_sign_in_the_same_moment(world: World) -> None:
    head = dean(world)
    signature = ask_signing(task=at_work(world, is_important=True), actor=world.general_secretary, note="完成")
    first, second = DualSignature.objects.get(pk=signature.pk), DualSignature.objects.get(pk=signature.pk)
    results = at_once(
        lambda: sign(signature=first, actor=world.general_secretary), lambda: sign(signature=second, actor=head)
    )
    assert results == ["yes", "yes"]
    assert DualSignature.objects.get().state == "both"
    assert TaskEvent.objects.filter(verb="submitted").count() == 1
    assert Task.objects.get().state == "submitted"


def test_one_signs_while_the_other_refuses(world: World) -> None:
    head = dean(world)
    signature = ask_signing(task=at_work(world, is_important=True), actor=world.general_secretary, note="完成")
    sign(signature=signature, actor=world.general_secretary)
    first, second = DualSignature.objects.get(pk=signature.pk), DualSignature.objects.get(pk=signature.pk)
    results = at_once(
        lambda: sign(signature=first, actor=head), lambda: refuse(signature=second, actor=head, reason="台账不全")
    )
    assert results == ["Conflict", "yes"]
    assert (DualSignature.objects.get().state, Task.objects.get().state) in {
        ("both", "submitted"),
        ("refused", "active"),
    }


def test_passed_on_twice_at_once(world: World) -> None:
    task = at_work(world)
    first, second = task_of(Directive.objects.get(), world.general), task_of(Directive.objects.get(), world.general)
    results = at_once(
        lambda: pass_on_task(task=first, actor=world.general_secretary, organisations=[world.branch]),
        lambda: pass_on_task(task=second, actor=world.general_secretary, organisations=[world.branch]),
    )
    assert results == ["InvalidInput", "yes"]
    assert task.children.count() == 1


def test_asked_twice_at_once(world: World) -> None:
    dean(world)
    at_work(world, is_important=True)
    first, second = task_of(Directive.objects.get(), world.general), task_of(Directive.objects.get(), world.general)
    results = at_once(
        lambda: ask_signing(task=first, actor=world.general_secretary, note="完成"),
        lambda: ask_signing(task=second, actor=world.general_secretary, note="完成"),
    )
    assert results == ["Conflict", "yes"]
    assert DualSignature.objects.count() == 1
