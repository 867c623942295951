"""A higher slip takes over the lower ones of its Task; one line for the follow-ups that one work has missed."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from common import clock
from common.errors import Conflict
from notices.models import Notice
from notices.services.truth import still_true
from tasks.models import ProjectEvent, Slip, Task
from tasks.nightly import issue_slips, open_follow_ups, refresh_lights, write_reminders
from tasks.selectors import desk_of
from tasks.services import report_progress
from tasks.services.slips import answer_slip
from tests.tasks.supervision.making import directive_of, project_of, supervised
from tests.tasks.world import World, fresh, load

YELLOW_DAY = date(2026, 6, 22)
ORANGE_DAY = date(2026, 6, 29)
RED_DAY = date(2026, 7, 2)
WORDS = "已由更高一级督办单接续"


def night(day: date) -> dict[str, int]:
    """The steps of that night that concern slips."""
    with clock.moved(day):
        refresh_lights(day)
        return issue_slips(day)


def states() -> list[tuple[str, date | None, str]]:
    """(level, closed on, cause), in the order of issue."""
    return list(Slip.objects.order_by("pk").values_list("level", "closed_on", "closed_cause"))


def test_each_level_takes_over_the_lower_one(world: World) -> None:
    supervised("a", world.branch)
    night(YELLOW_DAY)
    assert states() == [("yellow", None, "")]
    assert night(ORANGE_DAY) == {"issued": 1, "climbed": 0, "closed": 1, "nobody": 0}
    assert states() == [("yellow", ORANGE_DAY, WORDS), ("orange", None, "")]
    assert night(RED_DAY) == {"issued": 2, "climbed": 0, "closed": 1, "nobody": 0}
    assert states() == [
        ("yellow", ORANGE_DAY, WORDS),
        ("orange", RED_DAY, WORDS),
        ("red", None, ""),
        ("red", None, ""),
    ]
    assert night(RED_DAY) == {"issued": 0, "climbed": 0, "closed": 0, "nobody": 0}


def test_slips_of_other_tasks_stay(world: World) -> None:
    supervised("a", world.branch)
    supervised("b", world.branch, due_on=date(2026, 7, 8))
    night(ORANGE_DAY)  # two days left of the one, nine of the other
    assert sorted(states()) == [("orange", None, ""), ("yellow", None, "")]


def test_slips_left_open_by_earlier_nights_are_taken_over_too(world: World) -> None:
    supervised("a", world.branch)
    night(YELLOW_DAY)
    night(ORANGE_DAY)
    Slip.objects.update(closed_on=None, closed_cause="")
    assert night(date(2026, 6, 30)) == {"issued": 0, "climbed": 0, "closed": 1, "nobody": 0}
    assert states() == [("yellow", date(2026, 6, 30), WORDS), ("orange", None, "")]


def test_what_was_taken_over_asks_for_no_answer(world: World, client: Client) -> None:
    supervised("a", world.branch)
    night(YELLOW_DAY)
    night(ORANGE_DAY)
    lower = Slip.objects.get(level="yellow")
    assert still_true(Notice.objects.filter(subject=f"slip:{lower.pk}")) == set()
    with pytest.raises(Conflict, match="已经了结"):
        answer_slip(slip=lower, actor=fresh(world.secretary), answer="周五完成")
    lower.refresh_from_db()
    assert (lower.answer, lower.answered_on, load("a").last_report_on) == ("", None, None)
    client.force_login(world.secretary)
    page = client.get(f"/slips/{lower.pk}/").content.decode()
    assert f"2026年6月29日{WORDS}，这张单子已了结。" in page
    assert f"/slips/{lower.pk}/answer/" not in page
    assert f"6月29日已了结，不需答复：{WORDS}" in client.get("/slips/?show=settled").content.decode()
    assert WORDS not in client.get("/slips/?show=mine").content.decode()


# --- Follow-ups that one work has missed --------------------------------------------------------------------------------


def missed(world: World) -> Task:
    """A work followed up every fortnight that has not reported since 1 June: missed on the 12th and the 26th."""
    task = supervised("a", world.branch, due_on=date(2026, 9, 30))
    directive_of(world, task, rhythm="fortnightly")
    for day in (date(2026, 6, 2), date(2026, 6, 15), date(2026, 6, 29)):
        with clock.moved(day):
            open_follow_ups(day)
    return task


def follow_ups() -> list[tuple[date, str]]:
    return list(Task.objects.filter(source="follow_up").order_by("due_on").values_list("due_on", "state"))


def test_the_desk_shows_the_latest_missed_alone(world: World) -> None:
    task = missed(world)
    days = [due for due, _state in follow_ups()]
    assert len(days) == 3
    last_missed = [due for due in days if due < date(2026, 7, 2)][-1]
    with clock.moved(date(2026, 7, 2)):
        owed = desk_of(fresh(world.secretary), date(2026, 7, 2)).owed
    assert [(row.source, row.due_on) for row in owed.overdue] == [("follow_up", last_missed)]
    assert owed.overdue[0].light_cause.endswith("；共2期未报")
    assert [row.source for row in owed.this_week + owed.later] == ["directive"]
    with clock.moved(date(2026, 7, 2)):
        report_progress(task=task, actor=fresh(world.secretary), note="已查三栋")
    assert [state for _due, state in follow_ups()] == ["done", "done", "done"]  # late ones stay as evidence
    assert list(Task.objects.filter(source="follow_up").order_by("due_on").values_list("is_late", flat=True)) == [
        True,
        True,
        False,
    ]


def test_before_anything_is_missed_the_next_one_asks(world: World) -> None:
    missed(world)
    Task.objects.filter(source="follow_up", due_on__lt=date(2026, 6, 30)).update(state="done")
    with clock.moved(date(2026, 6, 30)):
        owed = desk_of(fresh(world.secretary), date(2026, 6, 30)).owed
    assert [row.source for row in owed.this_week + owed.later + owed.overdue].count("follow_up") == 1


def test_only_the_latest_missed_is_reminded_of(world: World) -> None:
    missed(world)
    first, second, _third = Task.objects.filter(source="follow_up").order_by("due_on")
    for number in range(3, 20):
        day = date(2026, 7, number)
        with clock.moved(day):
            write_reminders(day, date(2026, 7, number - 1))
    told = set(Notice.objects.values_list("subject", flat=True))
    assert f"task:{second.pk}" in told
    assert f"task:{first.pk}" not in told


@pytest.mark.parametrize(
    ("approved", "first_due"),
    [
        (date(2026, 4, 20), date(2026, 6, 25)),  # long before: counted from its start
        (date(2026, 6, 15), date(2026, 6, 25)),  # ten days before the report day
        (date(2026, 6, 16), date(2026, 7, 24)),  # nine: the next; 25 July is a Saturday
    ],
)
def test_a_project_approved_after_its_start_has_the_same_grace(world: World, approved: date, first_due: date) -> None:
    project = project_of(world, [(date(2026, 5, 1), date(2026, 11, 30), 100)])
    ProjectEvent.objects.create(project=project, verb="approve", day=approved, to_state="active")
    for day in (date(2026, 6, 17), date(2026, 7, 1)):
        with clock.moved(day):
            open_follow_ups(day)
    found = Task.objects.filter(source="follow_up").order_by("due_on")[0]
    assert found.due_on == first_due
