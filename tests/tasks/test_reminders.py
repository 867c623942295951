"""Reminders: which night, which kind, to whom, and whether they still hold when they are sent."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from notices.models import Notice
from notices.services import still_true
from orgs.models import User
from tasks.models import Task
from tasks.nightly import write_reminders
from tasks.people import officers_of, owners
from tasks.services import Offer, accept_task, offer_evidence, return_task, submit_task, waive_task
from tasks.services.reminders import Night, kind_by_date
from tests.factories import make_officer
from tests.tasks.world import World, agreed, end_offices, fresh, load, open_one

DUE = date(2026, 6, 30)


def night(day: date, since: date | None = None) -> list[tuple[str, str, str, str]]:
    """Run the night of ``day``; what it owes new: (person, kind, title, detail)."""
    known = set(Notice.objects.values_list("pk", flat=True))
    with clock.moved(day):
        write_reminders(day, since if since is not None else day - timedelta(days=1))
    rows = Notice.objects.exclude(pk__in=known).order_by("id")
    return list(rows.values_list("person__name", "kind", "title", "detail"))


def owners_of(tasks: list[Task], day: date) -> dict[int, set[int]]:
    """Task id → persons who have to act."""
    officers = officers_of({task.organisation.path for task in tasks}, day)
    return {task.pk: owners(task, officers) for task in tasks}


# --- Which night --------------------------------------------------------------------------------------------------------


def test_the_nights_of_one_due_date() -> None:
    found = {}
    for offset in range(-12, 31):
        day = DUE + timedelta(days=offset)
        kind = kind_by_date(DUE, Night.since(day, day - timedelta(days=1)))
        if kind is not None:
            found[offset] = kind.value
    assert found == {
        -7: "due_soon",
        -2: "due_soon",
        -1: "due_soon",
        0: "due_today",
        1: "overdue",
        3: "overdue",
        7: "overdue",
        14: "overdue",
        21: "overdue",
        28: "overdue",
    }


@pytest.mark.parametrize(
    ("today", "since", "kind"),
    [
        # The night of seven days left failed: said the next night, as of that night.
        (date(2026, 6, 24), date(2026, 6, 22), "due_soon"),
        (date(2026, 6, 24), date(2026, 6, 23), None),
        # The night of the due date failed: by then it is overdue.
        (date(2026, 7, 1), date(2026, 6, 29), "overdue"),
        (date(2026, 7, 2), date(2026, 6, 30), "overdue"),
        (date(2026, 7, 2), date(2026, 7, 1), None),
        # Nothing older than seven days is caught up with.
        (date(2026, 7, 6), date(2026, 1, 1), "overdue"),
        (date(2026, 7, 13), date(2026, 1, 1), "overdue"),
        # The very first night looks at itself alone; the same night again looks at itself again.
        (date(2026, 6, 24), None, None),
        (date(2026, 6, 23), None, "due_soon"),
        (date(2026, 6, 23), date(2026, 6, 23), "due_soon"),
        (date(2026, 6, 23), date(2026, 6, 25), "due_soon"),
    ],
)
def test_missed_nights_are_made_up(today: date, since: date | None, kind: str | None) -> None:
    assert kind_by_date(DUE, Night.since(today, since)) == kind


def test_seven_days_are_caught_up_with_at_most() -> None:
    days = Night.since(date(2026, 6, 15), date(2026, 1, 1)).days
    assert (len(days), min(days), max(days)) == (7, date(2026, 6, 9), date(2026, 6, 15))


def test_what_was_opened_overdue_is_told_the_same_night() -> None:
    opened = date(2026, 7, 5)
    assert kind_by_date(DUE, Night.since(opened, opened - timedelta(days=1)), opened) == "overdue"
    later = opened + timedelta(days=1)
    assert kind_by_date(DUE, Night.since(later, opened), opened) is None


# --- What is said, to whom ----------------------------------------------------------------------------------------------


def test_words_links_and_subject(world: World) -> None:
    task = open_one("a", world.branch)
    name, place = world.secretary.person.name, world.branch.name
    assert night(date(2026, 6, 23)) == [(name, "due_soon", task.title, f"{place}：还剩7天，2026年6月30日到期")]
    assert night(date(2026, 6, 30)) == [(name, "due_today", task.title, f"{place}：今天到期（2026年6月30日）")]
    assert night(date(2026, 7, 3)) == [(name, "overdue", task.title, f"{place}：已逾期3天，应于2026年6月30日完成")]
    rows = Notice.objects.order_by("id").values_list("subject", "url", "day", "is_urgent")
    assert list(rows) == [
        (f"task:{task.pk}", "/meetings/new/", day, False)
        for day in (date(2026, 6, 23), date(2026, 6, 30), date(2026, 7, 3))
    ]


def test_twice_the_same_night_owes_nothing_twice(world: World) -> None:
    open_one("a", world.branch)
    with clock.moved(date(2026, 6, 30)):
        assert write_reminders(date(2026, 6, 30), None) == {"new": 1, "nobody": 0, "to_sign": 0, "due_today": 1}
        assert write_reminders(date(2026, 6, 30), date(2026, 6, 30)) == {
            "new": 0,
            "nobody": 0,
            "to_sign": 0,
            "due_today": 1,
        }
    assert Notice.objects.count() == 1


def test_only_what_is_owed_is_reminded_of(world: World) -> None:
    for key, state in (("done", "done"), ("waived", "waived"), ("stopped", "stopped")):
        open_one(key, world.branch)
        Task.objects.filter(natural_key=key).update(state=state)
    open_one("july", world.branch, due_on=date(2026, 7, 31))
    assert night(DUE) == []


RECIPIENTS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["secretary"]),
    ({"person": "member"}, ["member"]),
    ({"office": "organisation_commissioner"}, ["commissioner"]),
    ({"office": "discipline_commissioner"}, ["secretary"]),
    ({"office": "group_leader", "group": True}, ["leader"]),
]


def expected_people(world: World, names: list[str]) -> set[int | None]:
    """Person ids of the accounts called so."""
    return {getattr(world, name).person_id for name in names}


@pytest.mark.parametrize(("facts", "names"), RECIPIENTS)
def test_recipients(world: World, facts: dict[str, Any], names: list[str]) -> None:
    facts = dict(facts)
    person = facts.pop("person", None)
    group = facts.pop("group", None)
    open_one(
        "a",
        world.branch,
        person_id=getattr(world, person).person_id if person else None,
        group_id=world.group.pk if group else None,
        **facts,
    )
    night(DUE)
    assert set(Notice.objects.values_list("person_id", flat=True)) == expected_people(world, names)


def test_a_vacant_office_falls_to_who_stands_in(world: World) -> None:
    of_group = open_one("g", world.branch, office="group_leader", group_id=world.group.pk)
    of_secretary = open_one("s", world.branch)
    end_offices(world.leader, date(2026, 6, 14))
    assert owners_of([of_group], date(2026, 6, 15)) == {of_group.pk: {world.secretary.person_id}}
    end_offices(world.secretary, date(2026, 6, 14))
    deputy = {world.deputy.person_id}
    assert owners_of([of_group, of_secretary], date(2026, 6, 15)) == {of_group.pk: deputy, of_secretary.pk: deputy}
    end_offices(world.deputy, date(2026, 6, 14))
    with clock.moved(DUE):
        assert write_reminders(DUE, None) == {"new": 0, "nobody": 2, "to_sign": 0, "due_today": 2}


def test_desk_and_mail_agree_on_who_owes(world: World) -> None:
    """``owed_by`` (a query per user) and ``owners_of`` (people per Task) are two readings of one rule."""
    keys = []
    for n, facts in enumerate(
        [
            {},
            {"office": "deputy"},
            {"office": "publicity_commissioner"},
            {"office": "discipline_commissioner"},
            {"office": "group_leader", "group_id": world.group.pk},
            {"office": ""},
            {"person_id": world.member.person_id},
        ]
    ):
        keys.append(f"t{n}")
        open_one(f"t{n}", world.branch, **facts)
    open_one("sister", world.sister)
    open_one("root", world.committee)
    users = [user for user in world if isinstance(user, User)]

    def agree() -> None:
        tasks = list(Task.objects.select_related("organisation"))
        people = owners_of(tasks, date(2026, 6, 15))
        for user in users:
            by_desk = set(Task.objects.owed_by(fresh(user)).values_list("pk", flat=True))
            assert by_desk == {pk for pk, found in people.items() if user.person_id in found}, user.person

    agree()
    for gone in (world.leader, world.commissioner, world.secretary, world.deputy):
        end_offices(gone, date(2026, 6, 14))
        agree()


def test_a_hand_over_changes_the_recipient(world: World) -> None:
    open_one("a", world.branch)
    end_offices(world.secretary, date(2026, 6, 29))
    make_officer(world.branch, "secretary", "新书记", started_on=DUE)
    assert [row[0] for row in night(DUE)] == ["新书记"]


# --- Returned and to review ---------------------------------------------------------------------------------------------


def test_what_was_returned_is_told_once_with_the_reason(world: World) -> None:
    submit_task(task=agreed("a", world.branch), actor=world.commissioner, note="已完成")
    with clock.moved(date(2026, 6, 23)):
        return_task(task=load("a"), actor=world.general_secretary, reason="缺签到表")
    # Seven days left on the same night: one line, the more important one.
    assert night(date(2026, 6, 23)) == [
        (
            world.secretary.person.name,
            "returned",
            "制定学习计划",
            f"{world.branch.name}：退回原因：缺签到表（2026年6月30日到期）",
        )
    ]
    assert Notice.objects.get().url == f"/tasks/{load('a').pk}/"
    assert night(date(2026, 6, 24)) == []
    assert [row[1] for row in night(date(2026, 6, 28))] == ["due_soon"]


def test_who_may_decide_is_told_and_again_every_week(world: World) -> None:
    submit_task(task=agreed("a", world.branch), actor=world.commissioner, note="已完成")
    line = (world.secretary.person.name, "to_review", "制定学习计划", f"{world.branch.name}：已提交，等待核查")
    days = [date(2026, 6, 15) + timedelta(days=n) for n in range(16)]
    found = {day: rows for day in days if (rows := night(day))}
    assert found == {date(2026, 6, 15): [line], date(2026, 6, 22): [line], date(2026, 6, 29): [line]}


@pytest.mark.parametrize(
    ("source", "by", "names"),
    [
        ("agreed_item", "commissioner", ["secretary"]),
        ("agreed_item", "secretary", ["general_secretary"]),
        ("directive", "commissioner", ["general_secretary"]),
    ],
)
def test_reviewers_are_of_the_nearest_level(world: World, source: str, by: str, names: list[str]) -> None:
    submit_task(task=agreed("a", world.branch, source=source), actor=getattr(world, by), note="已完成")
    night(date(2026, 6, 15))
    assert set(Notice.objects.values_list("person_id", flat=True)) == expected_people(world, names)


def test_a_general_secretary_with_an_office_in_the_branch_is_passed_over(world: World) -> None:
    make_officer(world.branch, "member", person=world.general_secretary.person)
    submit_task(task=agreed("a", world.branch, source="directive"), actor=world.commissioner, note="已完成")
    night(date(2026, 6, 15))
    assert set(Notice.objects.values_list("person_id", flat=True)) == {world.root_secretary.person_id}


def test_at_the_root_a_second_officer_is_told(world: World) -> None:
    submit_task(task=agreed("a", world.committee, source="directive"), actor=world.root_secretary, note="已完成")
    night(date(2026, 6, 15))
    assert set(Notice.objects.values_list("person_id", flat=True)) == {world.root_deputy.person_id}
    Notice.objects.all().delete()
    end_offices(world.root_deputy, date(2026, 6, 14))
    night(date(2026, 6, 15))
    assert set(Notice.objects.values_list("person_id", flat=True)) == {world.officer.person_id}


# --- Still true? --------------------------------------------------------------------------------------------------------


def true_kinds() -> set[str]:
    """Kinds of the messages that the outbox would still send."""
    rows = list(Notice.objects.all())
    true = still_true(rows)
    return {row.kind for row in rows if row.pk in true}


def test_a_meeting_logged_a_minute_before_is_not_reminded_of(world: World) -> None:
    open_one("a", world.branch)
    open_one("b", world.sister)
    night(DUE)
    offer_evidence(
        record="section:1",
        occurred_on=DUE,
        offers=[Offer(kind="members_meeting", organisation_id=world.branch.pk)],
        url="/meetings/1/",
        label="大会",
        actor=world.secretary,
    )
    rows = list(Notice.objects.all())
    with CaptureQueriesContext(connection) as queries:
        true = still_true(rows)
    assert len(queries) == 1
    assert {row.subject for row in rows if row.pk in true} == {f"task:{load('b').pk}"}


def test_due_dates_that_moved_are_no_longer_true(world: World) -> None:
    open_one("a", world.branch)
    for day in (date(2026, 6, 28), DUE, date(2026, 7, 1)):
        night(day)
    assert true_kinds() == {"due_soon", "due_today", "overdue"}
    Task.objects.update(due_on=date(2026, 7, 31))
    assert true_kinds() == {"due_soon"}
    Task.objects.update(due_on=date(2026, 6, 20))
    assert true_kinds() == {"overdue"}


def test_a_review_is_wanted_while_it_is_submitted(world: World) -> None:
    submit_task(task=agreed("a", world.branch), actor=world.commissioner, note="已完成")
    night(date(2026, 6, 15))
    assert true_kinds() == {"to_review"}
    return_task(task=load("a"), actor=world.secretary, reason="x")
    assert true_kinds() == set()
    night(date(2026, 6, 15))
    assert true_kinds() == {"returned"}
    submit_task(task=load("a"), actor=world.commissioner, note="y")
    assert true_kinds() == {"to_review"}
    accept_task(task=load("a"), actor=world.secretary)
    assert true_kinds() == set()


def test_what_was_waived_is_not_reminded_of(world: World) -> None:
    open_one("a", world.branch)
    night(DUE)
    waive_task(task=load("a"), actor=world.general_secretary, reason="x")
    assert true_kinds() == set()


# --- Cost ---------------------------------------------------------------------------------------------------------------


def test_the_queries_do_not_grow_with_the_tasks(world: World) -> None:
    def count(day: date) -> int:
        with CaptureQueriesContext(connection) as queries:
            write_reminders(day, None)
        return len([q for q in queries if "SAVEPOINT" not in q["sql"]])

    open_one("a", world.branch)
    submit_task(task=agreed("s", world.branch), actor=world.commissioner, note="x")
    return_task(task=load("s"), actor=world.secretary, reason="y")
    one = count(date(2026, 6, 15))
    for key, organisation in (("b", world.sister), ("c", world.foreign), ("d", world.general)):
        open_one(key, organisation)
    assert count(date(2026, 6, 30)) == one <= 7


def test_more_tasks_than_one_batch(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.services.reminders.CHUNK", 2)
    for n in range(5):
        open_one(f"a{n}", world.branch)
    assert len(night(DUE)) == 5
