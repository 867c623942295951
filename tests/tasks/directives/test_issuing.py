"""What approving opens, and how a directive comes to its end."""

from datetime import date, datetime

import pytest

from common import clock
from common.errors import Conflict, InvalidInput
from notices.models import Notice
from orgs.models import College, Organisation
from tasks.models import Directive, DirectiveUnit, Task, UnitSet
from tasks.nightly import refresh_lights, settle_directives
from tasks.services import accept_task, acknowledge_task, report_progress, stop_task, submit_task, waive_task
from tasks.services.directive_units import Picks
from tasks.services.directives import draft_directive, submit_directive
from tasks.services.issuing import approve_directive
from tests.tasks.directives.making import (
    at_work,
    awaiting,
    department,
    issued,
    person_of,
    picks,
    task_of,
    text,
    unit_of,
    waiting,
)
from tests.tasks.world import World, load

TODAY = date(2026, 6, 15)


def state(directive: Directive) -> str:
    directive.refresh_from_db()
    return directive.state


def test_a_lead_unit_owes_a_supervised_task(world: World) -> None:
    directive = issued(world, world.general, type="instant", rhythm="weekly")
    task = task_of(directive, world.general)
    assert task.natural_key == "directive:DB2026-001:ZZ1"
    assert (task.source, task.kind, task.title, task.state) == ("directive", "directive", "消防安全排查", "pending")
    assert (task.profile, task.requirement, task.office) == ("supervision", {"rhythm_days": 7}, "secretary")
    assert (task.window_start, task.due_on) == (TODAY, date(2026, 7, 15))
    assert task.acknowledge_by == datetime(2026, 6, 16, 9, tzinfo=clock.SHANGHAI)
    unit = unit_of(directive, world.general)
    assert (unit.acknowledge_by, unit.first_report_by) == (task.acknowledge_by, date(2026, 6, 18))
    assert directive.issued_at == clock.now()


def test_a_department_owes_through_its_head(world: World) -> None:
    made, head = department(world)
    directive = issued(world, made, rhythm="")
    task = task_of(directive, made)
    assert task.natural_key == "directive:DB2026-001:BM08"
    assert (task.organisation, task.department, task.office, task.requirement) == (world.committee, made, "head", {})
    assert list(Task.objects.owed_by(head)) == [task]
    assert acknowledge_task(task=task, actor=head).state == "active"


def test_a_supporting_unit_signs_and_is_chased_for_nothing(world: World) -> None:
    directive = issued(world, world.general, support=(world.foreign,), names=("各教研室",))
    task = task_of(directive, world.foreign)
    assert (task.profile, task.requirement, task.state) == ("support", {"supports": True}, "pending")
    assert unit_of(directive, world.foreign).first_report_by is None
    assert DirectiveUnit.objects.get(name="各教研室").task is None
    acknowledge_task(task=task, actor=world.foreign_secretary)
    with pytest.raises(Conflict, match="协办单位签收即可，不用提交"):
        submit_task(task=task, actor=world.foreign_secretary, note="完成")
    with clock.moved(date(2026, 7, 20)):  # the lead unit is late; who supports is not
        refresh_lights(date(2026, 7, 20))
        task = load(task.natural_key)
        assert (task.light, task.light_cause) == ("green", "协办，签收后随牵头单位办结")
        assert task not in Task.objects.overdue()
        assert task not in Task.objects.owed_by(world.foreign_secretary).to_act_on()


def test_who_owes_is_told_at_once(world: World) -> None:
    made, head = department(world)
    issued(world, world.general, made, support=(world.foreign,))
    rows = Notice.objects.filter(kind="to_sign").order_by("person__name").values_list("person__name", "detail")
    assert dict(rows) == {
        "外支部书记": "ZB201党支部：请在2026-06-18 09:00前签收，2026-07-15到期",
        "处长": "教务处：请在2026-06-18 09:00前签收，2026-07-15到期",
        "总支书记": "ZZ1党总支：请在2026-06-18 09:00前签收，2026-07-15到期",
    }
    assert person_of(head).name == "处长"


def test_a_branch_chosen_with_its_general_branch_is_its_child(world: World) -> None:
    directive = issued(world, world.general, world.branch, world.foreign)
    above = task_of(directive, world.general)
    assert task_of(directive, world.branch).parent == above
    assert task_of(directive, world.foreign).parent is None
    assert unit_of(directive, world.branch).parent == unit_of(directive, world.general)
    task = acknowledge_task(task=task_of(directive, world.branch), actor=world.secretary)
    report_progress(task=task, actor=world.secretary, note="过半", progress=60)
    assert task_of(directive, world.general).progress == 60


def test_sets_are_unfolded_as_they_are_on_the_day_of_issue(world: World) -> None:
    listed = UnitSet.objects.create(name="试点单位")
    listed.organisations.set([world.branch])
    directive = draft_directive(
        organisation=world.committee,
        text=text(),
        lead=Picks(sets=[listed]),
        support=Picks(names=["未来学院"]),
        actor=world.root_deputy,
    )
    submit_directive(directive=directive, actor=world.root_deputy)
    listed.organisations.set([world.sister, world.foreign])
    College.objects.create(code="XY9", name="未来学院", organisation=Organisation.objects.get(code="ZZ2"))
    approve_directive(directive=directive, actor=world.root_secretary)
    rows = directive.units.order_by("id").values_list("part", "name", "task__state")
    assert list(rows) == [
        ("lead", "ZB102党支部", "pending"),
        ("lead", "ZB201党支部", "pending"),
        ("support", "ZZ2党总支", "pending"),
    ]


def test_a_unit_dissolved_meanwhile_stops_the_approval(world: World) -> None:
    directive = awaiting(world, world.branch)
    Organisation.objects.filter(pk=world.branch.pk).update(dissolved_on=TODAY)
    with pytest.raises(InvalidInput, match="已经撤销"):
        approve_directive(directive=directive, actor=world.root_secretary)
    assert state(directive) == "awaiting"
    assert not Task.objects.exists()


def test_a_date_passed_meanwhile_stops_the_approval(world: World) -> None:
    directive = awaiting(world)
    with clock.moved(date(2026, 7, 16)), pytest.raises(InvalidInput, match="已经过了"):
        approve_directive(directive=directive, actor=world.root_secretary)
    assert state(directive) == "awaiting"


def test_a_double_click_issues_once(world: World) -> None:
    directive = awaiting(world)
    approve_directive(directive=directive, actor=world.root_secretary)
    with pytest.raises(Conflict, match="已经下发"):
        approve_directive(directive=directive, actor=world.root_secretary)
    assert Task.objects.count() == 1


def test_signing_keeps_time_and_person_and_says_when_it_was_late(world: World) -> None:
    directive = issued(world, world.general, world.foreign)
    with clock.moved(datetime(2026, 6, 18, 9)):
        acknowledge_task(task=task_of(directive, world.general), actor=world.general_secretary)
    with clock.moved(datetime(2026, 6, 18, 10, 30)):
        late = acknowledge_task(task=task_of(directive, world.foreign), actor=world.foreign_secretary)
        unit = unit_of(directive, world.foreign)
        assert (unit.acknowledged_at, unit.acknowledged_by) == (clock.now(), world.foreign_secretary.person)
    causes = [task.events.get(verb="acknowledged").cause for task in (task_of(directive, world.general), late)]
    assert causes == ["", "超过签收时限2小时"]


def test_the_directive_is_done_when_all_who_lead_are(world: World) -> None:
    directive = issued(world, world.branch, world.foreign, support=(world.sister,))
    for place, actor, above in (
        (world.branch, world.secretary, world.general_secretary),
        (world.foreign, world.foreign_secretary, world.other_general_secretary),
    ):
        assert state(directive) == "issued"
        task = acknowledge_task(task=task_of(directive, place), actor=actor)
        submit_task(task=task, actor=actor, note="完成")
        accept_task(task=task, actor=above)
    assert state(directive) == "done"
    assert directive.closed_on == TODAY
    support = task_of(directive, world.sister)
    assert (support.state, support.progress, support.is_late) == ("done", 100, False)
    last = support.events.last()
    assert last is not None
    assert (last.verb, last.cause) == ("done", "牵头单位均已办结，协办随之办结")


@pytest.mark.parametrize(("command", "end"), [(waive_task, "waived"), (stop_task, "stopped")])
def test_waived_and_stopped_count_as_closed(world: World, command: object, end: str) -> None:
    directive = issued(world, world.branch)
    command(task=task_of(directive, world.branch), actor=world.general_secretary, reason="不适用")  # type: ignore[operator]
    assert task_of(directive, world.branch).state == end
    assert state(directive) == "done"


def test_a_returned_task_keeps_it_open(world: World) -> None:
    from tasks.services import return_task

    task = waiting(world)
    return_task(task=task, actor=world.root_secretary, reason="缺台账")
    directive = Directive.objects.get(units__task=task)
    assert directive.state == "issued"


def test_the_night_closes_what_was_closed_by_other_ways(world: World) -> None:
    task = at_work(world, world.branch, actor=world.secretary)
    directive = Directive.objects.get(units__task=task)
    assert settle_directives(TODAY) == {"stopped": 0, "finished": 0}
    Organisation.objects.filter(pk=world.branch.pk).update(dissolved_on=TODAY)
    assert settle_directives(TODAY) == {"stopped": 1, "finished": 1}
    assert state(directive) == "done"
    assert load(task.natural_key).state == "stopped"
    assert settle_directives(TODAY) == {"stopped": 0, "finished": 0}


def test_an_important_directive_names_units_that_cannot_sign(world: World) -> None:
    made, _head = department(world)
    other = Organisation.objects.get(code="ZZ2")  # has no college
    directive = draft_directive(
        organisation=world.committee,
        text=text(is_important=True),
        lead=picks(world.general, world.branch, other, made, world.foreign),
        support=Picks(),
        actor=world.root_deputy,
    )
    with pytest.raises(InvalidInput) as caught:
        submit_directive(directive=directive, actor=world.root_deputy)
    words = caught.value.errors["is_important"]
    # A branch beneath its general branch is signed for there.
    assert "ZZ2党总支、教务处没有行政负责人，不能双签" in words or "教务处、ZZ2党总支没有行政负责人" in words
    assert "改为协办" in words
    assert state(directive) == "draft"
