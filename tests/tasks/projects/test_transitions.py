"""Every change of a project: legal from where, allowed to whom, with what effect; refused otherwise, with nothing done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from common.errors import Conflict, DomainError, NotAllowed
from orgs.models import User
from tasks import project_states as states
from tasks.models import Extension, IndicatorReading, Project, ProjectEvent, Task, TaskEvent
from tasks.services import ask_extension, grant_extension, refuse_extension
from tasks.services.project_changes import NewPlan, change_plan
from tasks.services.project_reviews import (
    accept_project,
    apply_for_acceptance,
    reject_project,
    report_on_project,
    stop_project,
)
from tasks.services.projects import (
    approve_project,
    discard_project,
    edit_project,
    return_project,
    submit_project,
)
from tests.tasks.projects import making
from tests.tasks.projects.making import START, draft_of, final_values, recorder_of, running, task_of
from tests.tasks.world import World, fresh

# One row per verb, written out; a state that is not named refuses the verb.
EXPECTED = {
    "edit": {"draft": "draft"},
    "submit": {"draft": "reviewing"},
    "discard": {"draft": "stopped"},
    "return": {"reviewing": "draft"},
    "approve": {"reviewing": "active"},
    "report": {"active": "active", "extension": "extension"},
    "replan": {"active": "active"},
    "ask_extension": {"active": "extension", "extension": "extension"},
    "settle_extension": {"extension": "active"},
    "apply": {"active": "acceptance"},
    "accept": {"acceptance": "closed"},
    "reject": {"acceptance": "active"},
    "stop": {"reviewing": "stopped", "active": "stopped", "extension": "stopped", "acceptance": "stopped"},
}


@pytest.mark.parametrize("verb", states.VERBS)
def test_every_state_and_verb(verb: str) -> None:
    assert {state: states.next_state(verb, state) for state in states.STATES} == {
        state: EXPECTED[verb].get(state) for state in states.STATES
    }
    assert {state for state in states.STATES if verb in states.allowed_verbs(state)} == set(EXPECTED[verb])


def test_the_table_names_states_only_and_what_is_over_stays_so() -> None:
    assert set(states.TABLE) == set(states.VERBS) == set(EXPECTED)
    assert {to for row in states.TABLE.values() for to in row.values()} <= set(states.STATES)
    assert states.allowed_verbs("closed") == states.allowed_verbs("stopped") == frozenset()


DRAFTS = frozenset({"leader", "co_leader", "recorder", "officer", "root_secretary"})
CARRIES_OUT = frozenset({"leader", "co_leader", "recorder"})
DECIDES = frozenset({"root_secretary", "root_deputy", "officer"})
ROLES = (
    *sorted(DRAFTS),
    "root_deputy",
    "sister_secretary",
    "commissioner",
    "other_general_secretary",
    "foreign_secretary",
    "member",
    "outsider",
)
Command = Callable[[World, Project, User], Any]


def person(world: World, role: str) -> User:
    """The account that plays a role; the co-leader is the secretary of a branch of the general branch."""
    if role == "recorder":
        return recorder_of(world)
    return fresh(getattr(world, {"leader": "general_secretary", "co_leader": "secretary"}.get(role, role)))


def _plan(world: World) -> NewPlan:
    milestones = making.with_row(draft_of(world), 2, due_on=date(2026, 12, 10)).milestones
    leader, helper = world.general_secretary.person, world.secretary.person
    assert leader is not None and helper is not None
    return NewPlan(leader, [helper], None, "monthly", making.END, milestones)


def _request(project: Project) -> Extension:
    return Extension.objects.get(task__milestone__project=project)


@dataclass(frozen=True)
class Change:
    """A command: how the project comes there, who may, and the state after."""

    ready: Callable[[World], Project]
    command: Command
    may: frozenset[str]
    after: str
    event: str = ""


def asked(world: World) -> Project:
    """Running, with a request for more time by the leader."""
    project = running(world)
    leader = fresh(world.general_secretary)
    ask_extension(task=task_of(project, 1), actor=leader, new_due_on=date(2026, 8, 1), reason="接口推迟")
    return Project.objects.get(pk=project.pk)


def finished(world: World) -> Project:
    """Running, every milestone accepted."""
    return making.finish(world, running(world))


CHANGES = {
    "edit": Change(
        making.drafted,
        lambda w, p, u: edit_project(project=p, draft=draft_of(w, title="改名"), actor=u),
        DRAFTS,
        "draft",
    ),
    "submit": Change(making.drafted, lambda w, p, u: submit_project(project=p, actor=u), DRAFTS, "reviewing"),
    "discard": Change(
        making.drafted, lambda w, p, u: discard_project(project=p, actor=u, reason="重复"), DRAFTS, "stopped"
    ),
    "return": Change(
        making.reviewing, lambda w, p, u: return_project(project=p, actor=u, reason="指标不清"), DECIDES, "draft"
    ),
    "approve": Change(making.reviewing, lambda w, p, u: approve_project(project=p, actor=u), DECIDES, "active"),
    "report": Change(
        running, lambda w, p, u: report_on_project(project=p, actor=u, note="过半", progress=50), CARRIES_OUT, "active"
    ),
    "replan": Change(
        running, lambda w, p, u: change_plan(project=p, plan=_plan(w), actor=u, reason="顺延"), DECIDES, "active"
    ),
    "ask_extension": Change(
        running,
        lambda w, p, u: ask_extension(task=task_of(p, 1), actor=u, new_due_on=date(2026, 8, 1), reason="推迟"),
        CARRIES_OUT,
        "extension",
    ),
    "grant": Change(
        asked,
        lambda w, p, u: grant_extension(extension=_request(p), actor=u),
        DECIDES,
        "active",
        event="settle_extension",
    ),
    "refuse": Change(
        asked,
        lambda w, p, u: refuse_extension(extension=_request(p), actor=u, decision="够用"),
        DECIDES,
        "active",
        event="settle_extension",
    ),
    "apply": Change(
        finished,
        lambda w, p, u: apply_for_acceptance(project=p, actor=u, result="做成了", readings=final_values(p)),
        CARRIES_OUT,
        "acceptance",
    ),
    "accept": Change(making.waiting, lambda w, p, u: accept_project(project=p, actor=u), DECIDES, "closed"),
    "reject": Change(
        making.waiting, lambda w, p, u: reject_project(project=p, actor=u, reason="缺佐证"), DECIDES, "active"
    ),
    "stop": Change(running, lambda w, p, u: stop_project(project=p, actor=u, reason="并入"), DECIDES, "stopped"),
}


def counts() -> tuple[int, ...]:
    """How much is written, to see that a refusal writes nothing."""
    return tuple(model.objects.count() for model in (ProjectEvent, Task, TaskEvent, Extension, IndicatorReading))


@pytest.mark.parametrize("verb", sorted(CHANGES))
def test_who_may_and_who_not(world: World, verb: str, subtests: pytest.Subtests) -> None:
    change = CHANGES[verb]
    project = change.ready(world)
    before, written = project.state, counts()
    for role in ROLES:
        actor = person(world, role)
        with subtests.test(role), transaction.atomic():
            if role in change.may:
                change.command(world, project, actor)
                stored = Project.objects.get(pk=project.pk)
                assert stored.state == change.after
                if verb != "report":
                    event = stored.events.latest("id")
                    assert (event.verb, event.from_state, event.to_state, event.actor) == (
                        change.event or verb,
                        before,
                        change.after,
                        actor,
                    )
            else:
                with pytest.raises(NotAllowed):
                    change.command(world, project, actor)
                assert (Project.objects.get(pk=project.pk).state, counts()) == (before, written)
            transaction.set_rollback(True)


@pytest.mark.parametrize("verb", sorted(set(CHANGES) - {"grant", "refuse"}))
def test_from_the_wrong_state(world: World, verb: str, subtests: pytest.Subtests) -> None:
    """Whoever may use the verb is refused in every other state; nothing is written."""
    change = CHANGES[verb]
    project = change.ready(world)
    actor = person(world, sorted(change.may)[0])
    wrong = [state for state in states.STATES if state not in EXPECTED[verb]]
    assert len(wrong) >= 3
    for state in wrong:
        with subtests.test(state), transaction.atomic():
            Project.objects.filter(pk=project.pk).update(state=state)
            written = counts()
            with pytest.raises(Conflict):
                change.command(world, project, actor)
            assert (Project.objects.get(pk=project.pk).state, counts()) == (state, written)
            transaction.set_rollback(True)


@pytest.mark.parametrize("verb", sorted(set(CHANGES) - {"edit", "report", "replan"}))
def test_a_double_click_happens_once(world: World, verb: str) -> None:
    change = CHANGES[verb]
    project = change.ready(world)
    actor = person(world, sorted(change.may)[0])
    change.command(world, project, actor)
    written = counts()
    with pytest.raises(DomainError):
        change.command(world, project, actor)
    assert counts() == written


# --- what a change does beside the state -------------------------------------------------------------------------------


def test_approval_opens_one_task_per_milestone_for_the_leader(world: World) -> None:
    project = running(world)
    tasks = Task.objects.filter(source="milestone").order_by("due_on")
    columns = ("natural_key", "title", "window_start", "due_on", "profile", "state", "act_url")
    assert list(tasks.values_list(*columns)) == [
        (
            f"milestone:{project.code}:{n}",
            f"{title}（一次办成）",
            start,
            due,
            "supervision",
            "active",
            "/projects/PN2601/",
        )
        for n, (title, start, due) in enumerate(
            [
                ("摸底", START, date(2026, 7, 10)),
                ("试点", date(2026, 7, 10), date(2026, 9, 30)),
                ("推开", date(2026, 9, 30), date(2026, 11, 30)),
            ],
            1,
        )
    ]
    assert {task.person_id for task in tasks} == {project.leader_id}
    assert {task.organisation_id for task in tasks} == {world.general.pk}
    assert all(task.requirement == {"rhythm_days": 31, "with": [world.secretary.person_id]} for task in tasks)
    assert project.approved_by == world.root_secretary
    linked = project.milestones.order_by("number").values_list("weight", "task__natural_key")
    assert list(linked) == list(zip((40, 35, 25), (task.natural_key for task in tasks), strict=True))


@pytest.mark.parametrize(("rhythm", "days"), [("weekly", 7), ("fortnightly", 14), ("monthly", 31), ("quarterly", 92)])
def test_the_rhythm_of_the_reports(world: World, rhythm: str, days: int) -> None:
    running(world, rhythm=rhythm)
    assert {task.requirement["rhythm_days"] for task in Task.objects.filter(source="milestone")} == {days}


def test_stopping_stops_what_is_open_and_keeps_what_is_done(world: World) -> None:
    project = asked(world)
    stop_project(project=project, actor=fresh(world.root_deputy), reason="并入学校改革")
    assert set(Task.objects.filter(source="milestone").values_list("state", flat=True)) == {"stopped"}
    assert {task.events.latest("id").cause for task in Task.objects.all()} == {"并入学校改革"}
    assert _request(project).state == "withdrawn"
    stored = Project.objects.get(pk=project.pk)
    assert (stored.closed_on, making.log(stored)[-1]) == (START, ("stop", "extension", "stopped", "并入学校改革"))


def test_a_returned_draft_keeps_the_reason_until_it_is_sent_again(world: World) -> None:
    project = return_project(project=making.reviewing(world), actor=fresh(world.root_deputy), reason="指标不清")
    assert (project.state, project.return_cause) == ("draft", "指标不清")
    assert submit_project(project=project, actor=recorder_of(world)).return_cause == ""


def test_every_change_leaves_a_history_row_with_user_and_reason(world: World) -> None:
    project = running(world)
    rows = project.history.order_by("history_id").values_list("state", "history_user__person__name")  # type: ignore[attr-defined]
    assert list(rows) == [
        ("draft", "总支宣传委员"),
        ("reviewing", "总支宣传委员"),
        ("active", "党委书记"),
    ]
