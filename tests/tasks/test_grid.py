"""Overviews: today and as of a past date, totals; rows of others never leak; one query."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from orgs import access
from orgs.models import User
from tasks import selectors
from tasks.models import Task
from tasks.nightly import refresh_lights
from tasks.selectors import GridRow
from tasks.services import (
    Offer,
    accept_task,
    offer_evidence,
    report_progress,
    return_task,
    submit_task,
    waive_task,
    withdraw_evidence,
)
from tests.tasks.world import World, agreed, fresh, load, open_one

TODAY = date(2026, 6, 15)


def confirm(world: World, record: str, day: date, period: str = "2026-06") -> None:
    """A members' meeting of the branch."""
    offer_evidence(
        record=record,
        occurred_on=day,
        offers=[Offer(kind="members_meeting", organisation_id=world.branch.pk, period_code=period)],
        url=f"/meetings/{record}/",
        label="大会",
        actor=world.secretary,
    )


def titles(rows: list[GridRow]) -> set[str]:
    """Titles of the rows."""
    return {row.title for row in rows}


def open_everywhere(world: World) -> None:
    """One Task with the name of each organisation as its title, and one of a person."""
    for place in (world.committee, world.general, world.branch, world.sister, world.foreign):
        open_one(place.code, place, title=place.code)
    open_one("named", world.foreign, title="named", person_id=world.member.person_id)
    open_one("group", world.branch, title="group", office="group_leader", group_id=world.group.pk)


VISIBLE = {
    "root_secretary": {"DW", "ZZ1", "ZB101", "ZB102", "ZB201", "named", "group"},
    "officer": {"DW", "ZZ1", "ZB101", "ZB102", "ZB201", "named", "group"},
    "general_secretary": {"ZZ1", "ZB101", "ZB102", "group"},
    "other_general_secretary": {"ZB201", "named"},
    "secretary": {"ZB101", "group"},
    "commissioner": {"ZB101", "group"},
    "leader": {"group"},
    "member": {"named"},
    "sister_secretary": {"ZB102"},
    "foreign_secretary": {"ZB201", "named"},
    "outsider": set(),
}


@pytest.mark.parametrize("name", sorted(VISIBLE))
def test_no_row_leaks(world: World, name: str) -> None:
    open_everywhere(world)
    user = fresh(getattr(world, name))
    yesterday = date(2026, 6, 14)
    assert titles(selectors.grid(user, year=2026)) == VISIBLE[name]
    assert selectors.grid(user, year=2026, as_of=yesterday) == []
    with clock.moved(date(2026, 7, 20)):
        access.forget(user)
        assert titles(selectors.grid(user, year=2026, as_of=TODAY)) == VISIBLE[name]
        assert {task.title for task in selectors.overdue_list(user, date(2026, 7, 20))} == VISIBLE[name]


def test_a_row_has_everything_a_cell_needs(world: World) -> None:
    task = open_one("a", world.branch, group_id=world.group.pk, office="group_leader")
    (row,) = selectors.grid(world.secretary, year=2026)
    assert row == GridRow(
        organisation_id=world.branch.pk,
        group_id=world.group.pk,
        kind="members_meeting",
        period_code="2026-06",
        state="active",
        light="green",
        light_cause="2026年6月30日到期",
        due_on=date(2026, 6, 30),
        is_late=False,
        closed_on=None,
        task_id=task.pk,
        act_url="/meetings/new/",
        evidence_url="",
        title="6月支部党员大会",
        window_start=date(2026, 6, 1),
        profile="cadence",
        source="cadence",
        return_cause="",
    )
    assert (row.is_open, row.is_applicable, row.is_done) == (True, True, False)


def test_the_year_and_the_organisations_asked_for(world: World) -> None:
    open_everywhere(world)
    open_one("next", world.branch, title="next", window_start=date(2026, 12, 1), due_on=date(2027, 1, 1))
    user = world.general_secretary
    assert titles(selectors.grid(user, year=2027)) == {"next"}
    assert titles(selectors.grid(user, year=2026, organisations=[world.sister])) == {"ZB102"}
    assert titles(selectors.grid(user, year=2026, organisations=[world.sister.pk, world.foreign.pk])) == {"ZB102"}


def test_the_grid_of_today_is_right_before_the_night(world: World) -> None:
    open_one("a", world.branch)
    with clock.moved(date(2026, 7, 1)):
        (row,) = selectors.grid(fresh(world.secretary), year=2026)
    assert (row.light, row.light_cause) == ("red", "逾期1天（应于2026年6月30日完成）")


# --- As of a past date --------------------------------------------------------------------------------------------------


def as_of(world: World, day: date) -> dict[str, tuple[str, str, str, bool, date | None, str]]:
    """Natural key → what the grid of a past day says, read on 2026-08-01."""
    keys = dict(Task.objects.values_list("pk", "natural_key"))
    with clock.moved(date(2026, 8, 1)):
        rows = selectors.grid(fresh(world.root_secretary), year=2026, as_of=day)
    return {
        keys[row.task_id]: (row.state, row.light, row.light_cause, row.is_late, row.closed_on, row.evidence_url)
        for row in rows
    }


def test_a_task_through_time(world: World) -> None:
    """Opened on the 15th, done on the 20th, returned on the 29th, done again late on 4 July, by another record."""
    open_one("a", world.branch)
    with clock.moved(date(2026, 6, 20)):
        confirm(world, "section:1", date(2026, 6, 19))
    with clock.moved(date(2026, 6, 29)):
        withdraw_evidence(record="section:1", cause="缺决议", actor=world.general_secretary)
    for day in (date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 2)):
        refresh_lights(day)
    with clock.moved(date(2026, 7, 4)):
        confirm(world, "section:2", date(2026, 7, 3))
    assert as_of(world, date(2026, 6, 14)) == {}
    green = ("active", "green", "2026年6月30日到期", False, None, "")
    assert as_of(world, date(2026, 6, 15)) == {"a": green}
    assert as_of(world, date(2026, 6, 19)) == {"a": green}
    # The first record is withdrawn since: that it was done is known, not by what.
    assert as_of(world, date(2026, 6, 20)) == {"a": ("done", "green", "已办结", False, date(2026, 6, 20), "")}
    assert as_of(world, date(2026, 6, 29))["a"] == ("active", "orange", "剩1天（2026年6月30日到期）", False, None, "")
    assert as_of(world, date(2026, 7, 2))["a"] == ("active", "red", "逾期2天（应于2026年6月30日完成）", False, None, "")
    done = ("done", "green", "已办结（晚3天）", True, date(2026, 7, 3), "/meetings/section:2/")
    assert as_of(world, date(2026, 7, 4))["a"] == done
    assert as_of(world, date(2026, 7, 31))["a"] == done


def test_submitted_returned_accepted_and_waived_through_time(world: World) -> None:
    agreed("a", world.branch)
    open_one("w", world.sister)
    with clock.moved(date(2026, 6, 24)):
        submit_task(task=load("a"), actor=world.commissioner, note="x")
        waive_task(task=load("w"), actor=world.general_secretary, reason="撤并")
    with clock.moved(date(2026, 6, 25)):
        return_task(task=load("a"), actor=fresh(world.secretary), reason="补")
    with clock.moved(date(2026, 6, 26)):
        submit_task(task=load("a"), actor=world.commissioner, note="y")
    with clock.moved(date(2026, 7, 10)):
        accept_task(task=load("a"), actor=fresh(world.secretary))
    assert as_of(world, date(2026, 6, 24)) == {
        "a": ("submitted", "yellow", "已提交待核查", False, None, ""),
        "w": ("waived", "green", "免办", False, date(2026, 6, 24), ""),
    }
    assert as_of(world, date(2026, 6, 25))["a"] == ("returned", "yellow", "剩5天（2026年6月30日到期）", False, None, "")
    assert as_of(world, date(2026, 7, 9))["a"] == ("submitted", "yellow", "已提交待核查", False, None, "")
    # Accepted on 10 July for what was handed in on 26 June.
    assert as_of(world, date(2026, 7, 10))["a"] == ("done", "green", "已办结", False, date(2026, 6, 26), "")


def test_supervision_keeps_the_light_and_the_words_of_its_day(world: World) -> None:
    facts = {"profile": "supervision", "window_start": date(2026, 4, 20), "due_on": date(2026, 6, 20)}
    with clock.moved(date(2026, 4, 21)):
        agreed("a", world.branch, **facts)
    refresh_lights(date(2026, 6, 3))
    refresh_lights(date(2026, 6, 12))
    with clock.moved(date(2026, 6, 16)):
        report_progress(task=load("a"), actor=world.secretary, note="过半")
    assert as_of(world, date(2026, 6, 3))["a"][:3] == ("active", "yellow", "剩17天（窗口61天的28%），本周期未报进展")
    assert as_of(world, date(2026, 6, 12))["a"][:3] == ("active", "orange", "剩8天（窗口61天的13%），本周期未报进展")
    assert as_of(world, date(2026, 6, 16))["a"][:2] == ("active", "green")
    assert as_of(world, date(2026, 6, 21))["a"][:3] == ("active", "red", "逾期1天（应于2026年6月20日完成）")


def test_as_of_today_is_today(world: World) -> None:
    open_one("a", world.branch)
    user = world.secretary
    assert selectors.grid(user, year=2026, as_of=TODAY) == selectors.grid(user, year=2026)


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("day", [None, date(2026, 6, 15)])
def test_one_query_for_any_number(world: World, number: int, day: date | None) -> None:
    for n in range(number):
        open_one(f"a{n}", world.branch)
    with clock.moved(date(2026, 7, 20)):
        user: User = fresh(world.root_secretary)
        access.grants_of(user)
        with CaptureQueriesContext(connection) as queries:
            rows = selectors.grid(user, year=2026, as_of=day)
    assert (len(rows), len(queries)) == (number, 1)


# --- Overdue ------------------------------------------------------------------------------------------------------------


def test_overdue_list(world: World) -> None:
    start = date(2026, 5, 1)
    open_one("one", world.branch, window_start=start, due_on=date(2026, 6, 14))
    open_one("long", world.sister, window_start=start, due_on=date(2026, 5, 16))
    open_one("today", world.branch, window_start=start, due_on=TODAY)
    submit_task(
        task=agreed("handed_in", world.branch, window_start=start, due_on=date(2026, 6, 1)),
        actor=world.secretary,
        note="x",
    )
    open_one("foreign", world.foreign, window_start=start, due_on=date(2026, 6, 1))
    found = selectors.overdue_list(world.general_secretary, TODAY)
    assert [(task.natural_key, task.days_overdue, task.light) for task in found] == [
        ("long", 30, "red"),
        ("one", 1, "red"),
    ]
    assert [task.natural_key for task in selectors.overdue_list(world.general_secretary, TODAY, limit=1)] == ["long"]
    with CaptureQueriesContext(connection) as queries:
        names = [task.organisation.name for task in selectors.overdue_list(world.general_secretary, TODAY)]
    assert (names, len(queries)) == ([world.sister.name, world.branch.name], 1)
