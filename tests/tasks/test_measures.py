"""Tasks as figures, worked out by hand for the college of 15 June 2026."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.measures import Figure, Question, by_code
from orgs.models import Organisation
from tasks.measures import EDUCATION_PLAN, MEASURES, changed_since
from tasks.models import Directive, DirectiveUnit, DualSignature, Plan, PlanCategory, Slip, Task, TaskEvent
from tests.factories import make_organisation, make_person
from tests.tasks.directives.making import dean, person_of
from tests.tasks.lists.making import MEETING, facts, night, publish, room_task
from tests.tasks.supervision.making import directive_of, project_of, supervised
from tests.tasks.world import World, open_one

TODAY = datetime.date(2026, 6, 15)
YEAR_END = datetime.date(2026, 12, 31)
KNOWN = by_code(MEASURES)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(f"2026-{text}")


def ask(code: str, *organisations: Organisation, as_of: datetime.date = TODAY) -> list[Figure]:
    fresh = [Organisation.objects.get(pk=one.pk) for one in organisations]
    answer = KNOWN[f"tasks.{code}"].ask(Question(fresh, as_of.year, as_of), {})
    return [answer[one.pk] for one in organisations]


def rate(figure: Figure) -> tuple[int, int]:
    return int(figure.values["numerator"]), int(figure.values["denominator"])


def queries(*organisations: Organisation) -> int:
    fresh = [Organisation.objects.get(pk=one.pk) for one in organisations]
    with CaptureQueriesContext(connection) as caught:
        question = Question(fresh, 2026, TODAY)
        for measure in MEASURES:
            measure.ask(question, {})
    return len(caught)


def done(task: Task, on: datetime.date) -> None:
    """Closed by a proof of that day."""
    Task.objects.filter(pk=task.pk).update(state="done", closed_on=on, is_late=on > task.due_on)


def drop(task: Task, state: str, cause: str) -> None:
    """Waived or stopped."""
    Task.objects.filter(pk=task.pk).update(state=state, closed_on=TODAY)
    TaskEvent.objects.create(task=task, verb=state, to_state=state, to_light="green", cause=cause)


def follow_up(key: str, organisation: Organisation, due: str, **more: Any) -> Task:
    return open_one(
        key, organisation, source="follow_up", kind="follow_up", title=f"{due}前报进展", requirement={},
        window_start=day("01-05"), due_on=day(due), **more,
    )  # fmt: skip


def test_reports_on_time_late_open_waived_and_not_due(world: World) -> None:
    general = world.general
    done(follow_up("a", general, "02-25"), day("02-20"))
    done(follow_up("b", general, "03-25"), day("03-26"))
    overdue = follow_up("c", general, "04-25")
    drop(follow_up("d", general, "05-25"), "waived", "项目调整")
    follow_up("e", general, "06-25")
    done(follow_up("f", general, "06-26"), day("06-10"))
    follow_up("x", world.branch, "04-25")
    mine, theirs = ask("follow_ups", general, world.foreign)
    assert (rate(mine), rate(theirs)) == ((1, 3), (0, 0))
    assert [(row.counts, row.why) for row in mine.rows] == [
        (True, "2026-02-20完成"),
        (False, "2026-03-26完成，逾期"),
        (False, "2026-04-25到期，未完成"),
        (False, "免办：项目调整（不计入应完成数）"),
        (False, "2026-06-25到期"),
        (False, "2026-06-10完成，2026-06-26到期后计入"),
    ]
    # Too late to be on time changes nothing any more; what is not due yet changes both numbers.
    assert mine.rows[2].if_done == {}
    assert mine.rows[2].url == f"/tasks/{overdue.pk}/"
    assert mine.rows[4].if_done == {"numerator": 1, "denominator": 1}
    assert mine.rows[4].if_not == {"denominator": 1}
    assert rate(ask("follow_ups", general, as_of=day("02-25"))[0]) == (1, 1)
    # On 25 March the second was still open, and the waiver of June not given.
    assert rate(ask("follow_ups", general, as_of=day("03-25"))[0]) == (1, 2)
    assert rate(ask("follow_ups", general, as_of=day("05-25"))[0]) == (1, 4)
    assert ask("follow_ups", general, as_of=day("03-25"))[0].rows[1].if_done == {"numerator": 1}


def test_what_was_handed_in_in_time_waits_for_the_check(world: World) -> None:
    task = follow_up("a", world.general, "06-10")
    Task.objects.filter(pk=task.pk).update(state="submitted", last_report_on=day("06-09"))
    (figure,) = ask("follow_ups", world.general)
    assert rate(figure) == (0, 1)
    assert figure.rows[0].why == "2026-06-10到期，已提交，待核查"
    assert figure.rows[0].if_done == {"numerator": 1}


def test_list_items_count_their_own_and_adopted_tasks_once(world: World) -> None:
    room_task(world.branch, "2026-Q1", due="03-31", window_start=day("01-01"))
    own = facts("讲形势")
    publish(world.officer, facts("开好党员大会", requirement=MEETING, adopts=True), own, on=day("01-05"))
    night(day("01-06"))
    owed = Task.objects.filter(item_tasks__organisation=world.branch, due_on=day("03-31")).distinct()
    assert owed.count() == 2
    for task in owed:
        done(task, day("03-20"))
    mine, theirs = ask("list_items_on_time", world.branch, world.foreign)
    assert rate(mine) == (2, 2)
    assert rate(theirs) == (0, 2)  # every branch has the list; what no room owes it, it owes by itself
    assert rate(ask("list_items_on_time", world.general)[0]) == (0, 0)
    assert {row.unit for row in theirs.rows} == {world.foreign.name}


def slip(task: Task, level: str, key: str, on: str, world: World, climb: int = 0) -> None:
    Slip.objects.create(
        number=f"{level}{key}{climb}", task=task, level=level, cause="未报进展", cause_key=key, climb=climb,
        issued_on=day(on), receiver=person_of(world.general_secretary if climb else world.secretary), receiver_as="书记",
    )  # fmt: skip


def test_slips_count_once_for_cause_and_colour(world: World) -> None:
    task = supervised("a", world.general)
    slip(task, "yellow", "k1", "05-01", world)
    slip(task, "yellow", "k1", "05-04", world, climb=1)  # the same one, a level up
    slip(task, "yellow", "k2", "05-20", world)
    slip(task, "red", "k3", "06-12", world)
    slip(task, "orange", "k3", "06-16", world)  # tomorrow
    slip(supervised("b", world.branch), "red", "k1", "05-01", world)
    agreed = open_one("c", world.general, source="agreed_item", kind="agreed_item")
    slip(agreed, "red", "k9", "05-01", world)
    mine, other = ask("slips", world.general, world.foreign)
    assert mine.values == {"黄灯": Decimal(2), "橙灯": Decimal(0), "红灯": Decimal(1)}
    assert set(other.values.values()) == {Decimal(0)}
    assert [row.day for row in mine.rows] == [day("05-01"), day("05-20"), day("06-12")]
    assert ask("slips", world.general, as_of=day("05-10"))[0].values["黄灯"] == 1


def signed(unit: DirectiveUnit, world: World, on: datetime.date) -> None:
    moment = datetime.datetime.combine(on, datetime.time(10), clock.SHANGHAI)
    DualSignature.objects.create(
        unit=unit, text="办结", directive_version=1, state="both", asked_by=world.general_secretary,
        secretary=person_of(world.general_secretary), head=person_of(world.other_general_secretary),
        secretary_at=moment, head_at=moment,
    )  # fmt: skip


def test_important_matters_need_two_signatures_before(world: World) -> None:
    dean(world)
    units = {}
    for key in ("before", "after", "never", "open", "plain", "support"):
        task = supervised(key, world.general, title=key, due_on=day("06-20"))
        if key != "open":
            done(task, day("06-10"))
        important = key != "plain"
        units[key] = directive_of(
            world, task, title=key, is_important=important, number=f"DB-{key}",
            part="support" if key == "support" else "lead",
        )  # fmt: skip
    signed(units["before"], world, day("06-10"))
    signed(units["after"], world, day("06-11"))
    office = supervised("office", Organisation.objects.get(code="ZZ2"), due_on=day("06-20"))
    done(office, day("06-10"))
    directive_of(world, office, is_important=True, number="DB-office")
    mine, theirs = ask("dual_sign_off", world.general, office.organisation)
    assert mine.values == {"events": Decimal(2)}
    assert {row.label: row.counts for row in mine.rows} == {"before": True, "after": False, "never": False}
    # A general branch without a college has nobody to sign beside the secretary: said, not counted.
    assert theirs.values == {"events": Decimal(0)}
    assert theirs.rows[0].why == "没有对应的二级学院，没有行政负责人可以双签，不计入"
    assert ask("dual_sign_off", world.general, as_of=day("06-09"))[0].values == {"events": Decimal(0)}


def test_the_year_plan_of_education_alone(world: World) -> None:
    plan = Plan.objects.create(code=EDUCATION_PLAN, year=2026, name="十大育人")
    category = PlanCategory.objects.create(plan=plan, code="kc", name="课程育人", position=1)
    for key, due, on in (("a", "05-20", "05-20"), ("b", "06-10", "06-12"), ("c", "07-20", None)):
        task = supervised(key, world.general, window_start=day("03-01"), due_on=day(due))
        directive_of(world, task, category=category, number=f"DB-{key}")
        if on:
            done(task, day(on))
    directive_of(world, supervised("d", world.general, window_start=day("03-01"), due_on=day("05-01")), number="DB-d")
    mine, theirs = ask("education_milestones", world.general, world.foreign)
    assert (rate(mine), rate(theirs)) == ((1, 2), (0, 0))


def test_milestones_by_weight(world: World) -> None:
    project_of(
        world, [(day("01-05"), day("03-01"), 40), (day("03-01"), day("05-01"), 35), (day("05-01"), day("11-30"), 25)]
    )
    first, second, third = Task.objects.filter(source="milestone").order_by("due_on")
    done(first, day("03-01"))
    mine, theirs = ask("project_milestones", world.general, world.foreign)
    assert (rate(mine), rate(theirs)) == ((40, 75), (0, 0))
    assert mine.rows[2].if_done == {"numerator": 25, "denominator": 25}
    assert mine.rows[0].amount == "权重40"
    drop(second, "stopped", "难题并入学校项目")
    assert rate(ask("project_milestones", world.general)[0]) == (40, 40)
    assert rate(ask("project_milestones", world.general, as_of=day("12-31"))[0]) == (40, 65)
    assert third.is_open


def test_a_branch_is_measured_by_its_own_tasks_and_those_its_members_lead(world: World) -> None:
    done(supervised("own", world.branch, window_start=day("03-01"), due_on=day("05-01")), day("04-30"))
    supervised("foreign", world.foreign, window_start=day("03-01"), due_on=day("05-01"))
    supervised("helps", world.branch, window_start=day("03-01"), due_on=day("05-01"), profile="support")
    # The general branch's project: its leader is a member of the sister branch, its co-leader of the branch.
    project = project_of(world, [(day("01-05"), day("03-01"), 50), (day("03-01"), day("11-30"), 50)])
    project.co_leaders.add(person_of(world.secretary))
    mine, sister, foreign, above = ask("project_tasks", world.branch, world.sister, world.foreign, world.general)
    assert (rate(mine), rate(sister), rate(foreign)) == ((1, 2), (0, 1), (0, 1))
    assert rate(above) == (1, 2)  # the milestone once, though two branches lead it


def test_the_number_of_queries_does_not_grow(world: World) -> None:
    project_of(world, [(day("01-05"), day("03-01"), 100)])
    drop(follow_up("a", world.branch, "05-25"), "waived", "项目调整")
    drop(follow_up("b", world.general, "05-25"), "waived", "项目调整")
    one = queries(world.branch)
    assert queries(world.branch, world.sister, world.foreign) == one <= 16
    above = queries(world.general)
    for number in range(25):
        grown = make_organisation(f"ZB9{number:02d}", world.general)
        make_person(grown)
        supervised(f"grown{number}", grown, window_start=day("03-01"), due_on=day("05-01"))
        follow_up(f"report{number}", grown, "05-25")
    assert queries(world.general, Organisation.objects.get(code="ZZ2")) == above == one + 1


def test_a_year_is_asked_by_itself(world: World) -> None:
    done(follow_up("a", world.general, "02-25"), day("02-20"))
    assert rate(ask("follow_ups", world.general, as_of=datetime.date(2025, 12, 31))[0]) == (0, 0)
    # Decided in January about a year that is over: known by now, so it counts.
    late = follow_up("b", world.general, "12-30")
    Task.objects.filter(pk=late.pk).update(state="waived", closed_on=datetime.date(2027, 1, 4))
    assert rate(ask("follow_ups", world.general, as_of=YEAR_END)[0]) == (1, 1)


def test_changes_name_the_unit_and_the_branch_of_who_leads(world: World) -> None:
    moment = datetime.datetime(2026, 6, 16, 8, tzinfo=clock.SHANGHAI)
    assert changed_since(moment) == set()
    with clock.moved(datetime.datetime(2026, 6, 16, 9, tzinfo=clock.SHANGHAI)):
        supervised("a", world.general, person_id=person_of(world.secretary).pk)
    assert changed_since(moment) == {world.general.pk, world.branch.pk}
    assert not Directive.objects.exists()
