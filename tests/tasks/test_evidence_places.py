"""Evidence for persons who act in several places: as guests below their own organisation, late within a period."""

from datetime import date
from typing import Any

from tasks.models import Task, TaskEvidence
from tasks.services import Offer, offer_evidence, withdraw_evidence
from tasks.services.evidence import recount_evidence
from tests.tasks.world import World, load, log, open_one

EACH_BRANCH = {"evidence": "branch_life", "part": "guided", "distinct": "organisation"}


def guide(world: World, record: str, place: Any, day: int, part: str = "guided", who: Any = None) -> list[int]:
    """The general branch's secretary was there."""
    person = (who or world.general_secretary).person_id
    return offer_evidence(
        record=record,
        occurred_on=date(2026, 6, day),
        offers=[Offer(kind="branch_life", part=part, organisation_id=place.pk, person_id=person)],
        url=f"/meetings/{record}/",
        label=record,
        actor=None,
    )


def owed(world: World, count: int, **more: Any) -> Task:
    requirement = {**EACH_BRANCH, "count": count}
    return open_one("a", world.general, **{"requirement": requirement, "period_code": "", **more})


def test_different_organisations_are_counted(world: World) -> None:
    task = owed(world, 2)
    assert guide(world, "1", world.branch, 3) == [task.pk]
    assert guide(world, "2", world.branch, 5) == [task.pk]
    assert load("a").state == "active"
    assert guide(world, "3", world.sister, 4) == [task.pk]
    task = load("a")
    assert (task.state, task.closed_on, task.evidence_url) == ("done", date(2026, 6, 4), "/meetings/3/")
    assert set(task.evidence.values_list("organisation", flat=True)) == {world.branch.pk, world.sister.pk}


def test_a_place_stays_proved_while_another_record_of_it_is_there(world: World) -> None:
    owed(world, 2)
    for record, place, day in (("1", world.branch, 3), ("2", world.branch, 5), ("3", world.sister, 4)):
        guide(world, record, place, day)
    assert withdraw_evidence(record="1", cause="退回", actor=None) == []
    assert (load("a").state, load("a").closed_on) == ("done", date(2026, 6, 5))
    assert withdraw_evidence(record="2", cause="退回", actor=None) == [load("a").pk]
    assert load("a").state == "active"


def test_a_place_elsewhere_counts_for_nobody_there(world: World) -> None:
    owed(world, 1)
    assert guide(world, "1", world.foreign, 3) == []
    assert guide(world, "2", world.branch, 3, part="attended") == []
    assert guide(world, "3", world.branch, 3, who=world.other_general_secretary) == []


def test_who_is_above_both_has_been_in_either(world: World) -> None:
    task = open_one("top", world.committee, requirement={**EACH_BRANCH, "count": 2})
    guide(world, "1", world.branch, 3, who=world.root_secretary)
    guide(world, "2", world.foreign, 3, who=world.root_secretary)
    task.refresh_from_db()
    assert task.state == "done"


def test_until_the_day_named_a_record_counts_late(world: World) -> None:
    lectured = {"evidence": "lecture", "part": "lectured", "until": "2026-07-12"}
    task = open_one("late", world.branch, due_on=date(2026, 6, 10), requirement=lectured)
    open_one("strict", world.branch, due_on=date(2026, 6, 10), requirement={**lectured, "until": "2026-06-11"})
    found = offer_evidence(
        record="section:1",
        occurred_on=date(2026, 6, 12),
        offers=[Offer(kind="lecture", part="lectured", person_id=world.secretary.person_id)],
        url="/meetings/1/",
        label="党课",
        actor=None,
    )
    assert found == [task.pk]
    assert (load("late").state, load("late").is_late) == ("done", True)


def test_taking_back_leaves_what_it_still_proves(world: World) -> None:
    one = open_one("one", world.branch)
    two = open_one("two", world.branch)
    offer_evidence(
        record="section:1",
        occurred_on=date(2026, 6, 12),
        offers=[Offer(kind="members_meeting", organisation_id=world.branch.pk)],
        url="/meetings/1/",
        label="党员大会",
        actor=None,
    )
    assert withdraw_evidence(record="section:1", cause="改期", actor=None, keep=[one.pk]) == [two.pk]
    assert (load("one").state, load("two").state) == ("done", "active")
    assert list(TaskEvidence.objects.values_list("task_id", flat=True)) == [one.pk]
    assert [verb for verb, *_rest in log(one)] == ["opened", "evidence", "done"]


def test_counting_again_follows_the_requirement(world: World) -> None:
    task = owed(world, 2)
    guide(world, "1", world.branch, 3)
    Task.objects.filter(pk=task.pk).update(requirement={**EACH_BRANCH, "count": 1})
    assert recount_evidence(task_ids=[task.pk], cause="改为1次", actor=None) == []
    assert load("a").state == "done"
    Task.objects.filter(pk=task.pk).update(requirement={**EACH_BRANCH, "count": 3})
    assert recount_evidence(task_ids=[task.pk], cause="改为3次", actor=None) == [task.pk]
    assert (load("a").state, load("a").return_cause) == ("active", "改为3次")
