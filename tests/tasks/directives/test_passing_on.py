"""A general branch passes its Task on; progress rolls up; it submits when its branches are done, or says why not."""

from datetime import date
from typing import Any

import pytest

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from orgs.models import Organisation
from tasks.models import Task
from tasks.nightly import open_follow_ups
from tasks.services import (
    accept_task,
    acknowledge_task,
    ask_extension,
    grant_extension,
    report_progress,
    submit_task,
    waive_task,
)
from tasks.services.passing_on import branches_to_pass_on, pass_on_task
from tests.tasks.directives.making import at_work, issued, task_of, unit_of
from tests.tasks.world import World, load

TODAY = date(2026, 6, 15)


def passed_on(world: World, *branches: Organisation, **more: Any) -> tuple[Task, list[Task]]:
    """The general branch's Task and those of its branches."""
    task = at_work(world)
    opened = pass_on_task(
        task=task,
        actor=world.general_secretary,
        organisations=list(branches or (world.branch, world.sister)),
        **more,
    )
    return load(task.natural_key), opened


def finish(world: World, task: Task, actor: Any) -> None:
    acknowledge_task(task=task, actor=actor)
    submit_task(task=task, actor=actor, note="完成")
    accept_task(task=task, actor=world.general_secretary)


def test_branches_get_tasks_of_their_own(world: World) -> None:
    above, opened = passed_on(world, due_on=date(2026, 7, 10), note="重点查实训楼")
    assert [task.natural_key for task in opened] == ["directive:DB2026-001:ZB101", "directive:DB2026-001:ZB102"]
    for task in opened:
        assert (task.parent, task.due_on, task.state, task.profile) == (
            above,
            date(2026, 7, 10),
            "pending",
            "supervision",
        )
    unit = unit_of(above.directive_unit.directive, world.branch)
    assert (unit.parent, unit.part, unit.acknowledge_by) == (above.directive_unit, "lead", opened[0].acknowledge_by)
    first, last = opened[0].events.first(), above.events.last()
    assert first is not None and last is not None
    assert first.cause == "ZZ1党总支转交。重点查实训楼"
    assert (last.verb, last.actor) == ("passed_on", world.general_secretary)
    assert "ZB101党支部、ZB102党支部，2026-07-10前完成" in last.cause
    assert branches_to_pass_on(above) == []


def test_more_may_follow(world: World) -> None:
    above, _opened = passed_on(world, world.branch)
    assert branches_to_pass_on(above) == [world.sister]
    pass_on_task(task=above, actor=world.general_secretary, organisations=[world.sister])
    assert above.children.count() == 2


@pytest.mark.parametrize(
    ("branches", "more", "field", "words"),
    [
        ([], {}, "organisations", "请至少选一个支部"),
        (["foreign"], {}, "organisations", "不是ZZ1党总支的下级"),
        (["general"], {}, "organisations", "不是ZZ1党总支的下级"),
        (["branch", "branch"], {}, "organisations", "选了两次"),
        (["branch"], {"due_on": date(2026, 7, 16)}, "due_on", "不能晚于本总支的期限2026-07-15"),
        (["branch"], {"due_on": date(2026, 6, 14)}, "due_on", "不能早于今天"),
        (["branch"], {"note": "长" * 501}, "note", "最多500字"),
    ],
)
def test_bad_input(world: World, branches: list[str], more: dict[str, Any], field: str, words: str) -> None:
    task = at_work(world)
    with pytest.raises(InvalidInput) as caught:
        pass_on_task(
            task=task,
            actor=world.general_secretary,
            organisations=[getattr(world, name) for name in branches],
            **more,
        )
    assert words in caught.value.errors[field]
    assert Task.objects.count() == 1


def test_a_branch_that_has_it_already(world: World) -> None:
    above, _opened = passed_on(world, world.branch)
    with pytest.raises(InvalidInput, match="已经是这份交办的承办单位"):
        pass_on_task(task=above, actor=world.general_secretary, organisations=[world.branch])


@pytest.mark.parametrize("name", ["secretary", "commissioner", "root_secretary", "officer", "other_general_secretary"])
def test_by_whom(world: World, name: str) -> None:
    task = at_work(world)
    with pytest.raises(NotAllowed, match="本党总支的书记、副书记"):
        pass_on_task(task=task, actor=getattr(world, name), organisations=[world.branch])


def test_only_a_general_branch(world: World) -> None:
    task = at_work(world, world.branch, actor=world.secretary)
    with pytest.raises(NotAllowed, match="只有党总支可以转交"):
        pass_on_task(task=task, actor=world.secretary, organisations=[world.sister])


def test_from_where(world: World) -> None:
    task = task_of(issued(world), world.general)
    with pytest.raises(Conflict, match="请先签收"):
        pass_on_task(task=task, actor=world.general_secretary, organisations=[world.branch])
    acknowledge_task(task=task, actor=world.general_secretary)
    submit_task(task=task, actor=world.general_secretary, note="完成")
    with pytest.raises(Conflict, match="已经提交"):
        pass_on_task(task=task, actor=world.general_secretary, organisations=[world.branch])


def test_a_supporting_unit_hands_nothing_on(world: World) -> None:
    directive = issued(world, world.foreign, support=(world.general,))
    task = acknowledge_task(task=task_of(directive, world.general), actor=world.general_secretary)
    with pytest.raises(Conflict, match="签收即可，不用转交"):
        pass_on_task(task=task, actor=world.general_secretary, organisations=[world.branch])


def test_progress_rolls_up_and_a_report_below_is_a_report_above(world: World) -> None:
    above, (first, second) = passed_on(world)
    acknowledge_task(task=first, actor=world.secretary)
    acknowledge_task(task=second, actor=world.sister_secretary)
    with clock.moved(date(2026, 6, 20)):
        report_progress(task=first, actor=world.secretary, note="过半", progress=60)
        above = load(above.natural_key)
        assert (above.progress, above.last_report_on) == (30, None)  # the other one is silent
    with clock.moved(date(2026, 6, 22)):
        report_progress(task=second, actor=world.sister_secretary, note="开始", progress=20)
        above = load(above.natural_key)
        assert (above.progress, above.last_report_on) == (40, date(2026, 6, 20))
    with pytest.raises(InvalidInput, match="由已转交的下级汇总"):
        report_progress(task=above, actor=world.general_secretary, note="汇总", progress=90)
    report_progress(task=above, actor=world.general_secretary, note="已检查两个支部")
    assert load(above.natural_key).progress == 40


def test_who_was_passed_on_to_is_asked_for_reports_not_who_passed_on(world: World) -> None:
    above, opened = passed_on(world)
    acknowledge_task(task=opened[0], actor=world.secretary)
    open_follow_ups(TODAY)
    asked = set(Task.objects.filter(source="follow_up").values_list("parent_id", flat=True))
    assert asked == {opened[0].pk}
    assert above.pk not in asked


def test_it_submits_when_its_branches_are_done_or_says_why_not(world: World) -> None:
    above, (first, second) = passed_on(world)
    finish(world, first, world.secretary)
    with pytest.raises(InvalidInput) as caught:
        submit_task(task=load(above.natural_key), actor=world.general_secretary, note="完成")
    assert caught.value.errors["early_reason"].startswith("ZB102党支部还没有办结")
    early = submit_task(
        task=load(above.natural_key), actor=world.general_secretary, note="完成", early_reason="一个支部在外实习"
    )
    assert early.note == "完成（提前提交：一个支部在外实习；未办结：ZB102党支部）"
    accept_task(task=early, actor=world.root_secretary)
    rest = load(second.natural_key)
    assert (rest.state, rest.events.last().cause) == (  # type: ignore[union-attr]
        "stopped",
        "党总支的这项任务已办结，支部不用再办",
    )


def test_with_all_branches_done_no_reason_is_asked(world: World) -> None:
    above, (first, second) = passed_on(world)
    finish(world, first, world.secretary)
    waive_task(task=second, actor=world.general_secretary, reason="没有场所")
    above = load(above.natural_key)
    assert above.progress == 100
    assert submit_task(task=above, actor=world.general_secretary, note="完成").note == "完成"


def test_giving_it_up_above_gives_it_up_below(world: World) -> None:
    above, opened = passed_on(world)
    acknowledge_task(task=opened[0], actor=world.secretary)
    waive_task(task=load(above.natural_key), actor=world.root_secretary, reason="上级统一组织")
    assert {load(task.natural_key).state for task in opened} == {"stopped"}
    directive = above.directive_unit.directive
    directive.refresh_from_db()
    assert directive.state == "done"


def test_a_branch_gets_no_more_time_than_its_general_branch_has(world: World) -> None:
    above, (first, _second) = passed_on(world, due_on=date(2026, 7, 10))
    acknowledge_task(task=first, actor=world.secretary)
    with pytest.raises(InvalidInput, match="不能晚于上级单位这项任务的期限2026-07-15"):
        ask_extension(task=first, actor=world.secretary, new_due_on=date(2026, 7, 16), reason="人手紧")
    asked = ask_extension(task=first, actor=world.secretary, new_due_on=date(2026, 7, 15), reason="人手紧")
    grant_extension(extension=asked, actor=world.general_secretary)
    assert load(first.natural_key).due_on == date(2026, 7, 15)
    assert above.due_on == date(2026, 7, 15)
