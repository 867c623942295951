"""Each transition of a directive: allowed by whom, from where, with what side effect, and refused otherwise."""

from collections.abc import Callable
from typing import Any

import pytest

from common.errors import Conflict, InvalidInput, NotAllowed
from tasks.models import Directive, Task
from tasks.services.directives import discard_directive, return_directive, submit_directive
from tasks.services.issuing import approve_directive, stop_directive
from tests.tasks.directives.making import awaiting, drafted, issued, task_of, waiting
from tests.tasks.world import World

ROLES = (
    "root_secretary",
    "root_deputy",  # drafted it
    "officer",
    "general_secretary",
    "other_general_secretary",
    "secretary",
    "commissioner",
    "leader",
    "member",
    "outsider",
)
WRITERS = {"root_secretary", "root_deputy", "officer"}
DECIDERS = {"root_secretary", "officer"}


def stopped(world: World) -> Directive:
    """Stopped before it was issued."""
    directive = awaiting(world)
    return stop_directive(directive=directive, actor=world.root_secretary, reason="不需要了")


def done(world: World) -> Directive:
    """Its only Task accepted."""
    from tasks.services import accept_task

    task = waiting(world)
    accept_task(task=task, actor=world.root_secretary)
    return Directive.objects.get(units__task=task)


STATES: dict[str, Callable[[World], Directive]] = {
    "draft": drafted,
    "awaiting": awaiting,
    "issued": issued,
    "done": done,
    "stopped": stopped,
}
VERBS: dict[str, tuple[Callable[..., Any], dict[str, str], set[str], dict[str, str]]] = {
    # verb: command, what is typed, who may, from → to
    "submit": (submit_directive, {}, WRITERS, {"draft": "awaiting"}),
    "discard": (discard_directive, {"reason": "重复"}, WRITERS, {"draft": "stopped"}),
    "return": (return_directive, {"reason": "标准不清"}, DECIDERS, {"awaiting": "draft"}),
    "approve": (approve_directive, {}, DECIDERS, {"awaiting": "issued"}),
    "stop": (stop_directive, {"reason": "上级已统一部署"}, DECIDERS, {"awaiting": "stopped", "issued": "stopped"}),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", STATES)
def test_from_where(world: World, state: str, verb: str) -> None:
    command, typed, _who, table = VERBS[verb]
    directive = STATES[state](world)
    before = Task.objects.count()
    if state in table:
        command(directive=directive, actor=world.officer, **typed)
    else:
        with pytest.raises(Conflict) as caught:
            command(directive=directive, actor=world.officer, **typed)
        assert len(str(caught.value.message)) > 10
        assert Task.objects.count() == before
    directive.refresh_from_db()
    assert directive.state == table.get(state, state)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", ROLES)
def test_by_whom(world: World, name: str, verb: str) -> None:
    command, typed, who, table = VERBS[verb]
    state = next(iter(table))
    directive = STATES[state](world)
    if name in who:
        command(directive=directive, actor=getattr(world, name), **typed)
        directive.refresh_from_db()
        assert directive.state == table[state]
        return
    with pytest.raises(NotAllowed):
        command(directive=directive, actor=getattr(world, name), **typed)
    directive.refresh_from_db()
    assert directive.state == state
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("general_secretary", False),  # wrote it
        ("root_secretary", True),
        ("officer", True),
        ("other_general_secretary", False),
        ("secretary", False),
    ],
)
def test_a_general_branchs_directive_is_approved_by_somebody_else_there_or_above(
    world: World, name: str, may: bool
) -> None:
    directive = awaiting(world, world.branch, sender=world.general, actor=world.general_secretary)
    if may:
        approve_directive(directive=directive, actor=getattr(world, name))
        assert task_of(directive, world.branch).state == "pending"
    else:
        with pytest.raises(NotAllowed):
            approve_directive(directive=directive, actor=getattr(world, name))


def test_who_changed_the_text_last_cannot_approve_it(world: World) -> None:
    from tasks.services.directive_units import Picks
    from tasks.services.directives import edit_directive
    from tests.tasks.directives.making import picks, text

    directive = drafted(world)
    edit_directive(
        directive=directive, text=text(), lead=picks(world.branch), support=Picks(), actor=world.root_secretary
    )
    submit_directive(directive=directive, actor=world.root_deputy)
    with pytest.raises(NotAllowed, match="您起草的"):
        approve_directive(directive=directive, actor=world.root_secretary)
    approve_directive(directive=directive, actor=world.root_deputy)
    assert task_of(directive, world.branch)


@pytest.mark.parametrize(("verb", "state"), [("return", "awaiting"), ("stop", "issued"), ("discard", "draft")])
@pytest.mark.parametrize("reason", ["  ", "长" * 501])
def test_a_reason_is_needed(world: World, verb: str, state: str, reason: str) -> None:
    directive = STATES[state](world)
    with pytest.raises(InvalidInput) as caught:
        VERBS[verb][0](directive=directive, actor=world.officer, reason=reason)
    assert list(caught.value.errors) == ["reason"]
    directive.refresh_from_db()
    assert directive.state == state


def test_what_is_kept_of_a_decision(world: World) -> None:
    directive = awaiting(world)
    return_directive(directive=directive, actor=world.root_secretary, reason="标准不清，请写明台账要求")
    directive.refresh_from_db()
    assert directive.return_cause == "标准不清，请写明台账要求"
    submit_directive(directive=directive, actor=world.root_deputy)
    approve_directive(directive=directive, actor=world.root_secretary)
    directive.refresh_from_db()
    assert (directive.return_cause, directive.approved_by) == ("", world.root_secretary)
    rows = directive.history.order_by("history_id").values_list("history_change_reason", "history_user__username")
    assert [(reason, name) for reason, name in rows] == [
        ("起草", world.root_deputy.username),
        ("提交审批", world.root_deputy.username),
        ("退回：标准不清，请写明台账要求", world.root_secretary.username),
        ("提交审批", world.root_deputy.username),
        ("审批通过，下发", world.root_secretary.username),
    ]


def test_stopping_stops_what_is_open_and_leaves_what_is_done(world: World) -> None:
    from datetime import date

    from tasks.models import Extension
    from tasks.services import accept_task, acknowledge_task, ask_extension, submit_task

    directive = issued(world, world.branch, world.foreign, support=(world.sister,))
    closed = acknowledge_task(task=task_of(directive, world.branch), actor=world.secretary)
    submit_task(task=closed, actor=world.secretary, note="完成")
    accept_task(task=closed, actor=world.general_secretary)
    other = acknowledge_task(task=task_of(directive, world.foreign), actor=world.foreign_secretary)
    ask_extension(task=other, actor=world.foreign_secretary, new_due_on=date(2026, 7, 30), reason="人手紧")
    stop_directive(directive=directive, actor=world.root_secretary, reason="上级已统一部署")
    directive.refresh_from_db()
    assert (directive.state, directive.return_cause) == ("stopped", "上级已统一部署")
    assert directive.closed_on is not None
    states = {unit.name: unit.task.state for unit in directive.units.select_related("task") if unit.task}
    assert states == {"ZB101党支部": "done", "ZB201党支部": "stopped", "ZB102党支部": "stopped"}
    last = task_of(directive, world.foreign).events.last()
    assert last is not None
    assert (last.verb, last.cause, last.actor) == ("stopped", "交办中止：上级已统一部署", world.root_secretary)
    assert Extension.objects.get().state == "withdrawn"
