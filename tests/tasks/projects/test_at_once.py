"""Two people at the same moment: one is served, the other is told, nothing is there twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from datetime import date
from typing import Any

import pytest
from django.db import connection

from common import clock
from common.errors import DomainError
from tasks.models import Extension, Milestone, Project, ProjectEvent, Task
from tasks.services import accept_task, ask_extension, return_task, submit_task
from tasks.services.project_reviews import accept_project, reject_project, stop_project
from tasks.services.projects import approve_project
from tests.tasks.projects.making import reviewing, running, task_of, waiting
from tests.tasks.world import World, fresh, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
TODAY = date(2026, 6, 15)


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    """The small committee, committed, so that several connections see it."""
    with clock.moved(TODAY):
        yield make_world()


def at_once(*actions: Callable[[], Any]) -> list[str]:
    """Run the actions in threads that begin together; what became of each."""
    barrier = threading.Barrier(len(actions))
    outcomes: list[str] = [""] * len(actions)

    def run(place: int, action: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            action()
            outcomes[place] = "done"
        except DomainError as error:
            outcomes[place] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=copy_context().run, args=(run, *item)) for item in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(outcomes)


def test_two_approve(world: World) -> None:
    project = reviewing(world)
    actors = [fresh(world.root_secretary), fresh(world.root_deputy)]
    assert at_once(*[lambda actor=actor: approve_project(project=project, actor=actor) for actor in actors]) == [
        "Conflict",
        "done",
    ]
    assert (Task.objects.count(), ProjectEvent.objects.filter(verb="approve").count()) == (3, 1)
    assert Milestone.objects.filter(task__isnull=False).count() == 3


def test_two_projects_of_one_leader_approved_at_once(world: World) -> None:
    first, second = reviewing(world, title="第一个"), reviewing(world, title="第二个", second_reason="x")
    Project.objects.update(second_reason="")
    Project.objects.filter(pk=second.pk).update(state="draft")
    Project.objects.filter(pk=second.pk).update(state="reviewing")
    outcomes = at_once(
        lambda: approve_project(project=first, actor=fresh(world.root_secretary)),
        lambda: approve_project(project=second, actor=fresh(world.root_deputy)),
    )
    # Each sees the other wait or run: neither passes without a reason, and never both.
    assert outcomes.count("done") <= 1
    assert Project.objects.filter(state="active").count() == outcomes.count("done")


def test_one_accepts_and_one_sends_back(world: World) -> None:
    project = waiting(world)
    outcomes = at_once(
        lambda: accept_project(project=project, actor=fresh(world.root_secretary)),
        lambda: reject_project(project=project, actor=fresh(world.root_deputy), reason="缺数据"),
    )
    assert outcomes == ["Conflict", "done"]
    assert ProjectEvent.objects.filter(verb__in=("accept", "reject")).count() == 1


def test_two_accept_a_milestone(world: World) -> None:
    project = running(world)
    submit_task(task=task_of(project, 1), actor=fresh(world.general_secretary), note="完成")
    task = task_of(project, 1)
    outcomes = at_once(
        lambda: accept_task(task=task_of(project, 1), actor=fresh(world.root_secretary)),
        lambda: accept_task(task=task_of(project, 1), actor=fresh(world.root_deputy)),
        lambda: return_task(task=task_of(project, 1), actor=fresh(world.officer), reason="缺"),
    )
    assert outcomes == ["Conflict", "Conflict", "done"]
    assert task.events.filter(verb__in=("accepted", "returned")).count() == 1


def test_stopped_while_more_time_is_asked(world: World) -> None:
    project = running(world)
    task = task_of(project, 1)
    leader = fresh(world.general_secretary)
    at_once(
        lambda: stop_project(project=project, actor=fresh(world.root_deputy), reason="并入"),
        lambda: ask_extension(task=task, actor=leader, new_due_on=date(2026, 8, 1), reason="推迟"),
    )
    assert Project.objects.get().state == "stopped"
    assert set(Task.objects.values_list("state", flat=True)) == {"stopped"}
    assert not Extension.objects.filter(state="asked").exists()
