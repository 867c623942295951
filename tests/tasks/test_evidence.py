"""Evidence: what a record closes, what its withdrawal opens, and what it must leave alone."""

import threading
from datetime import date
from typing import Any

import pytest
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext

from common import clock
from tasks.models import Task, TaskEvidence
from tasks.services import Offer, offer_evidence, withdraw_evidence
from tests.factories import make_officer
from tests.tasks.conftest import TODAY
from tests.tasks.world import World, load, log, make_world, open_one


def offer(world: World, record: str = "section:1", day: date = date(2026, 6, 10), **more: Any) -> list[int]:
    """A members' meeting of the branch, confirmed by its secretary."""
    facts: dict[str, Any] = {"kind": "members_meeting", "organisation_id": world.branch.pk, **more}
    return offer_evidence(
        record=record,
        occurred_on=day,
        offers=[Offer(**facts)],
        url=f"/meetings/{record[8:]}/",
        label=f"党员大会 {day}",
        actor=world.secretary,
    )


def withdraw(world: World, record: str = "section:1", cause: str = "缺决议") -> list[int]:
    """The level above returns the record."""
    return withdraw_evidence(record=record, cause=cause, actor=world.general_secretary)


def test_a_record_closes_what_it_proves(world: World) -> None:
    task = open_one("a", world.branch)
    assert offer(world) == [task.pk]
    task = load("a")
    assert (task.state, task.light, task.light_cause) == ("done", "green", "已办结")
    assert (task.closed_on, task.is_late) == (date(2026, 6, 10), False)
    assert (task.evidence_url, task.evidence_label) == ("/meetings/1/", "党员大会 2026-06-10")
    assert log(task)[1:] == [
        ("evidence", "active", "green", "党员大会 2026-06-10"),
        ("done", "done", "green", "党员大会 2026-06-10"),
    ]
    assert task.events.last().actor == world.secretary


def test_it_closes_nothing_else(world: World) -> None:
    open_one("sister", world.sister)
    open_one("may", world.branch, window_start=date(2026, 5, 1), due_on=date(2026, 5, 31), period_code="2026-05")
    open_one("kind", world.branch, requirement={"evidence": "lecture"})
    open_one("part", world.branch, requirement={"evidence": "members_meeting", "part": "attended"})
    open_one("group", world.branch, group_id=world.group.pk, office="group_leader")
    open_one("by_hand", world.branch, requirement={})
    waived = open_one("waived", world.branch)
    Task.objects.filter(pk=waived.pk).update(state="waived")
    assert offer(world) == []
    assert set(Task.objects.values_list("state", flat=True)) == {"active", "waived"}
    assert not TaskEvidence.objects.exists()


def test_a_group_proves_for_itself_only(world: World) -> None:
    own = open_one("own", world.branch, group_id=world.group.pk, requirement={"evidence": "group_meeting"})
    open_one("branch", world.branch, requirement={"evidence": "group_meeting"})
    assert offer(world, kind="group_meeting", group_id=world.group.pk) == [own.pk]


def test_one_record_may_satisfy_several_tasks(world: World) -> None:
    meeting = open_one("meeting", world.branch)
    quarter = open_one(
        "quarter",
        world.branch,
        window_start=date(2026, 4, 1),
        requirement={"evidence": "members_meeting"},
        period_code="2026-Q2",
    )
    sister = open_one("sister", world.sister, requirement={"evidence": "theme_day"})
    found = offer_evidence(
        record="section:1",
        occurred_on=date(2026, 6, 10),
        offers=[
            Offer(kind="members_meeting", organisation_id=world.branch.pk),
            Offer(kind="theme_day", organisation_id=world.sister.pk),
        ],
        url="/meetings/1/",
        label="主题党日",
        actor=world.secretary,
    )
    assert found == [meeting.pk, quarter.pk, sister.pk]
    assert set(Task.objects.values_list("state", flat=True)) == {"done"}


def test_the_same_record_twice_counts_once_and_corrects_its_facts(world: World) -> None:
    task = open_one("a", world.branch, requirement={"evidence": "members_meeting", "count": 2})
    offer(world)
    assert offer(world, day=date(2026, 6, 12)) == [task.pk]
    assert load("a").state == "active"
    row = TaskEvidence.objects.get()
    assert (row.occurred_on, row.label) == (date(2026, 6, 12), "党员大会 2026-06-12")
    assert [verb for verb, *_rest in log(task)] == ["opened", "evidence"]


def test_several_times_per_period(world: World) -> None:
    task = open_one("a", world.branch, requirement={"evidence": "members_meeting", "count": 3})
    offer(world, "section:1", date(2026, 6, 3))
    offer(world, "section:2", date(2026, 6, 20))
    assert load("a").state == "active"
    assert load("a").evidence_url == "/meetings/2/"
    offer(world, "section:3", date(2026, 6, 9))
    task = load("a")
    # The third in the order of what happened completes it, not the one typed last.
    assert (task.state, task.closed_on, task.evidence_url) == ("done", date(2026, 6, 20), "/meetings/2/")
    assert [verb for verb, *_rest in log(task)] == ["opened", "evidence", "evidence", "evidence", "done"]


def test_a_make_up_meeting_closes_its_period_late(world: World) -> None:
    may = open_one("may", world.branch, window_start=date(2026, 5, 1), due_on=date(2026, 5, 31), period_code="2026-05")
    june = open_one("june", world.branch)
    assert may.light == "red"
    assert offer(world, day=date(2026, 6, 3), period_code="2026-05") == [may.pk]
    task = load("may")
    assert (task.state, task.is_late, task.closed_on) == ("done", True, date(2026, 6, 3))
    assert (task.light, task.light_cause) == ("green", "已办结（晚3天）")
    assert load("june").state == june.state == "active"


def test_what_happened_in_time_and_was_typed_late_is_not_late(world: World) -> None:
    open_one("a", world.branch)
    with clock.moved(date(2026, 7, 8)):
        offer(world, day=date(2026, 6, 30))
    assert (load("a").state, load("a").is_late) == ("done", False)


def test_a_part_played_counts_for_the_person_and_for_the_office(world: World) -> None:
    leader, secretary = world.leader.person_id, world.secretary.person_id
    lectures = {"evidence": "lecture", "part": "lectured"}
    named = open_one("named", world.branch, person_id=leader, requirement=lectures)
    office = open_one("office", world.branch, requirement=lectures)
    sister = open_one("sister", world.sister, requirement=lectures)
    found = offer(world, kind="lecture", part="lectured", organisation_id=world.sister.pk, person_id=secretary)
    assert found == [office.pk]
    assert offer(world, "section:2", kind="lecture", part="lectured", person_id=leader) == [named.pk]
    assert load("sister").state == sister.state == "active"


def test_the_office_is_that_of_the_day(world: World) -> None:
    open_one("office", world.sister, requirement={"evidence": "lecture", "part": "lectured"})
    world.sister_secretary.person.appointments.update(ended_on=date(2026, 6, 9))
    former = world.sister_secretary.person_id
    assert offer(world, kind="lecture", part="lectured", person_id=former, day=date(2026, 6, 10)) == []
    assert len(offer(world, kind="lecture", part="lectured", person_id=former, day=date(2026, 6, 9))) == 1


def test_a_lecturer_from_outside_closes_nothing(world: World) -> None:
    open_one("office", world.branch, requirement={"evidence": "lecture", "part": "lectured"})
    assert offer(world, kind="lecture", part="lectured", person_id=None) == []


def test_withdrawing_opens_again_with_the_cause(world: World) -> None:
    open_one("a", world.branch)
    offer(world)
    with clock.moved(date(2026, 6, 29)):
        assert withdraw(world) == [load("a").pk]
    task = load("a")
    assert (task.state, task.light, task.light_cause) == ("active", "orange", "剩1天（2026年6月30日到期）")
    assert (task.closed_on, task.is_late, task.return_cause) == (None, False, "缺决议")
    assert (task.evidence_url, task.evidence_label) == ("", "")
    assert log(task)[-1] == ("reopened", "active", "orange", "缺决议")
    assert task.events.last().actor == world.general_secretary
    assert not TaskEvidence.objects.exists()
    offer(world)
    assert (load("a").state, load("a").return_cause) == ("done", "")


def test_what_other_records_prove_stays_done(world: World) -> None:
    open_one("a", world.branch)
    offer(world, "section:1", date(2026, 6, 3))
    offer(world, "section:2", date(2026, 6, 20))
    assert load("a").evidence_url == "/meetings/1/"
    assert withdraw(world) == []
    task = load("a")
    assert (task.state, task.closed_on, task.evidence_url) == ("done", date(2026, 6, 20), "/meetings/2/")
    assert "reopened" not in [verb for verb, *_rest in log(task)]


def test_withdrawing_leaves_the_waived_and_the_unknown_alone(world: World) -> None:
    open_one("a", world.branch, requirement={"evidence": "members_meeting", "count": 2})
    offer(world)
    Task.objects.update(state="waived", light="green", light_cause="免办")
    assert withdraw(world) == []
    assert load("a").state == "waived"
    assert withdraw(world, "section:404") == []


def test_the_queries_do_not_grow_with_the_tasks(world: World) -> None:
    def count(record: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            offer(world, record)
        return len(queries)

    open_one("a", world.branch)
    one = count("section:1")
    open_one("b", world.branch)
    open_one("c", world.branch)
    assert count("section:2") == one


def test_many_people_at_one_meeting_are_one_question(world: World) -> None:
    ids = range(10_000, 11_500)  # more than a statement may nest
    task = open_one(
        "a",
        world.branch,
        person_id=world.member.person_id,
        requirement={"evidence": "lecture", "part": "attended"},
    )
    found = offer_evidence(
        record="section:1",
        occurred_on=date(2026, 6, 10),
        offers=[Offer(kind="lecture", part="attended", person_id=pk) for pk in [*ids, world.member.person_id]],
        url="/meetings/1/",
        label="党课",
        actor=None,
    )
    assert found == [task.pk]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_records_at_once_count_right(today: date) -> None:
    """The second and third of three wanted meetings, confirmed in the same moment: both count, one closes it."""
    world = make_world()
    open_one("a", world.branch, requirement={"evidence": "members_meeting", "count": 3})
    offer(world, "section:0", date(2026, 6, 1))
    gate = threading.Barrier(2)
    failures: list[BaseException] = []

    def confirm(record: str, day: int) -> None:
        try:
            with clock.moved(TODAY):
                gate.wait(10)
                offer(world, record, date(2026, 6, day))
        except BaseException as error:  # noqa: BLE001 - carried over to the test's thread
            failures.append(error)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=confirm, args=(f"section:{n}", n)) for n in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    task = load("a")
    assert (task.state, task.closed_on, task.evidence.count()) == ("done", date(2026, 6, 3), 3)
    assert [verb for verb, *_rest in log(task)].count("done") == 1


def test_an_appointment_elsewhere_proves_nothing_here(world: World) -> None:
    make_officer(world.sister, "member", person=world.member.person)
    open_one("office", world.branch, requirement={"evidence": "lecture", "part": "lectured"})
    assert offer(world, kind="lecture", part="lectured", person_id=world.member.person_id) == []
