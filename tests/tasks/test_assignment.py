"""Named Tasks go to somebody else; Tasks of an office follow the office by themselves."""

from datetime import date

import pytest

from common.errors import InvalidInput, NotAllowed
from tasks.models import Task
from tasks.services import reassign_open_tasks
from tests.factories import make_officer
from tests.tasks.world import World, agreed, end_offices, fresh, load, log


def test_open_tasks_go_to_the_successor(world: World) -> None:
    old, new = world.commissioner.person, world.member.person
    for key in ("a", "b", "done", "submitted"):
        agreed(key, world.branch, person_id=old.pk)
    agreed("elsewhere", world.sister, person_id=old.pk)
    agreed("office", world.branch)
    Task.objects.filter(natural_key__in=["done", "submitted"]).update(state="done")
    Task.objects.filter(natural_key="submitted").update(state="submitted")
    moved = reassign_open_tasks(
        organisation=world.branch, from_person=old, to_person=new, actor=world.secretary, reason="岗位调整"
    )
    assert moved == [load("a").pk, load("b").pk]
    assert [load(key).person for key in ("a", "b", "done", "submitted", "elsewhere", "office")] == [
        new,
        new,
        old,
        old,
        old,
        None,
    ]
    assert log(load("a"))[-1] == ("reassigned", "active", "green", f"由{old.name}换为{new.name}：岗位调整")
    assert len(log(load("office"))) == 1


def test_back_to_the_office(world: World) -> None:
    agreed("a", world.branch, person_id=world.member.person_id)
    reassign_open_tasks(
        organisation=world.branch,
        from_person=world.member.person,
        to_person=None,
        actor=world.secretary,
        reason="转出",
    )
    assert load("a").person is None
    assert list(Task.objects.owed_by(world.secretary)) == [load("a")]
    assert log(load("a"))[-1][3] == f"由{world.member.person.name}换为本职务在任者：转出"


def test_who_may_not_and_what_is_missing(world: World) -> None:
    old, new = world.commissioner.person, world.member.person
    facts = {"organisation": world.branch, "from_person": old, "to_person": new, "reason": "x"}
    for actor in (world.member, world.foreign_secretary, world.sister_secretary):
        with pytest.raises(NotAllowed):
            reassign_open_tasks(actor=actor, **facts)
    with pytest.raises(InvalidInput):
        reassign_open_tasks(actor=world.secretary, **facts | {"reason": " "})
    with pytest.raises(InvalidInput):
        reassign_open_tasks(actor=world.secretary, **facts | {"to_person": old})


def test_a_hand_over_moves_the_tasks_of_the_office_without_a_command(world: World) -> None:
    task = agreed("a", world.branch)
    end_offices(world.secretary, date(2026, 6, 14))
    make_officer(world.branch, "secretary", person=world.member.person, started_on=date(2026, 6, 15))
    assert list(Task.objects.owed_by(fresh(world.secretary))) == []
    assert list(Task.objects.owed_by(fresh(world.member))) == [task]
